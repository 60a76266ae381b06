"""What is asked for, as probabilities: whether anything is, and whether it is a choice."""

from __future__ import annotations

from bot.core.model.question_type import QuestionType
from bot.understanding.text.question_types import Odds

HALF = 0.5
"""Probability from which something is asked, or a type of question is meant."""

ASKS_MUCH = frozenset(
    (
        QuestionType.HOW_LONG,
        QuestionType.WHEN,
        QuestionType.HOW_MANY,
        QuestionType.HOW_MUCH,
        QuestionType.WHERE,
        QuestionType.WHO,
    )
)
"""What few words ask whole: 多少钱, 在哪办."""


def asks_much(odds: Odds) -> bool:
    """Whether how long, how much, where … is surely asked."""
    return sum(odds.get(kind, 0.0) for kind in ASKS_MUCH) > HALF


def chooses(odds: Odds) -> bool:
    """Whether it asks which of two, or how they differ."""
    return odds.get(QuestionType.WHICH, 0.0) + odds.get(QuestionType.DIFFERENCE, 0.0) > HALF


def unasked(odds: Odds) -> float:
    """The probability that nothing is asked."""
    return 1.0 - sum(odds.values())
