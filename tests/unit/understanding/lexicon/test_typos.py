"""Stored wordings that are one slip away, by look and by sound, and what is no slip."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.understanding.arrays.saved import TableCache
from bot.understanding.lexicon.typos import TypoFinder

WORDINGS = {
    "初始注册要什么材料": "papers",
    "社保要交吗": "insurance",
    "不延续行吗": "omission",
    "延续要多少天": "days",
    "一建和二建能同时注册吗": "both",
    "证书丢了怎么补": "lost",
    "证书掉了怎么补": "dropped",
    "遗失了咋补": "lost",
    "遗失了咋办": "lost",
    "二建怎么办理注册手续": "formalities",
    "变更要交什么": "change",
    "不能延续怎么办才好": "refused",
    "外地考的证能不能拿回老家注册": "home",
}


def found(utterance: str, stray: Collection[int] | None = None) -> str | None:
    """The entry of the wording that was meant; every character is stray unless told."""
    names = list(WORDINGS.values())
    finder = TypoFinder.of(list(WORDINGS), [names.index(name) for name in names])
    number = finder.find(utterance, range(len(utterance)) if stray is None else stray)
    return None if number is None else names[number]


@pytest.mark.parametrize(
    ("said", "entry"),
    [
        pytest.param("初始注册要什么材枓", "papers", id="a look-alike"),
        pytest.param("初始注册要什材料", "papers", id="a character is missing"),
        pytest.param("初始注册要什么么材料", "papers", id="a character is doubled"),
        pytest.param("初始注册要么什材料", "papers", id="neighbours have changed places"),
        pytest.param("变更交什么", "change", id="missing in a short one"),
        pytest.param("社保要交吗", "insurance", id="no slip at all"),
        pytest.param("外地考证能不能拿回家注册", "home", id="two missing in a long one"),
        pytest.param("初是主册药神么才聊", "papers", id="any number that sound right"),
        pytest.param("biangengyaojiaoshenme", "change", id="pinyin"),
        pytest.param("biangenyaojiaoshenme", "change", id="pinyin with a letter missing"),
        pytest.param("遗失了咋", "lost", id="two wordings of one entry are no doubt"),
    ],
)
def test_a_slip_is_seen_through(said: str, entry: str) -> None:
    assert found(said) == entry


@pytest.mark.parametrize(
    "said",
    [
        pytest.param("", id="nothing said"),
        pytest.param("变", id="one character"),
        pytest.param("变更要", id="too short"),
        pytest.param("变更要交", id="two missing in a short one"),
        pytest.param("初始注册要什", id="three missing"),
        pytest.param("证书了怎么补", id="as near to another entry"),
        pytest.param("今天天气怎么样", id="something else"),
        pytest.param("jiaoma", id="pinyin too short"),
        pytest.param("biangenyaojiaoshenm", id="pinyin with two letters missing"),
    ],
)
def test_what_is_further_away_or_nearer_to_nothing_is_not_found(said: str) -> None:
    assert found(said) is None


@pytest.mark.parametrize(
    ("said", "stray"),
    [
        pytest.param("医保要交吗", (), id="医保 is a word of its own"),
        pytest.param("初始注册要什么材枓", (0, 1), id="the wrong character is not the stray one"),
        pytest.param("初始注册要什么么材料", (), id="a doubled character that makes a word"),
    ],
)
def test_a_character_that_belongs_to_a_word_is_no_slip(said: str, stray: Collection[int]) -> None:
    assert found(said, stray) is None


@pytest.mark.parametrize(
    "said",
    [
        pytest.param("延续行吗", id="不 left out"),
        pytest.param("能延续怎么办才好", id="不 left out of a long one"),
        pytest.param("不变更要交什么", id="不 put in"),
        pytest.param("没变更要交什么", id="没 put in"),
        pytest.param("延续要十少天", id="a number for another character"),
        pytest.param("延续要多少3天", id="a digit put in"),
        pytest.param("一建怎么办理注册手续", id="一 for 二"),
        pytest.param("二建和一建能同时注册吗", id="一 and 二 exchanged"),
        pytest.param("buerjianzenmebanlizhuceshouxu", id="bu put into pinyin"),
        pytest.param("yijianzenmebanlizhuceshouxu", id="yi for er in pinyin"),
    ],
)
def test_a_character_that_denies_or_counts_is_never_a_slip(said: str) -> None:
    assert found(said) is None


def test_neighbours_may_change_places_in_a_word_too() -> None:
    assert found("建二怎么办理注册手续", ()) == "formalities"


def test_nothing_is_near_when_nothing_is_stored() -> None:
    assert TypoFinder.of([], []).find("变更要交什么", range(6)) is None


@given(st.text(alphabet="初始注册要什么材料不二", max_size=12), st.frozensets(st.integers(0, 11)))
def test_only_stored_wordings_are_found(said: str, stray: frozenset[int]) -> None:
    number = TypoFinder.of(["初始注册要什么材料"], [0]).find(said, stray)
    assert number in (None, 0)


@given(st.sampled_from([w for w in WORDINGS if "证书" not in w]))
def test_a_wording_is_found_by_itself(wording: str) -> None:
    assert found(wording, ()) == WORDINGS[wording]


def test_what_is_kept_finds_the_same(tmp_path: Path) -> None:
    cache = TableCache(tmp_path / "cache", {"pack": "one"})
    owners = [*range(len(WORDINGS))]

    def kept() -> TypoFinder:
        return cache.kept(
            "typos",
            lambda: TypoFinder.of(list(WORDINGS), owners),
            lambda saved: TypoFinder.restored(saved, owners),
        )

    made, read = kept(), kept()
    for said in ("初始注册要什么材枓", "初是主册药神么才聊", "biangenyaojiaoshenme"):
        assert made.find(said, range(20)) == read.find(said, range(20)) is not None
