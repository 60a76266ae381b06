"""Write and read callback data: a signed value, bound to a person, a chat and a pack version.

Data comes back from outside, so nothing in it is believed before the signature is checked. Telegram
allows 1 to 64 bytes (https://core.telegram.org/bots/api#inlinekeyboardbutton, read 2026-11).
"""

from __future__ import annotations

import hashlib
import hmac
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field

from cachetools import FIFOCache

from bot.adapters.delivery.codes import Codebook
from bot.adapters.telegram.routes import Route

MAX_DATA = 64
MOST_OWNERS = 1_000
_OWNER, _VERSION, _SIGNATURE = 4, 4, 8
"""Characters of each; the signature has 48 bits, and nobody can try many."""
_HEAD = _OWNER + _VERSION + _SIGNATURE
_ANYBODY = "*" * _OWNER


@dataclass(frozen=True, slots=True)
class Pressed:
    """The content of a button; without a `value` it is out of date or forged."""

    value: str | None
    is_theirs: bool = True
    is_anybodys: bool = False
    """The message answers a person who speaks as the group."""


@dataclass(frozen=True, slots=True)
class Buttons:
    """Writes and reads callback data."""

    secret: bytes = field(repr=False)
    version: str
    """Version of the pack."""
    codes: Codebook
    _owners: FIFOCache[int, str] = field(default_factory=lambda: FIFOCache(MOST_OWNERS), repr=False)

    def data(self, value: str, route: Route) -> str | None:
        """Return data for the person of a route; `None` if the value does not fit."""
        code = self.codes.encode(value)
        if code is None or len(code) > MAX_DATA - _HEAD:
            return None
        owner = _ANYBODY if route.is_anonymous else self._owner(route.user)
        version = self.version[:_VERSION]
        return owner + version + self._signature(route.chat, owner, version, code) + code

    def read(self, data: str, chat: int, user: int) -> Pressed:
        """Return what the data means when this person presses the button in this chat."""
        if not self.is_ours(data, chat):
            return Pressed(None)
        owner, code = data[:_OWNER], data[_HEAD:]
        if owner not in (_ANYBODY, self._owner(user)):
            return Pressed(None, is_theirs=False)
        return Pressed(self.codes.decode(code), is_anybodys=owner == _ANYBODY)

    def is_ours(self, data: str, chat: int) -> bool:
        """Return whether this data was written here for this chat; its names may be gone by now."""
        owner, rest, code = data[:_OWNER], data[_OWNER:], data[_HEAD:]
        version, signature = rest[:_VERSION], rest[_VERSION : _VERSION + _SIGNATURE]
        expected = self._signature(chat, owner, version, code)
        return hmac.compare_digest(signature.encode(), expected.encode())

    def _owner(self, user: int) -> str:
        owner = self._owners.get(user)
        if owner is None:
            owner = self._owners[user] = self._digest(f"owner:{user}", _OWNER)
        return owner

    def _signature(self, chat: int, owner: str, version: str, code: str) -> str:
        return self._digest(f"button:{chat}:{owner}:{version}:{code}", _SIGNATURE)

    def _digest(self, text: str, length: int) -> str:
        digest = hashlib.blake2b(text.encode(), key=self.secret, digest_size=9).digest()
        return urlsafe_b64encode(digest)[:length].decode()
