"""A conversation replayed from its words, without storage: for `ask`, batches and proofs.

Uses the very functions that the chat uses, so what is shown here is what people get.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from bot.core.dialogue.decide import decide, listen
from bot.core.model.calendar import WriteCalendar
from bot.core.model.pack import Pack
from bot.core.model.reply import Reply
from bot.core.model.session import Context, Session
from bot.core.model.spans import ZONE
from bot.core.model.understanding import Understanding
from bot.core.model.update import ConversationKey, Update
from bot.core.ports import Understander

_KEY = ConversationKey("replay", "replay", "replay")


@dataclass(frozen=True, slots=True)
class Exchange:
    """The last turn of a replayed conversation and how its words were understood."""

    reply: Reply
    understanding: Understanding | None


@dataclass(frozen=True, slots=True)
class Replayer:
    """Replays conversations that all happen at one moment."""

    pack: Pack
    understander: Understander
    now: datetime
    as_of: date | None = None
    calendar: WriteCalendar | None = None

    def run(self, turns: Sequence[str]) -> Exchange:
        """Say the turns in order; raises ValueError if there is none."""
        session, last, now = Session(), None, self._moment()
        for number, text in enumerate(turns):
            update = Update(str(number), _KEY, now, text=text)
            understanding = listen(self.understander, session, update, now)
            turn = decide(self.pack, session, update, understanding, now, self.as_of, self.calendar)
            session, last = turn.session, Exchange(turn.reply, understanding)
        if last is None:
            raise ValueError("a conversation needs at least one turn")
        return last

    def _moment(self) -> datetime:
        """Noon of the day that is asked for, so that 去年 is the year before that day."""
        return datetime.combine(self.as_of, time(12), ZONE) if self.as_of else self.now

    def understand(self, text: str) -> Understanding:
        """What a text means on its own."""
        return self.understander.understand(text, Context(), self.now)
