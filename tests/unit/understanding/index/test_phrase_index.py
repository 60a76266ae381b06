"""Phrasings compared by what they share: hand-made ones, with the figures written out."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.understanding.index.phrase_index import Hit, PhraseIndex

WORDS = ("证书", "材料", "注册", "网站", "期限", "程序")
SETS = st.lists(st.frozensets(st.sampled_from(WORDS), min_size=1), min_size=1, max_size=8)


def index_of(*phrases: str, groups: list[int] | None = None, **more: object) -> PhraseIndex:
    """Phrases are written with blanks between their features; each is a group of its own."""
    rows = [frozenset(phrase.split()) for phrase in phrases]
    return PhraseIndex(rows, groups or list(range(len(rows))), **more)  # type: ignore[arg-type]


def features(text: str) -> frozenset[str]:
    return frozenset(text.split())


def dice_of(hits: list[Hit]) -> dict[int, float]:
    return {hit.group: round(hit.dice, 6) for hit in hits}


def test_an_identical_phrase_has_dice_one() -> None:
    hits = index_of("延续 材料", "变更 程序").search(features("延续 材料"))
    assert dice_of(hits) == {0: 1.0}


def test_a_phrase_that_shares_nothing_is_not_returned() -> None:
    hits = index_of("延续 材料", "变更 程序").search(features("延续 程序 变更"))
    assert [hit.group for hit in hits] == [1, 0]
    assert index_of("延续 材料").search(features("天气")) == []


@pytest.mark.parametrize("asked", ["", "天气 不错"])
def test_nothing_known_finds_nothing(asked: str) -> None:
    assert index_of("延续 材料").search(features(asked)) == []


def test_half_of_equal_weights_is_half() -> None:
    hits = index_of("延续 材料", "变更 程序").search(features("延续 变更"))
    assert dice_of(hits) == {0: 0.5, 1: 0.5}


def test_equal_hits_keep_the_order_of_their_groups() -> None:
    hits = index_of("丙 甲", "乙 甲", "丁 甲").search(features("甲"))
    assert [hit.group for hit in hits] == [0, 1, 2]


def test_a_longer_phrase_with_the_same_words_comes_later() -> None:
    hits = index_of("延续 材料 清单", "延续 材料").search(features("延续 材料"))
    assert [hit.group for hit in hits] == [1, 0]


def test_a_rare_feature_weighs_more_than_a_common_one() -> None:
    index = index_of("常见 罕见", "常见 程序", "常见 材料")
    assert index.search(features("程序 常见"))[0].group == 1
    by_rare, by_common = index.search(features("罕见"))[0], index.search(features("常见"))[0]
    assert by_rare.dice > by_common.dice


def test_twenty_ways_to_ask_one_thing_do_not_make_its_words_common() -> None:
    many = index_of(*["续期"] * 20, "变更", groups=[0] * 20 + [1])
    hits = many.search(features("续期 变更"))
    assert dice_of(hits) == {0: 0.666667, 1: 0.666667}


def test_a_single_character_weighs_less_than_a_word() -> None:
    hits = index_of("续 甲乙", "变更 丙丁").search(features("续 变更"))
    assert [hit.group for hit in hits] == [1, 0]


def test_an_unknown_word_makes_everything_less_alike() -> None:
    index = index_of("延续 材料", "变更 程序")
    assert dice_of(index.search(features("延续 材料"))) == {0: 1.0}
    assert dice_of(index.search(features("延续 材料 股票"))) == {0: pytest.approx(0.735, abs=1e-3)}


def test_of_a_group_the_closest_phrase_is_named() -> None:
    index = index_of("延续 材料", "变更 程序", "延续 期限", groups=[0, 1, 0])
    assert index.search(features("延续 期限")) == [
        Hit(0, 2, 1.0, pytest.approx(1.386294, abs=1e-6))
    ]


def test_groups_need_not_come_in_order() -> None:
    index = index_of("延续 材料", "变更 程序", "注销 期限", groups=[2, 0, 1])
    assert [(hit.group, hit.phrase) for hit in index.search(features("变更 程序"))] == [(0, 1)]


def test_no_more_than_asked_for_come_back() -> None:
    index = index_of("材料", "程序", "期限", "网站")
    hits = index.search(features("网站 期限 程序 材料"), limit=3)
    assert [hit.group for hit in hits] == [0, 1, 2]


def test_what_every_phrase_says_finds_none() -> None:
    index = index_of(*(f"证 词{n}" for n in range(9)))
    assert index.search(features("证")) == []


def test_bare_phrases_are_compared_with_what_is_left_bare() -> None:
    index = index_of("要 材料", "延续 程序 图", is_bare=[True, False])
    hits = index.search(features("延续 要 材料"), features("要 材料"))
    assert dice_of(hits)[0] == 1.0


def test_emphasis_decides_between_equally_rare_features() -> None:
    index = index_of("重要 甲", "平常 乙", emphasis=lambda f: 1.0 if f == "重要" else 0.2)
    assert [hit.group for hit in index.search(features("重要 平常"))] == [0, 1]


def test_a_feature_of_hardly_any_weight_finds_nothing() -> None:
    index = index_of("材料 的", emphasis=lambda f: 0.001 if f == "的" else 1.0)
    assert index.search(features("的")) == []


def large(*, phrases: int = 9_000) -> PhraseIndex:
    """So many phrasings that light features find no candidates: all say 请问, each its number."""
    rows = [frozenset(("请问", f"词{n}", f"题{n // 10}")) for n in range(phrases)]
    return PhraseIndex(rows, range(phrases), expected=lambda f: 0.3 if f == "请问" else 1.0)


def test_a_large_index_finds_by_rare_features_and_counts_the_common_ones_too() -> None:
    best = large().search(frozenset(("请问", "词77", "题7")), limit=2)[0]
    assert (best.group, best.dice) == (77, 1.0)


def test_a_large_index_gives_as_many_groups_as_are_asked_for() -> None:
    hits = large().search(frozenset(("请问", "词77", "题7")), limit=10)
    assert sorted(hit.group for hit in hits) == list(range(70, 80))


def test_a_small_and_a_large_index_agree_on_likeness() -> None:
    wanted = frozenset(("请问", "词5", "题99"))
    small, whole = large(phrases=1_000), large()
    assert [h.group for h in small.search(wanted)] == [h.group for h in whole.search(wanted)]


def test_where_rare_features_find_too_few_the_common_ones_find_the_rest() -> None:
    rows = [frozenset(("请问" if n % 2 else "你好", f"词{n}")) for n in range(9_000)]
    hits = PhraseIndex(rows, range(9_000)).search(frozenset(("请问", "词77")), limit=5)
    assert [hit.group for hit in hits] == [77, 1, 3, 5, 7]


def test_an_index_may_be_smaller_than_what_is_asked_for() -> None:
    rows = [frozenset(("共", f"词{n}")) for n in range(200)] + [frozenset(("另",))]
    hits = PhraseIndex(rows, range(201)).search(frozenset(("另", "词7")), limit=10)
    assert [hit.group for hit in hits] == [7, 200]


def test_what_is_said_steadily_weighs_more() -> None:
    rows = [frozenset(row.split()) for row in ("证书 呢", "证书 啊", "钢印 呢", "钢印 啊")]
    index = PhraseIndex(rows, [0, 0, 1, 1], expected=lambda _: 1.0)
    assert index.search(features("证书 呢"))[0].group == 0
    by_steady, by_other = (index.likeness(features("证书 呢"), features(f)) for f in ("证书", "呢"))
    assert by_steady.dice > by_other.dice


def test_the_heaviest_feature_that_only_one_has_is_odd() -> None:
    index = index_of("延续 材料", "延续 程序", "续 材料")
    asked = index.asked(features("延续 材料"))
    assert index.heaviest_unshared(asked, 0) == 0.0
    assert (
        index.heaviest_unshared(asked, 1)
        == index.heaviest_unshared_of(features("材料"), features("程序"))
        > 0
    )
    assert index.heaviest_unshared(index.asked(features("延续 材料 股票")), 0) == 1.0


@settings(deadline=None)
@given(SETS, st.frozensets(st.sampled_from((*WORDS, "天气"))))
def test_likeness_lies_between_nothing_and_one(
    phrases: list[frozenset[str]], asked: frozenset[str]
) -> None:
    hits = PhraseIndex(phrases, range(len(phrases))).search(asked, limit=99)
    assert all(0 < hit.dice <= 1 for hit in hits)


@settings(deadline=None)
@given(SETS)
def test_every_phrase_finds_itself_first(phrases: list[frozenset[str]]) -> None:
    index = PhraseIndex(phrases, range(len(phrases)))
    for phrase in phrases:
        best = index.search(phrase)[0]
        assert (phrases[best.phrase], round(best.dice, 9)) == (phrase, 1.0)


@settings(deadline=None)
@given(SETS, st.frozensets(st.sampled_from(WORDS), min_size=1))
def test_the_best_hit_comes_first(phrases: list[frozenset[str]], asked: frozenset[str]) -> None:
    dice = [hit.dice for hit in PhraseIndex(phrases, range(len(phrases))).search(asked)]
    assert dice == sorted(dice, reverse=True)
