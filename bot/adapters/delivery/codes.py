"""Shorten the values of choices, for callback data and for deep links.

A value names entries, regions, procedures and steps, which may be long or Chinese.  Each known name
becomes a hash of five characters, so that a code fits, and means the same after the pack has
changed, as long as the name exists.
"""

from __future__ import annotations

import hashlib
import re
from base64 import urlsafe_b64encode
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache

from bot.core.model.pack import Pack

REMEMBERED = 2_000
"""Values of choices whose codes are kept: most replies are given again."""
SHORT = 5
"""Characters of a hash: 30 bits, for some hundred names."""
_NAME = re.compile(r"[^:#,]+")
_PLAIN = re.compile(r"[A-Za-z0-9_:#,-]*")
_SHORTENED = re.compile(r"~([A-Za-z0-9_-]{5})")


def short_hash(name: str, length: int = SHORT) -> str:
    """Return the same hash on every machine; only characters that links may have."""
    return urlsafe_b64encode(hashlib.sha256(name.encode()).digest())[:length].decode()


class Codebook:
    """The short forms of every name of a pack."""

    def __init__(self, pack: Pack) -> None:
        names = dict.fromkeys(_names(pack))
        taken = Counter(short_hash(name) for name in names)
        self._short = {name: s for name in names if taken[s := short_hash(name)] == 1}
        self._long = {short: name for name, short in self._short.items()}
        self.encode = lru_cache(REMEMBERED)(self._encode)
        """Returns a value as ASCII; `None` if a name in it has no short form."""

    def short(self, name: str) -> str | None:
        """Return the short form of a name; `None` if it is unknown or its hash is not unique."""
        return self._short.get(name)

    def long(self, short: str) -> str | None:
        return self._long.get(short)

    def _encode(self, value: str) -> str | None:
        code = _NAME.sub(self._shorten, value)
        return code if _PLAIN.fullmatch(code.replace("~", "")) else None

    def decode(self, code: str) -> str | None:
        """Return the value of a code; `None` if a name in it no longer exists."""
        shorts = _SHORTENED.findall(code)
        if any(short not in self._long for short in shorts):
            return None
        return _SHORTENED.sub(lambda found: self._long[found.group(1)], code)

    def _shorten(self, found: re.Match[str]) -> str:
        name = found.group()
        return f"~{self._short[name]}" if name in self._short else name


def _names(pack: Pack) -> Iterator[str]:
    yield from pack.entries
    yield from pack.regions
    for procedure in pack.procedures.values():
        yield procedure.id
        yield from procedure.registrations
        yield from procedure.without_path
        yield from procedure.steps
