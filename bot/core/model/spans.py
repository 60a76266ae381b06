"""Represent dates as people say them: a day, or all days that an unsaid month or day leaves open.

What a newcomer would get wrong: "2021 年 5 月" is not a day, and nothing here picks one for it.
Code that works with a `Span` has to consider both of its ends.
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Shanghai")
"""The time zone whose calendar day counts: that of the people who file."""
EARLIEST, LATEST = date(1900, 1, 1), date(2100, 12, 31)
"""The range of dates that a certificate can bear."""

_WRITTEN = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")


def day_of(moment: datetime) -> date:
    """Return the calendar day in Shanghai."""
    return moment.astimezone(ZONE).date()


@dataclass(frozen=True, slots=True)
class Span:
    """The days from `first` to `last`, both included.

    Raises:
        ValueError: it ends before it begins, or lies outside `EARLIEST` to `LATEST`.
    """

    first: date
    last: date

    def __post_init__(self) -> None:
        if not EARLIEST <= self.first <= self.last <= LATEST:
            raise ValueError(f"no span from {self.first} to {self.last}")

    @property
    def is_day(self) -> bool:
        return self.first == self.last

    def __str__(self) -> str:
        """Write ISO 8601 as far as it was said: 2021, 2021-05, 2021-05-12, else both ends."""
        first = self.first.isoformat()
        return next(
            (text for text in (first[:4], first[:7], first) if read_span(text) == self),
            f"{first},{self.last.isoformat()}",
        )


def year_span(year: int) -> Span:
    return Span(date(year, 1, 1), date(year, 12, 31))


def month_span(year: int, month: int) -> Span:
    return Span(date(year, month, 1), date(year, month, monthrange(year, month)[1]))


def read_span(text: str) -> Span | None:
    """Invert `str`; return `None` for other text, as values may come from outside."""
    first, comma, last = text.partition(",")
    begin = _written(first)
    end = _written(last) if comma else begin
    if begin is None or end is None:
        return None
    try:
        return Span(begin.first, end.last)
    except ValueError:
        return None


def _written(text: str) -> Span | None:
    found = _WRITTEN.fullmatch(text) if text.isascii() else None
    if not found:
        return None
    year, month, day = (int(part) if part else None for part in found.groups())
    try:
        if year is None or month is None:
            return year_span(year or 0)
        if day is None:
            return month_span(year, month)
        return Span(date(year, month, day), date(year, month, day))
    except ValueError:
        return None


@dataclass(frozen=True, slots=True)
class SaidDate:
    """A date as it was said.

    `spans` has one item; none if there is no such day (2023-02-30); several if the year, or the
    year and the month, were left out.
    """

    surface: str
    spans: tuple[Span, ...]
    lacks: Literal["", "year", "month"] = ""
    """The smallest unit that was left out above the largest one that was said."""
    role: Literal["", "start", "end"] = ""
    """The words round it say that something begins or ends on it."""

    @property
    def is_impossible(self) -> bool:
        return not self.spans

    @property
    def why_impossible(self) -> str:
        """Return the phrase that says why there are no such days: none exists, or too far off."""
        year = self.surface[:4]
        is_far = year.isdecimal() and int(year) > LATEST.year
        return "day_too_far" if is_far else "no_such_day"

    def settled(self, inside: Span) -> SaidDate:
        """Return the date with its missing units taken from an earlier span, if it fits inside."""
        if not (self.lacks and self.spans):
            return self
        first, last = self.spans[0].first, self.spans[0].last
        months = [first.month] if self.lacks == "year" else range(1, 13)
        found = (
            span
            for year in range(inside.first.year, inside.last.year + 1)
            for month in months
            if (span := _moved(first, last, year, month))
            and inside.first <= span.first
            and span.last <= inside.last
        )
        kept = tuple(found)
        return SaidDate(self.surface, kept, role=self.role) if kept else self


def _moved(first: date, last: date, year: int, month: int) -> Span | None:
    """Return the same days in another month; `None` if that month has no such days."""
    by = month - first.month
    try:
        return Span(
            first.replace(year=year, month=month), last.replace(year=year, month=last.month + by)
        )
    except ValueError:
        return None
