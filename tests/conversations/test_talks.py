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


def _variants(path: Path) -> list[Talk]:
    return [talk for talk in EVERY if talk.name.startswith(f"{path.stem}: ")]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_turn_is_answered_in_its_place(replayer: Replayer, path: Path) -> None:
    complaints = [
        f"{talk.name} {complaint}"
        for talk in _variants(path)
        for complaint in _complaints(talk, replies(replayer, talk))
    ]
    assert not complaints, "\n".join(complaints)


def test_how_many_hold(figures: Callable[[str], None]) -> None:
    turns = [said for talk in EVERY for said in talk.turns]
    whole = sum(not any(said.known_failure for said in talk.turns) for talk in EVERY)
    held = sum(not said.known_failure for said in turns)
    figures(f"{whole} of {len(EVERY)} conversations hold, {held} of their {len(turns)} turns")
    assert len(EVERY) >= 12 * len(VARIANTS)


def test_a_conversation_has_four_turns_and_every_variant_of_each() -> None:
    forms = {"says", "elsewhere", "expect", "expect_elsewhere"}
    for path in FILES:
        turns = yaml.safe_load(path.read_text(encoding="utf-8"))["turns"]
        assert len(turns) >= 4, path.name
        assert all(forms - {"expect_elsewhere"} <= set(turn) <= forms for turn in turns), path.name
        assert {len(turn["says"]) for turn in turns} == {len(VARIANTS) - 1}, path.name


def test_every_rewording_is_another() -> None:
    for path in FILES:
        variants = _variants(path)
        assert variants[-1].name == f"{path.stem}: elsewhere"
        for turn in zip(*(talk.turns for talk in variants[:-1]), strict=True):
            assert len({said.text for said in turn}) == len(turn), turn


def test_the_other_province_is_expected_something_else() -> None:
    for path in FILES:
        here, *_, elsewhere = _variants(path)
        for part in ("text", "expected"):
            parts = [[getattr(said, part) for said in talk.turns] for talk in (here, elsewhere)]
            assert parts[0] != parts[1], path.name


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
