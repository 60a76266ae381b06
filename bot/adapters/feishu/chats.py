"""Send replies as rich text, and choices as the buttons of a card.

What a newcomer would get wrong: plain text messages read `<b>` and `[a](b)` as markup, so words are
sent as runs of a rich text, which shows them as they are.  Each message has a `uuid` of ours: the
platform shows it once within an hour, however often it is sent (https://open.feishu.cn/document/
server-docs/im-v1/message/create).
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence

from bot.adapters.delivery.chats import Chats, Json, OutgoingMessage, Route, is_answer
from bot.adapters.delivery.errors import Refused
from bot.adapters.delivery.full_text import FullText
from bot.adapters.delivery.plain import plain_pages
from bot.adapters.delivery.splitting import Room
from bot.adapters.feishu.updates import PLATFORM, key_for
from bot.adapters.vendors.calls import Caller, Codes
from bot.core.model.reply import Choice, Reply
from bot.plugins import Surroundings, Units

MOST_BYTES = 15_000
"""Of one text; a rich text with all that is round it has 30 KB (the same page)."""
MOST_BUTTONS, LONGEST_LABEL = 8, 30
CODES = Codes(
    gone=frozenset({230002, 230013}),
    pauses={99991400: 1.0, 230020: 1.0, 230006: 60.0, 99991672: 60.0},
    ended=frozenset({99991661, 99991663}),
    code="code",
    text="msg",
    authorise=lambda token: {"headers": {"Authorization": f"Bearer {token}"}},
)
"""Error codes (the same page and https://open.feishu.cn/document/server-docs/api-call-guide/generic-
error-code): not in the chat, not visible to this person; too often; the robot is not switched on, a
scope is missing; the token has ended.
"""
_MESSAGES = "/open-apis/im/v1/messages"
_ADDRESS = re.compile(r"(https?://[!-~]+)")


class RobotChats(Chats):
    """Implements `bot.adapters.delivery.ports.Platform`."""

    name, shows_once = PLATFORM, True

    def __init__(
        self, surroundings: Surroundings, full_text: FullText | None, caller: Caller
    ) -> None:
        super().__init__(surroundings, full_text)
        self._caller = caller

    def write(self, reply: Reply, route: Route) -> OutgoingMessage:
        shown = self.shown(reply, route)
        choices = as_buttons(shown)
        pages = pages_of(shown)
        card = self._card(choices, route) if choices else None
        return OutgoingMessage(pages, card, is_answer(reply))

    def _card(self, choices: Sequence[Choice], route: Route) -> Json:
        return card_of(
            self.phrase("choose_one"),
            [_button(one.label, key_for(one.value, route), route) for one in choices],
        )

    async def send(self, message: OutgoingMessage, route: Route) -> tuple[int, ...]:
        contents = [("post", as_post(page)) for page in message.pages]
        if message.card:
            contents.append(("interactive", message.card))
        for number, (kind, content) in enumerate(contents):
            body: Json = {"msg_type": kind, "content": json.dumps(content, ensure_ascii=False)}
            await self._send(body | _once(route, number, message), route)
        return ()

    async def _send(self, body: Json, route: Route) -> None:
        """Reply to the message in a group; write to a person, or where it can no longer be."""
        if route.is_group and route.request:
            try:
                await self._caller.post(f"{_MESSAGES}/{route.request}/reply", body)
            except Refused:
                pass  # withdrawn meanwhile
            else:
                return
        kind = "chat_id" if route.is_group else "open_id"
        path = f"{_MESSAGES}?receive_id_type={kind}"
        await self._caller.post(path, body | {"receive_id": route.chat})


def as_buttons(reply: Reply) -> Sequence[Choice]:
    """Return the choices, if all of them can be buttons of a card."""
    is_shown = all(len(one.label) <= LONGEST_LABEL for one in reply.choices)
    return reply.choices if is_shown and len(reply.choices) <= MOST_BUTTONS else ()


def pages_of(reply: Reply) -> tuple[str, ...]:
    """Return the texts of the messages; choices are numbered in them, unless a card has them."""
    room = Room(MOST_BYTES, Units.BYTES)
    return plain_pages(reply, room, with_choices=not as_buttons(reply))


def _once(route: Route, number: int, message: OutgoingMessage) -> Json:
    """Return what makes the platform show a message once; nothing for notices."""
    if not route.update:
        return {}
    named = "\n".join((route.chat, route.user, route.update, str(number), *message.pages))
    return {"uuid": hashlib.sha256(named.encode()).hexdigest()[:48]}


def as_post(text: str) -> Json:
    """Return a rich text with a paragraph for each line; addresses can be opened."""
    return {"zh_cn": {"content": [_runs(line) for line in text.split("\n")]}}


def _runs(line: str) -> list[Json]:
    runs = [
        {"tag": "a", "text": one, "href": one} if number % 2 else {"tag": "text", "text": one}
        for number, one in enumerate(_ADDRESS.split(line))
    ]
    return [one for one in runs if one["text"]] or [{"tag": "text", "text": ""}]


def card_of(title: str, buttons: Sequence[Json]) -> Json:
    """Return a card, in the form that every client shows; without buttons it is a note."""
    shown: list[Json] = [{"tag": "div", "text": {"tag": "plain_text", "content": title}}]
    if buttons:
        shown.append({"tag": "action", "layout": "flow", "actions": list(buttons)})
    return {"config": {"update_multi": True}, "elements": shown}


def _button(label: str, value: str, route: Route) -> Json:
    sent = {"v": value, "l": label} | ({"g": True} if route.is_group else {})
    return {"tag": "button", "text": {"tag": "plain_text", "content": label}, "value": sent}
