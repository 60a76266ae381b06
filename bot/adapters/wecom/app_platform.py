"""Send replies in the name of a self-built app.

https://developer.work.weixin.qq.com/document/path/90236: 30 messages a minute to one member, who
loses what is beyond.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

from bot.adapters.delivery.errors import Gone
from bot.adapters.tencent.calls import Caller, Codes, Json
from bot.adapters.wecom import message
from bot.adapters.wecom.message import Form, OutgoingMessage
from bot.adapters.wecom.routes import Route
from bot.core.model.pack import Pack
from bot.core.model.reply import Reply

MOST_TEXT, MOST_MARKDOWN = 2048, 4096
"""Bytes of one message (the same page)."""
CODES = Codes(
    gone=frozenset({40003, 60111, 81013}),
    pauses={-1: 1.0, 45009: 60.0, 45033: 2.0, 60020: 60.0, 40013: 60.0},
)
"""Error codes (https://developer.work.weixin.qq.com/document/path/90313): no such member; busy,
quota, calls at once, address not on the white list, wrong corp id.
"""
_SEND = "/cgi-bin/message/send"
log = logging.getLogger(__name__)


class AppPlatform:
    """Implements `bot.adapters.delivery.ports.Platform`."""

    def __init__(self, pack: Callable[[], Pack], caller: Caller, agent: str, form: Form) -> None:
        self._pack, self._caller, self._agent, self._form = pack, caller, agent, form

    def phrase(self, key: str) -> str:
        return self._pack().phrase(key)

    def write(self, reply: Reply, route: Route) -> OutgoingMessage:  # noqa: ARG002  one form for all
        return message.write(self._pack(), reply, self._form)

    def pointer(self, route: Route) -> OutgoingMessage:  # noqa: ARG002  it says the same to all
        return message.note(self.phrase("same_answer"))

    def passed_over(self, message_: OutgoingMessage) -> OutgoingMessage:
        return message.passed_over(message_, self.phrase("only_your_last"))

    def hides(self, route: Route) -> bool:  # noqa: ARG002  only one person reads the app's chat
        return True

    async def send(self, message_: OutgoingMessage, route: Route) -> tuple[int, ...]:
        kind = "markdown" if self._form.is_markdown else "text"
        for page in message_.pages:
            await self._send({"msgtype": kind, kind: {"content": page}}, route)
        if message_.card:
            await self._send({"msgtype": "template_card", "template_card": message_.card}, route)
        return ()

    async def _send(self, content: Json, route: Route) -> None:
        body = {"touser": route.user, "agentid": int(self._agent), **content}
        answer = await self._caller.post(_SEND, body)
        if route.user in str(answer.get("invaliduser", "")).split("|"):
            raise Gone(f"{_SEND}: the app is not visible to this member")
