"""Send what a reply has no room for as customer-service messages; verified accounts only.

Five messages within 48 hours of a person's own one
(https://developers.weixin.qq.com/doc/service/guide/product/message/Service_Center_messages.html),
so a reply takes at most three of them.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Self

from bot.adapters.delivery.errors import Refused
from bot.adapters.tencent.calls import Caller, Codes
from bot.adapters.wechat.writer import Writer
from bot.core.model.reply import Reply
from bot.core.model.update import ConversationKey

MOST_PAGES = 4
"""With the answer to the call itself."""
WAY = "c"
"""The route of replies whose rest may be sent this way."""
CODES = Codes(
    gone=frozenset({40003, 43004, 45015, 45047}),
    pauses={-1: 1.0, 45009: 60.0, 45011: 60.0, 40164: 60.0, 40125: 60.0, 40013: 60.0},
)
"""Error codes (https://developers.weixin.qq.com/doc/service/guide/dev/errorcode.html): no such
person, does not follow, too late, too many; busy, quotas, address not on the white list, wrong
secret or app id.
"""
_SEND = "/cgi-bin/message/custom/send"


@dataclass(frozen=True, slots=True)
class Route:
    """The way to one person; `first` is the number of the first page that is still to be sent."""

    user: str
    first: int

    @property
    def chat(self) -> str:
        return self.user

    @property
    def place(self) -> str:
        return self.user

    @property
    def asked(self) -> None:
        return

    @property
    def is_paced(self) -> bool:
        return False

    @property
    def is_outside(self) -> bool:
        return False

    def moved_to(self, chat: Hashable) -> Self:
        """People never get another id.

        Raises:
            TypeError: always.
        """
        raise TypeError(f"WeChat moves no chats, and none to {chat!r}")

    def in_reply_to(self, message: int) -> Self:  # noqa: ARG002  there are no replies to messages
        return self

    def afresh(self) -> Self:
        return self


@dataclass(frozen=True, slots=True)
class Pages:
    """What is to be sent."""

    pages: tuple[str, ...]
    is_answer: bool = False


def read_route(key: ConversationKey, text: str) -> Route:
    """Return the route of a reply that a death or a failure left: nobody knows what arrived of it.

    Raises:
        ValueError: it was the whole answer to a call.
    """
    if text != WAY:
        raise ValueError(text)
    return Route(key.user, 0)


class CustomerService:
    """Implements `bot.adapters.delivery.ports.Platform`."""

    def __init__(self, writer: Writer, caller: Caller) -> None:
        self._writer, self._caller = writer, caller

    def write(self, reply: Reply, route: Route) -> Pages:
        return Pages(tuple(self._writer.pages(reply)[route.first :]))

    def pointer(self, route: Route) -> Pages:  # noqa: ARG002  it says the same to all
        return Pages((self._writer.phrase("same_answer"),))

    def passed_over(self, message: Pages) -> Pages:
        return message

    def hides(self, route: Route) -> bool:  # noqa: ARG002  nobody reads along
        return True

    async def send(self, message: Pages, route: Route) -> tuple[int, ...]:
        if len(message.pages) > MOST_PAGES:
            raise Refused("the reply is too long for customer-service messages")
        for page in message.pages:
            body = {"touser": route.user, "msgtype": "text", "text": {"content": page}}
            await self._caller.post(_SEND, body)
        return ()
