"""How the table of meaning is made: what is filled in, and that the rows come out right."""

from __future__ import annotations

from itertools import islice
from random import Random

import numpy as np
import pytest

from bot.understanding.semantic.meaning_table import features_of

pytest.importorskip("scipy", reason="scipy is not installed: make setup")

from scripts import make_meaning as made

KNOWN = [("证书", 9, "n"), ("人", 9, "n"), ("注册", 9, "v"), ("新", 9, "a"), ("上海", 9, "ns")]
KNOWN += [("王明", 9, "nr")]


def test_patterns_are_filled_and_nothing_of_them_is_left() -> None:
    words = made.Words(KNOWN, np.random.default_rng(1))
    found = [*made.filled_patterns(words, 300, Random(1))]
    assert len(set(found)) > 100
    assert not any(letter in text for text in found for letter in made.TAGS)


def test_words_that_a_pattern_asks_for_are_of_its_kind() -> None:
    words = made.Words(KNOWN, np.random.default_rng(1))
    assert set(islice(words.filling("S"), 20)) == {"上海"}
    assert set(islice(words.filling("N"), 50)) == {"证书", "人"}


def test_rows_are_found_whose_means_are_what_is_wanted() -> None:
    split = [features_of(text) for text in ("甲乙", "乙丙", "丙甲", "甲", "乙", "丙", "甲乙丙")]
    features = made.commonest(split, 100)
    means = made.means_of(split * 30, features)
    wanted = means @ np.random.default_rng(1).normal(size=(6, 2)).astype(np.float32)
    rows = made.ridge(means, wanted)
    assert np.abs(means @ rows - wanted).max() < 0.02


def test_whitening_makes_what_varies_much_vary_less() -> None:
    rows = np.array([[3.0, 0.0], [0.0, 1.0]], np.float32)
    sentences = np.array([[3.0, 0.1], [-3.0, 0.2], [2.5, -0.1], [0.1, 1.0]], np.float32)
    lengths = np.linalg.norm(made.whitened(rows, sentences), axis=1)
    assert 1 < lengths[0] / lengths[1] < 3
