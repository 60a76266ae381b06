"""Who did it to whom: what an actor did to the asker has a word of its own, the rest has not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.core.model.lexicon import Lexicon, Term
from bot.core.model.vocabulary import NO_VOCABULARY
from bot.understanding.lexicon.reader import LexiconReader
from tests.tiny import entry, tiny_pack

SUFFERED, CLOSED = "被人停卡", "闭馆"
TERMS = (
    Term("停卡", ("停了卡", "停了"), slot="registration", suffered=SUFFERED),
    Term(CLOSED, ("图书馆停了", "馆里停了")),
    Term("图书馆", ("馆里",)),
    Term("借书卡", ("卡",)),
    Term("办理"),
)
WORDS = dict.fromkeys(("把", "被", "偷偷", "员工", "自己", "能不能", "不是", "怎么", "离开"), 500)
VOCABULARY = replace(NO_VOCABULARY, actors=("图书馆",))


@pytest.fixture(scope="module")
def reader() -> LexiconReader:
    pack = tiny_pack(replace(entry("stopped", "停卡"), ask=("怎么停卡",)))
    return LexiconReader(
        replace(pack, lexicon=Lexicon(TERMS, (), {}, WORDS), vocabulary=VOCABULARY)
    )


@pytest.mark.parametrize(
    "text",
    [
        "卡被停了",
        "卡被图书馆停了",
        "我的卡被馆里偷偷停了",
        "卡在馆里被停了",
        "卡让馆里停了",
        "卡给馆里停了",
        "卡被人停了",
        "馆里把我停了",
        "馆里把我的卡停了",
        "馆里背着我把卡停了",
        "馆里没经我同意就把卡停了",
        "馆里给我停了",
        "馆里偷偷停卡",
        "不是我停的，停卡不是我自己申请停卡",
    ],
)
def test_what_an_actor_did_to_the_asker_has_its_own_word(reader: LexiconReader, text: str) -> None:
    reading = reader.read(text.replace("，", ""))
    assert SUFFERED in reading.tokens
    assert CLOSED not in reading.tokens
    assert {slot.value for slot in reading.slots} == {"停卡"}


@pytest.mark.parametrize(
    "text",
    [
        "我把卡停了",
        "离开图书馆后我把卡停了",
        "怎么停卡",
        "馆里能不能把我的卡停了",
        "馆里没把我的卡停了",
        "馆里不给我停卡",
        "我让馆里把卡停了",
        "想让馆里停了卡",
        "会被停卡吗",
        "馆里把员工的卡停了",
        "员工自己把卡停了",
        "卡不是被馆里停了卡",
    ],
)
def test_what_the_asker_does_or_asks_for_has_not(reader: LexiconReader, text: str) -> None:
    tokens = reader.read(text).tokens
    assert "停卡" in tokens
    assert SUFFERED not in tokens


@pytest.mark.parametrize("text", ["馆里停了", "图书馆停了怎么办理", "我的卡呢馆里停了"])
def test_an_actor_that_no_passive_names_may_begin_a_form(reader: LexiconReader, text: str) -> None:
    assert CLOSED in reader.read(text).tokens


def test_a_passive_of_the_actor_itself_is_nothing_done_to_the_asker(reader: LexiconReader) -> None:
    assert SUFFERED not in reader.read("图书馆被停了").tokens


def test_a_long_row_of_adverbs_is_read_in_no_time(reader: LexiconReader) -> None:
    assert SUFFERED not in reader.read("馆里" + "早就" * 200 + "一停卡").tokens
