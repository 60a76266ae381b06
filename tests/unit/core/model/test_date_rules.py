"""The date rules, against written-out days and against an independent implementation."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from dateutil.relativedelta import relativedelta
from hypothesis import given
from hypothesis import strategies as st

from bot.core.model.date_rules import OUTCOMES, Outcome, Period, Rule, work_out

THREE_YEARS, ONE_YEAR, THIRTY_DAYS = Period(years=3), Period(years=1), Period(days=30)
days = st.dates(date(1950, 1, 1), date(2090, 12, 31))
periods = st.one_of(
    st.builds(Period, years=st.integers(1, 5)),
    st.builds(Period, months=st.integers(1, 48)),
    st.builds(Period, days=st.integers(1, 1000)),
)


@pytest.mark.parametrize(
    ("day", "period", "last"),
    [
        pytest.param(date(2021, 5, 12), THREE_YEARS, date(2024, 5, 12), id="same day"),
        pytest.param(date(2024, 2, 29), THREE_YEARS, date(2027, 2, 28), id="no 29th of February"),
        pytest.param(date(2024, 2, 29), Period(years=4), date(2028, 2, 29), id="next leap year"),
        pytest.param(date(2023, 2, 28), ONE_YEAR, date(2024, 2, 28), id="not the 29th"),
        pytest.param(date(2021, 1, 31), Period(months=1), date(2021, 2, 28), id="end of month"),
        pytest.param(date(2021, 12, 31), Period(months=2), date(2022, 2, 28), id="next year"),
        pytest.param(date(2026, 11, 3), THIRTY_DAYS, date(2026, 12, 3), id="thirty days"),
        pytest.param(date(2024, 1, 31), THIRTY_DAYS, date(2024, 3, 1), id="through a leap month"),
    ],
)
def test_a_period_ends_as_the_civil_code_counts(day: date, period: Period, last: date) -> None:
    assert period.after(day) == last


@pytest.mark.parametrize(
    ("expiry", "last"),
    [
        pytest.param(date(2027, 3, 1), date(2027, 1, 30), id="common year"),
        pytest.param(date(2024, 3, 1), date(2024, 1, 31), id="leap year"),
        pytest.param(date(2027, 1, 1), date(2026, 12, 2), id="year before"),
    ],
)
def test_thirty_days_before_expiry(expiry: date, last: date) -> None:
    assert THIRTY_DAYS.before(expiry) == last


@given(days, periods)
def test_periods_end_where_dateutil_says(day: date, period: Period) -> None:
    delta = relativedelta(years=period.years, months=period.months, days=period.days)
    assert period.after(day) == day + delta
    assert period.before(day) == day - delta


@given(days, days, periods, st.sampled_from(Rule))
def test_every_result_is_one_the_rule_can_have(
    day: date, today: date, period: Period, rule: Rule
) -> None:
    result = work_out(rule, period, day, today)
    assert result.outcome in OUTCOMES[rule]
    assert result.days >= 0


@given(days, periods, st.integers(-400, 400))
def test_the_last_day_is_still_in_time_and_the_next_is_not(
    day: date, period: Period, shift: int
) -> None:
    last = day + relativedelta(years=period.years, months=period.months, days=period.days)
    result = work_out(Rule.WITHIN, period, day, last + timedelta(days=shift))
    assert result.outcome is (Outcome.OPEN if shift <= 0 else Outcome.LATE)
    assert result.days == abs(shift)


@pytest.mark.parametrize(
    ("today", "outcome", "left"),
    [
        (date(2024, 5, 11), Outcome.OPEN, 1),
        (date(2024, 5, 12), Outcome.OPEN, 0),
        (date(2024, 5, 13), Outcome.LATE, 1),
    ],
)
def test_within_three_years(today: date, outcome: Outcome, left: int) -> None:
    result = work_out(Rule.WITHIN, THREE_YEARS, date(2021, 5, 12), today)
    assert (result.outcome, result.last, result.days) == (outcome, date(2024, 5, 12), left)


@pytest.mark.parametrize(
    ("today", "outcome", "left"),
    [
        (date(2025, 3, 1), Outcome.EARLY, 1),
        (date(2025, 3, 2), Outcome.FREE, 0),
        (date(2025, 3, 3), Outcome.FREE, 1),
    ],
)
def test_not_again_within_a_year(today: date, outcome: Outcome, left: int) -> None:
    result = work_out(Rule.NOT_BEFORE, ONE_YEAR, date(2024, 3, 1), today)
    assert (result.outcome, result.next, result.days) == (outcome, date(2025, 3, 2), left)


@pytest.mark.parametrize("rule", [Rule.BEFORE_EXPIRY, Rule.KEEPS])
@pytest.mark.parametrize(
    ("today", "outcome", "left"),
    [
        pytest.param(date(2027, 1, 29), Outcome.OPEN, 1, id="a day before the last"),
        pytest.param(date(2027, 1, 30), Outcome.OPEN, 0, id="the last"),
        pytest.param(date(2027, 1, 31), Outcome.SHORT, 29, id="too late to be in time"),
        pytest.param(date(2027, 3, 1), Outcome.SHORT, 0, id="the day of expiry"),
        pytest.param(date(2027, 3, 2), Outcome.LATE, 1, id="expired"),
    ],
)
def test_before_expiry(rule: Rule, today: date, outcome: Outcome, left: int) -> None:
    result = work_out(rule, THIRTY_DAYS, date(2027, 3, 1), today)
    assert (result.outcome, result.day, result.days) == (outcome, date(2027, 3, 1), left)


@pytest.mark.parametrize("units", [{}, {"years": 1, "days": 1}, {"months": -1}])
def test_a_period_has_one_unit(units: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="one unit"):
        Period(**units)
