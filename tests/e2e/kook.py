"""KOOK on loopback: people who write to a robot, its gateway of events and its API.

Frames and events as nonebot-adapter-kaiheila 0.3.4 reads them, which names
https://developer.kaiheila.cn/doc/websocket and …/doc/event.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from aiohttp import WSMsgType, web

from tests.e2e.gateway import Gateway
from tests.e2e.tencent.loopback import Json

TOKEN, ROBOT = "loopback-kook-token", "10001"
EVENT, HELLO, PING, PONG = range(4)
KMARKDOWN = 9


@dataclass
class Kook(Gateway):
    def routes(self) -> dict[tuple[str, str], Callable[[web.Request], Awaitable[Any]]]:
        return {
            ("GET", "/api/v3/gateway/index"): self._index,
            ("GET", "/api/v3/user/me"): self._me,
            ("GET", "/gateway"): self._gateway,
            ("POST", "/api/v3/message/create"): self._create,
            ("POST", "/api/v3/direct-message/create"): self._create,
        }

    async def _index(self, request: web.Request) -> web.Response:
        return _told({"url": self.url.replace("http", "ws") + "/gateway"})

    async def _me(self, request: web.Request) -> web.Response:
        assert request.headers["Authorization"] == f"Bot {TOKEN}"
        return _told({"id": ROBOT, "username": "zhuce", "bot": True})

    async def _gateway(self, request: web.Request) -> web.StreamResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await socket.send_json({"s": HELLO, "d": {"code": 0, "session_id": "s"}})
        async for frame in socket:
            if frame.type is WSMsgType.TEXT and frame.json()["s"] == PING:
                await socket.send_json({"s": PONG})
                self._socket, self.connections = socket, self.connections + 1
        return socket

    async def _create(self, request: web.Request) -> web.Response:
        assert request.headers["Authorization"] == f"Bot {TOKEN}"
        body = dict(await request.post())
        self.note(request.path, body, {})
        self.seen.append(str(body["content"]).replace("\\", ""))
        return _told({"msg_id": f"sent{next(self._ids)}", "msg_timestamp": 1, "nonce": ""})

    def message(self, user: str, words: str, group: str = "", *, is_named: bool = True) -> Json:
        named = bool(group) and is_named
        content = f"(met){ROBOT}(met) {words}" if named else words
        mentions = [{"id": ROBOT, "username": "zhuce"}] if named else []
        raw = f"@zhuce {words}" if named else words
        kmarkdown = {"raw_content": raw, "mention_part": mentions, "mention_role_part": []}
        extra = {
            "type": KMARKDOWN,
            "author": {"id": user, "username": "小王"},
            "mention": [ROBOT] if named else [],
            "kmarkdown": kmarkdown,
            **({"guild_id": "g", "channel_name": "问答"} if group else {"code": "c"}),
        }
        return {
            "channel_type": "GROUP" if group else "PERSON",
            "type": KMARKDOWN,
            "target_id": group or ROBOT,
            "author_id": user,
            "content": content,
            "msg_id": f"m{next(self._ids)}",
            "msg_timestamp": int(time.time() * 1000),
            "nonce": "",
            "extra": extra,
        }

    def framed(self, event: Json) -> Json:
        return {"s": EVENT, "d": event, "sn": next(self._ids)}


def _told(data: Json) -> web.Response:
    return web.json_response({"code": 0, "message": "", "data": data})
