"""Render a reply as messages in Telegram's HTML.

The visible text is word for word that of `part_as_text`; tags only add links, quotes and weight.
Choices become a keyboard (see `keyboards`) and appear in the text only where there is no keyboard.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from typing import assert_never

from bot.adapters.delivery.splitting import Block, Room, Run, as_html, cut
from bot.adapters.telegram.utf16 import MAX_TEXT
from bot.core.model.reply import (
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
from bot.plugins.units import Units

_ADDRESS = re.compile(r"https?://(?:[!-~]*(?![,.;:!?)\]}'\"<>])[!-~]|[!-~])")
"""An address as people write it: what ends the sentence behind it is no part of it."""
_OPENABLE = re.compile(r"https?://[^\s\"<>]+")
ROOM = Room(MAX_TEXT, Units.UTF16)
MAX_COPIED = 256
"""Characters of a copy button (https://core.telegram.org/bots/api#copytextbutton, read 2026-11)."""


@dataclass(frozen=True, slots=True)
class Rendered:
    """The texts of the messages, and the `addresses` that may be offered for copying."""

    pages: tuple[str, ...]
    addresses: tuple[str, ...]


def render(reply: Reply, *, with_choices: bool = False) -> Rendered:
    """Render the reply as pages; `with_choices` lists the choices in the text."""
    return _rendered(reply.parts, with_choices)


@lru_cache(maxsize=1024)
def _rendered(parts: tuple[Part, ...], with_choices: bool) -> Rendered:
    """Cached, because most answers are given repeatedly."""
    shown = [part for part in parts if with_choices or not isinstance(part, Choices)] or parts
    pages = [as_html(page) for page in cut([block_of(part) for part in shown], ROOM)]
    addresses = dict.fromkeys(address for part in shown for address in _addresses(part))
    return Rendered(tuple(pages), tuple(addresses))


def block_of(part: Part) -> Block:
    match part:
        case Link(label, url, note):
            return _link(label, url, note)
        case ListPart(_, str(title), _) if title:
            _, _, items = part_as_text(part).partition(title)
            return (Run(title, "<b>", "</b>"), Run(items))
        case Sources():
            return (Run(part_as_text(part), "<blockquote>", "</blockquote>"),)
        case Text() | ListPart() | ClickPath() | Picture() | Document() | Choices():
            return (Run(part_as_text(part)),)
        case _:
            assert_never(part)


def _link(label: str, url: str, note: str | None) -> Block:
    behind = Run(f"：{url}" + (f"（{note}）" if note else ""))
    if not _OPENABLE.fullmatch(url) or not label.strip():
        return (Run(label), behind)
    return (Run(label, f'<a href="{escape(url)}">', "</a>", is_whole=True), behind)


def _addresses(part: Part) -> list[str]:
    match part:
        case Link(_, url, _):
            found = [url]
        case Text(text):
            found = _ADDRESS.findall(text)
        case _:
            found = []
    return [address for address in found if 0 < len(address) <= MAX_COPIED]
