"""Work out the numbers of the charts; the templates only draw them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from bot.core.ports import Counted

ANSWERED, ABSTAINED = "answered", "abstained"
_HEIGHT = 100.0


@dataclass(frozen=True, slots=True)
class Day:
    """One column: how many replies, and how many of them were none."""

    day: date
    times: int
    missed: int
    height: float
    missed_height: float


@dataclass(frozen=True, slots=True)
class Bar:
    """One line of a table with a bar; `share` is of the longest, 0 to 100."""

    name: str
    times: int
    share: float


def days(found: Sequence[Counted], since: date, until: date) -> list[Day]:
    """Return every day, also those without a reply."""
    span = [since + timedelta(n) for n in range((until - since).days + 1)]
    times = {day: sum(one.times for one in found if one.day == day) for day in span}
    missed = {
        day: sum(one.times for one in found if one.day == day and one.status == ABSTAINED)
        for day in span
    }
    most = max([*times.values(), 1])
    return [
        Day(
            day,
            times[day],
            missed[day],
            round(_HEIGHT * times[day] / most, 1),
            round(_HEIGHT * missed[day] / most, 1),
        )
        for day in span
    ]


def bars(sums: Mapping[str, int], names: Mapping[str, str], most: int = 10) -> list[Bar]:
    """Return the largest sums with their names, the largest first."""
    shown = sorted(sums.items(), key=lambda pair: -pair[1])[:most]
    longest = max([times for _, times in shown], default=1)
    return [
        Bar(names.get(name, name), times, round(100 * times / longest, 1)) for name, times in shown
    ]
