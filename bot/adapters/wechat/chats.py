"""Write a reply as the one text that an account can answer with, and send what has no room.

Without verification a text that is too long ends at the border of a block, and a line leads to a
page that has all of it.  A verified account sends the rest as customer-service messages: five
within 48 hours of a person's own one
(https://developers.weixin.qq.com/doc/service/guide/product/message/Service_Center_messages.html),
so a reply takes at most three of them.
"""

from __future__ import annotations

from bot.adapters.delivery.chats import Chats, OutgoingMessage, Route
from bot.adapters.delivery.errors import Refused
from bot.adapters.delivery.full_text import FullText
from bot.adapters.tencent.pages import pages_of, shortened, texts_of
from bot.adapters.vendors.calls import Caller, Codes
from bot.adapters.wechat.updates import PLATFORM
from bot.core.model.reply import Reply
from bot.core.model.update import Update
from bot.plugins import Surroundings

MOST_BYTES = 2048
"""Of one text in UTF-8.  WeCom's page says so of the same XML
(https://developer.work.weixin.qq.com/document/path/90241); WeChat's names no figure.
"""
MOST_PAGES = 4
"""With the answer to the call itself."""
CODES = Codes(
    gone=frozenset({40003, 43004, 45015, 45047}),
    pauses={-1: 1.0, 45009: 60.0, 45011: 60.0, 40164: 60.0, 40125: 60.0, 40013: 60.0},
)
"""Error codes (https://developers.weixin.qq.com/doc/service/guide/dev/errorcode.html): no such
person, does not follow, too late, too many; busy, quotas, address not on the white list, wrong
secret or app id.
"""
_SEND = "/cgi-bin/message/custom/send"


def route_to(user: str, first: int = 0) -> Route:
    """Return the way to one person, to whom the pages from `first` on are still to be sent.

    What is stored names no first one: nobody knows what arrived of a reply that a death left.
    """
    return Route(user, user, request=str(first or ""))


class AccountChats(Chats):
    """Implements `bot.adapters.delivery.ports.Platform`."""

    name = PLATFORM

    def __init__(
        self, surroundings: Surroundings, full_text: FullText, caller: Caller | None
    ) -> None:
        """Take no `caller` for an account that is not verified: all it says is an answer."""
        super().__init__(surroundings, full_text)
        self._full, self._caller = full_text, caller

    def answer(self, update: Update, reply: Reply) -> str:
        """Return the text to answer a call with; empty if there is nothing to say."""
        pages = self._pages(reply)
        if len(pages) <= 1 or (self._caller and len(pages) <= MOST_PAGES):
            return pages[0] if pages else ""
        line = self._full.line(update.key, update.id)
        return shortened(reply.parts, line, MOST_BYTES)

    def rest(self, user: str, reply: Reply) -> Route | None:
        """Return the route for the pages behind the first one, if they are sent."""
        return route_to(user, 1) if 1 < len(self._pages(reply)) <= MOST_PAGES else None

    def write(self, reply: Reply, route: Route) -> OutgoingMessage:
        return OutgoingMessage(tuple(self._pages(reply)[int(route.request or 0) :]))

    async def send(self, message: OutgoingMessage, route: Route) -> tuple[int, ...]:
        if self._caller is None or len(message.pages) > MOST_PAGES:
            raise Refused("the reply is too long for customer-service messages")
        for page in message.pages:
            body = {"touser": route.user, "msgtype": "text", "text": {"content": page}}
            await self._caller.post(_SEND, body)
        return ()

    def _pages(self, reply: Reply) -> list[str]:
        """Return the reply whole, in as many texts as it takes."""
        return pages_of(texts_of(self.asking(reply).parts), MOST_BYTES)
