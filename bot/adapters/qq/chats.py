"""Send replies as answers to a message: nothing else may be sent since 21 April 2025.

A message may be answered five times, within an hour alone and five minutes in a group; each answer
has a number, and the same number of the same message is not shown twice (https://bot.q.qq.com/wiki/
develop/api-v2/server-inter/message/send-receive/send.html).  What a newcomer would get wrong: a
text with an address that is not listed in the console is refused as a whole.  Buttons are for those
who were let in by the vendor, so choices are always numbered in the text as well.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.adapters.delivery.chats import Chats, Json, OutgoingMessage, Route, is_answer
from bot.adapters.delivery.errors import Refused
from bot.adapters.delivery.full_text import FullText
from bot.adapters.qq.updates import PLATFORM
from bot.adapters.tencent.pages import pages_of, shortened, texts_of
from bot.adapters.vendors.calls import Caller, Codes
from bot.core.model.reply import Choice, Reply
from bot.core.model.update import ConversationKey
from bot.plugins import Surroundings

MOST_BYTES = 6_000
"""Of one text; the vendor's page names no figure."""
MOST_PAGES = 5
MOST_IN_A_ROW, MOST_BUTTONS, LONGEST_LABEL = 2, 10, 12
"""Five buttons in each of five rows are the most (https://bot.q.qq.com/wiki/develop/api-v2/
server-inter/message/trans/msg-btn.html); it names no length of a label."""
_SAYS, _ANYBODY = 2, 2
"""Of the same page: a button that says words in one's name, and who may press it."""
_SHOWN_BEFORE, _ADDRESS_REFUSED = 40054005, 304003
CODES = Codes(
    gone=frozenset({11293, 1100104, 1100301}),
    pauses={22009: 60.0, 1100100: 60.0, 11263: 1.0, 1100300: 1.0},
    ended=frozenset({11241, 11242, 11243, 11244}),
    code="code",
    text="message",
    authorise=lambda token: {"headers": {"Authorization": f"QQBot {token}"}},
)
"""Error codes (https://bot.q.qq.com/wiki/develop/api-v2/openapi/error/error.html): the group is
gone, or the robot is not in it; too often, or a fault of the vendor; the token is not taken.  11293
and 22009 are from memory.
"""
_ADDRESS = re.compile(r"https?://([!-~]+)")


class RobotChats(Chats):
    """Implements `bot.adapters.delivery.ports.Platform`."""

    name, shows_once = PLATFORM, True

    def __init__(
        self,
        surroundings: Surroundings,
        full_text: FullText,
        caller: Caller,
        *,
        has_keyboard: bool = False,
    ) -> None:
        super().__init__(surroundings, full_text)
        self._full, self._caller, self._has_keyboard = full_text, caller, has_keyboard
        self.trouble: str | None = None
        """What the operator should list in the console."""

    def write(self, reply: Reply, route: Route) -> OutgoingMessage:
        shown = self.shown(reply, route)
        pages = pages_of(texts_of(shown.parts), MOST_BYTES)
        if len(pages) > MOST_PAGES:
            key = ConversationKey(PLATFORM, route.chat, route.user)
            line = self._full.line(key, route.update)
            pages = [shortened(shown.parts, line, MOST_BYTES)]
        has_room = self._has_keyboard and len(pages) < MOST_PAGES
        keyboard = keyboard_of(shown.choices) if has_room else None
        return OutgoingMessage(tuple(pages), keyboard, is_answer(reply))

    async def send(self, message: OutgoingMessage, route: Route) -> tuple[int, ...]:
        for number, page in enumerate(message.pages, 1):
            await self._send_or_spell(page, number, route)
        if message.card:
            await self._send_keyboard(message.card, len(message.pages) + 1, route)
        return ()

    async def _send_keyboard(self, keyboard: Json, number: int, route: Route) -> None:
        """Send the buttons; if they are refused, the numbers in the text have to do."""
        body = {
            "msg_type": 2,
            "markdown": {"content": self.phrase("choose_one")},
            "keyboard": keyboard,
        }
        try:
            await self._answer(body, number, route)
        except Refused as refused:
            if f" {_SHOWN_BEFORE} " not in str(refused):
                self.trouble = (
                    "QQ 不收按钮：没有开通「自定义按钮」和 markdown 的，把 BOT_QQ__KEYBOARD 删掉"
                )

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
        await self._answer({"content": page, "msg_type": 0}, number, route)

    async def _answer(self, body: Json, number: int, route: Route) -> None:
        kind = "groups" if route.is_group else "users"
        named = {"msg_id": route.request, "msg_seq": number}
        await self._caller.post(f"/v2/{kind}/{route.chat}/messages", body | named)


def keyboard_of(choices: Sequence[Choice]) -> Json | None:
    """Return buttons that say the labels; `None` if not all choices can be buttons."""
    labels = [one.label for one in choices]
    if not 0 < len(labels) <= MOST_BUTTONS or max(map(len, labels)) > LONGEST_LABEL:
        return None
    rows = [labels[at : at + MOST_IN_A_ROW] for at in range(0, len(labels), MOST_IN_A_ROW)]
    return {"content": {"rows": [{"buttons": [_button(one) for one in row]} for row in rows]}}


def _button(label: str) -> Json:
    action = {
        "type": _SAYS,
        "permission": {"type": _ANYBODY},
        "data": label,
        "enter": True,
        "unsupport_tips": label,
    }
    shown = {"label": label, "visited_label": label, "style": 1}
    return {"id": label, "render_data": shown, "action": action}


def _spelt(found: re.Match[str]) -> str:
    """Return an address that can be read and is none."""
    return found[1].replace(".", "．")
