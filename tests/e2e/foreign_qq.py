"""A client of QQ that is somebody else's code but for this loop: events and messages of aiocqhttp.

It is a program of its own, run where aiocqhttp is installed; `ForeignQq` (in `test_nonebot.py`)
tells it by lines of JSON who says what, and reads what the robot sends.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from itertools import count
from typing import Any

from aiocqhttp import Event, Message, MessageSegment
from websockets.asyncio.client import ClientConnection, connect

SELF = 10001
IDS = count(1)


def event_of(said: dict[str, Any]) -> Event:
    words = Message(MessageSegment.text(said["words"]))
    if said["is_named"]:
        words = MessageSegment.at(SELF) + words
    kind = "group" if said["group"] else "private"
    event = Event.from_payload(
        {
            "time": int(time.time()),
            "self_id": SELF,
            "post_type": "message",
            "message_type": kind,
            "sub_type": "normal" if said["group"] else "friend",
            "message_id": next(IDS),
            "user_id": said["user"],
            "message": words,
            "raw_message": str(words),
            "font": 0,
            "sender": {"user_id": said["user"], "nickname": "小王"},
            **({"group_id": said["group"]} if said["group"] else {}),
        }
    )
    assert event is not None
    assert event.detail_type == kind
    return event


async def speak(wire: ClientConnection) -> None:
    loop = asyncio.get_running_loop()
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        said = json.loads(line)
        event = event_of(said)
        for _ in range(said["copies"]):
            await wire.send(json.dumps(event))


async def hear(wire: ClientConnection) -> None:
    async for frame in wire:
        call = json.loads(frame)
        params = call["params"]
        answer = {"status": "ok", "retcode": 0, "data": {"message_id": next(IDS)}}
        await wire.send(json.dumps(answer | {"echo": call["echo"]}))
        if "message" in params:
            words = Message(params["message"])
            only_text = all(one.type == "text" for one in words)
            told = {"text": words.extract_plain_text(), "only_text": only_text}
            sys.stdout.write(json.dumps(told) + "\n")
            sys.stdout.flush()


async def main(url: str, token: str) -> None:
    headers = {
        "X-Self-ID": str(SELF),
        "X-Client-Role": "Universal",
        "Authorization": f"Bearer {token}",
    }
    life = {"post_type": "meta_event", "meta_event_type": "lifecycle", "sub_type": "connect"}
    async with connect(url, additional_headers=headers, proxy=None) as wire:
        await wire.send(json.dumps(life | {"time": int(time.time()), "self_id": SELF}))
        hearing = asyncio.create_task(hear(wire))
        await speak(wire)
        hearing.cancel()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
