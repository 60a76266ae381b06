"""The conversations of `talks/`, each with five rewordings and in another province.

Every turn is judged, in order; a turn with a known failure has to fail.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.core.model.reply import Answer, Choice, Choices, Reply, Status, Text
from bot.runtime.brain import Brain
from bot.runtime.replay import Replayer
from tests.fakes import NOON
from tests.talks import CHECKS, TALKS, VARIANTS, Said, Talk, faults, replies, talks, told

EVERY = list(talks())
FILES = sorted(TALKS.glob("*.yaml"))


@pytest.fixture(scope="module")
def replayer(brain: Brain) -> Replayer:
    return Replayer(brain, NOON)


def _complaints(talk: Talk, given: Sequence[Reply]) -> list[str]:
    """Return what is wrong, with what was said: wrong replies, and marks that are out of date."""
    complaints = []
    for number, (said, reply) in enumerate(zip(talk.turns, given, strict=True), 1):
        wrong = said.faults(reply)
        if bool(wrong) == bool(said.known_failure):
            continue
        fault = "; ".join(wrong) or "is answered rightly now: strike off its known_failure"
        complaints.append(f"{number}. {said.text}\n   {_summary(reply)}\n   {fault}")
    return complaints


def _summary(reply: Reply) -> str:
    entries = ",".join(answer.entry for answer in reply.answers)
    return f"{reply.status}/{reply.reason} {entries}: {told(reply)[:100]}"


@pytest.mark.parametrize("talk", [pytest.param(talk, id=talk.name) for talk in EVERY])
def test_every_turn_is_answered_in_its_place(replayer: Replayer, talk: Talk) -> None:
    complaints = _complaints(talk, replies(replayer, talk))
    assert not complaints, "\n".join(complaints)


def test_how_many_hold(figures: Callable[[str], None]) -> None:
    turns = [said for talk in EVERY for said in talk.turns]
    whole = sum(not any(said.known_failure for said in talk.turns) for talk in EVERY)
    held = sum(not said.known_failure for said in turns)
    figures(f"{whole} of {len(EVERY)} conversations hold, {held} of their {len(turns)} turns")
    assert len(EVERY) >= 12 * len(VARIANTS)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_conversation_has_four_turns_and_every_variant_of_each(path: Path) -> None:
    turns = yaml.safe_load(path.read_text(encoding="utf-8"))["turns"]
    assert len(turns) >= 4
    forms = {"says", "elsewhere", "expect", "expect_elsewhere"}
    assert all(forms - {"expect_elsewhere"} <= set(turn) <= forms for turn in turns)
    assert {len(turn["says"]) for turn in turns} == {len(VARIANTS) - 1}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_rewording_is_another(path: Path) -> None:
    of_this = [talk for talk in EVERY if talk.name.startswith(f"{path.stem}: ")]
    assert [talk.name for talk in of_this][-1] == f"{path.stem}: elsewhere"
    for turn in zip(*(talk.turns for talk in of_this[:-1]), strict=True):
        assert len({said.text for said in turn}) == len(turn)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_other_province_is_expected_something_else(path: Path) -> None:
    [elsewhere] = [talk for talk in EVERY if talk.name == f"{path.stem}: elsewhere"]
    [here] = [talk for talk in EVERY if talk.name == f"{path.stem}: as written"]
    assert [said.text for said in here.turns] != [said.text for said in elsewhere.turns]
    assert [said.expected for said in here.turns] != [said.expected for said in elsewhere.turns]


def test_every_expectation_can_be_checked() -> None:
    wanted = {key for talk in EVERY for said in talk.turns for one in said.expected for key in one}
    assert wanted <= set(CHECKS)


@pytest.mark.parametrize(
    "expected",
    [
        {"status": "clarify"},
        {"reason": "no_data"},
        {"entry": ["portal", "validity"]},
        {"words": ["不 作废", "单位|公司"]},
        {"opens": "可以|能"},
        {"opens_without": "会作废|不作废"},
        {"lacks": ["作废"]},
        {"slots": {"region": "四川"}},
    ],
    ids=lambda expected: next(iter(expected)),
)
def test_each_expectation_can_fail(expected: dict[str, Any]) -> None:
    parts = (Text("不作废。"), Choices((Choice("单位", "unit"),)))
    reply = Reply(Status.ANSWERED, parts, answers=(Answer("limits"),))
    assert len(faults(reply, expected)) == 1
    assert len(Said("作废吗", [expected, {"status": "answered"}]).faults(reply)) == 0
    assert len(Said("作废吗", [expected]).faults(reply)) == 1
