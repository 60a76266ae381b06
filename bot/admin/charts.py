"""Work out the numbers of the charts; the templates only draw them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from bot.core.ports import Usage

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


def days(found: Usage, since: date, until: date) -> list[Day]:
    """Return every day, also those without a reply."""
    span = [since + timedelta(n) for n in range((until - since).days + 1)]
    most = max([*found.days.values(), 1])
    return [_column(day, found.days.get(day, 0), found.missed.get(day, 0), most) for day in span]


def _column(day: date, times: int, missed: int, most: int) -> Day:
    height, missed_height = (round(_HEIGHT * n / most, 1) for n in (times, missed))
    return Day(day, times, missed, height, missed_height)


def bars(sums: Mapping[str, int], names: Mapping[str, str], most: int = 10) -> list[Bar]:
    """Return the largest sums with their names, the largest first."""
    shown = sorted(sums.items(), key=lambda pair: -pair[1])[:most]
    longest = max([times for _, times in shown], default=1)
    return [
        Bar(names.get(name, name), times, round(100 * times / longest, 1)) for name, times in shown
    ]
