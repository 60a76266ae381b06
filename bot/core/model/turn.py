"""Represent one decision about one update."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bot.core.model.reply import Reply
from bot.core.model.session import Session
from bot.core.model.understanding import Understanding


@dataclass(frozen=True, slots=True)
class Turn:
    """The reply and the state of the conversation after it."""

    reply: Reply
    session: Session
    route: str = ""
    """The route of the update, stored beside the reply."""
    holder: str = ""
    """The process that sends the reply; empty if none needs to."""
    is_about_session: bool = False
    """The reply states what is stored or deleted, which is untrue while nothing can be stored."""
    forgets_person: bool = False
    """Everything stored about the person is deleted in the commit that stores the reply."""
    understanding: Understanding | None = None
    """How the words were understood; `None` if there were none."""

    def leaving(self, session: Session) -> Turn:
        """Return the turn as if this was the state after it."""
        return Turn(
            self.reply,
            session,
            self.route,
            self.holder,
            self.is_about_session,
            self.forgets_person,
            self.understanding,
        )


Work = Callable[[Session], Turn]
"""Maps the stored session (a fresh one if there is none) to the turn; must be pure."""
