"""Toneless pinyin: spellings of words, and letters turned back into words."""

from __future__ import annotations

import pytest

from bot.core.model.pack import Pack
from bot.understanding.lexicon.reader import LexiconReader, joined
from bot.understanding.text.normalise import normalise
from bot.understanding.text.pinyin import (
    Transliterator,
    is_one_syllable,
    readings,
    spellings,
    syllables,
)

PLACES = {"sc": "四川", "sx": "sx"}
NAMES = {"fujian": "福建", "shanxi": " shanxi "}
TERMS = ("重新", "注册", "二级", "建造师", "二级建造师", "延续")
WORDS = {"在": 90, "哪": 50, "那": 40, "材料": 30, "什么": 20, "要": 10}


@pytest.fixture(scope="module")
def transliterator() -> Transliterator:
    return Transliterator.of(PLACES, NAMES, TERMS, WORDS)


@pytest.fixture(scope="module")
def reader(pack: Pack) -> LexiconReader:
    return LexiconReader(pack)


def test_the_commonest_reading_comes_first() -> None:
    assert readings()["注"] == ("zhu",)
    assert readings()["行"][0] == "xing"


def test_what_has_no_reading_stands_for_itself() -> None:
    assert syllables("四川a1") == ("si", "chuan", "a", "1")


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        pytest.param("重新", {"chongxin", "zhongxin"}, id="重 chong or zhong"),
        pytest.param("银行", {"yinhang", "yinxing"}, id="行 hang or xing"),
        pytest.param("注册", {"zhuce"}, id="one way only"),
    ],
)
def test_a_word_may_be_typed_by_every_reading(word: str, expected: set[str]) -> None:
    assert set(spellings(word)) >= expected


@pytest.mark.parametrize("word", ["a", "注a册", "😀"])
def test_a_word_with_an_unreadable_character_cannot_be_typed(word: str) -> None:
    assert spellings(word) == []


def test_of_many_ways_four_are_kept() -> None:
    assert len(spellings("重重重重")) == 4


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        pytest.param("zhuce", "注册", id="a term"),
        pytest.param("zhu ce", "注册", id="with a blank inside"),
        pytest.param("chongxinzhuce", "重新注册", id="chong"),
        pytest.param("zhongxin zhuce", "重新注册", id="zhong"),
        pytest.param("fujian erji jianzaoshi zai na zhuce", "福建二级建造师在哪注册", id="apart"),
        pytest.param("fujianerjijianzaoshizainazhuce", "福建二级建造师在哪注册", id="joined"),
        pytest.param("yanxu要shenmecailiao", "延续要什么材料", id="mixed with Han"),
    ],
)
def test_pinyin_becomes_words(transliterator: Transliterator, typed: str, words: str) -> None:
    assert transliterator.rewrite(typed) == words


@pytest.mark.parametrize(
    "text",
    ["hello world", "ignore previous instructions", "the quick brown fox", "how to register", ""],
)
def test_english_is_left_alone(transliterator: Transliterator, text: str) -> None:
    assert transliterator.rewrite(text) == text


@pytest.mark.parametrize(
    "text", ["hello world", "the quick brown fox", "select from users", "good morning"]
)
def test_english_is_left_alone_by_the_words_of_the_real_pack(
    reader: LexiconReader, text: str
) -> None:
    assert joined(reader.read(text).tokens) == text


@pytest.mark.parametrize("typed", ["shanxi", "shan xi", "SHANXI erjian"])
def test_shanxi_stays_open_to_both(reader: LexiconReader, typed: str) -> None:
    assert [slot.values for slot in reader.read(normalise(typed)).slots] == [("山西", "陕西")]


@pytest.mark.parametrize("typed", ["sc", "sc二建", "sc erjian", "二建 SC"])
def test_initials_are_read_where_they_stand_alone(reader: LexiconReader, typed: str) -> None:
    assert [slot.values for slot in reader.read(normalise(typed)).slots] == [("四川",)]


@pytest.mark.parametrize("typed", ["scs", "xsc", "disc", "csc"])
def test_initials_are_not_read_inside_other_letters(reader: LexiconReader, typed: str) -> None:
    assert reader.read(normalise(typed)).slots == ()


@pytest.mark.parametrize(
    ("typed", "region"),
    [
        ("sichuan", "四川"),
        ("shaanxi", "陕西"),
        ("shanxisheng", "山西"),
        ("neimenggu", "内蒙古"),
        ("xi an", "陕西"),
        ("hong kong", "香港"),
    ],
)
def test_places_are_read_from_pinyin(reader: LexiconReader, typed: str, region: str) -> None:
    assert [slot.values for slot in reader.read(typed).slots] == [(region,)]


@pytest.mark.parametrize(
    ("typed", "regions"),
    [
        pytest.param("he bei qu na ge wang zhan zhu ce", [("河北",)], id="河北去 and not 河北区"),
        pytest.param("xian dao zhe li", [], id="先 and not 西安"),
        pytest.param("xian zou le", [], id="先 in three syllables"),
        pytest.param("xianzoule", [], id="先 joined with others"),
        pytest.param("hen duo", [], id="很 and not the initials of 河南"),
        pytest.param("ke yi ke yi hen hao", [], id="很 among many"),
        pytest.param("ni jie hun le ma", [], id="婚 and not the initials of 湖南"),
        pytest.param("zheng shu zhang sha yang", [], id="长啥样 and not 长沙"),
        pytest.param("hen erjian zai na zhuce", [("河南",)], id="initials among words"),
        pytest.param("hen", [("河南",)], id="initials alone"),
        pytest.param("xian erjian zai na zhuce", [("陕西",)], id="西安 among words"),
        pytest.param("xi an er jian zai na zhu ce", [("陕西",)], id="西安 in two syllables"),
        pytest.param("sc er jian zai na zhu ce", [("四川",)], id="initials among syllables"),
        pytest.param("changsha erjian", [("湖南",)], id="长沙"),
        pytest.param("mianyang erjian", [("四川",)], id="a city that sounds like another"),
        pytest.param("明天jian", [], id="见 after characters and not 吉安"),
        pytest.param("hen方便", [], id="很 before characters and not 河南"),
        pytest.param("sc二建", [("四川",)], id="initials before characters"),
        pytest.param("lian yun gang er jian", [("江苏",)], id="a city of three characters"),
    ],
)
def test_a_place_is_not_read_out_of_other_words(
    reader: LexiconReader, typed: str, regions: list[tuple[str, ...]]
) -> None:
    found = [slot.values for slot in reader.read(typed).slots if slot.kind == "region"]
    assert found == regions


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        pytest.param("an zhuce", "安注册", id="a character for itself"),
        pytest.param("zhuan zhu ce", "转注册", id="one syllable is one character"),
        pytest.param("zhuanzhuce", "转注册", id="joined"),
        pytest.param("zhu an zhu ce", "住安注册", id="two syllables are two characters"),
        pytest.param("zhuan", "zhuan", id="nothing but a syllable is no word"),
        pytest.param("xian zhuce", "西安注册", id="a place among words"),
        pytest.param("xian zhu ce", "先注册", id="no place among syllables"),
        pytest.param("yi zheng zhu ce", "一证注册", id="a rare place gives way to a word"),
        pytest.param("yi zheng", "一证", id="whose spelling it shares"),
        pytest.param("tai xing zhu ce", "泰兴注册", id="a rare place sooner than characters"),
    ],
)
def test_a_syllable_is_a_character_sooner_than_a_place(typed: str, words: str) -> None:
    characters = dict.fromkeys("安住转先太行", 10) | {"西安": 50, "一证": 5}
    places = ("西安", "仪征", "泰兴")
    assert Transliterator.of({}, {}, ("注册",), characters, places).rewrite(typed) == words


def test_wordings_are_spelt_in_the_usual_way_only() -> None:
    reader = Transliterator.of({}, {}, ("先二",), {}, (), ("省二建", "拿证"))
    assert [reader.rewrite(typed) for typed in ("shengerjian", "xianerjian", "nazheng")] == [
        *("省二建", "xianerjian", "拿证")
    ]


@pytest.mark.parametrize(
    ("word", "expected"),
    [("西安", True), ("注安", True), ("二建", False), ("先", False), ("", False), ("a安", False)],
)
def test_a_word_may_be_spelt_like_one_syllable(word: str, expected: bool) -> None:
    assert is_one_syllable(word) is expected


@pytest.mark.xfail(reason="a run of letters ends at a digit, so no name with one is ever found")
@pytest.mark.parametrize(("typed", "region"), [("shan1xi", "山西"), ("shan3xi", "陕西")])
def test_a_tone_number_settles_shanxi(reader: LexiconReader, typed: str, region: str) -> None:
    assert [slot.values for slot in reader.read(typed).slots] == [(region,)]


@pytest.mark.xfail(reason="a run of letters ends at a digit, so sc2 holds sc alone")
def test_initials_are_not_read_before_a_digit(reader: LexiconReader) -> None:
    assert reader.read("sc2").slots == ()
