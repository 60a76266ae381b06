"""Which dates can be meant."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from bot.core.deadlines.bounds import Refusal, plausible
from bot.core.model.date_rules import Period
from bot.core.model.spans import Span, month_span, year_span
from tests.tiny import WITHIN

TODAY = date(2026, 11, 22)
SINCE = replace(WITHIN, since=date(2007, 3, 1))
AHEAD = replace(WITHIN, allows_future=True, most_ahead=Period(years=4))


def test_of_a_month_under_way_only_the_days_so_far_can_be_meant() -> None:
    assert plausible(WITHIN, (month_span(2026, 11),), TODAY) == (Span(date(2026, 11, 1), TODAY),)


def test_days_before_the_sources_begin_are_left_out() -> None:
    found = (Span(date(2007, 3, 1), date(2007, 12, 31)),)
    assert plausible(SINCE, (year_span(2007),), TODAY) == found


@pytest.mark.parametrize(
    ("calculator", "span", "why"),
    [
        (WITHIN, month_span(2026, 12), "in_future"),
        (SINCE, year_span(2006), "no_data"),
        (AHEAD, year_span(2031), "too_far"),
    ],
)
def test_what_cannot_be_meant_is_refused_with_a_reason(
    calculator: object, span: Span, why: str
) -> None:
    assert plausible(calculator, (span,), TODAY) == Refusal(why, span)  # type: ignore[arg-type]


def test_of_several_years_those_that_can_be_meant_are_kept() -> None:
    years = tuple(month_span(year, 12) for year in (2025, 2026, 2027))
    assert plausible(WITHIN, years, TODAY) == (month_span(2025, 12),)


def test_the_future_counts_where_it_is_allowed() -> None:
    assert plausible(AHEAD, (year_span(2030),), TODAY) == (
        Span(date(2030, 1, 1), date(2030, 11, 22)),
    )
