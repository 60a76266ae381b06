"""What opens a way, and which answers stand for all others."""

from __future__ import annotations

import pytest

from bot.core.model.conditions import AnswerTest
from bot.core.model.procedure import (
    Option,
    Procedure,
    Question,
    QuestionKind,
    Step,
    Transition,
    joined,
)
from bot.core.procedures.conditions import passes
from bot.core.procedures.graph import all_paths, path, route
from bot.core.procedures.samples import samples

NUMBER = Question(QuestionKind.NUMBER, "多少？", least="0", most="100", decimals=1)
DAY = Question(QuestionKind.DATE, "哪天？")
SEVERAL = Question(
    QuestionKind.SEVERAL, "哪些？", options=tuple(map(Option, ("护照", "签证", "户口簿")))
)
COUNTRY = Question(
    QuestionKind.CHOICE,
    "哪国？",
    options=(
        Option("法国", group="欧洲"),
        Option("德国", group="欧洲"),
        Option("日本", group="亚洲"),
    ),
)
CHILDREN = Question(QuestionKind.NUMBER, "几个？", least="0", most="5")
YES_NO = Question(QuestionKind.YES_NO, "是吗？")


@pytest.mark.parametrize(
    ("test", "question", "answer", "is_met"),
    [
        (AnswerTest("ＵＳＡ"), None, "usa", True),
        (AnswerTest("18"), NUMBER, "18.0", True),
        (AnswerTest("18"), NUMBER, "18.1", False),
        (AnswerTest(least="18"), NUMBER, "18", True),
        (AnswerTest(below="18"), NUMBER, "18", False),
        (AnswerTest(least="9", below="18.5"), NUMBER, "18.4", True),
        (AnswerTest(least="2020-01-01"), DAY, "2019-12-31", False),
        (AnswerTest(least="2020-01-01", below="2021-01-01"), DAY, "2020-12-31", True),
        (AnswerTest(group="欧洲"), COUNTRY, "德国", True),
        (AnswerTest(group="欧洲"), COUNTRY, "日本", False),
        (AnswerTest(any_of=("护照", "签证")), SEVERAL, joined(("签证", "户口簿")), True),
        (AnswerTest(all_of=("护照", "签证")), SEVERAL, joined(("签证",)), False),
        (AnswerTest(none_of=("护照", "签证")), SEVERAL, joined(()), True),
        (AnswerTest(any_of=("护照",), none_of=("签证",)), SEVERAL, joined(("护照",)), True),
        (AnswerTest(is_unasked=True), NUMBER, None, True),
        (AnswerTest(is_unasked=True), NUMBER, "1", False),
        (AnswerTest("1"), NUMBER, None, False),
    ],
)
def test_an_answer_passes_what_it_is(
    test: AnswerTest, question: Question | None, answer: str | None, is_met: bool
) -> None:
    assert passes(test, question, answer) is is_met


def asking(name: str, question: Question | None, *ways: Transition, each: str = "") -> Step:
    return Step(name, name, question=question, transitions=ways, each=each)


def procedure(*steps: Step) -> Procedure:
    return Procedure("p", "某事", steps[0].id, {step.id: step for step in steps}, (), ())


def when(**tests: AnswerTest) -> tuple[dict[str, tuple[AnswerTest, ...]], ...]:
    return ({name: (test,) for name, test in tests.items()},)


TWO = procedure(
    asking("member", YES_NO, Transition("fee")),
    asking("fee", NUMBER, Transition("check")),
    asking(
        "check",
        None,
        Transition("free", when=when(member=AnswerTest("是"))),
        Transition("cheap", when=when(member=AnswerTest("否"), fee=AnswerTest(below="10"))),
        Transition("dear", is_otherwise=True),
    ),
    Step("free", "免"),
    Step("cheap", "少"),
    Step("dear", "多"),
)


@pytest.mark.parametrize(
    ("member", "fee", "end"),
    [("是", "99", "free"), ("否", "9.9", "cheap"), ("否", "10", "dear")],
)
def test_answers_of_earlier_steps_decide(member: str, fee: str, end: str) -> None:
    assert path(TWO, "", {"member": member, "fee": fee})[-1].id == end


def test_a_path_ends_where_the_answers_so_far_do_not_decide() -> None:
    found = route(TWO, "", {"member": "否"})
    assert [step.id for step in found.steps] == ["member", "fee", "check"]
    assert not found.is_complete


def test_one_answer_may_be_enough_for_a_way_that_others_would_share() -> None:
    assert route(TWO, "", {"member": "是"}).is_complete


def test_answers_of_a_way_that_was_left_do_not_count() -> None:
    side = procedure(
        asking("first", YES_NO, Transition("more", outcome="是"), Transition("end", outcome="否")),
        asking("more", YES_NO, Transition("end")),
        asking(
            "end",
            None,
            Transition("asked", when=when(more=AnswerTest("是"))),
            Transition("unasked", when=when(more=AnswerTest(is_unasked=True))),
            Transition("refused", when=when(more=AnswerTest("否"))),
        ),
        Step("asked", "问过"),
        Step("unasked", "没问"),
        Step("refused", "说否"),
    )
    told = {"first": "否", "more": "是"}
    assert [step.id for step in path(side, "", told)] == ["first", "end", "unasked"]


FAMILY = procedure(
    asking(
        "children",
        CHILDREN,
        Transition("age", when=when(children=AnswerTest(least="1"))),
        Transition("end", when=when(children=AnswerTest("0"))),
    ),
    asking(
        "age", Question(QuestionKind.NUMBER, "第 {n} 个几岁？"), Transition("home"), each="children"
    ),
    asking("home", YES_NO, Transition("end"), each="children"),
    Step("end", "完"),
)


def test_repeated_steps_come_once_for_each() -> None:
    told = {"children": "2", "age": "3", "home": "是", "age,2": "5", "home,2": "否"}
    steps = path(FAMILY, "", told)
    assert [step.id for step in steps] == ["children", "age", "home", "age,2", "home,2", "end"]
    assert steps[3].question
    assert steps[3].question.text == "第 2 个几岁？"


def test_no_round_at_all_and_an_unknown_number_of_them() -> None:
    assert [step.id for step in path(FAMILY, "", {"children": "0"})] == ["children", "end"]
    assert [step.id for step in path(FAMILY, "")] == ["children"]


def test_answers_that_no_way_tells_apart_are_tried_once() -> None:
    assert samples(TWO) == {
        "member": ("是", "否"),
        "fee": ("0", "10"),
        "check": (),
        "free": (),
        "cheap": (),
        "dear": (),
    }


def test_every_path_is_one_that_answers_lead_along() -> None:
    assert [[way.to for way in ways] for ways in all_paths(TWO, "")] == [
        ["fee", "check", "free"],
        ["fee", "check", "cheap"],
        ["fee", "check", "dear"],
    ]
