"""Classify why a call of the Bot API failed by what can be done about it."""

from __future__ import annotations

import re

from bot.adapters.delivery.errors import Gone, Migrated, NotModified, Refused
from bot.errors import DeliveryFailed


class BadToken(Refused):
    """The server knows no bot with this token."""


class Conflict(Refused):
    """Another program fetches the updates of this bot, or a webhook is set."""


class TopicRefused(Refused):
    """The topic of the message is deleted or closed; the chat itself is there."""


_TOPIC = ("message thread not found", "topic_closed", "topic_deleted", "topic_id_invalid")
_GONE = (
    "chat not found",
    "user not found",
    "user is deactivated",
    "bot was kicked",
    "bot was blocked",
    "bot is not a member",
    "not enough rights",
    "have no rights to send",
    "need administrator rights",
    "group chat was deactivated",
    "chat_write_forbidden",
    "peer_id_invalid",
    "query is too old",
    "query id is invalid",
)
"""Parts of descriptions that mean: this chat or query accepts nothing more from us."""


_QUOTED = re.compile(r'"[^"]*+(?:"|$)')
"""What a description quotes is part of a message; the exception ends up in the log."""


def failure(
    code: int,
    description: str,
    *,
    retry_after_s: float | None = None,
    new_chat_id: int | None = None,
) -> DeliveryFailed:
    """Return the exception for an answer with `ok: false`; `code` is its `error_code`.

    The Bot API distinguishes these cases only by the words of the description
    (https://core.telegram.org/bots/api#making-requests, read 2026-11).
    """
    text = description.lower()
    description = _QUOTED.sub('"…"', description)
    if new_chat_id is not None:
        return Migrated(description, new_chat_id)
    if code == 429 or retry_after_s is not None or code >= 500:
        return DeliveryFailed(description, retry_after_s)
    if "message is not modified" in text:
        return NotModified(description)
    if any(part in text for part in _TOPIC):
        return TopicRefused(description)
    if code == 403 or any(part in text for part in _GONE):
        return Gone(description)
    return {401: BadToken, 409: Conflict}.get(code, Refused)(description)
