"""One sender who does harm, in a process of its own: `python -m tests.e2e.attackers NAME PORT S`.

Comes from 127.0.0.1 alone, goes on for S seconds, and prints what came of it as JSON.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
import time
from collections import Counter
from itertools import cycle

from scripts.measure_hostile import TEXTS

MESSAGES = "/api/v1/messages"
CONVERSATIONS = 100_000
HALF, HALF_AT_ONCE = 2_000, 2_000
A_SECOND = 10
"""Twice what the limit of an address allows, so that it is always reached."""
LINES = 8


def request(body: bytes) -> bytes:
    head = (
        f"POST {MESSAGES} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


async def answered(reader: asyncio.StreamReader) -> str:
    """The status of the next answer, whose body is read as well."""
    head = await reader.readuntil(b"\r\n\r\n")
    fields = dict(line.lower().split(b":", 1) for line in head.split(b"\r\n")[1:] if line)
    await reader.readexactly(int(fields.get(b"content-length", b"0")))
    return head.split(b" ", 2)[1].decode()


async def hostile(port: int, seconds: float) -> Counter[str]:
    """Every hostile string in turn, in a new conversation each, at the rate that is allowed."""
    found, ends, texts = Counter[str](), time.monotonic() + seconds, cycle(TEXTS.values())
    number = 0
    while time.monotonic() < ends:
        number += 1
        text = next(texts)[:15_000]
        body = json.dumps({"conversation": f"h{number}", "text": text}, ensure_ascii=False)
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(request(body.encode("utf-8", "replace")))
            found[await answered(reader)] += 1
            writer.close()
        await asyncio.sleep(1 / A_SECOND)
    return found


async def half_open(port: int, seconds: float) -> Counter[str]:
    """Requests that never end, 2,000 of them; whoever is hung up on begins again."""
    found, ends = Counter[str](), time.monotonic() + seconds
    half = request(b"x" * 100)[:60]

    async def one() -> None:
        while time.monotonic() < ends:
            with contextlib.suppress(OSError):
                reader, writer = await asyncio.open_connection("127.0.0.1", port)
                found["opened"] += 1
                writer.write(half)
                with contextlib.suppress(OSError, TimeoutError):
                    async with asyncio.timeout_at(asyncio.get_running_loop().time() + seconds):
                        await reader.read()
                writer.close()
            await asyncio.sleep(max(0.0, min(1.0, ends - time.monotonic())))

    async with asyncio.TaskGroup() as group:
        for number in range(HALF):
            group.create_task(one())
            if not number % 100:
                await asyncio.sleep(0.02)
    return found


async def conversations(port: int, seconds: float) -> Counter[str]:
    """A hundred thousand messages, each in a new conversation, evenly over the time."""
    found, began = Counter[str](), time.monotonic()

    async def line(which: int) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for number in range(which, CONVERSATIONS, LINES):
            await asyncio.sleep(began + number * seconds / CONVERSATIONS - time.monotonic())
            body = json.dumps({"conversation": f"c{number}", "text": "四川二建在哪注册"})
            try:
                writer.write(request(body.encode()))
                found[await answered(reader)] += 1
            except (OSError, asyncio.IncompleteReadError):
                reader, writer = await asyncio.open_connection("127.0.0.1", port)
                found["hung up"] += 1
        writer.close()

    async with asyncio.TaskGroup() as group:
        for which in range(LINES):
            group.create_task(line(which))
    return found


if __name__ == "__main__":
    doing = {"hostile": hostile, "half_open": half_open, "conversations": conversations}
    found = asyncio.run(doing[sys.argv[1]](int(sys.argv[2]), float(sys.argv[3])))
    sys.stdout.write(json.dumps(found))
