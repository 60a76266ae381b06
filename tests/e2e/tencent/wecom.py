"""A self-built app in WeCom: members who write to it and press its cards, and its interfaces."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from itertools import count
from typing import Any
from xml.etree import ElementTree as ET

import httpx
from aiohttp import web
from wechatpy.work.crypto import WeChatCrypto

from tests.e2e.tencent.loopback import Json, Loopback, joined, pushed
from tests.e2e.tencent.wechat import as_xml

CORP_ID, AGENT, TOKEN = "ww0123456789abcdef", "1000002", "loopbackToken"
SECRET = "loopback-corp-secret-canary"
AES_KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
LIMITS = {"text": 2048, "markdown": 4096}


@dataclass
class WeCom(Loopback):
    callback: str = ""
    members: set[str] = field(default_factory=lambda: {"xiaowang", "xiaoli"})
    """Those who may see the app."""
    cards: dict[str, Json] = field(default_factory=dict)
    """The last card that each has got."""
    seen: dict[str, list[str]] = field(default_factory=dict)
    is_idle: Callable[[], bool] | None = None
    """Tells that the bot has nothing left to send, where that can be asked."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self._ids = count(4_500_000_001)
        self._tasks: set[str] = set()
        self._crypto = WeChatCrypto(TOKEN, AES_KEY, CORP_ID)

    def settings(self, port: int) -> dict[str, str]:
        self.callback = f"http://127.0.0.1:{port}/webhooks/wecom"
        return {
            "BOT_WECOM__CORP_ID": CORP_ID,
            "BOT_WECOM__AGENT_ID": AGENT,
            "BOT_WECOM__SECRET": SECRET,
            "BOT_WECOM__TOKEN": TOKEN,
            "BOT_WECOM__AES_KEY": AES_KEY,
            "BOT_WECOM__CALLBACK_URL": self.callback,
            "BOT_WECOM__API_URL": self.url,
        }

    def routes(self) -> dict[tuple[str, str], Callable[[web.Request], Awaitable[Any]]]:
        return {
            ("GET", "/"): self.front_page,
            ("GET", "/cgi-bin/gettoken"): self._gettoken,
            ("GET", "/cgi-bin/agent/get"): self._agent,
            ("POST", "/cgi-bin/message/send"): self._send,
        }

    async def _gettoken(self, request: web.Request) -> web.Response:
        def take(body: Json) -> Json:
            if (body.get("corpid"), body.get("corpsecret")) != (CORP_ID, SECRET):
                return {"errcode": 40001, "errmsg": "invalid credential"}
            return {"errcode": 0, "errmsg": "ok"} | self.token()

        return await self.answered(request, take, needs_token=False)

    async def _agent(self, request: web.Request) -> web.Response:
        users = {"user": [{"userid": one} for one in sorted(self.members)]}
        found = {"errcode": 0, "name": "注册问答", "allow_userinfos": users}
        return await self.answered(request, lambda _: found)

    async def _send(self, request: web.Request) -> web.Response:
        return await self.answered(request, self._take)

    def _take(self, body: Json) -> Json:
        if str(body.get("agentid")) != AGENT:
            return {"errcode": 40056, "errmsg": "invalid agentid"}
        user, kind = body["touser"], body["msgtype"]
        if user not in self.members:
            return {"errcode": 81013, "errmsg": "user & party & tag all invalid"}
        if kind == "template_card":
            return self._show(user, body[kind])
        content = body[kind]["content"]
        if len(content.encode()) > LIMITS[kind]:
            return {"errcode": 45002, "errmsg": "content size out of limit"}
        self.seen.setdefault(user, []).append(content)
        return {"errcode": 0, "errmsg": "ok", "msgid": "m"}

    def _show(self, user: str, card: Json) -> Json:
        buttons = card["button_list"]
        assert card["card_type"] == "button_interaction"
        assert card["main_title"]["title"]
        assert 1 <= len(buttons) <= 6
        assert len({one["key"] for one in buttons}) == len(buttons)
        if card["task_id"] in self._tasks:
            return {"errcode": 41077, "errmsg": "taskid has existed"}
        self._tasks.add(card["task_id"])
        self.cards[user] = card
        return {"errcode": 0, "errmsg": "ok", "msgid": "m", "response_code": "r"}

    # What members do

    def verify(self) -> str | None:
        query, body = self._sealed("5837402")
        echo = ET.fromstring(body).findtext("Encrypt")
        answer = httpx.get(self.callback, params=query | {"echostr": echo}, timeout=5)
        return answer.text if answer.is_success else None

    def asks(self, user: str, text: str, within_s: float = 10.0) -> str:
        """What a member sees after saying something, the choices of a card numbered."""
        return self._seen_after(user, self.message(user, "text", Content=text), within_s)

    def presses(self, user: str, label: str) -> str:
        card = self.cards[user]
        [key] = [one["key"] for one in card["button_list"] if one["text"] == label]
        fields = self.event(user, "template_card_event", EventKey=key, TaskId=card["task_id"])
        return self._seen_after(user, fields)

    def _seen_after(self, user: str, fields: Json, within_s: float = 10.0) -> str:
        before = len(self.seen.get(user, []))
        self.cards.pop(user, None)
        tried = self.pushes(fields)
        assert tried[-1] is not None
        assert tried[-1].status_code == 200, tried[-1]
        self.wait(lambda: len(self.seen.get(user, [])) > before, within_s)
        self.settle()
        card = self.cards.get(user)
        labels = [one["text"] for one in card["button_list"]] if card else []
        listed = "\n".join(f"{n}. {label}" for n, label in enumerate(labels, 1))
        return joined([*self.seen[user][before:], listed])

    def settle(self) -> None:
        """Wait until nothing has been sent for a moment."""
        if self.is_idle is not None:
            self.wait(self.is_idle)
            return
        count_ = -1
        while count_ != len(self.calls):
            count_ = len(self.calls)
            time.sleep(0.15)

    def message(self, user: str, kind: str, **more: str) -> Json:
        return self._fields(user, kind) | {"MsgId": str(next(self._ids)), **more}

    def event(self, user: str, name: str, **more: str) -> Json:
        return self._fields(user, "event") | {"Event": name, **more}

    def _fields(self, user: str, kind: str) -> Json:
        return {
            "ToUserName": CORP_ID,
            "FromUserName": user,
            "CreateTime": str(int(self.now())),
            "MsgType": kind,
            "AgentID": AGENT,
        }

    def pushes(self, fields: Json) -> list[httpx.Response | None]:
        query, body = self._sealed(as_xml(fields))
        return pushed(self.push, self.callback, query, body)

    def sealed(self, fields: Json) -> tuple[Json, str]:
        return self._sealed(as_xml(fields))

    def _sealed(self, plain: str) -> tuple[Json, str]:
        stamp, nonce = str(int(self.now())), "1372623149"
        body = self._crypto.encrypt_message(plain, nonce, stamp)
        signature = ET.fromstring(body).findtext("MsgSignature")
        return {"msg_signature": signature, "timestamp": stamp, "nonce": nonce}, body

    def opened(self, answer: httpx.Response) -> Json:
        """The fields of an answer to a call."""
        outer = {one.tag: one.text for one in ET.fromstring(answer.text)}
        text = self._crypto.decrypt_message(
            answer.text, outer["MsgSignature"], outer["TimeStamp"], outer["Nonce"]
        )
        return {one.tag: one for one in ET.fromstring(text)}
