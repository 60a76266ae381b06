"""Send replies as answers to a message: nothing else may be sent since 21 April 2025.

A message may be answered five times, within an hour alone and five minutes in a group; each answer
has a number, and the same number of the same message is not shown twice (https://bot.q.qq.com/wiki/
develop/api-v2/server-inter/message/send-receive/send.html).  What a newcomer would get wrong: a
text with an address that is not listed in the console is refused as a whole.
"""

from __future__ import annotations

import re

from bot.adapters.delivery.chats import Chats, OutgoingMessage, Route, is_answer
from bot.adapters.delivery.errors import Refused
from bot.adapters.delivery.full_text import FullText
from bot.adapters.qq.updates import PLATFORM
from bot.adapters.tencent.pages import pages_of, shortened, texts_of
from bot.adapters.vendors.calls import Caller, Codes
from bot.core.model.reply import Reply
from bot.core.model.update import ConversationKey
from bot.plugins import Surroundings

MOST_BYTES = 6_000
"""Of one text; the vendor's page names no figure."""
MOST_PAGES = 5
_SHOWN_BEFORE, _ADDRESS_REFUSED = 40054005, 304003
CODES = Codes(
    gone=frozenset({11293, 304045}),
    pauses={22009: 60.0, 11263: 1.0, 304014: 1.0},
    ended=frozenset({11241, 11242, 11243, 11244}),
    code="code",
    text="message",
    authorise=lambda token: {"headers": {"Authorization": f"QQBot {token}"}},
)
"""Error codes (https://bot.q.qq.com/wiki/develop/api-v2/openapi/error/error.html)."""
_ADDRESS = re.compile(r"https?://([!-~]+)")


class RobotChats(Chats):
    """Implements `bot.adapters.delivery.ports.Platform`."""

    name = PLATFORM

    def __init__(self, surroundings: Surroundings, full_text: FullText, caller: Caller) -> None:
        super().__init__(surroundings, full_text)
        self._full, self._caller = full_text, caller
        self.trouble: str | None = None
        """What the operator should list in the console."""

    def write(self, reply: Reply, route: Route) -> OutgoingMessage:
        shown = self.shown(reply, route)
        pages = pages_of(texts_of(shown.parts), MOST_BYTES)
        if len(pages) > MOST_PAGES:
            key = ConversationKey(PLATFORM, route.chat, route.user)
            line = self._full.line(key, route.update)
            pages = [shortened(shown.parts, line, MOST_BYTES)]
        return OutgoingMessage(tuple(pages), is_answer=is_answer(reply))

    async def send(self, message: OutgoingMessage, route: Route) -> tuple[int, ...]:
        for number, page in enumerate(message.pages, 1):
            await self._send_or_spell(page, number, route)
        return ()

    async def _send_or_spell(self, page: str, number: int, route: Route) -> None:
        """Send; if an address in it is refused, once more with the address spelt out."""
        try:
            await self._send(page, number, route)
        except Refused as refused:
            told = str(refused)
            if f" {_SHOWN_BEFORE} " in told:
                return
            if f" {_ADDRESS_REFUSED} " not in told:
                raise
            self.trouble = "有网址没有写进后台「消息URL配置」，发的时候点换成了全角的"
            await self._send(_ADDRESS.sub(_spelt, page), number, route)

    async def _send(self, page: str, number: int, route: Route) -> None:
        kind = "groups" if route.is_group else "users"
        body = {"content": page, "msg_type": 0, "msg_id": route.request, "msg_seq": number}
        await self._caller.post(f"/v2/{kind}/{route.chat}/messages", body)


def _spelt(found: re.Match[str]) -> str:
    """Return an address that can be read and is none."""
    return found[1].replace(".", "．")
