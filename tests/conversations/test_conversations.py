"""Dialogues as data: every `*.yaml` here, played through a `Conversation` with a store in memory.

A turn is what a person does or what the bot must do (`bot`, see `_CHECKS`).  A person says
something (`user`), takes the choice of a label (`press`), or lets minutes pass (`wait`).  Somebody
else in the same chat takes a choice that was not offered to them (`another`); the program is
started anew over the same store (`restart`).
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.app import Brain, load_brain
from bot.core.conversation import Conversation
from bot.core.pack import Pack
from bot.core.reply import Answer, Choice, Choices, Reply, Status
from bot.understanding.engine import PackUnderstander
from tests.conftest import KNOWLEDGE
from tests.fakes import ScriptedUser, labels_of, told, user_of

HERE = Path(__file__).parent
LIBRARY = HERE / "library"


def _listed(wanted: Any) -> list[Any]:
    return wanted if isinstance(wanted, list) else [wanted]


def _entries(reply: Reply) -> list[str]:
    return [answer.entry for answer in reply.answers]


_CHECKS: Mapping[str, Callable[[Reply, Any], bool]] = {
    "status": lambda reply, wanted: reply.status == wanted,
    "reason": lambda reply, wanted: reply.reason == wanted,
    "entry": lambda reply, wanted: _entries(reply) == [wanted],
    "entries": lambda reply, wanted: _entries(reply) == wanted,
    "procedure": lambda reply, wanted: reply.status == "procedure" and _entries(reply) == [wanted],
    "step": lambda reply, wanted: reply.rule == f"card:{wanted}",
    "again": lambda reply, wanted: reply.rule.endswith(f"+card:{wanted}"),
    "rule": lambda reply, wanted: reply.rule == wanted,
    "slots": lambda reply, wanted: wanted.items() <= reply.slots.items(),
    "contains": lambda reply, wanted: all(w in reply.as_text() for w in _listed(wanted)),
    "lacks": lambda reply, wanted: not any(w in reply.as_text() for w in _listed(wanted)),
    "choices": lambda reply, wanted: labels_of(reply) == wanted,
    "offers": lambda reply, wanted: set(_listed(wanted)) <= set(labels_of(reply)),
    "withholds": lambda reply, wanted: not set(_listed(wanted)) & set(labels_of(reply)),
    "source": lambda reply, wanted: wanted in [str(note.checked_on) for note in reply.sources],
}


def dialogues(folder: Path = HERE) -> Iterator[Any]:
    for path in sorted(folder.glob("*.yaml")):
        for dialogue in yaml.safe_load(path.read_text(encoding="utf-8")):
            yield pytest.param(dialogue["turns"], id=f"{path.stem}: {dialogue['name']}")


def faults(reply: Reply, expected: Mapping[str, Any]) -> list[str]:
    return [f"{k}: {wanted}" for k, wanted in expected.items() if not _CHECKS[k](reply, wanted)]


async def _pressed(user: ScriptedUser, last: Reply | None, label: str) -> Reply:
    offered = {choice.label: choice.value for choice in last.choices} if last else {}
    assert label in offered, f"{label!r} was not offered\n{told(last) if last else ''}"
    return await user.presses(offered[label])


async def _act(user: ScriptedUser, last: Reply | None, turn: Mapping[str, Any]) -> Reply | None:
    [(kind, what)] = turn.items()
    match kind:
        case "user":
            return await user.says(what)
        case "press":
            return await _pressed(user, last, what)
        case "another":
            return await _pressed(user.elsewhere("another"), last, what)
        case "restart":
            user.conversation = Conversation(
                user.conversation.pack,
                user.conversation._understander,
                user.conversation._store,
                user.clock,
            )
            return last
        case "wait":
            user.clock.forward(minutes=what)
            return last
        case "bot":
            assert last is not None
            assert (wrong := faults(last, what)) == [], f"not so: {wrong}\n{told(last)}"
            return last
        case _:
            raise AssertionError(f"no such turn: {kind}")


@pytest.mark.asyncio
@pytest.mark.parametrize("turns", list(dialogues()))
async def test_a_dialogue_goes_as_written(
    pack: Pack, understander: PackUnderstander, turns: list[dict[str, Any]]
) -> None:
    user, reply = user_of(pack, understander), None
    for turn in turns:
        reply = await _act(user, reply, turn)


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Brain:
    """The pack with a second procedure, of another subject, that is nothing but a file."""
    folder = tmp_path_factory.mktemp("library") / "knowledge"
    shutil.copytree(KNOWLEDGE, folder)
    shutil.copy(LIBRARY / "procedure" / "library-card.yaml", folder / "procedures")
    return load_brain(folder)


@pytest.mark.asyncio
@pytest.mark.parametrize("turns", list(dialogues(LIBRARY)))
async def test_a_procedure_of_another_subject_needs_no_python(
    library: Brain, turns: list[dict[str, Any]]
) -> None:
    user, reply = user_of(library.pack, library.understander), None
    for turn in turns:
        reply = await _act(user, reply, turn)


def test_every_dialogue_expects_something_at_its_end() -> None:
    assert [p.id for p in dialogues() if "bot" not in p.values[0][-1]] == []


def test_the_dialogues_are_many() -> None:
    assert len(list(dialogues())) >= 25


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
