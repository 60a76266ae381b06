"""What counts as the answer to each kind of question, and what does not."""

from __future__ import annotations

from datetime import date

import pytest

from bot.core.model.procedure import Option, Question, QuestionKind, Step, Transition, joined
from bot.core.model.spans import Span, month_span, year_span
from bot.core.procedures.step_answers import (
    Impossible,
    Matches,
    Partial,
    Read,
    read_answer,
    read_date,
)
from bot.understanding.text.dates import find_dates

AGE = Question(QuestionKind.NUMBER, "多大？", least="3", most="120", unit="岁")
WAYS = (
    Transition("a", "要普通的", outcome="普通证"),
    Transition("b", outcome="研究证", registrations=("增项注册",), also=("搞研究的",)),
)


def day(*numbers: int) -> Span:
    return Span(date(*numbers), date(*numbers))


def read(question: Question | None, said: str, registration: str = "增项注册") -> Read:
    return read_answer(Step("s", "问", transitions=WAYS, question=question), registration, said)


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ("30", "30"),
        ("30岁", "30"),
        ("三十岁", "30"),
        ("大概三十", "30"),
        ("３０", "30"),
        ("我今年三十岁了", "30"),
        ("30吧", "30"),
        ("3", "3"),
        ("120", "120"),
        ("2", Impossible("answer_out_of_range")),
        ("121岁", Impossible("answer_out_of_range")),
        ("99999999999", Impossible("answer_out_of_range")),
        ("是", None),
        ("三十多岁", None),
        ("我三十岁能办吗", None),
        ("", None),
    ],
)
def test_a_number_within_its_bounds(said: str, answer: Read) -> None:
    assert read(AGE, said) == answer


TODAY = date(2026, 11, 22)
YEAR_2023, JUNE = year_span(2023), month_span(2023, 6)


def read_day(said: str, known: Span | None = None, *, may_lie_ahead: bool = False) -> Read:
    question = Question(QuestionKind.DATE, "哪天？", allows_future=may_lie_ahead)
    dates, _ = find_dates(said, TODAY)
    return read_date(question, dates, known, TODAY)


@pytest.mark.parametrize(
    "said",
    ["2023-6-1", "2023年6月1日", "2023 年 6 月 1 号", "20230601", "2023/6/1", "二〇二三年六月一日"],
)
def test_a_day_however_it_is_written(said: str) -> None:
    assert read_day(said) == "2023-06-01"


@pytest.mark.parametrize(
    ("said", "known", "answer"),
    [
        ("2023", None, Partial((YEAR_2023,))),
        ("二〇二三年六月", None, Partial((JUNE,))),
        ("去年三月", None, Partial((month_span(2025, 3),))),
        ("6月1日", YEAR_2023, "2023-06-01"),
        ("6月", YEAR_2023, Partial((JUNE,))),
        ("1号", JUNE, "2023-06-01"),
        ("2022年6月1日", JUNE, "2022-06-01"),
        ("今天", None, "2026-11-22"),
    ],
)
def test_a_date_is_put_together_from_what_is_said_of_it(
    said: str, known: Span | None, answer: Read
) -> None:
    assert read_day(said, known) == answer


def test_a_day_without_its_year_may_be_one_of_several_that_are_over() -> None:
    found = read_day("12月1日")
    assert isinstance(found, Partial)
    assert [str(span) for span in found.spans] == ["2023-12-01", "2024-12-01", "2025-12-01"]


def test_two_dates_are_one_too_many() -> None:
    assert read_day("2023-6-1或者2023-6-2") == Partial((day(2023, 6, 1), day(2023, 6, 2)))


@pytest.mark.parametrize("said", ["2023-02-29", "20231301", "2023年2月30日"])
def test_a_day_that_there_is_not_is_refused_by_its_name(said: str) -> None:
    assert read_day(said) == Impossible("no_such_day", said)


def test_the_day_is_not_to_come_unless_the_question_says_so() -> None:
    assert read_day("2027-01-01") == Impossible("answer_in_future", "2027-01-01")
    assert read_day("2027-01-01", may_lie_ahead=True) == "2027-01-01"


@pytest.mark.parametrize("said", ["什么时候", "30", ""])
def test_what_holds_no_date_is_no_answer_to_a_question_for_one(said: str) -> None:
    assert read_day(said) is None


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ("是", "是"),
        ("有的", "是"),
        ("是啊", "是"),
        ("没有呢", "否"),
        ("Yes", "是"),
        ("没有", "否"),
        ("不是", "否"),
        ("不是这个", None),
        ("30", None),
    ],
)
def test_yes_and_no(said: str, answer: Read) -> None:
    assert read(Question(QuestionKind.YES_NO, "有吗？"), said) == answer


@pytest.mark.parametrize(
    ("said", "registration", "answer"),
    [
        ("普通证", "增项注册", "普通证"),
        ("要普通的", "增项注册", "普通证"),
        ("我要普通证", "增项注册", "普通证"),
        ("就研究证吧", "增项注册", "研究证"),
        ("搞研究的", "增项注册", "研究证"),
        ("研究证", "增项注册", "研究证"),
        ("研究证", "初始注册", None),
        ("借书证", "增项注册", None),
    ],
)
def test_one_of_the_choices_that_are_open(said: str, registration: str, answer: Read) -> None:
    assert read(Question(QuestionKind.CHOICE, "哪种？"), said, registration) == answer


def test_what_came_of_a_step_may_be_said_where_nothing_is_asked() -> None:
    assert read(None, "搞研究的") == "研究证"
    assert read(None, "是") is None


# More kinds of question

OPTIONS = ("护照", "签证", "户口簿")


def listed(kind: QuestionKind, *options: str) -> Question:
    return Question(kind, "哪些？", options=tuple(map(Option, options or OPTIONS)))


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ("护照、签证", joined(("护照", "签证"))),
        ("签证和护照", joined(("护照", "签证"))),
        ("有签证", "签证"),
        ("1、3", joined(("护照", "户口簿"))),
        ("都没有", ""),
        ("都不是", ""),
        ("全都有", joined(OPTIONS)),
        ("护照和驾照", None),
        ("不知道", Impossible("answer_unsure")),
        ("护照怎么办", None),
    ],
)
def test_several_of_a_list(said: str, answer: Read) -> None:
    assert read(listed(QuestionKind.SEVERAL), said) == answer


LONG_NAMES = (
    "父亲和母亲",
    "母亲",
    "祖父母、外祖父母",
    "兄弟姐妹（同母也算）",
    "Child Benefit",
    "none",
)


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ("父亲和母亲", ("父亲和母亲",)),
        ("母亲，祖父母、外祖父母", ("母亲", "祖父母、外祖父母")),
        ("母亲和兄弟姐妹（同母也算）", ("母亲", "兄弟姐妹（同母也算）")),
        ("child benefit and 母亲", ("母亲", "Child Benefit")),
        ("Child Benefit, none", ("Child Benefit", "none")),
        ("none", ("none",)),
        ("都没有", ()),
    ],
)
def test_names_that_hold_what_parts_them(said: str, answer: tuple[str, ...]) -> None:
    assert read(listed(QuestionKind.SEVERAL, *LONG_NAMES), said) == joined(answer)


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ("ＵＳＡ", "美国"),
        ("usa", "美国"),
        ("都不是", "其他"),
        ("不知道", Impossible("answer_unsure")),
        ("几内亚", Matches((13, 14))),
        ("赤道", "赤道几内亚"),
    ],
)
def test_one_of_a_long_list(said: str, answer: Read) -> None:
    names = [f"国{n}" for n in range(11)]
    options = (*map(Option, names), Option("美国", ("USA",)), Option("其他"))
    more = (Option("几内亚比绍"), Option("赤道几内亚"))
    question = Question(QuestionKind.CHOICE, "哪国？", options=(*options, *more))
    assert read(question, said) == answer


@pytest.mark.parametrize(
    ("said", "decimals", "answer"),
    [
        ("30,000元", 0, "30000"),
        ("1.00", 0, "1"),
        ("50.4", 2, "50.4"),
        ("50.4", 0, Impossible("answer_not_whole")),
        ("50.456", 2, Impossible("answer_too_exact", count=2)),
        ("三万元", 2, "30000"),
        ("大概3万左右", 0, "30000"),
        ("不清楚", 0, Impossible("answer_unsure")),
    ],
)
def test_amounts(said: str, decimals: int, answer: Read) -> None:
    money = Question(QuestionKind.NUMBER, "多少？", least="0", unit="元", decimals=decimals)
    assert read(money, said) == answer


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ("计算机", "计算机"),
        ("学什么好", None),
        ("不知道", Impossible("answer_unsure")),
        ("字" * 61, None),
    ],
)
def test_a_few_words(said: str, answer: Read) -> None:
    assert read(Question(QuestionKind.TEXT, "什么专业？"), said) == answer


def test_none_of_the_choices_is_said_to_be_no_answer() -> None:
    assert read(Question(QuestionKind.CHOICE, "哪种？"), "都不是") == Impossible("answer_none_fits")


# Two dates in one sentence, and two orders of one


@pytest.mark.parametrize(
    ("asked", "answer"),
    [("证书哪天到期？", "2027-03-01"), ("证书哪天签发的？", "2024-03-01")],
)
def test_of_a_start_and_an_end_the_one_is_taken_that_was_asked_for(asked: str, answer: str) -> None:
    question = Question(QuestionKind.DATE, asked, allows_future=True)
    dates, _ = find_dates("2024年3月1日到2027年3月1日到期", TODAY)
    assert read_date(question, dates, None, TODAY) == answer


def test_a_date_in_an_ambiguous_order_is_asked() -> None:
    assert read_day("3/1/2027", may_lie_ahead=True) == Partial((day(2027, 3, 1), day(2027, 1, 3)))
    assert read_day("3/1/2025") == Partial((day(2025, 3, 1), day(2025, 1, 3)))
