"""Check conversation ids: issued and signed here, or chosen by a client with the key.

The id of a conversation is enough to read on in it, so unless the server is open an id counts only
if this server signed it.  A client with the key chooses its own ids; they get a prefix that no
issued id can have, so the two never collide.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field

from bot.core.model.update import ConversationKey

PLATFORM = "web"
CLIENT_PREFIX = "client:"
"""Issued ids are base64url and one dot; they have no colon."""
_SECRET_BYTES = 16
_SIGNATURE_BYTES = 16


@dataclass(frozen=True, slots=True)
class Gate:
    """Decides which conversation a request may speak in.

    Raises:
        ValueError: the secret is shorter than 16 bytes or the key is empty.
    """

    is_open: bool
    key: str | None = field(repr=False)
    signing_secret: bytes = field(repr=False)

    def __post_init__(self) -> None:
        if len(self.signing_secret) < _SECRET_BYTES:
            raise ValueError(f"signing_secret needs at least {_SECRET_BYTES} bytes")
        if self.key == "":
            raise ValueError("key is empty; use None to admit no clients")

    def issue(self) -> str:
        """Return a new conversation id, `<random>.<signature>`; nothing is stored for it."""
        name = secrets.token_urlsafe(16)
        return f"{name}.{self._signature(name)}"

    def admit(self, conversation: str, bearer: str | None) -> ConversationKey | None:
        """Return the key of the conversation; `None` if this caller may not use the id."""
        if self.is_open or self._is_signed(conversation):
            return _conversation_key(conversation)
        if bearer is not None and self.is_key(bearer):
            return _conversation_key(CLIENT_PREFIX + conversation)
        return None

    def _is_signed(self, conversation: str) -> bool:
        name, _, signature = conversation.partition(".")
        return _equal(signature, self._signature(name))

    def is_key(self, bearer: str) -> bool:
        """Return whether this is the key of programs."""
        return self.key is not None and _equal(bearer, self.key)

    def lets_in(self, header: str) -> bool:
        """Return whether a request with this `Authorization` may use what programs use."""
        bearer = bearer_of(header)
        return self.is_open or (bearer is not None and self.is_key(bearer))

    def _signature(self, name: str) -> str:
        digest = hmac.digest(self.signing_secret, b"conversation:" + name.encode(), hashlib.sha256)
        return urlsafe_b64encode(digest[:_SIGNATURE_BYTES]).rstrip(b"=").decode()


def bearer_of(header: str) -> str | None:
    """Return the key in `Authorization`: headers arrive decoded as latin-1, the key is UTF-8."""
    scheme, _, key = header.partition(" ")
    if scheme.lower() != "bearer" or not key:
        return None
    return key.strip().encode("latin-1").decode(errors="replace")


def update_id(key: ConversationKey, message: str | None) -> str:
    """Return the id under which a message is answered once; random if the client gave none.

    It includes the conversation, so that it identifies the message wherever it is logged or stored:
    two clients may both count theirs from 1.
    """
    if message is None:
        return secrets.token_hex(16)
    return hashlib.sha256(f"{len(key.user)}:{key.user}:{message}".encode()).hexdigest()


def _conversation_key(user: str) -> ConversationKey:
    return ConversationKey(PLATFORM, user, user)


def _equal(given: str, expected: str) -> bool:
    """Compare in constant time; `compare_digest` accepts only ASCII as `str`, hence the bytes."""
    return hmac.compare_digest(given.encode(), expected.encode())
