"""Write a reply for WeCom: texts or Markdown by bytes, and a card with up to six buttons.

What a newcomer would get wrong: members who read WeCom inside WeChat see neither Markdown nor
cards, which is why both can be turned off.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import assert_never

from bot.adapters.delivery.chats import Json, OutgoingMessage, is_answer
from bot.adapters.tencent.pages import pages_of, size, texts_of
from bot.adapters.tencent.xml import clean
from bot.core.model.pack import Pack
from bot.core.model.reply import (
    Choice,
    Choices,
    ClickPath,
    Document,
    Link,
    ListPart,
    Part,
    Picture,
    Reply,
    Sources,
    Text,
    part_as_text,
)

APP, ROBOT = "wecom", "wecom_robot"
"""The platforms: people of one are not those of the other."""
MOST_BUTTONS = 6
LONGEST_LABEL = 10
"""Characters that a button should have (`TemplateCardButton` in @wecom/aibot-node-sdk 1.0.7)."""
LONGEST_KEY = 1024
"""Bytes of what a button sends back (the same place)."""
_ADDRESS = re.compile(r"https?://[!-~]+")
_MARKS = re.compile(r"([*`<\\])|^([#>+-])(?=\s)", re.MULTILINE)
_OPENABLE = re.compile(r"https?://[^\s()<>\"]+")


@dataclass(frozen=True, slots=True)
class Form:
    """How replies look where they are sent."""

    most_bytes: int
    is_markdown: bool = False
    has_cards: bool = True


def write(pack: Pack, reply: Reply, form: Form) -> OutgoingMessage:
    """Write a reply; its choices are buttons of a card if all of them can be."""
    card = _card(pack, reply.choices) if form.has_cards else None
    parts = tuple(part for part in reply.parts if not (card and isinstance(part, Choices)))
    texts = tuple(map(as_markdown, parts)) if form.is_markdown else texts_of(parts)
    return OutgoingMessage(
        tuple(pages_of([text for text in texts if text], form.most_bytes)),
        card,
        is_answer=is_answer(reply),
    )


def _card(pack: Pack, choices: Sequence[Choice]) -> Json | None:
    if not 0 < len(choices) <= MOST_BUTTONS or not all(map(_fits, choices)):
        return None
    buttons = [{"text": one.label, "style": 1, "key": one.value} for one in choices]
    return {
        "card_type": "button_interaction",
        "main_title": {"title": pack.phrase("choose_one")},
        "button_list": buttons,
        "task_id": secrets.token_hex(16),
    }


def _fits(choice: Choice) -> bool:
    return len(choice.label) <= LONGEST_LABEL and size(choice.value) <= LONGEST_KEY


def as_markdown(part: Part) -> str:
    """Return a part in Markdown that shows the words of `part_as_text`."""
    match part:
        case Link(label, url, note) if _OPENABLE.fullmatch(url):
            behind = f"（{note}）" if note else ""
            return _lines(f"[{_escaped(label)}]({url})：{url}{_escaped(behind)}")
        case ListPart(_, str(title), _) if title:
            _, _, items = part_as_text(part).partition(title)
            return _lines(f"**{_escaped(title)}**{_escaped(items)}")
        case Sources():
            return _lines(f"> {_escaped(part_as_text(part))}")
        case Text() | ListPart() | Link() | ClickPath() | Picture() | Document() | Choices():
            return _lines(_escaped(part_as_text(part)))
        case _:
            assert_never(part)


def _lines(text: str) -> str:
    """Return the text with line ends that no Markdown joins."""
    return clean(text).replace("\n", "  \n")


def _escaped(text: str) -> str:
    """Escape what would mark something, but not inside addresses."""
    parts, at = [], 0
    for found in _ADDRESS.finditer(text):
        parts += [_MARKS.sub(r"\\\g<0>", text[at : found.start()]), found[0]]
        at = found.end()
    return "".join([*parts, _MARKS.sub(r"\\\g<0>", text[at:])])
