"""WeChat and the app of WeCom keep the promises of every adapter.

wechatpy seals what is posted and opens what is answered; the calls of WeCom's app go over HTTP to
the loopback API.  The robot has no endpoint: tests/unit/adapters/wecom/test_robot.py tries it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime

import httpx
import pytest
from wechatpy.crypto import WeChatCrypto

from bot.adapters.wechat_plugin import ADAPTER
from bot.adapters.wecom_plugin import APP_ADAPTER
from bot.plugins import Request, Response
from bot.testing import Button, Check, Counterpart, Shown, checks
from tests.e2e.tencent import WeChat, WeCom, wechat
from tests.e2e.tencent.loopback import Json
from tests.e2e.tencent.wechat import AES_KEY, TOKEN
from tests.workers import size

MUTATIONS = size(100_000, 300)


class Tencent(Counterpart):
    """What the two have in common: the envelope."""

    platform: WeChat | WeCom
    identity: str

    def _posted(self, fields: Json, at: datetime) -> Request:
        self.platform.now = at.timestamp
        query, body = self.platform.sealed(fields)
        return Request("POST", query, {}, body.encode())

    def forgeries(self, request: Request) -> Iterable[Request]:
        query = dict(request.query)
        for signature in ("", "0" * 40, query["msg_signature"][:-1], "é"):
            yield replace(request, query=query | {"msg_signature": signature})
        yield replace(request, query={})
        yield replace(request, query=query | {"timestamp": str(int(query["timestamp"]) + 1)})
        stranger = WeChatCrypto("anotherToken", AES_KEY, self.identity)
        sealed = stranger.encrypt_message("<xml/>", query["nonce"], query["timestamp"])
        yield replace(request, body=sealed.encode())

    def signed(self, request: Request, body: bytes) -> Request:
        stamp, nonce = request.query["timestamp"], request.query["nonce"]
        made = WeChatCrypto(TOKEN, AES_KEY, self.identity).encrypt_message(body, nonce, stamp)
        signature = made.partition("<MsgSignature><![CDATA[")[2].partition("]]>")[0]
        query = {**request.query, "msg_signature": signature}
        return replace(request, query=query, body=made.encode())

    def _fields(self, words: str, number: int, at: datetime, person: int) -> Json:
        self.platform.now = at.timestamp
        made = self.platform.message(f"person{person}", "text", Content=words)
        return made | {"MsgId": str(number)}

    def says(self, words: str, *, number: int, at: datetime, person: int = 1) -> Request:
        return self._posted(self._fields(words, number, at, person), at)


class Account(Tencent):
    identity = wechat.APP_ID

    def __init__(self) -> None:
        self.platform = WeChat()
        self.settings = _values(self.platform.settings(9), "BOT_WECHAT__")
        self._shown: list[Shown] = []
        self._fields_last: Json = {}

    def close(self) -> None:
        self.platform.close()

    def _posted(self, fields: Json, at: datetime) -> Request:
        self._fields_last = fields
        return super()._posted(fields, at)

    def hears(self, response: Response) -> None:
        headers = {"Content-Type": response.media_type}
        answer = httpx.Response(response.status, content=response.body, headers=headers)
        if answer.is_success and answer.text.startswith("<xml>"):
            assert isinstance(self.platform, WeChat)
            self._fields_last |= {"FromUserName": self._reader(answer)}
            self._shown.append(Shown(self.platform.read(answer, self._fields_last)))

    def _reader(self, answer: httpx.Response) -> str:
        """Whom it is for: the checks hold several messages at a time."""
        assert isinstance(self.platform, WeChat)
        return self.platform.opened(answer)["ToUserName"]

    def shown(self) -> Sequence[Shown]:
        return self._shown


class App(Tencent):
    signs_body = False  # what is round the ciphertext; changes in it: tests/unit/adapters/wecom
    identity = "ww0123456789abcdef"

    def __init__(self) -> None:
        self.platform = WeCom(members={"person1", "person2"})
        self.platform.__enter__()
        self.settings = _values(self.platform.settings(9), "BOT_WECOM__")

    def close(self) -> None:
        self.platform.__exit__(None, None, None)

    def presses(self, button: Button, *, number: int, at: datetime, person: int = 1) -> Request:
        self.platform.now = at.timestamp
        event = self.platform.event(
            f"person{person}", "template_card_event", EventKey=button.data, TaskId=str(number)
        )
        return self._posted(event, at)

    def shown(self) -> Sequence[Shown]:
        return [
            _seen(call.body)
            for call in self.platform.called("/cgi-bin/message/send")
            if call.outcome.get("errcode") == 0
        ]


def _seen(body: Json) -> Shown:
    kind = body["msgtype"]
    if kind != "template_card":
        return Shown(body[kind]["content"])
    buttons = body[kind]["button_list"]
    return Shown("", tuple(Button(one["text"], one["key"]) for one in buttons))


def _values(settings: dict[str, str], prefix: str) -> dict[str, str]:
    return {name.removeprefix(prefix).lower(): value for name, value in settings.items()}


ALL = [
    pytest.param(check, id=f"{name}: {check}")
    for name, adapter, counterpart in (
        ("WeChat", ADAPTER, Account),
        ("WeCom", APP_ADAPTER, App),
    )
    for check in checks(adapter, counterpart, mutations=MUTATIONS)
]


@pytest.mark.parametrize("check", ALL)
def test_tencents_platforms_keep_the_promises_of_adapters(
    check: Check, figures: Callable[[str], None]
) -> None:
    check()
    if "damaged" in check.name:
        figures(f"{MUTATIONS} changed bodies: 0 of 5xx, 0 taken whose proof fails")
