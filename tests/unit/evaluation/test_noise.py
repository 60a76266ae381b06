"""Noise that evaluations put into queries."""

from __future__ import annotations

import pytest

from bot.evaluation.noise import KINDS, Kind, NoiseMaker
from bot.understanding.text.pinyin import syllables

CORPUS = ("延续注册要什么材料", "注册住址", "严格", "册子")
QUERY = "延续注册"


def changed(kind: Kind, seed: int = 3) -> str:
    return NoiseMaker(kind, CORPUS, seed).make(QUERY)


@pytest.mark.parametrize("seed", range(9))
def test_a_homophone_replaces_one_character_by_another_of_the_same_sound(seed: int) -> None:
    noisy = changed("homophone", seed)
    assert sum(a != b for a, b in zip(noisy, QUERY, strict=True)) == 1
    assert syllables(noisy) == syllables(QUERY)


def test_homophones_come_from_the_corpus() -> None:
    assert {changed("homophone", seed) for seed in range(30)} == {"严续注册", "延续住册"}


def test_a_dropped_character_is_missing() -> None:
    assert {changed("drop", seed) for seed in range(60)} == {"续注册", "延注册", "延续册", "延续注"}


def test_a_typo_replaces_one_character() -> None:
    noisy = [changed("typo", seed) for seed in range(9)]
    assert {sum(a != b for a, b in zip(text, QUERY, strict=True)) for text in noisy} <= {0, 1}
    assert len(set(noisy)) > 5


def test_politeness_is_put_round_the_query() -> None:
    assert changed("polite") == "你好，延续注册，谢谢您"


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_seed_makes_the_same_noise(kind: Kind) -> None:
    assert [changed(kind), changed(kind, 4)] == [changed(kind), changed(kind, 4)]


@pytest.mark.parametrize("kind", ["homophone", "typo", "drop"])
def test_what_has_no_han_character_stays(kind: Kind) -> None:
    assert NoiseMaker(kind, CORPUS, 3).make("pdf 2") == "pdf 2"
