"""Centroids of entries: how close an utterance comes to what all phrasings of an entry share."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.understanding.ranking.centroids import Centroids

FEATURES = st.frozensets(st.sampled_from("abcdefgh"), max_size=6)
SHARES = st.floats(0.1, 1.0)
TWO = Centroids.of([frozenset("ab"), frozenset("a")], [0, 1], 2)
"""Entry 0 says a and b, entry 1 says a alone: a weighs ln 2, b weighs ln 3."""


def close(profiles: Centroids, features: Iterable[str]) -> list[float]:
    return [float(by) for by in profiles.closeness(features)]


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        pytest.param("ab", [1.0, 0.53360], id="all that one entry says"),
        pytest.param("a", [0.53360, 1.0], id="all that the other says"),
        pytest.param("b", [0.84574, 0.0], id="what only one says"),
        pytest.param("bx", [0.59803, 0.0], id="an unknown feature is as rare as can be"),
        pytest.param("x", [0.0, 0.0], id="nothing known"),
        pytest.param("", [0.0, 0.0], id="nothing said"),
    ],
)
def test_closeness_is_the_cosine_with_each_profile(said: str, expected: list[float]) -> None:
    assert close(TWO, said) == pytest.approx(expected, abs=1e-5)


def test_what_most_phrasings_of_an_entry_say_weighs_more() -> None:
    phrases = [frozenset("ab"), frozenset("ac"), frozenset("ad")]
    often, once = (close(Centroids.of(phrases, [0, 0, 0], 1), said)[0] for said in "ab")
    assert (often, once) == pytest.approx((0.86603, 0.28868), abs=1e-5)


def test_a_word_from_each_phrasing_is_closer_to_the_profile_than_to_any_of_them() -> None:
    phrases = [frozenset("ax"), frozenset("by"), frozenset("cz"), frozenset("axby")]
    entry, alone = close(Centroids.of(phrases, [0, 0, 0, 1], 2), "abc")
    assert entry > alone


def test_emphasis_weighs_what_is_said_and_what_is_stored() -> None:
    light = Centroids.of([frozenset("ab")], [0], 1, lambda feature: 0.1 if feature == "b" else 1.0)
    assert close(light, "a") == pytest.approx([0.99504], abs=1e-5)
    assert close(light, "b") == pytest.approx([0.09950], abs=1e-5)


def test_an_entry_without_phrasings_is_close_to_nothing() -> None:
    assert close(Centroids.of([frozenset("a")], [1], 3), "a") == pytest.approx([0.0, 1.0, 0.0])


@pytest.mark.parametrize("count", [0, 2])
def test_without_phrasings_nothing_is_close(count: int) -> None:
    assert close(Centroids.of([], [], count), "a") == [0.0] * count


def test_a_phrasing_without_features_counts_among_those_of_its_entry() -> None:
    profiles = Centroids.of([frozenset(), frozenset("a"), frozenset("b")], [0, 0, 1], 2)
    assert close(profiles, "a") == pytest.approx([1.0, 0.0])


def test_entries_that_say_the_same_are_equally_close() -> None:
    twins = Centroids.of([frozenset("ab")] * 2, [0, 1], 2)
    one, other = close(twins, "a")
    assert one == other


def test_the_order_of_what_is_said_makes_no_difference() -> None:
    assert close(TWO, "ab") == close(TWO, "ba")


@given(st.lists(st.tuples(FEATURES, st.integers(0, 3)), max_size=12), FEATURES, SHARES)
def test_closeness_lies_between_nothing_and_all(
    stored: list[tuple[frozenset[str], int]], said: frozenset[str], weight: float
) -> None:
    phrases, owners = [phrase for phrase, _ in stored], [owner for _, owner in stored]
    profiles = Centroids.of(phrases, owners, 4, lambda feature: weight if feature < "d" else 1.0)
    assert all(0.0 <= by <= 1.0 + 1e-6 for by in close(profiles, said))


@given(FEATURES.filter(bool))
def test_a_phrasing_said_word_for_word_is_as_close_as_can_be(said: frozenset[str]) -> None:
    assert close(Centroids.of([said], [0], 1), said) == pytest.approx([1.0])
