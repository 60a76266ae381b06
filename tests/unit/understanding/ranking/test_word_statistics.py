"""What a word says and whether it sounds like the subject, over a language of ten words."""

from __future__ import annotations

import pytest

from bot.understanding.ranking.word_statistics import WordStatistics, rarity

GENERAL = {"我们": 10_000, "的": 20_000, "报告": 100, "罕见词": 1, "手机": 100, "其他": 969_799}
TERMS = ("延续注册", "罕见词")
OWN = ["延续注册", "延续注册", "报告", "材料"]


@pytest.fixture
def language() -> WordStatistics:
    return WordStatistics(GENERAL, TERMS, OWN)


@pytest.mark.parametrize(
    ("frequency", "total", "expected"),
    [
        pytest.param(0, 1_000_000, 1.0, id="unknown"),
        pytest.param(1, 1_000_000, 1.0, id="one in a million"),
        pytest.param(100, 1_000_000, 0.5, id="one in ten thousand"),
        pytest.param(10_000, 1_000_000, 0.0, id="one in a hundred"),
        pytest.param(500_000, 1_000_000, 0.0, id="every other word"),
    ],
)
def test_rarity_runs_from_every_hundredth_word_to_every_millionth(
    frequency: int, total: int, expected: float
) -> None:
    assert rarity(frequency, total) == pytest.approx(expected, abs=0.01)


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        pytest.param("我们", 0.0, id="everybody says it"),
        pytest.param("报告", 0.5, id="known, of two characters"),
        pytest.param("股票", 1.0, id="unknown, of two characters"),
        pytest.param("比特币", 1.5, id="unknown, of three"),
        pytest.param("加密货币", 1.5, id="more than three count as three"),
        pytest.param("币", 0.5, id="unknown, of one"),
        pytest.param("延续注册", 0.5, id="a term of the domain"),
        pytest.param("罕见词", 0.5, id="a rare term"),
    ],
)
def test_information_is_length_times_rarity_and_little_for_terms(
    language: WordStatistics, word: str, expected: float
) -> None:
    assert language.information(word) == pytest.approx(expected, abs=0.01)


@pytest.mark.parametrize(
    ("feature", "expected"),
    [
        pytest.param("延续注册", 1.0, id="a term"),
        pytest.param("延续", 1.0, id="a pair of a term"),
        pytest.param("我们", 0.1, id="everybody says it"),
        pytest.param("报告", 0.55, id="a known word"),
        pytest.param("股票", 1.0, id="an unknown word"),
    ],
)
def test_emphasis_is_least_for_what_everybody_says(
    language: WordStatistics, feature: str, expected: float
) -> None:
    assert language.emphasis(feature) == pytest.approx(expected, abs=0.01)


def test_emphasis_is_the_same_the_second_time(language: WordStatistics) -> None:
    assert language.emphasis("报告") == language.emphasis("报告")


def test_no_words_are_undecided(language: WordStatistics) -> None:
    assert language.closeness([]) == 0.0


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        pytest.param(["延续注册"], 1.0, id="the pack's own word"),
        pytest.param(["其他"], -0.727, id="nine in ten words elsewhere, none here"),
        pytest.param(["延续注册", "其他"], 0.137, id="one of each"),
    ],
)
def test_closeness_is_the_mean_over_the_words(
    language: WordStatistics, words: list[str], expected: float
) -> None:
    assert language.closeness(words) == pytest.approx(expected, abs=0.002)


def test_a_word_of_the_subject_is_closer_than_one_that_is_not(language: WordStatistics) -> None:
    assert language.closeness(["报告"]) > 0 > language.closeness(["的"])


def test_a_language_without_words_still_answers() -> None:
    empty = WordStatistics({}, (), ())
    assert (empty.information("二建"), empty.emphasis("二建")) == (1.0, 1.0)
    assert -1 <= empty.closeness(["二建"]) <= 1


def test_what_nobody_says_twice_leaves_room_for_what_people_say(language: WordStatistics) -> None:
    for number in range(10_000):
        language.information(f"字{number}")
        language.emphasis(f"字{number}")
        language.closeness([f"字{number}"])
        language.information("报告")
    kept = (language.information.cache_info(), language.emphasis.cache_info())
    assert all(found.currsize < 5_000 for found in kept)
    assert kept[0].hits >= 9_999
