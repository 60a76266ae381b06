"""Prove what QQ calls the callback address with, and prove ourselves when it is saved.

Ed25519 over stamp and raw body; both sides derive the key from the secret (https://bot.q.qq.com/
wiki/develop/api-v2/dev-prepare/interface-framework/sign.html).  What a newcomer would get wrong:
the call that checks the address asks us to sign words of the caller.  Whoever could have any words
signed could make us sign a message, so only what the platform asks for is signed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bot.adapters.delivery.answers import Forged

MOST_AGE_S = 300
"""How far a stamp may be from our clock."""
_SEED = 32
_STAMP, _WORD = re.compile(r"[0-9]{1,12}"), re.compile(r"[A-Za-z0-9]{1,64}")
"""No message begins like this: a body is JSON."""


@dataclass(frozen=True, slots=True)
class Signature:
    """The secret of one robot."""

    secret: str = field(repr=False)
    now: Callable[[], float] = field(kw_only=True)

    def check(self, headers: Mapping[str, str], body: bytes) -> None:
        """Check signature and stamp.

        Raises:
            Forged: one of them is wrong.
        """
        stamp = headers.get("x-signature-timestamp", "")
        try:
            given = bytes.fromhex(headers.get("x-signature-ed25519", ""))
            self._key().public_key().verify(given, stamp.encode() + body)
        except (InvalidSignature, ValueError) as error:
            raise Forged("wrong signature") from error
        if not _STAMP.fullmatch(stamp):
            raise Forged("no stamp")
        if abs(self.now() - int(stamp)) > MOST_AGE_S:
            raise Forged("stale stamp")

    def sign(self, stamp: str, body: bytes) -> str:
        """Return what proves a body."""
        return self._key().sign(stamp.encode() + body).hex()

    def prove(self, stamp: str, word: str) -> str:
        """Return the proof that the console asks for.

        Raises:
            Forged: it is nothing that the console asks for.
        """
        if not (_STAMP.fullmatch(stamp) and _WORD.fullmatch(word)):
            raise Forged("no words of the console")
        return self.sign(stamp, word.encode())

    def _key(self) -> Ed25519PrivateKey:
        secret = self.secret.encode()
        seed = (secret * (_SEED // len(secret) + 1))[:_SEED]
        return Ed25519PrivateKey.from_private_bytes(seed)
