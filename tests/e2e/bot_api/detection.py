"""Commands and mentions in what people write, found as Telegram's servers find them.

A letter of any script ends neither: `/portal四川` is no command and `请问@zhuce_bot` no mention,
because Han characters are letters. A full-width space ends both.
"""

from __future__ import annotations

import re
from typing import Any

from tests.e2e.bot_api.markup import units

_COMMAND = re.compile(r"(?<![\w/<>])/[A-Za-z0-9_]{1,64}(?:@[A-Za-z0-9_]{3,32})?(?![\w/<>])")
_MENTION = re.compile(r"(?<!\w)@[A-Za-z0-9_]{2,32}(?!\w)")


def entities(text: str) -> list[dict[str, Any]]:
    found = [_entity("bot_command", text, match) for match in _COMMAND.finditer(text)]
    taken = {unit for entity in found for unit in range(entity["offset"], _end(entity))}
    for match in _MENTION.finditer(text):
        mention = _entity("mention", text, match)
        if mention["offset"] not in taken:
            found.append(mention)
    return sorted(found, key=lambda entity: entity["offset"])


def _entity(kind: str, text: str, match: re.Match[str]) -> dict[str, Any]:
    return {"type": kind, "offset": units(text[: match.start()]), "length": units(match[0])}


def _end(entity: dict[str, Any]) -> int:
    end: int = entity["offset"] + entity["length"]
    return end


def commands(text: str) -> list[str]:
    """The commands, without the slash, lower case: `portal` or `portal@zhuce_bot`."""
    return [match[0][1:].lower() for match in _COMMAND.finditer(text)]


def mentions(text: str) -> list[str]:
    """The names mentioned, without the @, lower case."""
    return [match[0][1:].lower() for match in _MENTION.finditer(text)]
