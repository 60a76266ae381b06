"""Messages that put several questions: where one ends, and what is told beside them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.core.model.question_type import QuestionType
from bot.core.model.understanding import Understanding
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
    is_interrogative,
)

Slots = tuple[tuple[str, str], ...]


class Messages:
    """Splits messages. Built once for each pack version."""

    def __init__(self, interpreter: Interpreter) -> None:
        self._interpreter = interpreter

    def split(self, text: str) -> Grouped:
        """The clauses of a text put together to questions."""
        pieces = [piece for clause in clauses(text) for piece in self._joined(clause)]
        if len(pieces) < 2:
            return Grouped([text])
        return grouped([(piece, self._part_of(piece)) for piece in pieces])

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
        if not (clause.is_asked or is_interrogative(clause.text)):
            is_named = any(slot.kind == ASPECT for slot in reading.slots)
            return (
                Part.QUESTION if is_named and self._interpreter.is_elliptic(reading) else Part.STORY
            )
        is_little = self._interpreter.matcher.weight(reading.tokens) < HARDLY_A_WORD * MUCH
        if is_little and not reading.slots and question_type(clause.text) not in ASKS_MUCH:
            return Part.LITTLE
        return Part.QUESTION


def as_said_here(part: Understanding, context: Slots) -> Understanding:
    """The part with what the message itself told before it no longer taken from the context."""
    slots = tuple(
        slot if (slot.kind, slot.value) in context else replace(slot, is_inherited=False)
        for slot in part.slots
    )
    return replace(part, slots=slots)


def gist(part: Understanding) -> tuple[str | None, ...]:
    """What a question must differ in from the others of its message; a way and its steps do not."""
    slots = part.plain_slots
    if part.asked is QuestionType.LIST and not part.of(ASPECT):
        return (slots.get(SERVICE), QuestionType.LIST)
    return (part.candidates[0].entry if part.candidates else None,)
