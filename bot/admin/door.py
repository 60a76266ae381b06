"""Let in who has the key: signed session cookies, tokens of forms, patience with wrong keys.

What a newcomer would get wrong: nothing is stored.  A session is a signed cookie, so that it holds
in every process that has the key and after a restart; a session that was ended is remembered until
it would have run out.  Whoever has not given the key yet has a session too, without a name: it
carries the token of the login form.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass, field

from cachetools import FIFOCache

from bot.adapters.delivery.sliding_window import SlidingWindow

SESSION_S = 12 * 3600
MOST_WRONG, WRONG_PERIOD_S = 5, 600.0
"""Wrong keys of one address, and within which time; then it waits."""
WRONG_PAUSE_S = 1.0
"""How long a wrong key is kept waiting for its refusal."""
MOST_REQUESTS, REQUEST_PERIOD_S = 240, 60.0
"""Forms and checks of one session: typing checks about once a second."""
_SALT = b"zhuce console"
_SIGNATURE = 32


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody at the door or, with a name, inside."""

    nonce: str
    until: int
    """Seconds since 1970."""
    name: str = ""
    """As given with the key: for the record of changes, and no proof of anything."""

    @property
    def is_inside(self) -> bool:
        return bool(self.name)


@dataclass
class Door:
    """Checks keys, sessions and tokens."""

    key: str = field(repr=False)
    clock_s: Callable[[], float] = time.time
    ticks: Callable[[], float] = time.monotonic

    def __post_init__(self) -> None:
        self._secret = hashlib.scrypt(self.key.encode(), salt=_SALT, n=2**14, r=8, p=1, dklen=32)
        self._wrong = SlidingWindow(MOST_WRONG, WRONG_PERIOD_S, self.ticks)
        self._requests = SlidingWindow(MOST_REQUESTS, REQUEST_PERIOD_S, self.ticks)
        self._ended: FIFOCache[str, None] = FIFOCache(10_000)

    def visit(self, name: str = "") -> Visitor:
        """Begin a session."""
        return Visitor(secrets.token_urlsafe(16), int(self.clock_s()) + SESSION_S, name)

    def seal(self, visitor: Visitor) -> str:
        """Return the session as the value of a cookie."""
        plain = json.dumps([visitor.nonce, visitor.until, visitor.name]).encode()
        return f"{urlsafe_b64encode(plain).decode()}.{self._sign('session', plain)}"

    def open(self, cookie: str) -> Visitor | None:
        """Return the session of a cookie; `None` if it is forged, over or ended."""
        text, _, signature = cookie.partition(".")
        try:
            plain = urlsafe_b64decode(text.encode("ascii"))
        except ValueError:
            return None
        if not _equal(signature, self._sign("session", plain)):
            return None
        nonce, until, name = json.loads(plain)
        if until < self.clock_s() or nonce in self._ended:
            return None
        return Visitor(nonce, until, name)

    def end(self, visitor: Visitor) -> None:
        self._ended[visitor.nonce] = None

    def token(self, visitor: Visitor) -> str:
        """Return what every form of this session carries."""
        return self._sign("form", visitor.nonce.encode())

    def has_token(self, visitor: Visitor, given: str) -> bool:
        return _equal(given, self.token(visitor))

    def is_key(self, given: str) -> bool:
        """Compare in constant time, whatever the lengths are."""
        return _equal(self._sign("key", given.encode()), self._sign("key", self.key.encode()))

    def wait_s(self, address: str) -> float:
        """Return how long an address has to wait before it may give a key again."""
        return self._wrong.wait_s(address)

    def count_wrong(self, address: str) -> None:
        self._wrong.count(address)

    def busy_s(self, visitor: Visitor) -> float:
        """Count a request of a session; return how long it has to wait if there are too many."""
        wait_s = self._requests.wait_s(visitor.nonce)
        if not wait_s:
            self._requests.count(visitor.nonce)
        return wait_s

    def _sign(self, purpose: str, content: bytes) -> str:
        digest = hmac.digest(self._secret, purpose.encode() + b"\0" + content, hashlib.sha256)
        return digest.hex()[: 2 * _SIGNATURE]


def _equal(given: str, expected: str) -> bool:
    return hmac.compare_digest(given.encode("utf-8", "replace"), expected.encode())
