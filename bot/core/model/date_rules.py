"""Apply the closed set of date rules to a date, today and the parameters of a pack.

All dates are calendar days, and every function is pure.  Periods end as the Civil Code counts them
(arts 201, 202): the first day does not count, a period of months or years ends on the day with the
same number, or on the last day of a month that has no such day.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import assert_never


class Rule(StrEnum):
    """The kind of deadline."""

    WITHIN = "within"
    """Must be done within a period after the date."""
    NOT_BEFORE = "not_before"
    """Must not be done again within a period after the date."""
    BEFORE_EXPIRY = "before_expiry"
    """Must be done a period before the date, on which something expires."""
    KEEPS = "keeps"
    """Leaves the date as it is, and what must be done a period before it as well."""


class Outcome(StrEnum):
    """Where today lies relative to the deadline."""

    OPEN = "open"
    LATE = "late"
    EARLY = "early"
    """Not allowed yet."""
    FREE = "free"
    """Allowed again."""
    SHORT = "short"
    """Too late to be in time, but not expired yet."""


OUTCOMES: Mapping[Rule, tuple[Outcome, ...]] = {
    Rule.WITHIN: (Outcome.OPEN, Outcome.LATE),
    Rule.NOT_BEFORE: (Outcome.EARLY, Outcome.FREE),
    Rule.BEFORE_EXPIRY: (Outcome.OPEN, Outcome.SHORT, Outcome.LATE),
    Rule.KEEPS: (Outcome.OPEN, Outcome.SHORT, Outcome.LATE),
}
"""The possible outcomes of each rule; a pack has a text for each of them."""
NAMES = frozenset(("date", "period", "last", "next", "today", "days"))
"""The names that the text of a result may have in braces."""


@dataclass(frozen=True, slots=True)
class Period:
    """A length of time in one calendar unit.

    Raises:
        ValueError: not exactly one unit is given, or it is negative.
    """

    years: int = 0
    months: int = 0
    days: int = 0

    def __post_init__(self) -> None:
        units = (self.years, self.months, self.days)
        if units.count(0) != 2 or min(units) < 0:
            raise ValueError(f"a period has one unit: {self!r}")

    def after(self, day: date) -> date:
        """Return the last day of the period that starts at `day`."""
        return self._moved(day, 1)

    def before(self, day: date) -> date:
        """Return the day that lies one period before `day`."""
        return self._moved(day, -1)

    def _moved(self, day: date, direction: int) -> date:
        months = (day.year + direction * self.years) * 12 + day.month - 1 + direction * self.months
        year, month = months // 12, months % 12 + 1
        moved = date(year, month, min(day.day, monthrange(year, month)[1]))
        return moved + timedelta(days=direction * self.days)


@dataclass(frozen=True, slots=True)
class Result:
    """The result of a rule; `days` lie between today and the day that decides, never negative."""

    outcome: Outcome
    day: date
    """The date it was worked out from."""
    last: date
    """The last day of the period, or the last day to act."""
    days: int

    @property
    def next(self) -> date:
        """Return the day after `last`: the first one outside the period."""
        return self.last + timedelta(days=1)


def work_out(rule: Rule, period: Period, day: date, today: date) -> Result:
    """Apply a rule to one date."""
    match rule:
        case Rule.WITHIN:
            last = period.after(day)
            outcome = Outcome.OPEN if today <= last else Outcome.LATE
            return Result(outcome, day, last, abs((last - today).days))
        case Rule.NOT_BEFORE:
            last = period.after(day)
            first = last + timedelta(days=1)
            outcome = Outcome.EARLY if today < first else Outcome.FREE
            return Result(outcome, day, last, abs((first - today).days))
        case Rule.BEFORE_EXPIRY | Rule.KEEPS:
            return _before(day, period.before(day), today)
        case _:
            assert_never(rule)


def _before(expiry: date, last: date, today: date) -> Result:
    if today <= last:
        return Result(Outcome.OPEN, expiry, last, (last - today).days)
    outcome = Outcome.SHORT if today <= expiry else Outcome.LATE
    return Result(outcome, expiry, last, abs((expiry - today).days))
