"""Learning: the same numbers by one process, in parts and by several processes."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest

from bot.understanding.collection import learning
from bot.understanding.collection.learning import (
    Learnt,
    learn,
    learn_in_parts,
    merge,
    numbered,
    processes_for,
)
from bot.understanding.text.tokeniser import full_cutter

TEXTS = ("续期要什么材料", "", "续期去哪里办", "？", "PDF 材料怎么交", "证书丢了怎么补办")


def assert_same(found: Learnt, wanted: Learnt) -> None:
    assert found.numbered.vocabulary == wanted.numbered.vocabulary
    assert np.array_equal(found.numbered.flat, wanted.numbered.flat)
    assert np.array_equal(found.numbered.lengths, wanted.numbered.lengths)
    assert (found.plain, found.words) == (wanted.plain, wanted.words)


def test_features_are_numbered_as_they_come() -> None:
    found = numbered([("续", "期"), (), ("期", "材")])
    assert found.vocabulary == ["续", "期", "材"]
    assert (found.flat.tolist(), found.lengths.tolist()) == ([0, 1, 1, 2], [2, 0, 2])


def test_a_phrasing_has_a_feature_once() -> None:
    found = learn(("天天天",), tuple).numbered
    assert found.vocabulary == ["天|", "天", "~tian", "~tian~tian"]


@pytest.mark.parametrize("size", [1, 2, 4, 6])
def test_parts_together_are_the_whole(size: int) -> None:
    cut = full_cutter()
    parts = [learn(TEXTS[start : start + size], cut) for start in range(0, len(TEXTS), size)]
    assert_same(merge(parts), learn(TEXTS, cut))


def test_several_processes_learn_what_one_does(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(learning, "PART", 2)
    parts = learn_in_parts(TEXTS, partial(full_cutter, "jieba"), processes=2)
    assert_same(merge(parts), learn(TEXTS, full_cutter("jieba")))


def test_few_texts_are_learnt_by_one_process() -> None:
    assert processes_for(10_000) == 1
