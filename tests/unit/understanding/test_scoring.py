"""Signals to a score: hand-made coefficients, and what must hold of the shipped ones."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.understanding.scoring import CONFIDENCE, MAX_MARGIN, RATING, Logistic, Model, shipped

SMALL = Model(
    {"dice": 2.0, "missing": -1.0}, Logistic(-1.0, {"rate": 0.5, "margin": 1.0}), 0.6, 0.3
)
GOOD = {
    "margin": 2.0,
    "dice": 1.0,
    "coverage": 1.0,
    "besides": 1.0,
    "weight": 0.5,
    "rate": 9.0,
    "profile": 0.7,
    "meaning": 0.9,
    "gist": 0.9,
    "type": 1.0,
    "gap": 0.3,
    "ours": 1.0,
}
SHARE = st.floats(0, 1)


def signals(**given: float) -> dict[str, float]:
    """All signals of the shipped model; what is not given is zero."""
    return dict.fromkeys((*RATING, *CONFIDENCE, "verbatim"), 0.0) | given


@pytest.mark.parametrize(
    ("dice", "missing", "expected"),
    [(0.0, 0, 0.0), (1.0, 0, 2.0), (0.5, 1, 0.0), (0.0, 2, -2.0)],
)
def test_a_rating_is_the_weighted_sum_of_its_signals(
    dice: float, missing: int, expected: float
) -> None:
    assert SMALL.rate({"dice": dice, "missing": missing, "verbatim": 0.0}) == expected


@pytest.mark.parametrize(
    ("rate", "margin", "expected"),
    [
        pytest.param(2.0, 0.0, 0.5, id="as many for as against"),
        pytest.param(0.0, 0.0, 0.268941, id="nothing but the intercept"),
        pytest.param(2.0, 3.0, 0.952574, id="well ahead"),
        pytest.param(2.0, -3.0, 0.047426, id="well behind"),
    ],
)
def test_a_score_is_the_logistic_of_its_sum(rate: float, margin: float, expected: float) -> None:
    assert SMALL.confidence.score({"rate": rate, "margin": margin}) == pytest.approx(
        expected, abs=1e-6
    )


def test_signals_without_a_coefficient_are_ignored() -> None:
    assert SMALL.rate({"dice": 1.0, "missing": 0.0, "verbatim": 0.0, "other": 99.0}) == 2.0


def test_a_phrasing_said_word_for_word_adds_to_the_rate() -> None:
    assert SMALL.rate({"dice": 1.0, "missing": 0.0, "verbatim": 0.5}) == 4.0
    assert SMALL.plain_rate({"dice": 1.0, "missing": 0.0, "verbatim": 0.5}) == 2.0


def test_contributions_name_what_adds_to_the_rate() -> None:
    found = SMALL.contributions({"dice": 0.5, "missing": 0.0, "verbatim": 0.25, "other": 9.0})
    assert found == {"dice": 1.0, "verbatim": 1.0}


@given(st.fixed_dictionaries(dict.fromkeys((*RATING, "verbatim"), SHARE)))
def test_contributions_add_up_to_the_rate(found: dict[str, float]) -> None:
    parts = shipped().contributions(found).values()
    assert sum(parts) == pytest.approx(shipped().rate(found))


@settings(deadline=None)
@given(
    st.floats(-MAX_MARGIN, MAX_MARGIN),
    st.floats(-10, 10),
    st.fixed_dictionaries(dict.fromkeys(("dice", "coverage", "plain", "weight", "weak"), SHARE)),
)
def test_the_shipped_score_is_a_probability(
    margin: float, rate: float, more: dict[str, float]
) -> None:
    assert 0 < shipped().confidence.score(signals(margin=margin, rate=rate, **more)) < 1


@settings(deadline=None)
@given(st.floats(-MAX_MARGIN, MAX_MARGIN), st.floats(-MAX_MARGIN, MAX_MARGIN))
def test_more_margin_never_scores_less(one: float, other: float) -> None:
    low, high = sorted((one, other))
    model = shipped()
    assert model.confidence.score(signals(margin=low)) <= model.confidence.score(
        signals(margin=high)
    )


@pytest.mark.parametrize("name", ["dice", "profile", "besides", "ratio"])
def test_what_speaks_for_an_entry_raises_its_rating(name: str) -> None:
    assert shipped().rate(signals(**{name: 1.0})) > shipped().rate(signals())


@pytest.mark.parametrize("name", ["missing", "extra", "conflict"])
def test_what_speaks_against_an_entry_lowers_its_rating(name: str) -> None:
    assert shipped().rate(signals(**{name: 1.0})) < shipped().rate(signals())


def test_a_candidate_with_everything_for_it_is_answered() -> None:
    assert shipped().confidence.score(signals(**GOOD)) > shipped().answer_from


def test_a_candidate_with_nothing_for_it_is_not_even_offered() -> None:
    nothing = signals(margin=-MAX_MARGIN, weak=1.0, foreign=1.0)
    assert shipped().confidence.score(nothing) < shipped().ask_from


def test_the_shipped_model_has_a_coefficient_for_every_signal_and_no_other() -> None:
    model = shipped()
    assert (set(model.rating), set(model.confidence.weights)) == (set(RATING), set(CONFIDENCE))


def test_nothing_is_offered_above_what_is_answered() -> None:
    assert 0 < shipped().ask_from <= shipped().answer_from < 1


def test_a_model_cannot_be_changed_in_place() -> None:
    with pytest.raises(AttributeError):
        shipped().answer_from = 1.0  # type: ignore[misc]
    assert replace(SMALL.confidence, intercept=0.0).score({"rate": 0.0, "margin": 0.0}) == 0.5


def test_an_entry_about_a_case_that_was_not_named_is_no_answer() -> None:
    plain, unmet = signals(**GOOD), signals(**GOOD, unmet=1.0)
    assert shipped().score(unmet) < shipped().answer_from < shipped().score(plain)
    assert shipped().rate(unmet) < shipped().rate(plain)
    assert shipped().contributions(unmet)["unmet"] < 0
