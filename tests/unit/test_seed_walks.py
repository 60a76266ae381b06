"""Every way through the pack's procedures is walked, and one wrong arrow on any of them is noticed.

The ways are written out here; `test_each_way_to_break_an_arrow_is_noticed` breaks the procedure in
every place in turn and looks whether what is written here still holds.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from bot.core.dialogue.decide import take_turn
from bot.core.model.pack import Pack
from bot.core.model.procedure import Procedure, Transition
from bot.core.model.reply import Reply, Status
from bot.core.model.session import Session
from bot.core.model.update import Update
from bot.core.ports import Brain
from bot.core.procedures.graph import all_paths, path
from tests.fakes import NOON, SOMEONE, ScriptedUnderstander
from tests.paths import answers_of, cards_along

OPENING = "apply employer-review"
REFUSED = f"{OPENING} accept refuse-acceptance"
CLOSING = "generate-certificate print-and-seal"
BY_NOTICE = f"{OPENING} accept examine approve-and-announce issue-certificate-and-number {CLOSING}"
BY_APPROVAL = f"{OPENING} accept examine approve issue-certificate {CLOSING}"
WAYS = {
    "初始注册": {BY_NOTICE, REFUSED},
    "重新注册": {BY_NOTICE, REFUSED},
    "增项注册": {BY_APPROVAL, REFUSED},
    "延续注册": {BY_APPROVAL, REFUSED},
    "个人信息修改": {BY_APPROVAL, REFUSED},
    "遗失补办": {f"{OPENING} accept examine issue-certificate {CLOSING}", REFUSED},
    "注销注册": {f"{OPENING} deregistration-done"},
    "企业名称变更": {f"{OPENING} company-rename-done"},
}
LABELS = {
    "company-rename-done": "企业名称变更",
    "deregistration-done": "注销注册",
    "examine": "符合受理要求",
    "refuse-acceptance": "不符合受理要求",
    "approve-and-announce": "初始、重新注册",
    "approve": "个人基本信息修改 增项、延续注册",
}
"""What is written on the arrow that leads to a step, where there is one arrow with words."""


@pytest.fixture
def seed(pack: Pack) -> Procedure:
    return pack.procedures["sichuan-registration"]


def ways_of(procedure: Procedure) -> dict[str, set[str]]:
    return {
        kind: {
            " ".join([procedure.start, *(way.to for way in ways)])
            for ways in all_paths(procedure, kind)
        }
        for kind in procedure.kinds
    }


def labels_of(procedure: Procedure) -> dict[str, str]:
    found = [way for step in procedure.steps.values() for way in step.transitions if way.label]
    return {way.to: way.label or "" for way in found if way.to != "issue-certificate"}


def usual_ways(procedure: Procedure) -> dict[str, str]:
    return {kind: " ".join(step.id for step in path(procedure, kind)) for kind in procedure.kinds}


def holds(procedure: Procedure) -> bool:
    """Whether everything that is written here is true of a procedure."""
    try:
        usual = usual_ways(procedure)
    except (KeyError, ValueError):
        return False
    expected = {kind: next(way for way in ways if way != REFUSED) for kind, ways in WAYS.items()}
    return usual == expected and ways_of(procedure) == WAYS and labels_of(procedure) == LABELS


def test_the_ways_are_these_and_no_others(seed: Procedure) -> None:
    assert ways_of(seed) == WAYS
    assert labels_of(seed) == LABELS
    assert holds(seed)


def broken(procedure: Procedure) -> Iterator[tuple[str, Procedure]]:
    """The procedure with one arrow changed, for each arrow and each way to change one."""
    for step in procedure.steps.values():
        for n, way in enumerate(step.transitions):
            arriving = [
                kind for kind, ways in WAYS.items() if any(step.id in w.split() for w in ways)
            ]
            for what, ways in _changes(procedure, way, arriving):
                changed = (*step.transitions[:n], *ways, *step.transitions[n + 1 :])
                steps = {**procedure.steps, step.id: replace(step, transitions=changed)}
                yield f"{step.id} -> {way.to}: {what}", replace(procedure, steps=steps)


def _changes(
    procedure: Procedure, way: Transition, arriving: list[str]
) -> Iterator[tuple[str, list[Transition]]]:
    """`arriving` are the registrations that come to the step at all."""
    yield "taken out", []
    for other in procedure.steps:
        if other != way.to:
            yield f"leads to {other}", [replace(way, to=other)]
    for kind in way.registrations:
        fewer = tuple(k for k in way.registrations if k != kind) or ("变更注册",)
        yield f"not for {kind}", [replace(way, registrations=fewer)]
    for kind in arriving if way.registrations else ():
        if kind not in way.registrations:
            yield f"for {kind} too", [replace(way, registrations=(*way.registrations, kind))]
    if way.is_setback:
        yield "no setback", [replace(way, is_setback=False, outcome=None)]
    if way.outcome and not way.is_setback:
        yield "a setback", [replace(way, is_setback=True)]


def test_each_way_to_break_an_arrow_is_noticed(seed: Procedure) -> None:
    changed = list(broken(seed))
    assert len(changed) > 200
    assert [what for what, procedure in changed if holds(procedure)] == []


def test_each_arrow_that_loses_its_words_is_noticed(seed: Procedure) -> None:
    for step in seed.steps.values():
        for n, way in enumerate(step.transitions):
            if way.label and way.to != "issue-certificate":
                bare = (*step.transitions[:n], replace(way, label=None), *step.transitions[n + 1 :])
                steps = {**seed.steps, step.id: replace(step, transitions=bare)}
                assert not holds(replace(seed, steps=steps)), way.label


def test_every_way_of_every_procedure_is_walked_to_its_end(pack: Pack) -> None:
    walked = 0
    for procedure in pack.procedures.values():
        for kind in procedure.kinds:
            for ways in all_paths(procedure, kind):
                seen = list(_walk(pack, procedure, kind, answers_of(procedure, ways)))
                steps = [procedure.start, *(way.to for way in ways)]
                assert seen == cards_along(procedure, steps)
                walked += 1
    assert walked == 14


def _walk(pack: Pack, procedure: Procedure, kind: str, answers: dict[str, str]) -> Iterator[str]:
    """The steps whose cards come up when these answers are pressed, else 下一步."""
    session, reply = _press(pack, Session(), f"p:{procedure.id}#{kind}")
    while reply.rule.startswith("card:"):
        step = procedure.steps[reply.rule.removeprefix("card:")]
        yield step.id
        wanted = {"下一步"} | {
            w.label for w in step.transitions if w.outcome == answers.get(step.id)
        }
        if any(way.is_setback and way.outcome == answers.get(step.id) for way in step.transitions):
            wanted.discard("下一步")
        value = next((choice.value for choice in reply.choices if choice.label in wanted), None)
        if value is None:
            return
        session, reply = _press(pack, session, value)


def _press(pack: Pack, session: Session, value: str) -> tuple[Session, Reply]:
    brain = Brain(pack, ScriptedUnderstander())
    update = Update("1", SOMEONE, NOON, press=value)
    turn = take_turn(brain, session, update, NOON)
    assert turn.reply.status is Status.PROCEDURE
    return turn.session, turn.reply
