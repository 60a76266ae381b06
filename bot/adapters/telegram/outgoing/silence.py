"""Decide which replies are better not said."""

from __future__ import annotations

from bot.adapters.telegram.routes import Route
from bot.core.model.reply import Reason, Reply, Status

_NOT_OURS = (Reason.OUT_OF_DOMAIN, Reason.NOT_A_QUESTION, Reason.BOUNDARY)
_COMMAND = "command:"


def is_silence(reply: Reply, route: Route) -> bool:
    """Return whether nothing is sent.

    People write to the owner of a Business account about anything; the bot takes what is the
    pack's business and leaves the rest, greetings included, to the owner.
    """
    if not reply.parts:
        return True
    if route.business is None or route.edits or reply.rule.startswith(_COMMAND):
        return False
    return reply.status is Status.SMALLTALK or reply.reason in _NOT_OURS or _is_lost(reply)


def _is_lost(reply: Reply) -> bool:
    """Return whether the reply only says that the words were not understood."""
    return reply.is_unclear and not reply.answers
