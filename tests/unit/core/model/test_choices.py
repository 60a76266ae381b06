"""The values of choices: the texts that buttons and sessions of every age carry."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.model.choices import (
    AnswerStep,
    Calculate,
    ClearContext,
    MoveWalk,
    NoneOfThese,
    OpenAnswers,
    PickRegion,
    RateAnswer,
    ResumeWalk,
    ShowEntry,
    ShowExtra,
    ShowPapers,
    ShowRegions,
    ShowSteps,
    StartWalk,
    StopCalculating,
    SwitchWalk,
    Target,
    TickPaper,
    read,
    replaces_card,
)

WALK = "sichuan#初始注册"
WRITTEN: list[tuple[Target, str]] = [
    (ShowEntry("fees"), "e:fees"),
    (PickRegion("四川"), "r:四川"),
    (ShowRegions(2), "regions:2"),
    (ClearContext(), "context:clear"),
    (NoneOfThese(), "none"),
    (RateAnswer("fees", is_good=True), "v:up:fees"),
    (RateAnswer("fees", is_good=False), "v:down:fees"),
    (OpenAnswers((("fees", ""), ("local", "四川"))), "o:fees#,local#四川"),
    (Calculate("register"), "d:register"),
    (Calculate("register", "2024-02"), "d:register:2024-02"),
    (Calculate("register", "2024-02-29", as_file=True), "d:register:2024-02-29:ics"),
    (StopCalculating(), "d:stop"),
    (MoveWalk("next"), "w:next"),
    (MoveWalk("next", WALK, "apply"), f"w:next:{WALK}:apply"),
    (MoveWalk("here", WALK, "apply", stays=True), f"n:here:{WALK}:apply"),
    (AnswerStep(WALK, "accept", "0"), f"a:{WALK}:accept:0"),
    (AnswerStep(WALK, "accept", "2024-02-29", stays=True), f"n:a:{WALK}:accept:2024-02-29"),
    (ShowPapers(WALK), f"k:{WALK}"),
    (ShowPapers(WALK, "apply", stays=True), f"n:k:{WALK}:apply"),
    (ShowSteps(WALK, "apply"), f"m:{WALK}:apply"),
    (ShowSteps(WALK, "apply", stays=True), f"n:m:{WALK}:apply"),
    (TickPaper(WALK, "00c0ffee"), f"t:{WALK}:00c0ffee"),
    (ResumeWalk(WALK, "accept"), f"g:{WALK}:accept"),
    (StartWalk(WALK), f"p:{WALK}"),
    (SwitchWalk(WALK), f"s:{WALK}"),
    (ShowExtra("list", WALK), f"x:list:{WALK}"),
    (ShowExtra("other"), "x:other:"),
]


@pytest.mark.parametrize(("target", "text"), WRITTEN, ids=[text for _, text in WRITTEN])
def test_a_choice_is_written_as_ever_and_read_back(target: Target, text: str) -> None:
    assert (str(target), read(text)) == (text, target)


@pytest.mark.parametrize(
    "text",
    [
        *("", ":", "q:fees", "regions:0", "regions:x", "regions:100", "context:keep"),
        *("w:jump:a#b:c", "n:jump", "d:register:2024:pdf", "d:register:2024:ics:", "x:all:a#b"),
    ],
)
def test_what_no_kind_has_written_is_read_as_nothing(text: str) -> None:
    assert read(text) is None


@given(st.text())
def test_reading_never_fails(text: str) -> None:
    read(text)


def test_a_reply_takes_the_place_of_a_card_only() -> None:
    texts = {text for _, text in WRITTEN if replaces_card(text)}
    assert texts == {
        f"w:next:{WALK}:apply",
        f"a:{WALK}:accept:0",
        f"m:{WALK}:apply",
        f"t:{WALK}:00c0ffee",
        f"g:{WALK}:accept",
    }
