"""Name the kinds of updates that are asked for; the server keeps all others back."""

from __future__ import annotations

from collections.abc import Collection

from bot.adapters.telegram.ports import Extra

ALLOWED_UPDATES = (
    "message",
    "edited_message",
    "callback_query",
    "inline_query",
    "chosen_inline_result",
    "my_chat_member",
    "guest_message",
)
"""Kinds of updates that are requested; the server keeps all others back."""
KINDS_OF_EXTRAS = {
    Extra.CHANNELS: ("channel_post",),
    Extra.REACTIONS: ("message_reaction",),
    Extra.BUSINESS: ("business_message", "edited_business_message"),
}


def kinds_of_updates(extras: Collection[Extra]) -> tuple[str, ...]:
    """Return what is read always and what belongs to these extras."""
    more = (kind for extra in Extra if extra in extras for kind in KINDS_OF_EXTRAS[extra])
    return (*ALLOWED_UPDATES, *more)
