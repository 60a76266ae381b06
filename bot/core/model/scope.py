"""What every reply depends on: the pack, the day, and what is known so far."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from bot.core.model.calendar import WriteCalendar
from bot.core.model.pack import Pack
from bot.core.model.question_type import QuestionType
from bot.core.model.vocabulary import PLACE


@dataclass(frozen=True, slots=True)
class Scope:
    """What every reply depends on: the pack, the day it speaks on, and what is known so far."""

    pack: Pack
    day: date
    slots: Mapping[str, str]
    inherited: frozenset[str] = frozenset()
    """Kinds of slots that come from the conversation so far."""
    asked: QuestionType | None = None
    """What the question asks for, as far as it was understood."""
    is_turned: bool = False
    """The question is turned round: 不用…吗, 是不是不…"""
    notices: tuple[str, ...] = ()
    """What has to be said before a card, because the procedure is not what it was."""
    calendar: WriteCalendar | None = None

    @property
    def region(self) -> str | None:
        return self.slots.get(PLACE)

    def phrase(self, key: str, **values: object) -> str:
        return self.pack.phrase(key, "zh", **values)
