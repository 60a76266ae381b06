"""What counts as the answer to each kind of question, and what does not."""

from __future__ import annotations

import pytest

from bot.core.answers import Impossible, Read, read_answer
from bot.core.pack import Question, QuestionKind, Step, Transition

AGE = Question(QuestionKind.NUMBER, "多大？", least=3, most=120, unit="岁")
WAYS = (
    Transition("a", "要普通的", outcome="普通证"),
    Transition("b", outcome="研究证", registrations=("增项注册",)),
)


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


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ("2023-6-1", "2023-06-01"),
        ("2023年6月1日", "2023-06-01"),
        ("2023 年 6 月 1 号", "2023-06-01"),
        ("20230601", "2023-06-01"),
        ("2023/6/1", "2023-06-01"),
        ("2024.2.29", "2024-02-29"),
        ("2023-02-29", Impossible("answer_no_such_day")),
        ("20231301", Impossible("answer_no_such_day")),
        ("2023", None),
        ("6月1日", None),
        ("什么时候", None),
    ],
)
def test_a_day_of_the_calendar(said: str, answer: Read) -> None:
    assert read(Question(QuestionKind.DATE, "哪天？"), said) == answer


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ("是", "是"),
        ("有的", "是"),
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
        ("研究证", "增项注册", "研究证"),
        ("研究证", "初始注册", None),
        ("借书证", "增项注册", None),
    ],
)
def test_one_of_the_choices_that_are_open(said: str, registration: str, answer: Read) -> None:
    assert read(Question(QuestionKind.CHOICE, "哪种？"), said, registration) == answer


def test_nothing_is_an_answer_where_nothing_is_asked() -> None:
    assert read(None, "普通证") is None
