"""Random procedures that `kb check` can prove, walked by somebody who changes their mind.

Every move is followed by a restart: what is stored is read back, and nothing else is kept.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.core.dialogue.decide import take_turn
from bot.core.model.conditions import AnswerTest
from bot.core.model.procedure import Option, Procedure, Question, QuestionKind, Step, Transition
from bot.core.model.session import Session
from bot.core.model.turn import Turn
from bot.core.model.update import Update
from bot.core.ports import Brain
from bot.core.procedures.graph import all_paths
from bot.core.procedures.samples import samples
from bot.core.procedures.walk import current, route_of, steps_of
from bot.core.wire import session_as_json, session_from_json
from bot.knowledge.checks.ways import check_ways
from tests.fakes import NOON, SOMEONE, ScriptedUnderstander
from tests.tiny import WALK, tiny_pack

NAMES = tuple("abcdefg")
KINDS = (QuestionKind.YES_NO, QuestionKind.NUMBER, QuestionKind.SEVERAL, QuestionKind.CHOICE)
OPTIONS = tuple(map(Option, ("红", "蓝", "绿")))


def question(kind: QuestionKind, name: str) -> Question:
    has_options = kind in (QuestionKind.SEVERAL, QuestionKind.CHOICE)
    bounds = ("0", "9") if kind is QuestionKind.NUMBER else (None, None)
    return Question(kind, f"{name}？", None, *bounds, options=OPTIONS if has_options else ())


def halves(kind: QuestionKind) -> tuple[tuple[AnswerTest, ...], tuple[AnswerTest, ...]]:
    """Two sets of answers that are all there are, and have none in common."""
    match kind:
        case QuestionKind.YES_NO:
            return (AnswerTest("是"),), (AnswerTest("否"),)
        case QuestionKind.NUMBER:
            return (AnswerTest(below="5"),), (AnswerTest(least="5"),)
        case QuestionKind.SEVERAL:
            return (AnswerTest(any_of=("红",)),), (AnswerTest(none_of=("红",)),)
        case _:
            return (AnswerTest("红"), AnswerTest("绿")), (AnswerTest("蓝"),)


@st.composite
def procedures(draw: st.DrawFn) -> Procedure:
    """A graph in which each step asks, or not, and goes by its own answer or by an earlier one."""
    steps: dict[str, Step] = {}
    kinds = {name: draw(st.sampled_from((None, *KINDS))) for name in NAMES[:-1]}
    for n, name in enumerate(NAMES[:-1]):
        kind, later = kinds[name], st.sampled_from(NAMES[n + 1 :])
        deciding = draw(
            st.sampled_from([other for other in NAMES[: n + 1] if kinds[other]] or [""])
        )
        if deciding:
            one, other = halves(kinds[deciding] or QuestionKind.YES_NO)
            unasked = () if deciding == name else (AnswerTest(is_unasked=True),)
            ways = [
                Transition(draw(later), when=({deciding: (*one, *unasked)},)),
                Transition(draw(later), when=({deciding: other},)),
            ]
        else:
            ways = [Transition(draw(later))]
        asked = question(kind, name) if kind else None
        is_wait = asked is None and draw(st.booleans())
        steps[name] = Step(name, f"做{name}", transitions=(*ways,), question=asked, is_wait=is_wait)
    steps[NAMES[-1]] = Step(NAMES[-1], "完")
    return replace(WALK, start="a", steps=steps, registrations=(), regions=(), materials={})


def restarted(session: Session) -> Session:
    stored = json.loads(json.dumps(session_as_json(session), ensure_ascii=False))
    assert session_from_json(stored) == replace(session, context=session_from_json(stored).context)
    return session_from_json(stored)


def done(brain: Brain, session: Session, **what: str) -> Turn:
    turn = take_turn(brain, session, Update("1", SOMEONE, NOON, **what), NOON)  # type: ignore[arg-type]
    return replace(turn, session=restarted(turn.session))


def holds(procedure: Procedure, turn: Turn) -> None:
    """The walk stands on its path, and the card claims no more than the answers decide."""
    walk = turn.session.walk
    assert walk
    here, path = current(procedure, walk), steps_of(procedure, walk)
    assert here in path
    assert tuple(step.id for step in path[: len(walk.trail)]) == walk.trail
    if turn.reply.rule == f"card:{here.id}":
        total = f"/{len(path)} 步"
        assert (total in turn.reply.as_text()) is route_of(procedure, walk).is_complete


MOVE = st.sampled_from(("answer", "answer", "next", "back", "goto", "refuse", "digress"))
MOVES = st.lists(st.tuples(MOVE, st.integers(0, 7)), min_size=1, max_size=25)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(procedures(), MOVES)
def test_whatever_is_done_the_walk_stands_on_its_path_and_arrives(
    procedure: Procedure, moves: list[tuple[str, int]]
) -> None:
    assert list(check_ways(procedure)) == []
    brain = Brain(tiny_pack(procedure=procedure), ScriptedUnderstander())
    turn = done(brain, Session(), press="p:walk#")
    for move, number in moves:
        before = turn.session.walk
        if before is None:  # the last card was left with 下一步
            turn = done(brain, turn.session, press="p:walk#")
            continue
        turn = moved(brain, procedure, turn, move, number)
        if after := turn.session.walk:
            holds(procedure, turn)
            assert kept(before.answers, after.answers, current(procedure, before).id)
    arrives(brain, procedure, turn)


def moved(brain: Brain, procedure: Procedure, turn: Turn, move: str, number: int) -> Turn:
    walk = turn.session.walk
    assert walk
    step = current(procedure, walk)
    answers = samples(procedure)[step.id]
    match move:
        case "answer" if answers and step.question:
            return answered(brain, turn, step, answers[number % len(answers)])
        case "goto":
            return done(brain, turn.session, text=f"回到第 {number} 步")
        case "refuse":
            return done(brain, turn.session, text="不想说")
        case "digress":
            return done(brain, turn.session, text="今天天气怎么样")
        case "back":
            return done(brain, turn.session, text="上一步")
        case _:
            return done(brain, turn.session, text="下一步")


def answered(brain: Brain, turn: Turn, step: Step, answer: str) -> Turn:
    """Answer by the button, or by words where there is none on the card."""
    assert step.question
    if step.question.kind is QuestionKind.SEVERAL:
        words = "、".join(answer.split("\n")) if answer else "都没有"
    else:
        words = answer
    card = done(brain, turn.session, text="再说一遍")
    return done(brain, card.session, text=words)


def kept(before: Mapping[str, str], after: Mapping[str, str], at: str) -> bool:
    """Whether every answer but that of the step itself is as it was."""
    return all(after.get(name) == answer for name, answer in before.items() if name != at)


def arrives(brain: Brain, procedure: Procedure, turn: Turn) -> None:
    """Whoever answers everything gets to the end."""
    turn = done(brain, turn.session, press="p:walk#")
    for _ in range(3 * len(NAMES)):
        walk = turn.session.walk
        assert walk
        step = current(procedure, walk)
        if step.id == NAMES[-1]:
            return
        is_open = step.question is not None and step.id not in walk.answers
        if is_open:
            turn = answered(brain, turn, step, samples(procedure)[step.id][0])
        else:
            turn = done(brain, turn.session, press="w:next")
    raise AssertionError(f"never arrives: {turn.reply.as_text()}")


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(procedures())
def test_every_path_ends_at_the_end(procedure: Procedure) -> None:
    assert {ways[-1].to for ways in all_paths(procedure, "")} == {NAMES[-1]}
