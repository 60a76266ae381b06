"""Discord on loopback: people who write to a robot, its gateway of events and its API.

Frames and messages as nonebot-adapter-discord 1.1.10 reads them, which names
https://discord.com/developers/docs/topics/gateway and …/docs/resources/message.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from aiohttp import WSMsgType, web

from tests.e2e.gateway import Gateway
from tests.e2e.tencent.loopback import Json

TOKEN, ROBOT = "bG9vcGJhY2s.loopback.discord", "10001"
DISPATCH, HEARTBEAT, IDENTIFY, HELLO, ACK = 0, 1, 2, 10, 11
ME: Json = {"id": ROBOT, "username": "zhuce", "discriminator": "0", "avatar": None, "bot": True}


@dataclass
class Discord(Gateway):
    def routes(self) -> dict[tuple[str, str], Callable[[web.Request], Awaitable[Any]]]:
        return {
            ("GET", "/api/gateway/bot"): self._index,
            ("GET", "/api/users/@me"): self._me,
            ("GET", "/gateway/"): self._gateway,
            ("GET", "/gateway"): self._gateway,
            ("POST", "/api/channels/{channel}/messages"): self._create,
        }

    async def _index(self, request: web.Request) -> web.Response:
        limit = {"total": 9, "remaining": 9, "reset_after": 0, "max_concurrency": 1}
        url = self.url.replace("http", "ws") + "/gateway"
        return web.json_response({"url": url, "shards": 1, "session_start_limit": limit})

    async def _me(self, request: web.Request) -> web.Response:
        assert request.headers["Authorization"] == f"Bot {TOKEN}"
        return web.json_response(ME)

    async def _gateway(self, request: web.Request) -> web.StreamResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await socket.send_json({"op": HELLO, "d": {"heartbeat_interval": 40_000}})
        async for frame in socket:
            if frame.type is WSMsgType.TEXT:
                await self._hear(socket, frame.json())
        return socket

    async def _hear(self, socket: web.WebSocketResponse, said: Json) -> None:
        if said["op"] == HEARTBEAT:
            await socket.send_json({"op": ACK})
        elif said["op"] == IDENTIFY:
            assert said["d"]["token"] == f"Bot {TOKEN}"
            ready = {
                "v": 10,
                "user": ME,
                "guilds": [],
                "session_id": "s",
                "resume_gateway_url": self.url.replace("http", "ws") + "/gateway",
                "application": {"id": "1", "flags": 0},
            }
            await socket.send_json(self._dispatched("READY", ready))
            self._socket, self.connections = socket, self.connections + 1

    def _dispatched(self, kind: str, data: Json) -> Json:
        return {"op": DISPATCH, "t": kind, "s": next(self._ids), "d": data}

    async def _create(self, request: web.Request) -> web.Response:
        assert request.headers["Authorization"] == f"Bot {TOKEN}"
        body = await request.json()
        self.note(request.path, body, {})
        assert len(body["content"]) <= 2000
        self.seen.append(body["content"])
        said = _message(str(next(self._ids)), request.match_info["channel"], ME, body["content"])
        return web.json_response(said)

    def message(self, user: str, words: str, group: str = "", *, is_named: bool = True) -> Json:
        named = bool(group) and is_named
        author = {"id": user, "username": "xiaowang", "discriminator": "0", "avatar": None}
        said = f"<@{ROBOT}> {words}" if named else words
        made = _message(str(next(self._ids)), group or f"9{user}", author, said)
        member = {
            "roles": [],
            "joined_at": made["timestamp"],
            "deaf": False,
            "mute": False,
            "flags": 0,
        }
        place = {"guild_id": "3", "member": member} if group else {}
        return made | {"mentions": [ME] if named else [], **place}

    def framed(self, event: Json) -> Json:
        return self._dispatched("MESSAGE_CREATE", event)


def _message(number: str, channel: str, author: Json, words: str) -> Json:
    return {
        "id": number,
        "channel_id": channel,
        "author": author,
        "content": words,
        "timestamp": datetime.now(UTC).isoformat(),
        "edited_timestamp": None,
        "tts": False,
        "mention_everyone": False,
        "mentions": [],
        "mention_roles": [],
        "attachments": [],
        "embeds": [],
        "pinned": False,
        "type": 0,
    }
