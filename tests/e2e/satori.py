"""A Satori server on loopback: people who write to a robot, its socket of events and its API.

Version 1 of the protocol (https://satori.chat/zh-CN/protocol/): the robot connects, identifies
itself and gets events; it sends by HTTP.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from html import escape, unescape
from typing import Any

from aiohttp import WSMsgType, web

from tests.e2e.gateway import Gateway
from tests.e2e.tencent.loopback import Json

TOKEN, PLATFORM, ROBOT = "loopback-satori-token", "loopback", "robot"
EVENT, PING, PONG, IDENTIFY, READY = range(5)
TEXT, DIRECT = 0, 1


@dataclass
class Satori(Gateway):
    def __post_init__(self) -> None:
        super().__post_init__()
        user = {"id": ROBOT, "name": "zhuce"}
        self._login = {"sn": 1, "adapter": "x", "platform": PLATFORM, "status": 1, "user": user}

    def routes(self) -> dict[tuple[str, str], Callable[[web.Request], Awaitable[Any]]]:
        return {
            ("GET", "/v1/events"): self._events,
            ("POST", "/v1/message.create"): self._create,
        }

    async def _events(self, request: web.Request) -> web.StreamResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        async for frame in socket:
            if frame.type is WSMsgType.TEXT:
                await self._hear(socket, frame.json())
        return socket

    async def _hear(self, socket: web.WebSocketResponse, said: Json) -> None:
        if said["op"] == PING:
            await socket.send_json({"op": PONG})
        elif said["op"] == IDENTIFY:
            assert said["body"]["token"] == TOKEN
            body = {"logins": [self._login], "proxy_urls": []}
            await socket.send_json({"op": READY, "body": body})
            self._socket, self.connections = socket, self.connections + 1

    async def _create(self, request: web.Request) -> web.Response:
        body = await request.json()
        if request.headers.get("Authorization") != f"Bearer {TOKEN}":
            return web.Response(status=401)
        assert request.headers["Satori-User-ID"] == ROBOT
        self.note(request.path, body, {})
        self.seen.append(unescape(body["content"]))
        return web.json_response([{"id": f"sent{next(self._ids)}", "content": body["content"]}])

    # What people do

    def message(self, user: str, words: str, group: str = "", *, is_named: bool = True) -> Json:
        at = f'<at id="{ROBOT}"/> ' if group and is_named else ""
        kind = TEXT if group else DIRECT
        return {
            "type": "message-created",
            "timestamp": int(time.time() * 1000),
            "login": self._login,
            "channel": {"id": group or f"private:{user}", "type": kind},
            "user": {"id": user, "name": "小王"},
            "message": {"id": f"m{next(self._ids)}", "content": at + escape(words)},
            **({"guild": {"id": group}, "member": {}} if group else {}),
        }

    def framed(self, event: Json) -> Json:
        return {"op": EVENT, "body": event | {"sn": next(self._ids)}}
