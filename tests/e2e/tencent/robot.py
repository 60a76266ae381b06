"""The gateway that a robot holds its connection to, and the chats behind it."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from aiohttp import WSMsgType, web

from tests.e2e.tencent.loopback import Json, Loopback, joined

BOT_ID, SECRET = "aibLoopback", "loopback-robot-secret-canary"
MOST_BYTES = 20480


@dataclass
class RobotGateway(Loopback):
    frames: list[Json] = field(default_factory=list)
    """What the robot sent, beats left out."""
    beats: int = 0
    seen: dict[str, list[str]] = field(default_factory=dict)
    """What was written in each chat."""
    cards: dict[str, Json] = field(default_factory=dict)
    connections: int = 0
    is_idle: Callable[[], bool] = lambda: True
    """Tells that the bot has nothing left to send, where that can be asked."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self._ids = count(1)
        self._socket: web.WebSocketResponse | None = None
        self._chats: dict[str, str] = {}

    def settings(self) -> dict[str, str]:
        return {
            "BOT_WECOM_ROBOT__BOT_ID": BOT_ID,
            "BOT_WECOM_ROBOT__SECRET": SECRET,
            "BOT_WECOM_ROBOT__URL": f"ws://127.0.0.1:{self.port}",
        }

    def routes(self) -> dict[tuple[str, str], Callable[[web.Request], Awaitable[Any]]]:
        return {("GET", "/"): self._connect}

    async def _connect(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse(max_msg_size=0)
        await socket.prepare(request)
        async for message in socket:
            if message.type is WSMsgType.TEXT:
                frame = json.loads(message.data)
                outcome = await self._take(socket, frame)
                await socket.send_json({"headers": frame["headers"], **outcome})
        return socket

    async def _take(self, socket: web.WebSocketResponse, frame: Json) -> Json:
        command, body = frame["cmd"], frame.get("body", {})
        if command == "aibot_subscribe":
            if (body.get("bot_id"), body.get("secret")) != (BOT_ID, SECRET):
                return {"errcode": 853000, "errmsg": "invalid bot_id or secret"}
            self._socket, self.connections = socket, self.connections + 1
            return {"errcode": 0, "errmsg": "ok"}
        if socket is not self._socket:
            return {"errcode": 846609, "errmsg": "not subscribed"}
        if command == "ping":
            self.beats += 1
            return {"errcode": 0, "errmsg": "ok"}
        self.frames.append(frame)
        if self.faults:
            fault = self.faults.pop(0)
            assert isinstance(fault, dict)
            return fault
        return self._show(command, frame["headers"]["req_id"], body)

    def _show(self, command: str, request: str, body: Json) -> Json:
        if command == "aibot_send_msg":
            chat = body["chatid"]
        elif request in self._chats:
            chat = self._chats.pop(request)
        else:
            return {"errcode": 846605, "errmsg": "invalid req_id"}
        kind = body["msgtype"]
        if kind in ("stream", "stream_with_template_card"):
            assert command == "aibot_respond_msg"
            text = body["stream"]["content"]
            assert body["stream"]["finish"] is True
        elif kind in ("markdown", "text"):
            text = body[kind]["content"]
        else:
            text = ""
        if len(text.encode()) > MOST_BYTES:
            return {"errcode": 45002, "errmsg": "content size out of limit"}
        if text:
            self.seen.setdefault(chat, []).append(text)
        if "template_card" in body:
            assert len(body["template_card"]["button_list"]) <= 6
            self.cards[chat] = body["template_card"]
        return {"errcode": 0, "errmsg": "ok"}

    # What people do

    def asks(self, user: str, text: str, group: str = "", **more: Any) -> str:
        return self.after(group or user, lambda: self.says(user, text, group, **more))

    def says(self, user: str, text: str, group: str = "", **more: Any) -> None:
        self.delivers(self.message(user, group, msgtype="text", text={"content": text}, **more))

    def presses(self, user: str, label: str, group: str = "") -> None:
        card = self.cards[group or user]
        [key] = [one["key"] for one in card["button_list"] if one["text"] == label]
        event = {"eventtype": "template_card_event", "event_key": key, "task_id": card["task_id"]}
        body = self.message(user, group, msgtype="event", event=event)
        self.delivers(body, "aibot_event_callback")

    def message(self, user: str, group: str = "", **more: Any) -> Json:
        place = {"chattype": "group", "chatid": group} if group else {"chattype": "single"}
        return {
            "msgid": f"msg{next(self._ids)}",
            "aibotid": BOT_ID,
            "from": {"userid": user},
            "create_time": int(self.now()),
            **place,
            **more,
        }

    def delivers(self, body: Json, command: str = "aibot_msg_callback") -> str:
        request = f"req{next(self._ids)}"
        if command == "aibot_msg_callback" or body["event"]["eventtype"] == "enter_chat":
            self._chats[request] = body.get("chatid") or body["from"]["userid"]
        frame = {"cmd": command, "headers": {"req_id": request}, "body": body}
        assert self._socket
        self.do(self._socket.send_json(frame))
        return request

    def after(self, chat: str, act: Callable[[], object], within_s: float = 10.0) -> str:
        """What was written in a chat after something was done, the buttons of a card numbered."""
        before = len(self.seen.get(chat, []))
        self.cards.pop(chat, None)
        act()
        self.wait(lambda: len(self.seen.get(chat, [])) > before and self.is_idle(), within_s)
        labels = [one["text"] for one in self.cards.get(chat, {}).get("button_list", [])]
        listed = "\n".join(f"{n}. {label}" for n, label in enumerate(labels, 1))
        return joined([*self.seen[chat][before:], listed])

    def cut(self) -> None:
        """End the connection without a word."""
        assert self._socket
        self.do(self._socket.close())
