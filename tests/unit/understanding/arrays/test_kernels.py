"""The compiled inner loops give what the Python beside them gives, which is the reference."""

from __future__ import annotations

import random
import shutil
import sysconfig
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

import numpy as np
import pytest

from bot.core.model.pack import Pack
from bot.core.model.session import Context
from bot.core.model.understanding import Understanding
from bot.understanding.arrays import kernels
from bot.understanding.arrays.unit_rows import UnitRows, largest
from bot.understanding.engine import PackUnderstander
from bot.understanding.index.phrase_index import PhraseIndex
from bot.understanding.lexicon.typos import _ByLength
from bot.understanding.ranking.centroids import Centroids
from bot.understanding.ranking.signals import shared_words, words_had
from bot.understanding.scoring import weighted
from bot.understanding.semantic.meaning_table import shipped_table
from bot.understanding.text import question_types
from bot.understanding.text.question_types import odds_of_rows
from scripts.bench.questions import mixed
from tests.conftest import KNOWLEDGE

T = TypeVar("T")
NOW = datetime(2026, 11, 29, 4, tzinfo=UTC)
QUESTIONS = 2_000
"""Of the pack's tests, from all of them evenly."""
WORDS = ["办", "证", "办证", "要", "材料", "多久", "继续", "教育", "学时", "在哪", "ca", "社保"]

_EMPTY_INDEX = (
    np.zeros(0, np.int32),
    np.zeros(1, np.int64),
    np.zeros(0),
    np.zeros(0),
    None,
    np.zeros(1, np.int64),
)
"""Postings, where they start, weights, masses, none without its slots, bounds of groups."""

pytestmark = pytest.mark.skipif(
    kernels.in_use is None,
    reason="nothing is compiled: make setup, where there is a C compiler",
)


@contextmanager
def plain() -> Iterator[None]:
    """What is done without a compiler."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(kernels, "in_use", None)
        yield


def both(work: Callable[[], T]) -> tuple[T, T]:
    """What comes of it compiled, and in Python."""
    compiled = work()
    with plain():
        return compiled, work()


@pytest.fixture
def numbers() -> np.random.Generator:
    return np.random.default_rng(11)


@pytest.mark.parametrize("kind", [np.float32, np.float64])
@pytest.mark.parametrize("length", [1, 5, 6, 7, 500])
def test_the_largest_are_the_same_and_equal_ones_keep_their_order(
    numbers: np.random.Generator, kind: type[np.floating], length: int
) -> None:
    for _ in range(50):
        values = numbers.integers(0, 9, length).astype(kind)
        compiled, in_python = both(lambda values=values: largest(values, 6))
        assert compiled == in_python


def unit(rows: np.ndarray) -> np.ndarray:
    return (rows / np.linalg.norm(rows, axis=-1, keepdims=True)).astype(np.float32)


@pytest.mark.parametrize("axes", [7, 16, 96, 160])
def test_rows_come_as_near_compiled(numbers: np.random.Generator, axes: int) -> None:
    rows = UnitRows.of(unit(numbers.normal(size=(903, axes))))
    starts = np.array([0, 1, 30, 31, 400, 610])
    for query in unit(numbers.normal(size=(40, axes))):
        gists = numbers.normal(size=len(starts)).astype(np.float32)

        def compare(query: np.ndarray = query, gists: np.ndarray = gists) -> tuple[float, list]:
            found = rows.products(query)
            alike = [*found.most_alike(starts, gists, 4)]
            return found.largest(), [*found.largest_of(starts, [5, 0, 3, 1]), *alike]

        (most, each), (expected, others) = both(compare)
        assert most == pytest.approx(expected, abs=1e-6)
        assert each == pytest.approx(others, abs=1e-6)


def test_rows_of_nothing_but_zeros_are_no_trouble() -> None:
    rows = UnitRows.of(np.zeros((3, 96), np.float32))
    assert both(lambda: rows.products(np.zeros(96, np.float32)).largest()) == (0.0, 0.0)


def said(dice: random.Random) -> frozenset[str]:
    return frozenset(dice.choices(WORDS, k=dice.randint(1, 6)))


def test_phrasings_are_found_with_equal_likeness() -> None:
    dice = random.Random(3)
    groups = sorted(dice.randrange(9) for _ in range(400))
    assert set(groups) == set(range(9))
    bare = [dice.random() < 0.3 for _ in groups]
    index = PhraseIndex([said(dice) for _ in groups], groups, bare)
    for _ in range(500):
        asked, less = said(dice), said(dice)
        compiled, in_python = both(lambda asked=asked, less=less: index.search(asked, less, 4))
        assert [hit[:3] for hit in compiled] == [hit[:3] for hit in in_python]
        assert [h.mass for h in compiled] == pytest.approx([h.mass for h in in_python])


def test_profiles_are_equal_to_the_last_bit() -> None:
    dice = random.Random(5)
    owners = sorted(dice.randrange(12) for _ in range(200))
    profiles = Centroids.of([said(dice) for _ in owners], owners, 12, lambda f: 0.3 * len(f))
    for asked in [*(said(dice) | {"不认识"} for _ in range(300)), frozenset(), frozenset({"无"})]:
        compiled, in_python = both(lambda asked=asked: profiles.closeness(asked))
        assert compiled.tolist() == in_python.tolist()


def test_words_that_an_entry_has_weigh_the_same() -> None:
    dice = random.Random(9)

    def pairs() -> kernels.Pairs:
        return tuple((word, dice.random()) for word in dice.choices(WORDS, k=5))

    for _ in range(500):
        words, told = said(dice), said(dice)
        entry = (words, frozenset("".join(words)), told)
        given = (dice.random(), pairs(), pairs(), pairs(), *entry)
        assert kernels.in_use is not None
        assert kernels.in_use.shared_words(*given) == shared_words(*given)
        assert kernels.in_use.words_had(given[1], *entry) == words_had(given[1], *entry)


def test_odds_are_those_of_python(numbers: np.random.Generator) -> None:
    weights = numbers.integers(-127, 128, (200, 15)).astype(np.int8)
    assert kernels.in_use is not None
    for _ in range(200):
        places = [int(n) if n < 200 else None for n in numbers.integers(0, 260, 40)]
        values = numbers.choice([0.5, 1.0], 40).tolist()
        given = (places, values, weights, 15, 0.01)
        odds = kernels.in_use.odds(*given)
        assert odds == pytest.approx(odds_of_rows(*given), rel=1e-12)
        assert sum(odds) == pytest.approx(1.0)


def test_texts_of_nearly_the_same_characters_are_the_same() -> None:
    dice = random.Random(4)
    texts = ["".join(dice.choices(WORDS, k=dice.randint(2, 5))) for _ in range(600)]
    near = _ByLength.of(texts)
    for text in texts[:200]:
        compiled, in_python = both(lambda text=text: [*near.within(text, 1)])
        assert compiled == in_python
        assert text in [other for _, _, other in compiled]


def test_sums_of_weighted_signals_are_those_of_python() -> None:
    weights = {name: 0.1 * n - 0.7 for n, name in enumerate("abcdefghij")}
    signals = {name: 1 / (n + 1) for n, name in enumerate("jihgfedcbaxyz")}
    compiled, in_python = both(lambda: weighted(weights, signals))
    assert compiled == pytest.approx(in_python, abs=1e-12)


def test_a_signal_that_is_missing_is_told_by_its_name() -> None:
    with pytest.raises(KeyError, match="margin"):
        weighted({"margin": 1.0}, {"dice": 1.0})


def understood(
    understander: PackUnderstander, texts: Sequence[str]
) -> list[tuple[Understanding, dict[str, float]]]:
    for remembered in (
        question_types._read,
        question_types._clauses,
        shipped_table().encode_one,
    ):
        remembered.cache_clear()
    found = [understander.understand(text, Context(), NOW) for text in texts]
    return [(each, dict(each.candidates[0].signals)) for each in found if each.candidates]


def with_slips(texts: Sequence[str]) -> list[str]:
    """Every third text with two characters swapped."""
    dice = random.Random(2)
    places = [dice.randrange(max(1, len(text) - 1)) for text in texts]
    return [
        text[:at] + text[at : at + 2][::-1] + text[at + 2 :] if n % 3 == 0 else text
        for n, (text, at) in enumerate(zip(texts, places, strict=True))
    ]


def test_thousands_of_texts_are_understood_alike(pack: Pack) -> None:
    texts = with_slips(mixed(QUESTIONS))
    compiled = understood(PackUnderstander(pack), texts)
    with plain():
        in_python = understood(PackUnderstander(pack), texts)
    assert len(compiled) == len(in_python) > QUESTIONS * 0.9
    for (one, signals), (other, expected) in zip(compiled, in_python, strict=True):
        assert [c.entry for c in one.candidates] == [c.entry for c in other.candidates]
        scores = [c.score for c in other.candidates]
        assert [c.score for c in one.candidates] == pytest.approx(scores, abs=2e-4)
        assert signals == pytest.approx(expected, abs=1e-5)
        assert (one.asked, one.slots, one.tokens) == (other.asked, other.slots, other.tokens)


def test_the_wrong_arrays_are_refused_and_nothing_is_read_beyond_them() -> None:
    compiled = kernels.in_use
    assert compiled is not None
    query, out = np.zeros(8, np.float32), np.zeros(3, np.float32)
    codes, scales = np.zeros((3, 8), np.int8), np.zeros(3, np.float32)
    with pytest.raises(ValueError, match="different shapes"):
        compiled.rough_products(query[:7], codes, scales, out)
    with pytest.raises(TypeError, match="items of 4 bytes"):
        compiled.rough_products(query, codes, np.zeros(3), out)
    with pytest.raises(IndexError, match="no such row"):
        compiled.scaled_rows([3], scales, codes, np.zeros(8, np.float32))
    with pytest.raises(ValueError, match="1 to 32"):
        compiled.largest(out, 33)
    with pytest.raises(ValueError, match="1 to 32"):
        compiled.best_of_groups([], *_EMPTY_INDEX, 1.0, 1.0, 33)
    assert compiled.best_of_groups([], *_EMPTY_INDEX, 1.0, 1.0, 32) == []


@pytest.mark.skipif(shutil.which("cc") is None, reason="needs a C compiler: apt install gcc")
def test_what_is_compiled_of_another_source_is_not_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    newer = tmp_path / "_kernels.c"
    newer.write_text("/* newer */", encoding="utf-8")
    monkeypatch.setattr(kernels, "_SOURCE", newer)
    assert kernels._found() is None


def test_the_wheel_is_built_without_a_compiler_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hook = pytest.importorskip("hatch_build", reason="pip install hatchling")
    there = tmp_path / hook.SOURCE
    there.parent.mkdir(parents=True)
    shutil.copy(KNOWLEDGE.parent / hook.SOURCE, there)
    monkeypatch.setitem(sysconfig.get_config_vars(), "CC", "no-such-compiler")
    assert hook.compiled(tmp_path) is None
    assert [*there.parent.iterdir()] == [there]
