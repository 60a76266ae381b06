"""Bundle what every reply depends on: the pack, the day, and what is known so far."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from bot.core.model.pack import Pack
from bot.core.model.question_type import QuestionType
from bot.core.model.reminder import WriteCalendar
from bot.core.model.vocabulary import PLACE


@dataclass(frozen=True, slots=True)
class Scope:
    """The pack, the day for which facts are judged, and the slots known so far."""

    pack: Pack
    day: date
    slots: Mapping[str, str]
    inherited: frozenset[str] = frozenset()
    """The kinds of slots that come from the conversation and not from the words."""
    asked: QuestionType | None = None
    """The question type, as far as it was understood."""
    is_turned: bool = False
    """The question is negated: 不用…吗, 是不是不…"""
    is_brief: bool = False
    """One of several answers: what it rests on is left to its details."""
    notices: tuple[str, ...] = ()
    """Texts to show before a card, because the pack has changed since the last one."""
    calendar: WriteCalendar | None = None

    @property
    def region(self) -> str | None:
        return self.slots.get(PLACE)

    def phrase(self, key: str, **values: object) -> str:
        return self.pack.phrase(key, "zh", **values)
