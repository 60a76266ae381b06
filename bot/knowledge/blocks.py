"""Cut an entry out of its file as text, and put an edited text back in its place.

What a newcomer would get wrong: nothing is parsed and written anew.  The lines around the block
stay as they are, byte for byte, and so do its own remarks and quotes.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.knowledge.reading.contents import FOLDERS, OPTIONAL, REQUIRED, read_inside, yaml_names
from bot.knowledge.reading.located import Located, Trail
from bot.knowledge.reading.pack_files import read_located
from bot.knowledge.validation import rows

ENTRY, FILE = "entry", "file"
_DIGITS = 12
_PLAIN = re.compile(r"[\u4e00-\u9fffA-Za-z《][^:#\n\"'{}\[\],&*!|>%@`]*")
_ITEM = re.compile(r"( *)- ")


@dataclass(frozen=True, slots=True)
class Block:
    """Some lines of a file, or all of them."""

    where: str
    """How it is found again: `entry:<id>` or `file:<name>`."""
    file: str
    """The name of the file inside the folder."""
    first: int
    """Its first line, counted from 1."""
    text: str
    asks: int | None = None
    """The line of the first wording that finds the entry, counted within the block from 0."""

    @property
    def digest(self) -> str:
        """Return what changes with every character of the block."""
        return hashlib.sha256(self.text.encode()).hexdigest()[:_DIGITS]


def block_at(folder: Path, where: str) -> Block | None:
    """Return the block of this name as it is now; `None` if there is none."""
    kind, _, name = where.partition(":")
    if kind == ENTRY:
        return _entry_block(folder, name)
    if kind == FILE and name in editable_files(folder):
        return Block(where, name, 1, text_of(folder, name))
    return None


def editable_files(folder: Path) -> list[str]:
    """Return the files of a pack that people write."""
    single = [name for name in (*REQUIRED, *OPTIONAL) if (folder / name).is_file()]
    return [*single, *(n for sub in (*FOLDERS, "tests") for n in yaml_names(folder, sub))]


def text_of(folder: Path, name: str) -> str:
    """Return the text of a file of the pack; empty if it does not exist or cannot be read."""
    return read_inside(folder, name).raw.decode("utf-8", "replace")


def with_block(folder: Path, block: Block, text: str) -> str:
    """Return the whole file with `text` in place of the block."""
    whole = text_of(folder, block.file)
    lines = whole.splitlines(keepends=True)
    before = "".join(lines[: block.first - 1])
    after = "".join(lines[block.first - 1 + len(block.text.splitlines()) :])
    text = text.replace("\r\n", "\n")
    return before + (text if text.endswith("\n") or not text else text + "\n") + after


def with_wordings(block: Block, wordings: Sequence[str]) -> str | None:
    """Return the block with more wordings that find it; `None` if its list is written in a row."""
    lines = block.text.splitlines(keepends=True)
    if block.asks is None or not (found := _ITEM.match(lines[block.asks])):
        return None
    new = [f"{found[1]}- {quoted(line)}\n" for line in wordings]
    return "".join([*lines[: block.asks], *new, *lines[block.asks :]])


def quoted(text: str) -> str:
    """Return a text as YAML takes it for one; JSON is YAML."""
    return text if _PLAIN.fullmatch(text) else json.dumps(text, ensure_ascii=False)


def _entry_block(folder: Path, name: str) -> Block | None:
    for file_name in yaml_names(folder, "faq"):
        file = read_located(folder, file_name)
        found = rows(file, "entries")
        for number, row in enumerate(found):
            if isinstance(row, dict) and row.get("id") == name:
                return _block_of_row(folder, file, file_name, number, name)
    return None


def _block_of_row(folder: Path, file: Located, file_name: str, number: int, name: str) -> Block:
    trail: Trail = ("entries", number)
    first = file.line(trail)
    lines = text_of(folder, file_name).splitlines(keepends=True)
    later = [line for at, line in file.lines.items() if len(at) <= 2 and line > first]
    text = "".join(lines[first - 1 : min(later, default=len(lines) + 1) - 1])
    asks = (*trail, "ask", 0)
    line = file.lines.get(asks)
    at = line - first if line is not None else None
    return Block(f"{ENTRY}:{name}", file_name, first, text, at)
