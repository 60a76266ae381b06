"""One decision about one update: what is said, and where the conversation stands afterwards."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bot.core.model.reply import Reply
from bot.core.model.session import Session


@dataclass(frozen=True, slots=True)
class Turn:
    """One decision: what to say and where the conversation stands after it."""

    reply: Reply
    session: Session
    route: str = ""
    """That of the update, to be kept beside the reply."""


Work = Callable[[Session], Turn]
"""From the session as stored (a fresh one if there is none) to the turn. Must be pure."""
