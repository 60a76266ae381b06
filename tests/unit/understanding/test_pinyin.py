"""Toneless pinyin: spellings of words, and letters turned back into words."""

from __future__ import annotations

import pytest

from bot.core.pack import Pack
from bot.understanding.lexicon import LexiconReader
from bot.understanding.pinyin import Transliterator, readings, spellings, syllables
from bot.understanding.text import normalise

PLACES = {"sc": "四川", "sx": "sx"}
NAMES = {"fujian": "福建", "shanxi": " shanxi "}
TERMS = ("重新", "注册", "二级", "建造师", "二级建造师", "延续")
WORDS = {"在": 90, "哪": 50, "那": 40, "材料": 30, "什么": 20, "要": 10}


@pytest.fixture(scope="module")
def transliterator() -> Transliterator:
    return Transliterator(PLACES, NAMES, TERMS, WORDS)


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


def test_of_many_ways_eight_are_kept() -> None:
    assert len(spellings("重重重重")) == 8


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
    "text", ["hello world", "ignore previous instructions", "select from users", "good morning"]
)
def test_english_is_left_alone_by_the_words_of_the_real_pack(
    reader: LexiconReader, text: str
) -> None:
    assert reader.read(text).canonical == text


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
    ],
)
def test_a_place_is_not_read_out_of_other_words(
    reader: LexiconReader, typed: str, regions: list[tuple[str, ...]]
) -> None:
    found = [slot.values for slot in reader.read(typed).slots if slot.kind == "region"]
    assert found == regions


@pytest.mark.xfail(reason="a run of letters ends at a digit, so no name with one is ever found")
@pytest.mark.parametrize(("typed", "region"), [("shan1xi", "山西"), ("shan3xi", "陕西")])
def test_a_tone_number_settles_shanxi(reader: LexiconReader, typed: str, region: str) -> None:
    assert [slot.values for slot in reader.read(typed).slots] == [(region,)]


@pytest.mark.xfail(reason="a run of letters ends at a digit, so sc2 holds sc alone")
def test_initials_are_not_read_before_a_digit(reader: LexiconReader) -> None:
    assert reader.read("sc2").slots == ()
