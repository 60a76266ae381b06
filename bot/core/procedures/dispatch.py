"""Route the moves and choices of a walk to its cards (`turns`) or to its pages (`pages`)."""

from __future__ import annotations

from typing import assert_never

from bot.core.model.choices import (
    AnswerStep,
    MoveWalk,
    PickOption,
    ResumeWalk,
    ShowExtra,
    ShowOptions,
    ShowPapers,
    ShowSteps,
    StartWalk,
    SwitchWalk,
    TickPaper,
    WalkTarget,
)
from bot.core.model.scope import Scope
from bot.core.model.session import Session
from bot.core.model.turn import Turn
from bot.core.procedures import pages
from bot.core.procedures import turns as step_turns
from bot.core.words.moves import Kind, Move


def move(scope: Scope, session: Session, what: Move) -> Turn:
    """Carry out a move that was said in words; a walk must be under way."""
    under_way = step_turns.walk_under_way(scope, session)
    assert under_way is not None
    procedure, walk = under_way
    match what.kind:
        case Kind.GOTO:
            return step_turns.go_to(scope, session, procedure, walk, what.number)
        case Kind.AGAIN | Kind.LIST | Kind.PICTURE:
            turn = pages.show_extra(scope, session, ShowExtra(what.kind, walk.name))
        case Kind.OTHER:
            turn = pages.show_extra(scope, session, ShowExtra("other"))
        case Kind.PAPERS:
            turn = pages.show_papers(scope, session, walk.name)
        case Kind.STEPS:
            turn = pages.show_steps(scope, session, ShowSteps(walk.name))
        case Kind.WHY | Kind.DECLINE:
            turn = step_turns.explain_question(scope, session, procedure, walk, what.kind)
        case kind:
            turn = step_turns.make_move(scope, session, procedure, walk, kind)
    assert turn is not None
    return turn


def press(  # noqa: C901  one case a kind
    scope: Scope, session: Session, target: WalkTarget
) -> Turn | None:
    """Carry out a choice that belongs to a walk; return `None` if it no longer fits the pack."""
    match target:
        case MoveWalk():
            return step_turns.press_move(scope, session, target)
        case AnswerStep():
            return step_turns.press_answer(scope, session, target)
        case PickOption():
            return step_turns.press_pick(scope, session, target)
        case ShowOptions():
            return step_turns.press_options(scope, session, target)
        case ResumeWalk():
            return step_turns.press_resume(scope, session, target)
        case StartWalk(name):
            return step_turns.press_start(scope, session, name)
        case SwitchWalk(name):
            return step_turns.press_switch(scope, session, name)
        case TickPaper():
            return pages.tick_paper(scope, session, target)
        case ShowPapers(name):
            return pages.show_papers(scope, session, name)
        case ShowSteps():
            return pages.show_steps(scope, session, target)
        case ShowExtra():
            return pages.show_extra(scope, session, target)
        case _:
            assert_never(target)
