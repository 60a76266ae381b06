"""Messages that put several questions: where one ends, and what is told beside them."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace

from bot.core.model.question_type import QuestionType
from bot.core.model.understanding import Slot, Understanding
from bot.core.model.vocabulary import ASPECT, SERVICE
from bot.understanding.interpretation.interpreter import Interpreter
from bot.understanding.interpretation.odds import ASKS_MUCH
from bot.understanding.interpretation.views import HARDLY_A_WORD
from bot.understanding.ranking.signals import MUCH
from bot.understanding.text.normalise import normalise
from bot.understanding.text.question_types import question_type
from bot.understanding.text.questions import (
    Clause,
    Grouped,
    Part,
    clauses,
    grouped,
    halves,
    is_helpless,
    is_interrogative,
)

Slots = tuple[tuple[str, str], ...]
_AS_LIKELY, _OWN_WORDS = 0.9, 0.1
"""Share of the best score from which the second entry is as likely meant, and the share of what is
said that it alone has words for."""

_AFTERWARDS = re.compile(".{0,3}?(?:之后|以后)")


class Messages:
    """Splits messages. Built once for each pack version."""

    def __init__(self, interpreter: Interpreter) -> None:
        self._interpreter = interpreter

    def split(self, text: str) -> Grouped:
        """The clauses of a text put together to questions."""
        pieces = [piece for clause in clauses(text) for piece in self._joined(clause)]
        if len(pieces) < 2 or not self._asks_twice(pieces):
            return Grouped([text])
        return grouped([(piece, self._part_of(piece)) for piece in pieces])

    def _asks_twice(self, pieces: Sequence[Clause]) -> bool:
        """Whether two clauses may ask: most messages are a story and one question, which need not
        be read by itself to know that.
        """
        asking = sum(map(_has_form, pieces))
        return asking > 1 or any(
            self._part_of(piece) is Part.QUESTION for piece in pieces if not _has_form(piece)
        )

    def _joined(self, clause: Clause) -> Sequence[Clause]:
        """The two questions that 和 or 还有 joins, or the clause as it is.

        办卡和退卡要什么材料 is one, about two things.
        """
        for first, second in halves(clause.text):
            forms = [is_interrogative(half) for half in (first, second)]
            kinds = [
                {slot.kind for slot in self._interpreter.slots_in(half)} for half in (first, second)
            ]
            if forms[0] or (not any(forms) and all({SERVICE, ASPECT} <= kind for kind in kinds)):
                return (Clause(first), replace(clause, text=second))
        return (clause,)

    def _part_of(self, clause: Clause) -> Part:
        """What a clause is: it asks if it is a question, or names an aspect and nothing else."""
        reading = self._interpreter.lexicon.read(normalise(clause.text))
        if not _has_form(clause):
            is_named = any(slot.kind == ASPECT for slot in reading.slots)
            return (
                Part.QUESTION if is_named and self._interpreter.is_elliptic(reading) else Part.STORY
            )
        if is_helpless(clause.text):
            return Part.LITTLE
        is_little = self._interpreter.matcher.weight(reading.tokens) < HARDLY_A_WORD * MUCH
        if is_little and not reading.slots and question_type(clause.text) not in ASKS_MUCH:
            return Part.LITTLE
        return Part.QUESTION


def _has_form(clause: Clause) -> bool:
    """Whether a clause has the form of a question."""
    return clause.is_asked or is_interrogative(clause.text)


def as_said_here(part: Understanding, context: Slots) -> Understanding:
    """The part with what the message itself told before it no longer taken from the context."""
    slots = tuple(
        slot if (slot.kind, slot.value) in context else replace(slot, is_inherited=False)
        for slot in part.slots
    )
    return replace(part, slots=slots)


def carried(part: Understanding, kinds: Collection[str]) -> dict[str, str]:
    """The slots of a part that those behind it may take up.

    退卡之后多久能重新办卡 goes on about the new card, and not about what came before it.
    """
    found = {kind: value for kind, value in part.plain_slots.items() if kind in kinds}
    services = [slot for slot in part.of(SERVICE) if slot.surface and not slot.is_ambiguous]
    later = [slot for slot in services if not _comes_before(slot, part.utterance)]
    if later and len(later) < len(services):
        found[SERVICE] = later[0].value
    return found


def _comes_before(slot: Slot, utterance: str) -> bool:
    """Whether a service is named as what is over by then: 退卡之后."""
    pieces = utterance.split(slot.surface[:2])
    return any(map(_AFTERWARDS.match, pieces[1:]))


def misses_slot(part: Understanding) -> bool:
    """Whether the best entry is one of several that the words leave open."""
    return bool(part.candidates) and part.candidates[0].misses_slot


def told_apart(
    parts: Sequence[Understanding], answer: float, *, are_marked: bool
) -> tuple[Understanding, ...]:
    """The parts without those that ask again what another asks; who says it twice is told once.

    Of two parts with the same best entry one may mean the entry that comes next, if marks part
    them and that one is clear, as likely, and has words for what the best one leaves unsaid.
    """
    found: list[Understanding] = []
    for part in parts:
        at = next((n for n, other in enumerate(found) if _is_alike(other, part)), None)
        if at is None:
            found.append(part)
        elif are_marked and (other := _next_meant(part, found, answer)):
            found.append(other)
        elif are_marked and (other := _next_meant(found[at], (*found, part), answer)):
            found[at] = other
            found.append(part)
        else:
            found[at] = max(found[at], part, key=_best_score)
    return tuple(found)


def _next_meant(
    part: Understanding, others: Iterable[Understanding], answer: float
) -> Understanding | None:
    """The part as a question about its second entry, if that may be meant and nobody else asks."""
    if len(part.candidates) < 2:
        return None
    best, second = part.candidates[:2]
    is_likely = second.score >= max(answer, best.score * _AS_LIKELY)
    is_meant = is_likely and second.signals.get("beyond", 0.0) >= _OWN_WORDS
    other = replace(part, candidates=part.candidates[1:])
    return other if is_meant and not any(_is_alike(other, told) for told in others) else None


def _best_score(part: Understanding) -> float:
    return part.candidates[0].score if part.candidates else 0.0


def _is_alike(one: Understanding, other: Understanding) -> bool:
    """Whether two questions of a message have the same answer; a way and its steps have."""
    bests = {part.candidates[0].entry if part.candidates else None for part in (one, other)}
    return len(bests) == 1 or (
        _asks_for_a_way(one) and _services(one) == _services(other) and _asks_for_a_way(other)
    )


def _asks_for_a_way(part: Understanding) -> bool:
    return part.asked is QuestionType.LIST and not part.of(ASPECT)


def _services(part: Understanding) -> str | None:
    return part.plain_slots.get(SERVICE)
