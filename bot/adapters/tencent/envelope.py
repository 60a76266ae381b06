"""Check, open and seal what WeChat and WeCom exchange with a callback address.

A signature is the SHA-1 of the sorted token, stamp, nonce and, in safe mode, ciphertext
(https://developer.work.weixin.qq.com/document/path/90968).  What a newcomer would get wrong: in
plain mode it does not cover the message.  Both platforms allow any age, so the window is ours.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
import struct
from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from collections.abc import Callable
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC

from bot.adapters.delivery.answers import Forged

MOST_AGE_S = 300
"""How far a stamp may be from our clock, before or after; repeats come within 15 s."""
_BLOCK = 32
_RANDOM, _LENGTH = 16, 4


@dataclass(frozen=True, slots=True)
class Sealed:
    """A ciphertext with what proves it."""

    ciphertext: str
    signature: str
    stamp: str
    nonce: str


@dataclass(frozen=True, slots=True)
class Envelope:
    """The secrets of one callback address; without `aes_key` it is in plain mode."""

    token: str = field(repr=False)
    receiver: str
    """The app id or corp id, which every ciphertext ends with."""
    aes_key: str | None = field(default=None, repr=False)
    """43 characters, as the console shows them."""
    now: Callable[[], float] = field(kw_only=True)
    """The time in seconds since 1970."""

    def check(self, signature: str, stamp: str, nonce: str, ciphertext: str | None = None) -> None:
        """Check signature and stamp.

        Raises:
            Forged: one of them is wrong.
        """
        expected = self.signature(stamp, nonce, ciphertext)
        if not hmac.compare_digest(signature.encode(), expected.encode()):
            raise Forged("wrong signature")
        if not (stamp.isascii() and stamp.isdecimal() and len(stamp) <= 12):
            raise Forged("no stamp")
        if abs(self.now() - int(stamp)) > MOST_AGE_S:
            raise Forged("stale stamp")

    def open(self, signature: str, stamp: str, nonce: str, ciphertext: str) -> bytes:
        """Return the message of a ciphertext.

        Raises:
            Forged: it was not sealed by the platform for us.
        """
        self.check(signature, stamp, nonce, ciphertext)
        message, receiver = self._decrypted(ciphertext)
        if not hmac.compare_digest(receiver, self.receiver.encode()):
            raise Forged("sealed for somebody else")
        return message

    def seal(self, message: bytes) -> Sealed:
        """Encrypt and sign a message of ours."""
        plain = b"".join(
            (os.urandom(_RANDOM), struct.pack(">I", len(message)), message, self.receiver.encode())
        )
        pad = _BLOCK - len(plain) % _BLOCK
        encryptor = self._cipher().encryptor()
        encrypted = encryptor.update(plain + bytes([pad]) * pad) + encryptor.finalize()
        ciphertext, stamp = b64encode(encrypted).decode(), str(int(self.now()))
        nonce = secrets.token_hex(8)
        return Sealed(ciphertext, self.signature(stamp, nonce, ciphertext), stamp, nonce)

    def signature(self, stamp: str, nonce: str, ciphertext: str | None = None) -> str:
        """Return what proves the parts."""
        parts = [self.token, stamp, nonce, *([] if ciphertext is None else [ciphertext])]
        return hashlib.sha1("".join(sorted(parts)).encode()).hexdigest()  # noqa: S324  theirs

    def _cipher(self) -> Cipher[CBC]:
        key = b64decode(f"{self.aes_key}=")
        return Cipher(AES(key), CBC(key[:16]))

    def _decrypted(self, ciphertext: str) -> tuple[bytes, bytes]:
        """Return the message and whom it is for."""
        try:
            encrypted = b64decode(ciphertext, validate=True)
            decryptor = self._cipher().decryptor()
            padded = decryptor.update(encrypted) + decryptor.finalize()
        except (Base64Error, ValueError) as error:
            raise Forged("no ciphertext") from error
        plain = padded[: -padded[-1]] if padded and 0 < padded[-1] <= _BLOCK else b""
        if len(plain) < _RANDOM + _LENGTH:
            raise Forged("no ciphertext")
        start = _RANDOM + _LENGTH
        end = start + struct.unpack(">I", plain[_RANDOM:start])[0]
        return plain[start:end], plain[end:]
