"""A second opinion on grouped questions: asked in doubt only, and then it decides the order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from bot.understanding.collection.retriever import Retriever
from bot.understanding.collection.second_opinion import BROUGHT, SecondOpinion
from bot.understanding.scoring import (
    COMPARED,
    REORDERING,
    SEMANTIC,
    Logistic,
    Semantic,
    shipped_meaning,
    shipped_semantic,
)
from bot.understanding.semantic.closeness import closeness, meant_text
from bot.understanding.text.tokeniser import full_cutter
from tests.semantics import ToldEncoder

TEXTS = ("延续注册要交什么材料", "续期需要哪些材料", "续期去哪里办理", "证书丢了怎么补办")
GROUPS = (0, 0, 1, 2)
ASKED = "续期要带什么去办理"
ALWAYS, NEVER = (0.0, 1.1), (2.0, 3.0)


def opinion_that(
    means: int, model: Semantic | None = None, brought: int = BROUGHT
) -> tuple[Retriever, ToldEncoder]:
    """One that takes `ASKED` to mean what the text of this number does."""
    texts = {meant_text(text): number for number, text in enumerate(TEXTS)}
    encoder = ToldEncoder({**texts, meant_text(ASKED): means})
    vectors = encoder.encode([meant_text(text) for text in TEXTS])
    encoder.encoded = 0
    chosen = model or replace(shipped_semantic(), doubt=ALWAYS, pair_doubt=ALWAYS)
    opinion = SecondOpinion(TEXTS, GROUPS, vectors, encoder, chosen, brought)
    return Retriever(TEXTS, GROUPS, full_cutter()).advised(opinion), encoder


@pytest.mark.parametrize("means", [0, 2, 3])
def test_meaning_decides_between_groups(means: int) -> None:
    sameness = Logistic(0.0, {"meaning": 1.0})
    only = Semantic({"meaning": 1.0}, sameness, sameness, ALWAYS, ALWAYS)
    retriever, _ = opinion_that(means, only)
    found = retriever.search(ASKED)
    assert (found.hits[0].group, found.is_second) == (GROUPS[means], True)


def test_a_group_that_shares_no_word_is_brought_in() -> None:
    retriever, _ = opinion_that(3)
    assert 2 in [hit.group for hit in retriever.search(ASKED).hits]


def test_where_none_is_brought_only_what_words_found_is_put_in_order() -> None:
    for brought, found in ((0, {0}), (1, {0, 2}), (BROUGHT, {0, 1, 2})):
        retriever, _ = opinion_that(3, brought=brought)
        assert retriever._opinion is not None
        assert set(retriever._opinion.close(ASKED, (0,))) == found


def test_agreement_makes_surer() -> None:
    agreed = opinion_that(2)[0].search(ASKED)
    apart = opinion_that(99)[0].search(ASKED)
    assert agreed.score > apart.score


def test_out_of_the_band_words_decide_alone() -> None:
    retriever, _ = opinion_that(3, replace(shipped_semantic(), doubt=NEVER, pair_doubt=NEVER))
    alone = Retriever(TEXTS, GROUPS, full_cutter())
    assert retriever.search(ASKED) == alone.search(ASKED)
    assert retriever.judge(ASKED, TEXTS[1]) == alone.judge(ASKED, TEXTS[1])


def test_nothing_said_asks_nobody() -> None:
    retriever, _ = opinion_that(0)
    assert not retriever.search("？！").is_second


def test_two_questions_that_mean_the_same_are_more_alike() -> None:
    same, other = (opinion_that(means)[0].judge(ASKED, TEXTS[2]) for means in (2, 3))
    assert same.is_second
    assert same.score > other.score


def test_comparing_is_symmetric_with_meaning_too() -> None:
    retriever, _ = opinion_that(2)
    assert retriever.compare(ASKED, TEXTS[2]) == pytest.approx(retriever.compare(TEXTS[2], ASKED))


def test_no_more_groups_than_asked_for() -> None:
    assert len(opinion_that(3)[0].search(ASKED, limit=2).hits) == 2


def test_closeness_grows_faster_towards_equality() -> None:
    assert closeness(1.0) - closeness(0.9) > closeness(0.9) - closeness(0.8) > 0


def test_traditional_characters_and_punctuation_change_no_vector() -> None:
    assert meant_text("續期，去哪裡辦理？") == meant_text("续期去哪里办理")


@pytest.mark.parametrize("shipped", [shipped_meaning, shipped_semantic], ids=["table", "encoder"])
def test_a_model_in_the_package_has_every_coefficient_and_no_other(
    shipped: Callable[[], Semantic],
) -> None:
    model = shipped()
    assert set(model.rating) == set(REORDERING)
    assert set(model.sameness.weights) == set(SEMANTIC)
    assert set(model.pairs.weights) == set(COMPARED)
    assert 0 <= model.doubt[0] < model.doubt[1]
