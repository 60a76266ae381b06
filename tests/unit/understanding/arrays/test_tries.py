"""Tries answer like the dicts they stand for, built or mapped."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.understanding.arrays.tries import Lists, Numbers
from tests.unit.understanding.keeping import saved_and_loaded

TEXTS = ("注册", "注册证", "注", "xi an")
STANDS_FOR = {"zhuce": ["注册"], "shi": ["是", "事", "是"], "kong": []}


@pytest.fixture(params=["built", "mapped"])
def numbers(request: pytest.FixtureRequest, tmp_path: Path) -> Numbers:
    numbers = Numbers.of(TEXTS)
    if request.param == "built":
        return numbers
    return saved_and_loaded(
        tmp_path, lambda w: numbers.save(w, "texts"), lambda s: Numbers.restored(s, "texts")
    )


@pytest.fixture(params=["built", "mapped"])
def lists(request: pytest.FixtureRequest, tmp_path: Path) -> Lists:
    lists = Lists.of(STANDS_FOR)
    if request.param == "built":
        return lists
    return saved_and_loaded(
        tmp_path, lambda w: lists.save(w, "sounds"), lambda s: Lists.restored(s, "sounds")
    )


def test_every_text_has_a_number_of_its_own(numbers: Numbers) -> None:
    assert sorted(numbers[text] for text in TEXTS) == [0, 1, 2, 3]
    assert {numbers.text(numbers[text]) for text in TEXTS} == set(TEXTS)


def test_what_is_unknown_has_none(numbers: Numbers) -> None:
    assert (len(numbers), numbers.get("注册证书"), numbers.get("")) == (4, None, None)


def test_a_text_begins_with_the_shortest_first(numbers: Numbers) -> None:
    found = numbers.beginnings("注册证在哪")
    assert [text for text, _ in found] == ["注", "注册", "注册证"]


def test_lists_keep_their_order(lists: Lists) -> None:
    assert {key: lists.get(key) for key in (*STANDS_FOR, "wu")} == {**STANDS_FOR, "wu": []}
