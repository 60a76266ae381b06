"""What starts with a slash, on every platform alike: `/portal 四川`, `/portal@name 四川`.

Commands are words in Latin letters because Telegram allows no others; everything they do can also
be asked in plain Chinese.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

NAMES = (
    "start",
    "help",
    "ask",
    "portal",
    "materials",
    "steps",
    "deadline",
    "sources",
    "settings",
    "cancel",
    "privacy",
    "forgetme",
)

_SLASHES = ("/", "／")
_COMMAND = re.compile(r"\s*[/／]([a-zA-Z]+)(?:@[a-zA-Z0-9_]+)?[\s　]*(.*)", re.DOTALL)
_LIKE_A_COMMAND = re.compile(r"\s*[/／][a-zA-Z]\w*", re.ASCII)


@dataclass(frozen=True, slots=True)
class Command:
    """A command and what stands behind it; `name` is one of `NAMES`."""

    name: str
    argument: str


def read(text: str) -> Command | None:
    """The command that a text is, or `None` for ordinary words and unknown names."""
    found = _COMMAND.fullmatch(text) if text.lstrip()[:1] in _SLASHES else None
    if not found:
        return None
    name = found.group(1).lower()
    return Command(name, found.group(2).strip()) if name in NAMES else None


def looks_like(text: str) -> bool:
    """Whether somebody meant a command, though perhaps one that does not exist."""
    return _LIKE_A_COMMAND.match(text) is not None
