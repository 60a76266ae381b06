"""Send replies in the name of a self-built app.

https://developer.work.weixin.qq.com/document/path/90236: 30 messages a minute to one member, who
loses what is beyond.
"""

from __future__ import annotations

from bot.adapters.delivery.chats import Chats, OutgoingMessage, Route
from bot.adapters.delivery.errors import Gone
from bot.adapters.vendors.calls import Caller, Codes, Json
from bot.adapters.wecom import message
from bot.adapters.wecom.message import APP, Form
from bot.core.model.reply import Reply
from bot.plugins import Surroundings

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


class AppChats(Chats):
    """Implements `bot.adapters.delivery.ports.Platform`."""

    name = APP

    def __init__(self, surroundings: Surroundings, caller: Caller, agent: str, form: Form) -> None:
        super().__init__(surroundings)
        self._caller, self._agent, self._form = caller, agent, form

    def write(self, reply: Reply, route: Route) -> OutgoingMessage:
        return message.write(self.pack, self.shown(reply, route), self._form)

    async def send(self, outgoing: OutgoingMessage, route: Route) -> tuple[int, ...]:
        kind = "markdown" if self._form.is_markdown else "text"
        for page in outgoing.pages:
            await self._send({"msgtype": kind, kind: {"content": page}}, route)
        if outgoing.card:
            await self._send({"msgtype": "template_card", "template_card": outgoing.card}, route)
        return ()

    async def _send(self, content: Json, route: Route) -> None:
        body = {"touser": route.user, "agentid": int(self._agent), **content}
        answer = await self._caller.post(_SEND, body)
        if route.user in str(answer.get("invaliduser", "")).split("|"):
            raise Gone(f"{_SEND}: the app is not visible to this member")
