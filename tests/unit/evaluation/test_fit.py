from __future__ import annotations

from dataclasses import replace

import pytest

from bot.core.model.entry import EntryKind
from bot.core.model.understanding import Candidate, Thresholds, Understanding
from bot.evaluation.fit import (
    HIGHEST,
    REFUSED,
    Asked,
    fit,
    ours_threshold,
    right_entries,
    threshold,
)
from bot.knowledge.cases import Question
from bot.understanding.scoring import model_from, shipped
from tests.tiny import tiny_pack


def asked(entry: str, score: float, *right: str) -> Asked:
    found = (Candidate(entry, score, "", {}),)
    return Asked(Understanding("", "", (), (), found, Thresholds(0, 0)), frozenset(right))


RIGHT = [asked("a", 0.5 + n / 100, "a") for n in range(30)]


def test_answering_starts_where_it_is_of_most_use() -> None:
    assert threshold([*RIGHT, asked("a", 0.49, "b")]) == 0.5


def test_a_wrong_answer_costs_as_much_as_three_right_ones() -> None:
    low = [asked("a", 0.3, "a")] * 2
    assert threshold([*RIGHT, asked("a", 0.4, "b"), *low]) == 0.5
    assert threshold([*RIGHT, asked("a", 0.4, "b"), *low, *low]) == 0.3


def test_answering_what_has_to_be_refused_is_wrong() -> None:
    assert threshold([asked("a", 0.8, "a"), asked("a", 0.6)]) == 0.8


def test_where_no_answer_would_be_of_use_hardly_any_is_given() -> None:
    assert threshold([asked("a", 0.6)]) == HIGHEST


def test_the_model_is_that_of_the_package_with_other_thresholds() -> None:
    data = fit(tiny_pack(), RIGHT)
    model = model_from(data)
    assert data["fitted_on"] == tiny_pack().id
    assert (model.answer_from, model.rating) == (0.5, shipped().rating)
    assert model.ask_from <= model.answer_from


def test_too_few_questions_are_refused() -> None:
    with pytest.raises(ValueError, match="at least 30"):
        fit(tiny_pack(), RIGHT[:29])


def test_questions_that_name_an_entry_or_are_to_be_refused_are_fitted_on() -> None:
    pack = tiny_pack()
    telling_no_fact = {e.id for e in pack.entries.values() if e.kind is not EntryKind.FACT}
    assert right_entries(Question(("话",), entries=("a", "b")), pack) == {"a", "b"}
    assert right_entries(Question(("话",), reason="out_of_domain"), pack) == telling_no_fact
    assert right_entries(Question(("话",), status="answered"), pack) is None


def test_where_refusals_are_known_the_business_begins_where_answering_is_of_most_use() -> None:
    own = [replace(one, understanding=replace(one.understanding, ours=0.6)) for one in RIGHT]
    strange = [replace(asked("a", 0.9), is_own=False) for _ in range(REFUSED)]
    near = [replace(o, understanding=replace(o.understanding, ours=0.5)) for o in strange]
    assert ours_threshold([*own, *near]) == 0.6
    lost = replace(own[0], understanding=replace(own[0].understanding, ours=0.4))
    assert ours_threshold([*own, lost, *near]) == 0.6


def test_more_is_asked_of_facts_where_nothing_of_ours_is_named() -> None:
    own = [replace(one, understanding=replace(one.understanding, ours=0.7)) for one in RIGHT] * 2
    sure = [replace(one, understanding=replace(one.understanding, ours=0.9)) for one in RIGHT]
    bare = [replace(one, is_fact_unnamed=True) for one in sure]
    others = asked("a", 0.9)
    strange = [
        replace(others, understanding=replace(others.understanding, ours=0.8), is_own=False)
    ] * REFUSED
    told = [replace(one, is_fact_unnamed=True) for one in strange]
    assert model_from(fit(tiny_pack(), [*own, *bare, *told])).unnamed_from == 0.9
    assert model_from(fit(tiny_pack(), [*own, *bare, *told[1:]])).unnamed_from == 0.0
