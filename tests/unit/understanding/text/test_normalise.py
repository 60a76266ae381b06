"""One normal form for utterances and phrasings alike."""

from __future__ import annotations

import unicodedata
from importlib.resources import files

import marisa_trie
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.understanding.text.normalise import (
    _ONLY_IN_WORDS,
    MAX_CHARACTERS,
    _simplified,
    _t2s,
    normalise,
)

ANY_TEXT = st.text(max_size=600)
DOMAIN_TEXT = st.text(
    alphabet="二建注册證號帐线上登陆网路软体程序乾坤藉口瞭望著，。？ \u3000ＡＢ１ab1😀\u202e"
)


@settings(deadline=None)
@given(ANY_TEXT | DOMAIN_TEXT)
@example("\ud800四川")
@example("ǰ" * 600)
def test_the_normal_form_of_a_normal_form_is_itself(text: str) -> None:
    once = normalise(text)
    assert normalise(once) == once


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("线 上", "网上"),
        ("帐，号", "账号"),
        ("登 陆", "登录"),
        ("註 冊", "注册"),
        ("软a体", "软a体"),
    ],
)
def test_a_word_with_a_gap_in_it_is_reworded_like_one_without(text: str, normal: str) -> None:
    assert normalise(text) == normal


@settings(deadline=None)
@given(ANY_TEXT)
def test_letters_digits_and_single_blanks_are_all_that_remains(text: str) -> None:
    normal = normalise(text)
    assert {unicodedata.category(c)[0] for c in normal.replace(" ", "")} <= {"L", "N"}
    assert normal == " ".join(normal.split())


@settings(deadline=None)
@given(ANY_TEXT.map(lambda text: text * 20))
@example("㋿" * 500)
@example("ﷺ" * 500)
def test_the_normal_form_is_never_longer_than_the_limit(text: str) -> None:
    assert len(normalise(text)) <= MAX_CHARACTERS


@settings(deadline=None)
@given(st.text(alphabet=st.characters(min_codepoint=0x21, max_codepoint=0x7E)))
def test_full_width_is_half_width(text: str) -> None:
    wide = "".join(chr(ord(c) + 0xFEE0) for c in text)
    assert normalise(wide) == normalise(text)


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        pytest.param("程序", "程序", id="程序 stays"),
        pytest.param("資料", "资料", id="資料 is no 数据"),
        pytest.param("註冊", "注册", id="註冊"),
        pytest.param("遼寧", "辽宁", id="遼寧"),
        pytest.param("帳號登陸線上軟體網路", "账号登录网上软件网络", id="words of Taiwan"),
        pytest.param("⼀建", "一建", id="a radical that looks like the character"),
    ],
)
def test_traditional_is_simplified(text: str, normal: str) -> None:
    assert normalise(text) == normal


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        pytest.param("四 川\u3000二\n建", "四川二建", id="spaces between Han"),
        pytest.param("四川，二建！在哪…注册？", "四川二建在哪注册", id="punctuation"),
        pytest.param("hello,  world", "hello world", id="Latin words"),
        pytest.param("pdf 文件 v2", "pdf文件v2", id="Latin beside Han"),
        pytest.param("12 月 1 日", "12月1日", id="digits beside Han"),
        pytest.param("1 2", "1 2", id="two numbers"),
        pytest.param("Zhu-Ce", "zhu ce", id="a hyphen"),
    ],
)
def test_gaps_vanish_except_between_latin_words_and_numbers(text: str, normal: str) -> None:
    assert normalise(text) == normal


@pytest.mark.parametrize(
    "noisy",
    [
        pytest.param("四川\u202e二建\u202c", id="bidi"),
        pytest.param("四\u200b川\u200d二\ufeff建", id="zero width"),
        pytest.param("四川\x00\x07二建", id="controls"),
        pytest.param("四川😀👷🏽‍♂️二建", id="emoji"),
        pytest.param("四川\ue000二建", id="private use"),
        pytest.param("\ud800四川二建\udfff", id="lone surrogates"),
        pytest.param("四" + "\u0301" * 10_000 + "川二建", id="ten thousand accents"),
    ],
)
def test_what_cannot_be_read_is_not_there(noisy: str) -> None:
    assert normalise(noisy) == "四川二建"


@pytest.mark.parametrize("text", ["", " \n", "？！…", "😀😀", "\u202e", "\ud800"])
def test_noise_alone_leaves_nothing(text: str) -> None:
    assert normalise(text) == ""


def test_a_long_story_keeps_its_beginning_and_its_end() -> None:
    assert normalise("川西" * 150 + "中" * 300 + "建筑" * 150) == "川西" * 125 + "建筑" * 125


def test_a_character_drawn_out_counts_once() -> None:
    assert normalise("在哪注册啊啊啊啊啊") == "在哪注册啊"


def opencc_keys(name: str) -> list[str]:
    """What a dictionary of OpenCC converts: a trie of marisa behind a line of its own."""
    data = files("opencc").joinpath(f"clib/share/opencc/{name}.ocd2").read_bytes()
    trie = marisa_trie.Trie()
    trie.frombytes(data[data.index(b"We love Marisa") :])
    return [*trie]


def test_what_opencc_changes_in_words_only_is_known() -> None:
    convert = _t2s().convert
    words = opencc_keys("TSPhrases")
    moved = [word for word in words if convert(word) != "".join(map(convert, word))]
    alone = [word for word in moved if all(convert(each) == each for each in word)]
    assert "反覆" in alone
    assert [word for word in alone if _ONLY_IN_WORDS.isdisjoint(word)] == []


def test_text_is_simplified_as_opencc_does_it() -> None:
    for word in [*opencc_keys("TSPhrases"), *opencc_keys("TSCharacters")]:
        text = f"我的{word}办"
        assert _simplified(text) == _t2s().convert(text)
