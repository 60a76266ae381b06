"""Walks as replays: they find their place again after every change, of answers or of the pack."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.core.model.procedure import Procedure, Question, QuestionKind, Step, Transition
from bot.core.model.session import MOST_SHELVED, Session, Walk
from bot.core.procedures.walk import (
    answered,
    at_number,
    begun,
    current,
    is_open,
    migrated,
    moved_back,
    moved_on,
    position,
    switched,
    ticked,
)
from tests.tiny import WALK, with_transitions

AT_ACCEPT = Walk("walk", "初始注册", ("apply", "accept"))
RETRY = with_transitions(WALK, "refuse", Transition("apply", "重来"))


def asking(step_id: str, *outcomes: tuple[str, str]) -> Step:
    ways = tuple(Transition(to, outcome=outcome) for outcome, to in outcomes)
    question = Question(QuestionKind.CHOICE, f"{step_id}？")
    return Step(step_id, step_id, transitions=ways, question=question)


FORK = Procedure(
    id="fork",
    title="分岔",
    start="one",
    steps={
        "one": asking("one", ("甲", "two"), ("乙", "three")),
        "two": asking("two", ("丙", "three"), ("丁", "end")),
        "three": asking("three", ("戊", "end")),
        "end": Step("end", "完"),
    },
    registrations=(),
    citations=(),
)


def test_all_going_well_leads_past_the_setbacks() -> None:
    after = moved_on(WALK, AT_ACCEPT)
    assert after
    assert after.trail == ("apply", "accept", "issue")
    assert moved_on(WALK, after) is None


def test_what_went_wrong_leads_aside_and_going_back_undoes_it() -> None:
    aside = answered(WALK, AT_ACCEPT, "不符合")
    assert aside.trail == ("apply", "accept", "refuse")
    back = moved_back(WALK, aside)
    assert (back.trail, back.answers) == (("apply", "accept"), {})


def test_a_way_back_to_an_earlier_step_starts_a_new_round() -> None:
    aside = answered(RETRY, AT_ACCEPT, "不符合")
    again = moved_on(RETRY, aside)
    assert again
    assert (again.trail, again.answers) == (("apply",), {})


@pytest.mark.parametrize(("number", "trail"), [(1, ("apply",)), (3, ("apply", "accept", "issue"))])
def test_any_step_of_the_way_can_be_gone_to(number: int, trail: tuple[str, ...]) -> None:
    there = at_number(WALK, AT_ACCEPT, number)
    assert there
    assert there.trail == trail


@pytest.mark.parametrize("number", [0, 4, -1])
def test_other_numbers_lead_nowhere(number: int) -> None:
    assert at_number(WALK, AT_ACCEPT, number) is None


def test_a_question_is_open_until_it_is_answered() -> None:
    walk = begun(FORK, "", None)
    assert is_open(FORK, walk)
    after = answered(FORK, walk, "甲")
    assert (current(FORK, after).id, is_open(FORK, after)) == ("two", True)


def test_an_earlier_answer_changed_leaves_the_later_ones() -> None:
    walk = begun(FORK, "", None)
    for answer in ("甲", "丙", "戊"):
        walk = answered(FORK, walk, answer)
    assert walk.trail == ("one", "two", "three", "end")
    first = at_number(FORK, walk, 1)
    assert first
    changed = answered(FORK, first, "乙")
    assert (changed.trail, changed.answers["two"]) == (("one", "three", "end"), "丙")
    back = answered(FORK, replace(changed, trail=("one",)), "甲")
    assert back.trail == ("one", "two", "three", "end")


def test_a_changed_answer_asks_what_was_never_answered() -> None:
    walk = answered(FORK, answered(FORK, begun(FORK, "", None), "乙"), "戊")
    first = at_number(FORK, walk, 1)
    assert first
    assert answered(FORK, first, "甲").trail == ("one", "two")


def test_a_tick_is_taken_back_by_a_second_one() -> None:
    walk = ticked(ticked(AT_ACCEPT, "apply", "合同"), "apply", "身份证")
    assert ticked(walk, "apply", "合同").ticks == {"apply": ("身份证",)}


def test_another_registration_keeps_the_steps_that_are_the_same() -> None:
    ways = (
        Transition("accept", registrations=("初始注册",)),
        Transition("issue", registrations=("增项注册",)),
    )
    forked = with_transitions(WALK, "apply", *ways)
    walk = Walk("walk", "初始注册", ("apply", "accept", "issue"), region="四川")
    after = switched(forked, walk, "增项注册")
    assert (after.trail, after.region) == (("apply",), "四川")


# A newer pack


def renamed(**names: str) -> Procedure:
    """The tiny procedure with steps renamed, and a table that says so."""
    now = {step: names.get(step, step) for step in WALK.steps}
    steps = {
        now[step.id]: replace(
            step,
            id=now[step.id],
            transitions=tuple(replace(way, to=now[way.to]) for way in step.transitions),
        )
        for step in WALK.steps.values()
    }
    return replace(WALK, steps=steps, start=now["apply"], renamed=names)


def test_a_renamed_step_is_found_under_its_new_name() -> None:
    walk = replace(AT_ACCEPT, answers={"accept": "不符合"}, ticks={"accept": ("合同",)})
    after = migrated(renamed(accept="take-in"), replace(walk, trail=("apply", "accept", "refuse")))
    assert after.trail == ("apply", "take-in", "refuse")
    assert (after.answers, after.ticks) == ({"take-in": "不符合"}, {"take-in": ("合同",)})


def test_a_step_taken_out_leaves_the_nearest_one_before_it() -> None:
    steps = {i: s for i, s in WALK.steps.items() if i != "accept"}
    without = with_transitions(replace(WALK, steps=steps), "apply", Transition("issue"))
    assert migrated(without, AT_ACCEPT).trail == ("apply",)
    assert migrated(without, replace(AT_ACCEPT, trail=("apply", "accept", "issue"))).trail == (
        "apply",
        "issue",
    )


def test_a_step_put_in_before_is_passed_over() -> None:
    check = Step("check", "核对", transitions=(Transition("accept"),))
    with_check = replace(WALK, steps={**WALK.steps, "check": check})
    with_check = with_transitions(with_check, "apply", Transition("check"))
    after = migrated(with_check, AT_ACCEPT)
    assert (after.trail, position(with_check, after)) == (("apply", "check", "accept"), 3)


def test_an_answer_that_can_no_longer_be_given_is_asked_again() -> None:
    walk = Walk("fork", "", ("one", "two"), answers={"one": "甲", "two": "没有了"})
    assert migrated(FORK, walk).answers == {"one": "甲"}


def test_nothing_at_all_is_left_of_a_walk_and_it_begins_anew() -> None:
    assert migrated(WALK, Walk("walk", "初始注册", ("x", "y"), answers={"x": "z"})).trail == (
        "apply",
    )


# The shelf


def test_a_walk_left_for_another_is_found_again() -> None:
    session = Session(walk=AT_ACCEPT).with_walk(begun(FORK, "", None))
    assert session.shelved("walk#初始注册") == AT_ACCEPT
    assert session.with_walk(AT_ACCEPT).shelf[0].name == "fork#"


def test_the_shelf_is_short_and_holds_no_walk_twice() -> None:
    session = Session()
    for kind in ("甲", "乙", "丙", "甲", "丁", "戊", "己"):
        session = session.with_walk(Walk("walk", kind, ("apply",)))
    assert [walk.registration for walk in session.shelf] == ["戊", "丁", "甲"]
    assert len(session.shelf) == MOST_SHELVED
