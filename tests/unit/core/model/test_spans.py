"""Spans of days, written and read."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.model.spans import SaidDate, Span, day_of, month_span, read_span, year_span

days = st.dates(date(1900, 1, 1), date(2100, 12, 31))


@pytest.mark.parametrize(
    ("span", "text"),
    [
        (year_span(2021), "2021"),
        (month_span(2024, 2), "2024-02"),
        (Span(date(2021, 5, 12), date(2021, 5, 12)), "2021-05-12"),
        (Span(date(2021, 5, 1), date(2021, 5, 10)), "2021-05-01,2021-05-10"),
    ],
)
def test_a_span_is_written_as_short_as_it_is_said(span: Span, text: str) -> None:
    assert str(span) == text


@given(days, days)
def test_what_was_written_is_read_again(one: date, other: date) -> None:
    span = Span(min(one, other), max(one, other))
    assert read_span(str(span)) == span


@pytest.mark.parametrize(
    "text",
    ["", "2021-13", "2021-02-30", "0000", "1899", "2101-01-01", "2021-05-12,2021-05-01", "21",
     "２０２１", "2021-5", "2021-05-12,", "x"],
)  # fmt: skip
def test_what_is_no_span_is_refused(text: str) -> None:
    assert read_span(text) is None


def test_a_span_does_not_end_before_it_begins() -> None:
    with pytest.raises(ValueError, match="no span"):
        Span(date(2021, 5, 2), date(2021, 5, 1))


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        pytest.param(datetime(2026, 11, 22, 15, 59, tzinfo=UTC), date(2026, 11, 22), id="before"),
        pytest.param(datetime(2026, 11, 22, 16, 0, tzinfo=UTC), date(2026, 11, 23), id="midnight"),
    ],
)
def test_the_day_is_that_in_shanghai(moment: datetime, day: date) -> None:
    assert day_of(moment) == day


NOVEMBER_1 = Span(date(2026, 11, 1), date(2026, 11, 1))
YEARLESS = SaidDate("11月1号", (NOVEMBER_1,), "year")
MONTHLESS = SaidDate("1号", (NOVEMBER_1,), "month")


@pytest.mark.parametrize(
    ("said", "inside", "found"),
    [
        pytest.param(YEARLESS, year_span(2023), ["2023-11-01"], id="the year"),
        pytest.param(MONTHLESS, month_span(2023, 5), ["2023-05-01"], id="the month"),
        pytest.param(YEARLESS, month_span(2023, 5), ["2026-11-01"], id="does not fit"),
        pytest.param(
            SaidDate("2023-11-01", (NOVEMBER_1,)), year_span(2021), ["2026-11-01"], id="lacks none"
        ),
    ],
)
def test_what_a_date_lacks_is_taken_from_what_was_said_before(
    said: SaidDate, inside: Span, found: list[str]
) -> None:
    assert [str(span) for span in said.settled(inside).spans] == found


def test_a_day_that_other_months_lack_is_taken_from_those_that_have_it() -> None:
    last = Span(date(2026, 10, 31), date(2026, 10, 31))
    found = SaidDate("31号", (last,), "month").settled(Span(date(2023, 1, 1), date(2023, 4, 30)))
    assert [str(span) for span in found.spans] == ["2023-01-31", "2023-03-31"]
