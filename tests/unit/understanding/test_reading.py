"""Reading with a small lexicon: hints, 那 for 哪, the longest form, and what leans on before."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.core.model.lexicon import Lexicon, Region, Term
from bot.understanding.lexicon.reader import LexiconReader, joined
from tests.tiny import entry, tiny_pack

TERMS = (
    Term("延续注册", ("续期",), ("快用完了",), slot="registration"),
    Term("变更注册", ("变更", "单位变更"), ("换到", "快用完了"), slot="registration"),
    Term("企业名称变更", together=(("单位", "改名"), ("公司", "改名")), slot="registration"),
    Term("补交材料", together=(("材料", "退回"),), slot="aspect"),
    Term("单位", ("东家",)),
    Term("改名", ("(换|变)名(字|)",)),
    Term("退回"),
    Term("入口", ("在哪注册", "去哪办事"), ("在哪报",), slot="aspect"),
    Term("材料", ("要交哪些", "哪办材料"), slot="aspect"),
    Term("哪些", ("哪几样",)),
    Term("办理", ("哪办",)),
    Term("注册"),
    Term("二级建造师", ("二建",)),
)
WORDS = {
    "我": 900,
    "公司": 800,
    "家": 300,
    "快": 200,
    "用": 500,
    "完": 100,
    "了": 900,
    "新": 200,
    "报": 50,
}
REGIONS = {"四川": Region("四川", "四川省", ("四川",), (), ())}
ASKS = ("拿证以后怎么办", "拿证了怎么办", "拿证后怎么办", "拿证之后呢", "拿证要多久", "拿证了没")
PACK = replace(
    tiny_pack(replace(entry("after", "拿证"), ask=ASKS)),
    regions=REGIONS,
    lexicon=Lexicon(TERMS, ("请问",), {}, WORDS),
    subject="二级建造师",
)


@pytest.fixture(scope="module")
def reader() -> LexiconReader:
    return LexiconReader(PACK)


def slots_of(reader: LexiconReader, text: str) -> dict[str, str]:
    return {slot.kind: slot.value for slot in reader.read(text).slots}


@pytest.mark.parametrize(
    ("text", "slots"),
    [
        pytest.param("二建快用完了", {"registration": "延续注册"}, id="beside our certificate"),
        pytest.param("注册快用完了", {"registration": "延续注册"}, id="beside 注册"),
        pytest.param("快用完了", {}, id="nothing of ours is said"),
        pytest.param(
            "四川快用完了", {"region": "四川", "registration": "延续注册"}, id="beside a place"
        ),
        pytest.param(
            "二建变更快用完了", {"registration": "变更注册"}, id="idle beside another registration"
        ),
        pytest.param("二建续期快用完了", {"registration": "延续注册"}, id="beside its own term"),
        pytest.param(
            "二建快用完了要交哪些",
            {"registration": "延续注册", "aspect": "材料"},
            id="a term of another kind does not silence it",
        ),
        pytest.param("二建在哪报", {"aspect": "入口"}, id="an aspect"),
        pytest.param("二建在哪报要交哪些", {"aspect": "材料"}, id="idle beside another aspect"),
    ],
)
def test_a_hint_counts_only_where_nothing_else_of_its_kind_is_said(
    reader: LexiconReader, text: str, slots: dict[str, str]
) -> None:
    assert slots_of(reader, text) == slots


def test_an_idle_hint_is_read_as_the_words_it_is_made_of(reader: LexiconReader) -> None:
    assert reader.read("我快用完了").tokens == ("我", "快", "用", "完", "了")


def test_a_hint_that_counts_is_replaced_by_its_term(reader: LexiconReader) -> None:
    assert reader.read("二建快用完了").tokens == ("二级建造师", "延续注册")


def test_of_two_terms_with_one_hint_the_first_has_it(reader: LexiconReader) -> None:
    assert slots_of(reader, "二建快用完了") == {"registration": "延续注册"}
    assert slots_of(reader, "二建换到新家") == {"registration": "变更注册"}


def test_a_form_is_no_hint_of_another_term() -> None:
    own = Term("甲", ("快到了",), slot="registration")
    terms = (own, Term("乙", hints=("快到了",), slot="aspect"))
    reader = LexiconReader(replace(PACK, lexicon=Lexicon(terms, (), {}, WORDS)))
    assert slots_of(reader, "快到了") == {"registration": "甲"}


@pytest.mark.parametrize(
    ("text", "slots"),
    [
        pytest.param("单位改名", {"registration": "企业名称变更"}, id="side by side"),
        pytest.param(
            "我家东家换名了", {"registration": "企业名称变更"}, id="as other forms say it"
        ),
        pytest.param("改名的单位", {"registration": "企业名称变更"}, id="in any order"),
        pytest.param("公司改名", {"registration": "企业名称变更"}, id="the second pair"),
        pytest.param("公司变名字", {"registration": "企业名称变更"}, id="a line of alternatives"),
        pytest.param("单位", {}, id="one of them alone"),
        pytest.param(
            "单位改名要续期", {"registration": "延续注册"}, id="beside another of its kind"
        ),
        pytest.param(
            "单位改名要交哪些",
            {"aspect": "材料", "registration": "企业名称变更"},
            id="beside a slot of another kind",
        ),
        pytest.param("退回了要交哪些", {"aspect": "补交材料"}, id="one of them fills it otherwise"),
    ],
)
def test_words_that_are_said_together_fill_a_slot(
    reader: LexiconReader, text: str, slots: dict[str, str]
) -> None:
    assert slots_of(reader, text) == slots


@pytest.mark.parametrize(
    ("text", "slots"),
    [
        pytest.param("在那注册", {"aspect": "入口"}, id="inside a form"),
        pytest.param("要交那些", {"aspect": "材料"}, id="at the end of a form"),
        pytest.param("二建在那报", {}, id="hints have no such variant"),
    ],
)
def test_na_is_read_as_which_inside_a_form(
    reader: LexiconReader, text: str, slots: dict[str, str]
) -> None:
    assert slots_of(reader, text) == slots


def test_na_at_the_start_of_a_form_stays_that(reader: LexiconReader) -> None:
    assert joined(reader.read("那几样").tokens) == "那几样"
    assert joined(reader.read("哪几样").tokens) == "哪些"


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        pytest.param("单位变更", "变更注册", id="the longest form at a place"),
        pytest.param("去哪办", "去办理", id="a form behind the start of a longer one"),
        pytest.param("去哪办事", "入口", id="the longer one itself"),
        pytest.param("去哪办材料", "去材料", id="of overlapping ones the first to begin"),
        pytest.param("变更变更", "变更注册变更注册", id="side by side"),
        pytest.param("", "", id="nothing"),
    ],
)
def test_forms_are_found_from_left_to_right_the_longest_first(
    reader: LexiconReader, text: str, canonical: str
) -> None:
    assert joined(reader.read(text).tokens) == canonical


@pytest.mark.parametrize(
    ("text", "leans"),
    [
        pytest.param("那变更呢", True, id="那 and 呢"),
        pytest.param("那要交哪些", True, id="那"),
        pytest.param("变更呢", True, id="呢"),
        pytest.param("那", True, id="nothing else"),
        pytest.param("那里怎么走", False, id="那里 is a place"),
        pytest.param("那个变更", False, id="那个 points"),
        pytest.param("呢", False, id="呢 alone"),
        pytest.param("我家的二建快用完了要怎么办呢", False, id="呢 after a whole sentence"),
        pytest.param("变更要交哪些", False, id="neither"),
        pytest.param("", False, id="nothing said"),
    ],
)
def test_a_follow_up_is_known_by_its_wording(reader: LexiconReader, text: str, leans: bool) -> None:
    assert reader.read(text).is_follow_up is leans


def test_what_the_questions_of_a_pack_say_often_is_what_letters_stand_for(
    reader: LexiconReader,
) -> None:
    assert joined(reader.read("nazheng").tokens) == "拿证"


def test_what_they_say_seldom_is_not(reader: LexiconReader) -> None:
    assert "拿证" not in joined(LexiconReader(replace(PACK, entries={})).read("nazheng").tokens)


@pytest.mark.parametrize(
    ("text", "stray"),
    [
        pytest.param("二建变更", [], id="terms"),
        pytest.param("变更枓", [2], id="a character beside a term"),
        pytest.param("abc123", [], id="letters and digits"),
        pytest.param("", [], id="nothing"),
    ],
)
def test_stray_characters_belong_to_no_term(
    reader: LexiconReader, text: str, stray: list[int]
) -> None:
    assert reader.stray(text) == stray


def test_nothing_stray_leaves_nothing_to_guess(reader: LexiconReader) -> None:
    assert (reader.guess("二建变更"), reader.guess("")) == (None, None)


def test_a_guess_is_read_like_any_utterance(reader: LexiconReader) -> None:
    guessed = reader.guess("变跟")
    assert guessed is not None
    assert joined(guessed.tokens) == "变更注册"
