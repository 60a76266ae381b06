"""An official account on WeChat: people who write, and the interfaces that the account may use."""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from itertools import count
from typing import Any
from xml.etree import ElementTree as ET

import httpx
from aiohttp import web
from wechatpy.crypto import WeChatCrypto

from tests.e2e.tencent.loopback import Json, Loopback, pushed

APP_ID, TOKEN, SECRET = "wx0123456789abcdef", "loopbackToken", "loopback-app-secret-canary"
AES_KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
ACCOUNT = "gh_0123456789ab"
MOST_BYTES = 2048
MOST_ACTIVE = 5


@dataclass
class WeChat(Loopback):
    """Sends to `callback`; in safe mode unless it is told otherwise."""

    callback: str = ""
    is_safe: bool = True
    is_verified: bool = False
    menu: Json | None = None
    seen: dict[str, list[str]] = field(default_factory=dict)
    """What each person has read, active messages included."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self._ids = count(23_000_000_000_000_001)
        self._crypto = WeChatCrypto(TOKEN, AES_KEY, APP_ID)
        self._active: dict[str, int] = {}

    def settings(self, port: int) -> dict[str, str]:
        """What `zhuce serve` is given; it is called at this port."""
        self.callback = f"http://127.0.0.1:{port}/webhooks/wechat"
        given = {
            "BOT_WECHAT__APP_ID": APP_ID,
            "BOT_WECHAT__TOKEN": TOKEN,
            "BOT_WECHAT__CALLBACK_URL": self.callback,
            "BOT_WECHAT__API_URL": self.url,
        }
        if self.is_safe:
            given["BOT_WECHAT__AES_KEY"] = AES_KEY
        if self.is_verified:
            given |= {"BOT_WECHAT__VERIFIED": "on", "BOT_WECHAT__SECRET": SECRET}
        return given

    # What the account may call

    def routes(self) -> dict[tuple[str, str], Callable[[web.Request], Awaitable[Any]]]:
        return {
            ("GET", "/"): self.front_page,
            ("POST", "/cgi-bin/stable_token"): self._stable_token,
            ("POST", "/cgi-bin/message/custom/send"): self._custom_send,
            ("POST", "/cgi-bin/menu/create"): self._menu_create,
        }

    async def _stable_token(self, request: web.Request) -> web.Response:
        def take(body: Json) -> Json:
            if (body.get("appid"), body.get("secret")) != (APP_ID, SECRET):
                return {"errcode": 40125, "errmsg": "invalid appsecret"}
            return self.token()

        return await self.answered(request, take, needs_token=False)

    async def _custom_send(self, request: web.Request) -> web.Response:
        def take(body: Json) -> Json:
            user, text = body["touser"], body["text"]["content"]
            if not self.is_verified:
                return {"errcode": 48001, "errmsg": "api unauthorized"}
            if len(text.encode()) > MOST_BYTES:
                return {"errcode": 45002, "errmsg": "content size out of limit"}
            if self._active.get(user, MOST_ACTIVE) >= MOST_ACTIVE:
                return {"errcode": 45047, "errmsg": "out of response count limit"}
            self._active[user] += 1
            self.seen.setdefault(user, []).append(text)
            return {"errcode": 0, "errmsg": "ok"}

        return await self.answered(request, take)

    async def _menu_create(self, request: web.Request) -> web.Response:
        def take(body: Json) -> Json:
            if not self.is_verified:
                return {"errcode": 48001, "errmsg": "api unauthorized"}
            self.menu = body
            return {"errcode": 0, "errmsg": "ok"}

        return await self.answered(request, take)

    # What people do

    def verify(self) -> str | None:
        """What the console gets back when the address is saved."""
        query = self._signed() | {"echostr": "5837402"}
        answer = httpx.get(self.callback, params=query, timeout=5)
        return answer.text if answer.is_success else None

    def asks(self, user: str, text: str) -> str:
        """What a person reads after saying something, choices included."""
        return self.pushes(self.message(user, "text", Content=text))[-1]

    def clicks(self, user: str, key: str) -> str:
        return self.pushes(self.event(user, "CLICK", EventKey=key))[-1]

    def message(self, user: str, kind: str, **more: str) -> Json:
        return self._fields(user, kind) | {"MsgId": str(next(self._ids)), **more}

    def event(self, user: str, name: str, **more: str) -> Json:
        return self._fields(user, "event") | {"Event": name, **more}

    def _fields(self, user: str, kind: str) -> Json:
        return {
            "ToUserName": ACCOUNT,
            "FromUserName": user,
            "CreateTime": str(int(self.now())),
            "MsgType": kind,
        }

    def pushes(self, fields: Json) -> list[str]:
        """Deliver until it is taken; what the person reads, a line for each try."""
        self._active[fields["FromUserName"]] = 0
        query, body = self.sealed(fields)
        told = [
            self.read(answer, fields) for answer in pushed(self.push, self.callback, query, body)
        ]
        if told[-1]:
            self.seen.setdefault(fields["FromUserName"], []).append(told[-1])
        return told

    def sealed(self, fields: Json) -> tuple[Json, str]:
        """The query and the body of a call."""
        plain, query = as_xml(fields), self._signed()
        if not self.is_safe:
            return query, plain
        stamp, nonce = query["timestamp"], query["nonce"]
        body = self._crypto.encrypt_message(plain, nonce, stamp)
        signature = ET.fromstring(body).findtext("MsgSignature")
        return query | {"encrypt_type": "aes", "msg_signature": signature}, body

    def _signed(self) -> Json:
        stamp, nonce = str(int(self.now())), "486452656"
        parts = "".join(sorted((TOKEN, stamp, nonce)))
        signature = hashlib.sha1(parts.encode()).hexdigest()
        return {"signature": signature, "timestamp": stamp, "nonce": nonce}

    def read(self, answer: httpx.Response | None, fields: Json) -> str:
        """The text of an answer, read strictly; what is no message of text is named in brackets."""
        if answer is None or not answer.is_success:
            return f"[{answer.status_code if answer else 'no answer'}]"
        if answer.text in ("", "success"):
            return ""
        inner = self.opened(answer)
        assert inner["ToUserName"] == fields["FromUserName"]
        assert inner["FromUserName"] == fields["ToUserName"]
        if inner["MsgType"] != "text":
            return f"[{inner['MsgType']}]"
        assert len(inner["Content"].encode()) <= MOST_BYTES
        return inner["Content"]

    def opened(self, answer: httpx.Response) -> dict[str, str]:
        """The fields of an answer, read strictly."""
        text = answer.text
        if self.is_safe:
            outer = {one.tag: one.text for one in ET.fromstring(text)}
            text = self._crypto.decrypt_message(
                text, outer["MsgSignature"], outer["TimeStamp"], outer["Nonce"]
            )
        return {one.tag: one.text or "" for one in ET.fromstring(text)}


def as_xml(fields: Json) -> str:
    """As the platform writes it: numbers bare, texts in CDATA."""
    numbers = ("CreateTime", "MsgId", "AgentID")
    parts = [
        f"<{name}>{value if name in numbers else _cdata(value)}</{name}>"
        for name, value in fields.items()
    ]
    return f"<xml>{''.join(parts)}</xml>"


def _cdata(value: str) -> str:
    return f"<![CDATA[{value.replace(']]>', ']]]]><![CDATA[>')}]]>"
