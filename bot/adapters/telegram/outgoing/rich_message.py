"""A reply as a rich message (Bot API 10.1): papers to hand in as a table.

Blocks are JSON with plain texts in them, so there is nothing to escape.  Only replies that gain by
it become rich messages; a server or a person's app that knows none gets HTML instead.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from bot.core.model.reply import Choices, Part, Reply, Text, part_as_text
from bot.core.model.vocabulary import ASPECT

MAX_RICH_TEXT = 32_768
"""Characters of one rich message (Bot API 10.1, as in its library types, read 2026-11)."""
_ROW = re.compile(r"(\d{1,2})\. (.+)")
_FEWEST_ROWS = 2

Json = dict[str, Any]


def rich_blocks(reply: Reply, materials: str) -> list[Json] | None:
    """The blocks of a rich message, `None` where plain text says it as well.

    `materials` is the pack's aspect that asks for papers.
    """
    if all(answer.slots.get(ASPECT) != materials for answer in reply.answers):
        return None
    return _rich_blocks(reply.parts)


@lru_cache(maxsize=512)
def _rich_blocks(parts: tuple[Part, ...]) -> list[Json] | None:
    shown = [part for part in parts if not isinstance(part, Choices)]
    if sum(len(part_as_text(part)) for part in shown) > MAX_RICH_TEXT:
        return None
    tables = [_table(part) if isinstance(part, Text) else None for part in shown]
    if not any(tables):
        return None
    found = (table or _blocks(part) for part, table in zip(shown, tables, strict=True))
    return [block for blocks in found for block in blocks]


def _blocks(part: Part) -> list[Json]:
    text = part_as_text(part)
    return [_paragraph(text)] if text.strip() else []


def _table(part: Text) -> list[Json] | None:
    """A heading and the numbered lines under it as rows, if the text is nothing else."""
    heading, _, rest = part.text.partition("\n")
    rows = [_ROW.fullmatch(line) for line in rest.split("\n")]
    if len(rows) < _FEWEST_ROWS or not heading.strip() or _ROW.fullmatch(heading):
        return None
    cells = [[_cell(row.group(1)), _cell(row.group(2))] for row in rows if row]
    if len(cells) < len(rows):
        return None
    return [{"type": "table", "cells": cells, "caption": heading, "is_striped": True}]


def _cell(text: str) -> Json:
    return {"text": text, "align": "left", "valign": "top"}


def _paragraph(text: str) -> Json:
    return {"type": "paragraph", "text": text}
