"""Feishu on loopback: people who write to a robot and press its cards, and its API."""

from __future__ import annotations

import hashlib
import json
import os
import time
from base64 import b64encode
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from aiohttp import web
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC

from bot.plugins import Request
from tests.e2e.tencent.loopback import Json, Loopback, joined

APP_ID, SECRET = "cli_0123456789abcdef", "loopback-feishu-secret-canary"
KEY, TOKEN, ROBOT = "loopback-encrypt-key-canary", "loopbackVerification", "ou_robot"
MOST_POST = 30_000


@dataclass
class Feishu(Loopback):
    members: set[str] = field(default_factory=lambda: {"ou_wang", "ou_li"})
    seen: dict[str, list[str]] = field(default_factory=dict)
    """What was written in each chat, or to each person."""
    cards: dict[str, Json] = field(default_factory=dict)
    """The last card of each chat."""
    withdrawn: set[str] = field(default_factory=set)
    is_idle: Callable[[], bool] = lambda: True

    def __post_init__(self) -> None:
        super().__post_init__()
        self._ids = count(1)
        self._uuids: set[str] = set()
        self._chats: dict[str, str] = {}

    def settings(self, port: int) -> dict[str, str]:
        return {
            "BOT_FEISHU__APP_ID": APP_ID,
            "BOT_FEISHU__APP_SECRET": SECRET,
            "BOT_FEISHU__ENCRYPT_KEY": KEY,
            "BOT_FEISHU__VERIFICATION_TOKEN": TOKEN,
            "BOT_FEISHU__CALLBACK_URL": f"http://127.0.0.1:{port}/webhooks/feishu",
            "BOT_FEISHU__API_URL": self.url,
        }

    def routes(self) -> dict[tuple[str, str], Callable[[web.Request], Awaitable[Any]]]:
        return {
            ("GET", "/"): self.front_page,
            ("POST", "/open-apis/auth/v3/tenant_access_token/internal"): self._token,
            ("GET", "/open-apis/bot/v3/info"): self._info,
            ("POST", "/open-apis/im/v1/messages"): self._create,
            ("POST", "/open-apis/im/v1/messages/{id}/reply"): self._reply,
        }

    async def _token(self, request: web.Request) -> web.Response:
        body = await request.json()
        if (body.get("app_id"), body.get("app_secret")) != (APP_ID, SECRET):
            return web.json_response({"code": 10014, "msg": "app secret invalid"})
        made = self.token()
        told = {"tenant_access_token": made["access_token"], "expire": made["expires_in"]}
        return web.json_response({"code": 0, "msg": "ok", **told})

    async def _info(self, request: web.Request) -> web.Response:
        bot = {"activate_status": 2, "app_name": "注册问答", "open_id": ROBOT}
        return await self._called(request, lambda _: {"code": 0, "msg": "ok", "bot": bot})

    async def _create(self, request: web.Request) -> web.Response:
        def take(body: Json) -> Json:
            kind, chat = request.query["receive_id_type"], body["receive_id"]
            if kind != ("open_id" if chat.startswith("ou_") else "chat_id"):
                return {"code": 230001, "msg": "Your request contains an invalid parameter."}
            if kind == "open_id" and chat not in self.members:
                return {"code": 230013, "msg": "Bot has NO availability to this user."}
            return self._show(chat, body)

        return await self._called(request, take)

    async def _reply(self, request: web.Request) -> web.Response:
        def take(body: Json) -> Json:
            message = request.match_info["id"]
            if message in self.withdrawn:
                return {"code": 230011, "msg": "The message was withdrawn."}
            if message not in self._chats:
                return {"code": 230001, "msg": "Your request contains an invalid parameter."}
            return self._show(self._chats[message], body)

        return await self._called(request, take)

    def _show(self, chat: str, body: Json) -> Json:
        if len(body["content"].encode()) > MOST_POST:
            return {"code": 230025, "msg": "The length of the message content reaches its limit."}
        if uuid := body.get("uuid"):
            assert len(uuid) <= 50
            if uuid in self._uuids:
                return {"code": 0, "msg": "success"}  # it was shown before
            self._uuids.add(uuid)
        content = json.loads(body["content"])
        if body["msg_type"] == "interactive":
            assert content["elements"]
            self.cards[chat] = content
        else:
            lines = content["zh_cn"]["content"]
            words = "\n".join("".join(run["text"] for run in line) for line in lines)
            self.seen.setdefault(chat, []).append(words)
        return {"code": 0, "msg": "success", "data": {"message_id": f"om_{next(self._ids)}"}}

    async def _called(self, request: web.Request, take: Callable[[Json], Json]) -> web.Response:
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        body = await request.json() if request.can_read_body else {}
        fault = self.faults.pop(0) if self.faults else None
        if isinstance(fault, int):
            self.note(request.path, body, {"status": fault})
            return web.Response(status=fault, headers={"Retry-After": "1"})
        is_good = self.tokens.get(token, 0.0) > time.monotonic()
        ended = None if is_good else {"code": 99991663, "msg": "Invalid access token"}
        outcome = fault or ended or take(body)
        self.note(request.path, body, outcome)
        return web.json_response(outcome, status=200 if outcome["code"] == 0 else 400)

    # What people do

    def event(self, kind: str, event: Json, **header: str) -> Json:
        header = {
            "event_id": f"ev{next(self._ids)}",
            "event_type": kind,
            "create_time": str(int(self.now() * 1000)),
            "token": TOKEN,
            "app_id": APP_ID,
            **header,
        }
        return {"schema": "2.0", "header": header, "event": event}

    def message(
        self, user: str, words: str, group: str = "", names: tuple[str, ...] = (ROBOT,), **more: Any
    ) -> Json:
        number = f"om_{next(self._ids)}"
        mentions = [
            {"key": f"@_user_{n}", "id": {"open_id": one}, "name": "谁"}
            for n, one in enumerate(names if group else (), 1)
        ]
        said = " ".join([*(one["key"] for one in mentions), words]) if group else words
        message = {
            "message_id": number,
            "chat_id": group or f"oc_{user}",
            "chat_type": "group" if group else "p2p",
            "message_type": "text",
            "content": json.dumps({"text": said}),
            "mentions": mentions,
            **more,
        }
        self._chats[message["message_id"]] = group or user
        sender = {"sender_id": {"open_id": user}, "sender_type": "user"}
        return self.event("im.message.receive_v1", {"sender": sender, "message": message})

    def press(self, user: str, label: str, group: str = "") -> Json:
        [value] = [one["value"] for one in self.buttons(group or user) if one["label"] == label]
        event = {
            "operator": {"open_id": user},
            "action": {"tag": "button", "value": value},
            "context": {"open_message_id": "om_card", "open_chat_id": group or f"oc_{user}"},
        }
        self._chats["om_card"] = group or user
        return self.event("card.action.trigger", event)

    def buttons(self, chat: str) -> list[Json]:
        shown = self.cards.get(chat, {}).get("elements", [])
        found = [one for part in shown for one in part.get("actions", ())]
        return [{"label": one["text"]["content"], "value": one["value"]} for one in found]

    def request(self, event: Json, at: float | None = None) -> Request:
        """What is posted: encrypted, and signed at a time."""
        stamp, nonce = str(int(self.now() if at is None else at)), f"nonce{next(self._ids)}"
        body = encrypted(json.dumps(event).encode())
        return Request("POST", {}, signed(stamp, nonce, body), body)

    def after(self, chat: str, act: Callable[[], object], within_s: float = 10.0) -> str:
        """What is seen in a chat after something was done, the buttons of a card numbered."""
        before = len(self.seen.get(chat, []))
        self.cards.pop(chat, None)
        act()
        self.wait(lambda: len(self.seen.get(chat, [])) > before and self.is_idle(), within_s)
        labels = [one["label"] for one in self.buttons(chat)]
        listed = "\n".join(f"{n}. {label}" for n, label in enumerate(labels, 1))
        return joined([*self.seen[chat][before:], listed])


def encrypted(plain: bytes) -> bytes:
    pad = 16 - len(plain) % 16
    start = os.urandom(16)
    encryptor = Cipher(AES(hashlib.sha256(KEY.encode()).digest()), CBC(start)).encryptor()
    made = start + encryptor.update(plain + bytes([pad]) * pad) + encryptor.finalize()
    sealed = {"encrypt": b64encode(made).decode()}
    return json.dumps(sealed, separators=(",", ":")).encode()  # the vendor's npm SDK expects it


def signed(stamp: str, nonce: str, body: bytes) -> dict[str, str]:
    made = hashlib.sha256((stamp + nonce + KEY).encode() + body).hexdigest()
    return {
        "x-lark-request-timestamp": stamp,
        "x-lark-request-nonce": nonce,
        "x-lark-signature": made,
    }
