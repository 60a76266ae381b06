"""Remember what was decided, so that the same words in the same place are not thought of again.

`take_turn` is pure: what comes out depends on the pack, on the words, on the session and on the
day.  Of the time of day only the moment is left that a context was last spoken in, which is put
back when a turn is given again.

What a newcomer would get wrong: a turn that is given again has no `understanding`, which nobody
asks of a turn that is stored.  Whatever `take_turn` should come to depend on has to be in `_place`;
`tests/unit/core/dialogue/test_decisions.py` compares both ways.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, replace
from datetime import datetime
from threading import Lock

from bot.core.dialogue.decide import take_turn
from bot.core.model.reminder import WriteCalendar
from bot.core.model.session import Session
from bot.core.model.spans import day_of
from bot.core.model.turn import Turn
from bot.core.model.update import Update
from bot.core.ports import Brain

REMEMBERED = 512
"""Turns that are kept in memory, of which the oldest go first; about 4 KiB each."""
_SHORT = 40
"""Characters up to which words are likely to come again."""


@dataclass(frozen=True, slots=True)
class _Kept:
    """A turn, and whether its context was spoken in when it was taken."""

    turn: Turn
    is_spoken_in: bool


class Decisions:
    """Takes turns; safe to call from several threads."""

    def __init__(self, calendar: WriteCalendar | None = None) -> None:
        self._calendar = calendar
        self._brain: Brain | None = None
        self._kept: dict[Hashable, _Kept] = {}
        self._writing = Lock()

    def take(self, brain: Brain, session: Session, update: Update, now: datetime) -> Turn:
        """Return what `take_turn` returns."""
        session = session.at(now)
        place = _place(session, update, now)
        if place is None:
            return take_turn(brain, session, update, now, calendar=self._calendar)
        if (known := self._known(brain, place, session, now)) is not None:
            return known
        turn = take_turn(brain, session, update, now, calendar=self._calendar)
        self._keep(brain, place, turn, session, now)
        return turn

    def known(self, brain: Brain, session: Session, update: Update, now: datetime) -> Turn | None:
        """Return the turn if it was taken before; nothing is thought of."""
        session = session.at(now)
        place = _place(session, update, now)
        return None if place is None else self._known(brain, place, session, now)

    def _known(self, brain: Brain, place: Hashable, session: Session, now: datetime) -> Turn | None:
        kept = self._kept.get(place)
        if kept is None or brain is not self._brain:
            return None
        at = now if kept.is_spoken_in else session.context.at
        return kept.turn.leaving(kept.turn.session.spoken_at(at))

    def _keep(
        self, brain: Brain, place: Hashable, turn: Turn, session: Session, now: datetime
    ) -> None:
        before, at = session.context.at, turn.session.context.at
        if before is now or (at is not now and at is not before):
            return  # it cannot be told where the moment comes from
        kept = _Kept(replace(turn, understanding=None), at is now)
        with self._writing:
            if brain is not self._brain:
                self._brain, self._kept = brain, {}
            while len(self._kept) >= REMEMBERED:
                del self._kept[next(iter(self._kept))]
            self._kept[place] = kept


def _place(session: Session, update: Update, now: datetime) -> Hashable:
    """Return all that a turn depends on beside the brain; `None` if it will hardly come again."""
    said = update.text if update.press is None else update.press
    if said is None or len(said) > _SHORT or update.quoted or update.is_cut:
        return None
    if session.walk or session.asking or session.shelf:
        return None
    context = session.context
    return (
        said,
        update.press is None,
        day_of(now),
        session.pack_version,
        tuple(context.slots.items()),
        context.entry,
        context.at is None,
        context.trail,
        context.is_card_open,
        session.offered,
        session.asked,
        session.known,
        session.rated,
    )
