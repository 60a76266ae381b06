"""One decision about one update: what is said, and where the conversation stands afterwards."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bot.core.model.reply import Reply
from bot.core.model.session import Session
from bot.core.model.understanding import Understanding


@dataclass(frozen=True, slots=True)
class Turn:
    """What to say and where the conversation stands after it."""

    reply: Reply
    session: Session
    route: str = ""
    """That of the update, to be kept beside the reply."""
    is_about_session: bool = False
    """Says what is kept of the person, or that it is gone: untrue while nothing can be stored."""
    forgets_person: bool = False
    """Everything kept about the person has to be deleted."""
    understanding: Understanding | None = None
    """How the words were understood; `None` where there were none."""


Work = Callable[[Session], Turn]
"""From the session as stored (a fresh one if there is none) to the turn. Must be pure."""
