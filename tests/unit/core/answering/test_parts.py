"""Several questions of one message: the whole tells what a part of it leaves open."""

from __future__ import annotations

from dataclasses import replace

from bot.core.answering.free_text import decide_words
from bot.core.answering.parts import asking_words, in_light_of_the_whole, is_aside
from bot.core.model.entry import EntryKind, Verdict
from bot.core.model.question_type import QuestionType
from bot.core.model.reply import Reply, Status, Text
from bot.core.model.scope import Scope
from bot.core.model.understanding import Understanding
from tests.fakes import NOON, candidate, slot, understood
from tests.tiny import entry, fact, tiny_pack

DUE = ("change-due", "initial-due")


def _due(name: str, service: str) -> object:
    told = replace(entry(name, name), slots={"aspect": "期限", "registration": service})
    return replace(told, verdicts=(Verdict(fact("三十日内。")),))


PACK = tiny_pack(
    *(replace(entry(n, n), verdicts=(Verdict(fact("能。")),)) for n in ("甲", "乙", "丙")),
    replace(entry("hello", "你好"), kind=EntryKind.SMALLTALK, short="你好。"),
    _due("change-due", "变更注册"),  # type: ignore[arg-type]
    _due("initial-due", "初始注册"),  # type: ignore[arg-type]
)


def firsts(whole: Understanding) -> list[str]:
    return [part.candidates[0].entry for part in in_light_of_the_whole(PACK, whole)]


def told(whole: Understanding) -> Reply:
    return decide_words(Scope(PACK, NOON.date(), {}), whole)


def test_a_part_that_the_whole_answers_better_is_about_the_same() -> None:
    parts = (understood(candidate("甲", 0.6)), understood(candidate("丙", 0.6)))
    whole = replace(understood(candidate("乙", 0.8), candidate("甲", 0.3)), questions=parts)
    assert firsts(whole) == ["甲", "乙"]


def test_a_part_whose_answer_the_whole_has_as_well_is_left_as_it_is() -> None:
    parts = (understood(candidate("甲", 0.6)), understood(candidate("丙", 0.6)))
    whole = replace(understood(candidate("乙", 0.8), candidate("丙", 0.3)), questions=parts)
    assert firsts(whole) == ["甲", "丙"]


def test_the_whole_says_nothing_against_a_part_that_is_clearer() -> None:
    parts = (understood(candidate("甲", 0.6)), understood(candidate("丙", 0.9)))
    assert firsts(replace(understood(candidate("乙", 0.8)), questions=parts)) == ["甲", "丙"]


def _late(text: str, name: str) -> list[str]:
    """The entries of two parts, the second of which is about the end of another service."""
    late = replace(entry("late", "逾期"), slots={"registration": "变更注册"})
    pack = tiny_pack(*PACK.entries.values(), late)
    first = understood(candidate("change-due", 0.8))
    parts = (first, replace(understood(candidate(name, 0.7)), text=text))
    whole = understood(candidate("change-due", 0.8), candidate("late", 0.4), candidate("甲", 0.02))
    lit = in_light_of_the_whole(pack, replace(whole, questions=parts))
    return [part.candidates[0].entry for part in lit]


def test_what_follows_if_it_is_late_is_asked_about_the_service_of_the_other_part() -> None:
    assert _late("逾期不办会怎样", "丙") == ["change-due", "late"]
    assert _late("丙会怎样", "丙") == ["change-due", "丙"]


def test_an_entry_that_answers_something_else_takes_no_part_over() -> None:
    pack = tiny_pack(replace(PACK.entries["乙"], answers=(QuestionType.WHERE,)), PACK.entries["丙"])
    second = replace(understood(candidate("丙", 0.6)), asked=QuestionType.CONSEQUENCE)
    parts = (understood(candidate("limits", 0.6)), second)
    whole = replace(understood(candidate("乙", 0.8)), questions=parts)
    assert in_light_of_the_whole(pack, whole)[1].candidates[0].entry == "丙"


def test_an_unclear_part_means_what_the_first_answer_leaves_unsaid() -> None:
    parts = (understood(candidate("甲", 0.9)), understood(candidate("丙", 0.4)))
    whole = understood(candidate("甲", 0.6), candidate("乙", 0.5, beyond=0.3))
    assert firsts(replace(whole, questions=parts)) == ["甲", "乙"]
    less = understood(candidate("甲", 0.6), candidate("乙", 0.5, beyond=0.1))
    assert firsts(replace(less, questions=parts)) == ["甲", "丙"]


def test_a_service_that_one_part_leaves_open_is_told_by_another() -> None:
    due = understood(*(candidate(name, 0.7, missing=1) for name in DUE))
    due = replace(due, slots=(slot("aspect", "期限"),))
    where = understood(candidate("甲", 0.9), slots=(slot("registration", "初始注册"),))
    whole = replace(understood(candidate("甲", 0.6)), questions=(due, where))
    reply = told(whole)
    assert [answer.entry for answer in reply.answers] == ["initial-due", "甲"]
    assert "missing_slot" not in reply.rule


def test_a_service_that_a_part_leaves_open_is_told_by_the_whole() -> None:
    due = understood(*(candidate(name, 0.7, missing=1) for name in DUE))
    due = replace(due, slots=(slot("aspect", "期限"),))
    parts = (understood(candidate("甲", 0.9)), due)
    whole = replace(understood(candidate("initial-due", 0.8, missing=1)), questions=parts)
    assert [answer.entry for answer in told(whole).answers] == ["甲", "initial-due"]


def test_the_question_back_stands_right_above_its_choices() -> None:
    due = understood(*(candidate(name, 0.7, missing=1) for name in DUE))
    due = replace(due, slots=(slot("aspect", "期限"),))
    parts = (due, understood(candidate("甲", 0.9)))
    reply = told(replace(understood(candidate("甲", 0.6)), questions=parts))
    texts = [part.text for part in reply.parts if isinstance(part, Text)]
    assert reply.rule == "several:one_clear,missing_slot:registration"
    assert texts.index("能。") < len(texts) - 2
    assert reply.choices


def test_a_remark_that_has_no_answer_is_no_part_of_its_own() -> None:
    declined = Reply(Status.ABSTAINED, (Text("不归我管。"),))
    assert is_aside(PACK, understood(candidate("hello", 0.2)), declined)
    assert not is_aside(PACK, understood(candidate("甲", 0.2)), declined)
    assert not is_aside(
        PACK,
        understood(candidate("hello", 0.9)),
        replace(declined, reason=None, status=Status.SMALLTALK),
    )


def test_a_heading_is_what_asks_and_not_what_is_told_before() -> None:
    told = "我去年十一月才把卡办下来，可是柜台一直扣着我的卡不给我，请问柜台这么做合法吗"
    assert asking_words(told, 20) == "请问柜台这么做合法吗"


def test_a_short_end_is_told_with_the_clause_before_it() -> None:
    told = "我去年十一月才把卡办下来，现在卡丢了，怎么办"
    assert asking_words(told, 20) == "现在卡丢了，怎么办"
