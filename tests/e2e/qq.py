"""QQ on loopback: people who write to an official robot, and its API."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from typing import Any

from aiohttp import web
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bot.plugins import Request
from tests.e2e.tencent.loopback import Json, Loopback, joined

APP_ID, SECRET = "102012345", "naOC0ocQE3shWLAfffVLB1rhYPG7"
WINDOWS_S = {"users": 3600.0, "groups": 300.0}
MOST = 5


@dataclass
class Qq(Loopback):
    seen: dict[str, list[str]] = field(default_factory=dict)
    """What was written to each person or group."""
    listed: tuple[str, ...] | None = None
    """Hosts that the console allows in texts; `None` for any."""
    has_keyboards: bool = False
    """Whether the vendor let this robot in to custom buttons and Markdown."""
    buttons: dict[str, list[str]] = field(default_factory=dict)
    """What the buttons of the last keyboard say, for each person or group."""
    is_idle: Callable[[], bool] = lambda: True

    def __post_init__(self) -> None:
        super().__post_init__()
        self._ids = count(1)
        self._asked: dict[str, float] = {}
        self._answers: set[tuple[str, int]] = set()

    def settings(self, port: int) -> dict[str, str]:
        return {
            "BOT_QQ__APP_ID": APP_ID,
            "BOT_QQ__APP_SECRET": SECRET,
            "BOT_QQ__CALLBACK_URL": f"http://127.0.0.1:{port}/webhooks/qq",
            "BOT_QQ__API_URL": self.url,
            "BOT_QQ__TOKEN_URL": self.url,
        }

    def routes(self) -> dict[tuple[str, str], Callable[[web.Request], Awaitable[Any]]]:
        return {
            ("GET", "/"): self.front_page,
            ("POST", "/app/getAppAccessToken"): self._token,
            ("POST", "/v2/{kind}/{chat}/messages"): self._send,
        }

    async def _token(self, request: web.Request) -> web.Response:
        body = await request.json()
        if (body.get("appId"), body.get("clientSecret")) != (APP_ID, SECRET):
            return web.json_response({"code": 100007, "message": "appid invalid"})
        made = self.token()
        told = {"access_token": made["access_token"], "expires_in": str(made["expires_in"])}
        return web.json_response(told)

    async def _send(self, request: web.Request) -> web.Response:
        body = await request.json()
        token = request.headers.get("Authorization", "").removeprefix("QQBot ")
        fault = self.faults.pop(0) if self.faults else None
        assert not isinstance(fault, int)
        is_good = self.tokens.get(token, 0.0) > time.monotonic()
        refused = fault or (None if is_good else {"code": 11244, "message": "token expired"})
        kind, chat = request.match_info["kind"], request.match_info["chat"]
        outcome = refused or self._show(kind, chat, body)
        self.note(request.path, body, outcome)
        return web.json_response(outcome, status=400 if "code" in outcome else 200)

    def _show(self, kind: str, chat: str, body: Json) -> Json:
        asked, answer = body["msg_id"], (body["msg_id"], body["msg_seq"])
        if asked not in self._asked or self.now() - self._asked[asked] > WINDOWS_S[kind]:
            return {"code": 40034024, "message": "msg_id expired"}
        if answer in self._answers:
            return {"code": 40054005, "message": "消息被去重，请检查请求msgseq"}
        if sum(one == asked for one, _ in self._answers) >= MOST:
            return {"code": 22009, "message": "msg limit exceed"}
        if body["msg_type"] == 2:
            return self._show_keyboard(chat, answer, body)
        hosts = re.findall(r"https?://([\w.-]+)", body["content"])
        if self.listed is not None and set(hosts) - set(self.listed):
            return {"code": 304003, "message": "url not allowed"}
        self._answers.add(answer)
        self.seen.setdefault(chat, []).append(body["content"])
        return {"id": f"sent{next(self._ids)}", "timestamp": int(self.now())}

    def _show_keyboard(self, chat: str, answer: tuple[str, int], body: Json) -> Json:
        rows = body["keyboard"]["content"]["rows"]
        assert 0 < len(rows) <= 5
        assert max(len(row["buttons"]) for row in rows) <= 5
        assert body["markdown"]["content"]
        if not self.has_keyboards:
            return {"code": 304037, "message": "没有发消息按钮组件的权限"}
        found = [one for row in rows for one in row["buttons"]]
        assert all(one["action"]["type"] == 2 and one["action"]["unsupport_tips"] for one in found)
        self._answers.add(answer)
        self.buttons[chat] = [one["action"]["data"] for one in found]
        return {"id": f"sent{next(self._ids)}", "timestamp": int(self.now())}

    # What people do

    def message(self, user: str, words: str, group: str = "", **more: Any) -> Json:
        event = {
            "id": f"ROBOT1.0_.{next(self._ids)}!",
            "content": f" {words}" if group else words,
            "timestamp": datetime.fromtimestamp(self.now(), UTC).isoformat(),
            "author": {"member_openid" if group else "user_openid": user},
            **({"group_openid": group} if group else {}),
            **more,
        }
        self._asked[event["id"]] = self.now()
        kind = "GROUP_AT_MESSAGE_CREATE" if group else "C2C_MESSAGE_CREATE"
        return {"op": 0, "id": f"{kind}:{next(self._ids)}", "t": kind, "d": event}

    def request(self, event: Json, at: float | None = None) -> Request:
        return signed(json.dumps(event).encode(), self.now() if at is None else at)

    def after(self, chat: str, act: Callable[[], object], within_s: float = 10.0) -> str:
        before = len(self.seen.get(chat, []))
        act()
        self.wait(lambda: len(self.seen.get(chat, [])) > before and self.is_idle(), within_s)
        return joined(self.seen[chat][before:])


def signed(body: bytes, at: float) -> Request:
    """What is posted at a time, as the vendor's page describes it."""
    seed = SECRET
    while len(seed) < 32:
        seed *= 2
    stamp = str(int(at))
    key = Ed25519PrivateKey.from_private_bytes(seed[:32].encode())
    proof = key.sign(stamp.encode() + body).hex()
    headers = {"x-signature-timestamp": stamp, "x-signature-ed25519": proof}
    return Request("POST", {}, headers, body)
