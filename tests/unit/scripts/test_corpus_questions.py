"""Questions to fit on are held out of the corpus that they are put to."""

from __future__ import annotations

import pytest

from bot.evaluation.files import Corpus
from scripts.corpus_questions import held_out, pairs_of

GROUPS = [
    [f"{thing}要交什么", f"{thing}需要哪些材料", f"办{thing}带什么"] for thing in "甲乙丙丁戊己"
]
GROUPS.append(["只有一种问法"])


def corpus_of(groups: list[list[str]]) -> Corpus:
    texts = [(text, place) for place, group in enumerate(groups) for text in group]
    ids = tuple(map(str, range(len(groups))))
    return Corpus(ids, tuple(text for text, _ in texts), tuple(place for _, place in texts))


CORPUS, STRANGERS = corpus_of(GROUPS), corpus_of([["明天会下雨吗"], ["几点了"]])
GROUP = {text: place for place, group in enumerate(GROUPS) for text in group}


def test_a_question_with_an_answer_is_gone_from_its_group_and_the_group_is_there() -> None:
    left, queries = held_out(CORPUS, STRANGERS, seed=1)
    asked = [query for query in queries if query.kind == "in"]
    assert len(asked) == 5
    for query in asked:
        rest = [t for t, g in zip(left.texts, left.groups, strict=True) if g == query.gold]
        assert [GROUP[text] for text in rest] == [GROUP[query.text]] * 2
        assert query.text not in rest


def test_of_a_near_question_the_whole_group_is_gone_and_a_far_one_is_a_strangers() -> None:
    left, queries = held_out(CORPUS, STRANGERS, seed=1)
    near, far = ([q for q in queries if q.kind == kind] for kind in ("near", "far"))
    assert len(near) == len(far) == 1
    assert GROUP[near[0].text] not in {GROUP[text] for text in left.texts}
    assert far[0].text in STRANGERS.texts
    assert near[0].gold is far[0].gold is None


def test_groups_are_numbered_without_gaps_and_a_single_phrasing_stays() -> None:
    left, _ = held_out(CORPUS, STRANGERS, seed=1)
    assert sorted(set(left.groups)) == [*range(len(left.ids))]
    assert "只有一种问法" in left.texts


def test_pairs_are_of_one_group_or_of_two_and_as_many_of_each() -> None:
    pairs = pairs_of(CORPUS, seed=1)
    assert all((GROUP[pair.a] == GROUP[pair.b]) is pair.is_same for pair in pairs)
    same = sum(pair.is_same for pair in pairs)
    assert same == len(pairs) - same > 0


@pytest.mark.parametrize(
    "made", [lambda s: held_out(CORPUS, STRANGERS, s), lambda s: pairs_of(CORPUS, s)]
)
def test_the_same_seed_makes_the_same(made) -> None:  # type: ignore[no-untyped-def]
    assert made(1) == made(1) != made(2)
