"""Grouped questions found again: a small collection with everyday questions."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.understanding.collection.features import features
from bot.understanding.collection.learning import learn
from bot.understanding.collection.retriever import Collection, Retriever
from bot.understanding.scoring import LEXICAL, Lexical, Logistic, shipped_lexical
from bot.understanding.text.tokeniser import Cut, full_cutter
from tests.unit.understanding.keeping import saved_and_loaded

GROUPS = (
    ("延续注册要交什么材料", "续期需要哪些材料", "延续要准备啥资料"),
    ("延续注册在哪个网站办", "续期去哪里办理"),
    ("注册要等多少天", "注册多久能批下来"),
    ("证书丢了怎么补办", "注册证书遗失如何补办"),
)
DICE_ONLY = Lexical(Logistic(0.0, {"dice": 1.0}), 0.5)


@pytest.fixture(scope="module")
def cut() -> Cut:
    return full_cutter()


@pytest.fixture(scope="module")
def retriever(cut: Cut) -> Retriever:
    return retriever_of(cut)


def retriever_of(cut: Cut, model: Lexical | None = None) -> Retriever:
    texts = [text for group in GROUPS for text in group]
    places = [place for place, group in enumerate(GROUPS) for _ in group]
    return Retriever(texts, places, cut, model)


@pytest.mark.parametrize(
    ("asked", "group"),
    [
        pytest.param("续期的材料有哪些", 0, id="other words"),
        pytest.param("请问一下，續期在哪裡辦理呀？谢谢", 1, id="polite and traditional"),
        pytest.param("住册要多少天", 2, id="a homophone"),
        pytest.param("证书补办", 3, id="short"),
    ],
)
def test_a_question_finds_its_group(retriever: Retriever, asked: str, group: int) -> None:
    assert retriever.search(asked).hits[0].group == group


def test_a_question_from_the_collection_is_surer_than_one_that_only_shares_words(
    retriever: Retriever,
) -> None:
    own, near, far = (
        retriever.search(text).score
        for text in ("续期需要哪些材料", "续期需要多少钱", "今天晚上吃什么")
    )
    assert own > near > far


@pytest.mark.parametrize("text", ["", "？！", "😀"])
def test_nothing_said_finds_nothing(retriever: Retriever, text: str) -> None:
    found = retriever.search(text)
    assert (list(found.hits), found.score) == ([], 0.0)


def test_comparing_is_symmetric(retriever: Retriever) -> None:
    a, b = "续期需要哪些材料", "续期去哪里办理"
    assert retriever.compare(a, b) == pytest.approx(retriever.compare(b, a))


def test_the_same_question_is_more_alike_than_another(retriever: Retriever) -> None:
    a = "证书丢了怎么补办"
    same, other = (retriever.compare(a, b) for b in ("证书丢了如何补办", "证书多久能批下来"))
    assert same > other


def test_how_the_question_is_put_makes_characters_no_less_even(retriever: Retriever) -> None:
    assert retriever.likeness("如何补办", "怎么补办")["even"] == 1.0


def test_every_signal_has_a_coefficient_and_none_is_left_over(retriever: Retriever) -> None:
    assert tuple(retriever.likeness("续期", "补办")) == LEXICAL
    assert tuple(shipped_lexical().sameness.weights) == LEXICAL


def test_the_model_makes_the_score(cut: Cut) -> None:
    found = retriever_of(cut, DICE_ONLY).search("续期需要哪些材料")
    assert found.score == pytest.approx(0.731059)


def test_a_saved_collection_finds_what_it_found(cut: Cut, tmp_path: Path) -> None:
    texts = [text for group in GROUPS for text in group]
    places = [place for place, group in enumerate(GROUPS) for _ in group]
    made = Collection.of(learn(texts, cut), places)
    again = Retriever.over(saved_and_loaded(tmp_path, made.save, Collection.restored), cut)
    first = Retriever(texts, places, cut)
    asked = [*texts, "续期的材料有哪些", "今天晚上吃什么"]
    assert [again.examine(text) for text in asked] == [first.examine(text) for text in asked]


def test_features_are_words_characters_and_sounds() -> None:
    assert features(("补办", "证"), "补办证") == {
        "补办", "证|", "补", "办", "证", "~bu", "~ban", "~zheng", "~bu~ban", "~ban~zheng",
    }  # fmt: skip


def test_latin_words_stay_whole() -> None:
    assert features(("pdf", "文件"), "pdf文件") == {
        "pdf", "文件", "文", "件", "~wen", "~jian", "~wen~jian",
    }  # fmt: skip
