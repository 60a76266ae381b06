"""Prove and open what Feishu calls the callback address with.

The signature is the SHA-256 of stamp, nonce, key and the raw body; the content is AES-256-CBC with
the SHA-256 of the key, the first block being the IV (https://open.feishu.cn/document/event-
subscription-guide/event-subscriptions/event-subscription-configure-/encrypt-key-encryption-
configuration-case).  What a newcomer would get wrong: the call that checks the address is not
signed, so the token inside has to prove it.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC

from bot.adapters.delivery.answers import Forged
from bot.adapters.delivery.payload import Json, object_in, part, text

MOST_AGE_S = 300
"""How far a stamp may be from our clock; each repeat has a stamp of its own."""
_BLOCK = 16
_IS_CHECK = "url_verification"


@dataclass(frozen=True, slots=True)
class Envelope:
    """The secrets of one callback address."""

    key: str = field(repr=False)
    """What the console calls Encrypt Key."""
    token: str = field(repr=False)
    """What the console calls Verification Token."""
    now: Callable[[], float] = field(kw_only=True)

    def open(self, headers: Mapping[str, str], body: bytes) -> Json:
        """Return the event, or the call that checks the address (`challenge_in`).

        Raises:
            Forged: it is not from the platform, or not for us, or not of now.
            ValueError: it is nothing that the platform sends.
        """
        sealed = text(object_in(body), "encrypt")
        opened = object_in(self._decrypted(sealed))
        if challenge_in(opened) is None:
            self._check(headers, body)
        given = text(opened, "token") or text(part(opened, "header"), "token")
        if not hmac.compare_digest(given.encode(), self.token.encode()):
            raise Forged("wrong token")
        return opened

    def signature(self, stamp: str, nonce: str, body: bytes) -> str:
        """Return what proves a body."""
        return hashlib.sha256((stamp + nonce + self.key).encode() + body).hexdigest()

    def _check(self, headers: Mapping[str, str], body: bytes) -> None:
        stamp = headers.get("x-lark-request-timestamp", "")
        expected = self.signature(stamp, headers.get("x-lark-request-nonce", ""), body)
        given = headers.get("x-lark-signature", "")
        if not hmac.compare_digest(given.encode(), expected.encode()):
            raise Forged("wrong signature")
        if not (stamp.isascii() and stamp.isdecimal() and len(stamp) <= 12):
            raise Forged("no stamp")
        if abs(self.now() - int(stamp)) > MOST_AGE_S:
            raise Forged("stale stamp")

    def _decrypted(self, sealed: str) -> bytes:
        try:
            encrypted = b64decode(sealed, validate=True)
            cipher = Cipher(
                AES(hashlib.sha256(self.key.encode()).digest()), CBC(encrypted[:_BLOCK])
            )
            decryptor = cipher.decryptor()
            padded = decryptor.update(encrypted[_BLOCK:]) + decryptor.finalize()
        except (Base64Error, ValueError) as error:
            raise Forged("no ciphertext") from error
        plain = padded[: -padded[-1]] if padded and 0 < padded[-1] <= _BLOCK else b""
        if not plain:
            raise Forged("no ciphertext")
        return plain


def challenge_in(opened: Json) -> str | None:
    """Return what has to be given back within a second when the address is saved."""
    return text(opened, "challenge") if text(opened, "type") == _IS_CHECK else None


def sealed(key: str, plain: bytes) -> bytes:
    """Return a body as the platform writes it."""
    pad = _BLOCK - len(plain) % _BLOCK
    start = os.urandom(_BLOCK)
    encryptor = Cipher(AES(hashlib.sha256(key.encode()).digest()), CBC(start)).encryptor()
    made = start + encryptor.update(plain + bytes([pad]) * pad) + encryptor.finalize()
    return json.dumps({"encrypt": b64encode(made).decode()}).encode()
