"""Prepare a reply for sending: its pages, its buttons, and a plain form if those are refused."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from html import escape
from typing import Any

from bot.adapters.delivery.codes import Codebook
from bot.adapters.delivery.deep_links import ASK, payload_of
from bot.adapters.delivery.in_groups import short_in_group
from bot.adapters.telegram.outgoing.callback_data import Buttons
from bot.adapters.telegram.outgoing.html import render
from bot.adapters.telegram.outgoing.keyboards import (
    Button,
    choice_buttons,
    copy_buttons,
    link_button,
    markup,
)
from bot.adapters.telegram.outgoing.rich_message import rich_blocks
from bot.adapters.telegram.routes import Route
from bot.core.model.pack import Pack
from bot.core.model.reply import Document, Picture, Reply, Status

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class OutgoingMessage:
    """The content to send along a route."""

    pages: tuple[str, ...]
    """HTML, at least one for every message that is sent."""
    keyboard: Json | None = None
    """Shown under the last page."""
    plain: Reply | None = None
    """The reply to send as plain text, with numbered choices, if HTML is refused."""
    rich: Sequence[Json] | None = None
    """Blocks of a rich message with the same content."""
    documents: tuple[Document, ...] = ()
    """Files sent after it; their words are on the pages too."""
    picture: str | None = None
    """Name of a picture sent with it; its words are on the pages too."""
    entry: str | None = None
    """The entry that it answers with, for ratings."""
    is_answer: bool = False
    """A fact that may be pointed to instead of being repeated."""
    is_pointer: bool = False
    """Says "see above": makes no sense without the message it replies to."""


@dataclass(frozen=True, slots=True)
class Writer:
    """Renders messages for one version of the pack."""

    pack: Pack
    username: str
    codes: Codebook
    buttons: Buttons

    def write(self, reply: Reply, route: Route, day: date) -> OutgoingMessage:
        """Render the reply; in groups a long answer is shortened and linked to the private chat."""
        found = short_in_group(self.pack, self.codes, reply, day) if route.is_group else None
        links: list[Button] = []
        if found:
            reply, payload = found
            links.append(self._link("full_in_private", payload))
        elif route.guest is not None:
            known = payload_of(self.codes, reply.answers) if route.is_group else None
            links.append(self._link("go_on_in_private", known or ASK))
        return self._message(reply, route, links)

    def _message(self, reply: Reply, route: Route, links: list[Button]) -> OutgoingMessage:
        rendered = render(reply)
        choices: list[Button] | None = []
        if route.guest is None and reply.choices:
            choices = choice_buttons(reply.choices, lambda value: self.buttons.data(value, route))
        if choices is None or (route.guest is not None and reply.status is Status.CLARIFY):
            rendered = render(reply, with_choices=True)
        copies = copy_buttons(self.pack, rendered.addresses) if not route.is_group else []
        return OutgoingMessage(
            pages=rendered.pages,
            keyboard=markup(choices or [], copies, links),
            plain=reply,
            rich=None
            if route.is_group or route.edits
            else rich_blocks(reply, self.pack.vocabulary.materials),
            documents=tuple(part for part in reply.parts if isinstance(part, Document)),
            picture=next((p.name for p in reply.parts if isinstance(p, Picture)), None),
            entry=reply.answers[0].entry if reply.answers and not reply.is_unclear else None,
            is_answer=reply.status in (Status.ANSWERED, Status.ABSTAINED) and bool(reply.answers),
        )

    def _link(self, phrase: str, payload: str) -> Button:
        return link_button(self.pack.phrase(phrase), self.username, payload)


def note(text: str, *, is_pointer: bool = False) -> OutgoingMessage:
    """Return a message with one of the bot's own phrases."""
    return OutgoingMessage((escape(text, quote=False),), is_pointer=is_pointer)
