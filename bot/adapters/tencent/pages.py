"""Divide a reply into texts by bytes of UTF-8, which is how WeChat and WeCom count."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from bot.adapters.delivery.splitting import GAP, Room, Run, as_text, cut
from bot.adapters.tencent.xml import clean
from bot.core.model.reply import Choices, Part, part_as_text
from bot.plugins import Units


def size(text: str) -> int:
    """Return the bytes of a text."""
    return Units.BYTES.size(text)


@lru_cache(maxsize=1024)
def texts_of(parts: tuple[Part, ...]) -> tuple[str, ...]:
    """Return the text of each part that has one."""
    return tuple(filter(None, (clean(part_as_text(part)) for part in parts)))


def pages_of(texts: Sequence[str], limit: int) -> list[str]:
    """Return texts that each have at most `limit` bytes; divided between the parts if possible."""
    room = Room(limit, Units.BYTES)
    return [as_text(page) for page in cut([(Run(text),) for text in texts], room)]


def shortened(parts: Sequence[Part], line: str, limit: int) -> str:
    """Return as much of the reply as fits above the line, and the choices if there is room."""
    choices = texts_of(tuple(part for part in parts if isinstance(part, Choices)))
    others = texts_of(tuple(part for part in parts if not isinstance(part, Choices)))
    end = GAP.join((line, *choices))
    if size(end) > limit // 2:
        end = line
    head = pages_of(others, limit - size(GAP + end))[:1]
    return GAP.join((*head, end))
