"""Words on their own, or with what they leave open filled from the slots of the conversation."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from bot.core.model.pack import Pack
from bot.core.model.understanding import Slot, Thresholds
from bot.core.model.vocabulary import ASPECT, PLACE, SERVICE, SUBJECT
from bot.understanding.interpretation.interpreter import Interpreter
from bot.understanding.interpretation.views import View
from bot.understanding.lexicon.reader import Reading
from bot.understanding.text.question_types import Odds

_STATE = re.compile(r"了(?:的话)?呢?$")


def tells_a_state(utterance: str) -> bool:
    """Whether words end as what has become of something does: 过期了呢."""
    return _STATE.search(utterance) is not None


class FollowUps:
    """Fills what the words leave open. Built once for each pack version."""

    def __init__(self, pack: Pack, interpreter: Interpreter, thresholds: Thresholds) -> None:
        self._interpreter, self._thresholds = interpreter, thresholds
        self._entries, self._portal = pack.entries, pack.vocabulary.portal
        self._inheritable = (*interpreter.told_apart, ASPECT)

    def view(self, reading: Reading, context: Mapping[str, str], odds: Odds) -> View:
        """The words on their own, or with what they leave open filled from the context.

        The context is used only where the words alone do not make a complete question, and only
        if they make a better one with it.
        """
        alone = self._with(reading, (), odds)
        is_said = bool(reading.tokens or reading.slots)
        inherited = _inherited(reading.slots, context, self._inheritable) if is_said else ()
        if not inherited:
            return alone
        is_elliptic = self._interpreter.is_elliptic(reading)
        if alone.is_foreign and not (is_elliptic or reading.is_rejection):
            return alone
        if is_elliptic:
            reading = _without_rest(reading)
        is_told = reading.is_follow_up and tells_a_state(reading.text)
        is_clear = alone.score >= self._thresholds.answer and (alone.is_complete or is_told)
        leans = is_elliptic or self._leans(reading, alone, context)
        leans = leans or (reading.is_follow_up and not is_clear)
        place = tuple(slot for slot in inherited if slot.kind == PLACE)
        if is_clear and not (leans or alone.is_assuming):
            return self._of_before(reading, alone, inherited, odds)
        unasked = tuple(slot for slot in inherited if slot.kind != ASPECT)
        asks_itself = not (is_elliptic or reading.is_rejection) and (
            self._interpreter.says_something(reading, odds)
        )
        options = dict.fromkeys((unasked, place) if asks_itself else (inherited, unasked, place))
        views = [self._with(reading, more, odds) for more in options if more]
        least = max(0.0 if is_elliptic else alone.score, self._thresholds.ask)
        if better := self._better(views, least) if leans else self._as_good(views, alone):
            return max(better, key=lambda view: view.score)
        is_about_us = leans or alone.score >= self._thresholds.ask
        return self._with(reading, place, odds) if is_about_us else alone

    def _of_before(
        self, reading: Reading, alone: View, inherited: Sequence[Slot], odds: Odds
    ) -> View:
        """Words that make a question alone, in the place of the conversation.

        Worded as what comes next (那考过四年了呢) they ask of its service, if that fits better.
        """
        place = tuple(slot for slot in inherited if slot.kind == PLACE)
        placed = self._with(reading, place, odds) if place else alone
        placed = placed if placed.score >= self._thresholds.answer else alone
        more = tuple(slot for slot in inherited if slot.kind != ASPECT)
        if not reading.is_follow_up or placed.is_sure or more == place:
            return placed
        served = self._with(reading, more, odds)
        return served if served.is_complete and served.score > placed.score else placed

    def _with(self, reading: Reading, more: tuple[Slot, ...], odds: Odds) -> View:
        """The words with more slots than they name."""
        return self._interpreter.ranked(reading, (*reading.slots, *more), odds)

    def _leans(self, reading: Reading, alone: View, context: Mapping[str, str]) -> bool:
        """Whether the words lean on what was said before, whatever they find alone."""
        return (
            reading.is_rejection
            or alone.is_aside(reading.slots)
            or (SERVICE in context and self._interpreter.asks_about_something(reading))
        )

    def _answered(self, views: Iterable[View]) -> list[View]:
        return [v for v in views if v.is_complete and v.score >= self._thresholds.answer]

    def _better(self, views: Iterable[View], least: float) -> list[View]:
        """The views of words that lean on the context which would be answered, or come near."""
        settled = [view.settled(self._thresholds.answer) for view in views]
        return self._answered(settled) or [view for view in settled if view.score >= least]

    def _as_good(self, views: Iterable[View], alone: View) -> list[View]:
        """The views that would be answered, of the same topic if the words alone have one."""
        found = self._answered(views)
        if alone.score < self._thresholds.answer:
            return found
        is_same = self._interpreter.matcher.is_same_topic
        return [view for view in found if is_same(view.first, alone.first)]

    def still_meant(
        self, context: Mapping[str, str], topics: Sequence[str] | None, reading: Reading
    ) -> Mapping[str, str]:
        """The slots of the conversation that count beside its topic.

        A service named before another matter came up (办卡, then 书丢了) is meant no
        more, but where an aspect is asked for, which is one of some service.
        """
        entry = self._entries.get(topics[0]) if topics else None
        asks_aspect = any(slot.kind == ASPECT for slot in reading.slots)
        if entry is None or SERVICE in entry.slots or asks_aspect:
            return context
        if entry.slots.get(ASPECT, self._portal) != self._portal:
            return context
        return {kind: value for kind, value in context.items() if kind != SERVICE}


def _without_rest(reading: Reading) -> Reading:
    """Only the words of the slots: whatever else was said is no more than 那 or 换成."""
    words = tuple(slot.value for slot in reading.slots if slot.kind == SERVICE)
    aspects = tuple(slot.value for slot in reading.slots if slot.kind == ASPECT)
    return replace(reading, tokens=words + aspects, bare_tokens=aspects)


def _inherited(
    own: Iterable[Slot], context: Mapping[str, str], kinds: Iterable[str]
) -> tuple[Slot, ...]:
    """What the context adds to the slots that were said."""
    said = {slot.kind for slot in own}
    if SUBJECT in said:
        return ()
    return tuple(
        Slot(kind, (context[kind],), "", is_inherited=True)
        for kind in kinds
        if kind in context and kind not in said
    )
