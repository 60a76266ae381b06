"""The dialogues of this folder, played through a `Conversation` with a store in memory."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest

from bot.app import Brain
from bot.core.model.pack import Pack
from bot.core.model.reply import Answer, Choice, Choices, Reply, Status
from bot.understanding.engine import PackUnderstander
from tests.conftest import LIBRARY
from tests.dialogues import Dialogue, Player, Turns, dialogues, faults, patterns
from tests.fakes import user_of

REPAIRS = {
    "happy path",
    "correction",
    "correction twice in a row",
    "correction of a correction",
    "digression",
    "digression inside a digression",
    "cancel",
    "cancel during a correction",
    "resume after a restart",
    "resume after a new version",
    "ambiguous start",
    "refusal to give information",
    "why do you ask",
    "repeat",
    "negation",
    "several wishes at once",
    "silence",
    "human asked for",
}
"""The kinds of conversations that the best frameworks test."""


def params(those: Iterable[Dialogue]) -> list[Any]:
    return [pytest.param(one.turns, id=one.name) for one in those]


@pytest.mark.asyncio
@pytest.mark.parametrize("turns", params([*dialogues(), *patterns()]))
async def test_a_dialogue_goes_as_written(
    pack: Pack, understander: PackUnderstander, turns: Turns
) -> None:
    await Player(user_of(pack, understander)).play(turns)


def test_every_kind_of_repair_is_shown_for_every_registration(pack: Pack) -> None:
    [procedure] = pack.procedures.values()
    registrations = {*procedure.registrations, *procedure.without_path}
    shown = {one.name for one in patterns()}
    assert shown == {f"{repair}: {kind}" for repair in REPAIRS for kind in registrations}


@pytest.mark.asyncio
@pytest.mark.parametrize("turns", params(dialogues(LIBRARY)))
async def test_a_procedure_of_another_subject_needs_no_python(library: Brain, turns: Turns) -> None:
    await Player(user_of(library.pack, library.understander)).play(turns)


def test_every_dialogue_expects_something_at_its_end() -> None:
    everything = [*dialogues(), *dialogues(LIBRARY), *patterns()]
    assert [one.name for one in everything if "bot" not in one.turns[-1]] == []


@pytest.mark.parametrize(
    "expected",
    [
        {"status": "clarify"},
        {"reason": "no_data"},
        {"entry": "portal"},
        {"entries": []},
        {"procedure": "walk"},
        {"step": "apply"},
        {"again": "apply"},
        {"rule": "finished"},
        {"slots": {"region": "四川"}},
        {"contains": ["是", "没有的话"]},
        {"lacks": "是"},
        {"choices": ["否"]},
        {"offers": "否"},
        {"withholds": "是"},
        {"source": "2021-12-08"},
    ],
    ids=lambda expected: next(iter(expected)),
)
def test_each_expectation_can_fail(expected: dict[str, Any]) -> None:
    parts = (Choices((Choice("是", "y"),)),)
    reply = Reply(Status.ANSWERED, parts, answers=(Answer("limits"),))
    assert len(faults(reply, expected)) == 1
