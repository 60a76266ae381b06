"""Replay a conversation from its words, without storage: for `ask`, batches and tests of a pack.

It calls the functions that answer people, so its result is what people get.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from bot.core.dialogue.decide import take_turn
from bot.core.model.reminder import WriteCalendar
from bot.core.model.reply import Reply
from bot.core.model.session import Context, Session
from bot.core.model.spans import ZONE
from bot.core.model.understanding import Understanding
from bot.core.model.update import ConversationKey, Update
from bot.core.ports import Brain

_KEY = ConversationKey("replay", "replay", "replay")


@dataclass(frozen=True, slots=True)
class Exchange:
    """One turn of a replayed conversation and how its words were understood."""

    reply: Reply
    understanding: Understanding | None


@dataclass(frozen=True, slots=True)
class Replayer:
    """Replays conversations that all happen at one moment."""

    brain: Brain
    now: datetime
    as_of: date | None = None
    calendar: WriteCalendar | None = None

    def run(self, turns: Sequence[str]) -> Exchange:
        """Say the turns in order, in a new conversation.

        Raises:
            ValueError: there are no turns.
        """
        if not turns:
            raise ValueError("a conversation needs at least one turn")
        return self.run_all(turns)[-1]

    def run_all(self, turns: Sequence[str]) -> list[Exchange]:
        """Say the turns in order, in a new conversation, and return what came of each."""
        session, now = Session(), self._moment()
        exchanges: list[Exchange] = []
        for number, text in enumerate(turns):
            update = Update(str(number), _KEY, now, text=text)
            turn = take_turn(self.brain, session, update, now, self.as_of, self.calendar)
            session = turn.session
            exchanges.append(Exchange(turn.reply, turn.understanding))
        return exchanges

    def _moment(self) -> datetime:
        """Return noon of `as_of`, so that 去年 is the year before that day; else `now`."""
        return datetime.combine(self.as_of, time(12), ZONE) if self.as_of else self.now

    def understand(self, text: str) -> Understanding:
        """Understand a text without any context."""
        return self.brain.understander.understand(text, Context(), self.now)
