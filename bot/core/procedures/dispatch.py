"""Where words and choices that belong to a walk are taken: to its cards or to its pages."""

from __future__ import annotations

from collections.abc import Callable

from bot.core.model.scope import Scope
from bot.core.model.session import Session
from bot.core.model.turn import Turn
from bot.core.procedures import pages
from bot.core.procedures import turns as step_turns
from bot.core.words.moves import Kind, Move

Press = Callable[[Scope, Session, str], Turn | None]


def move(scope: Scope, session: Session, what: Move) -> Turn:
    """A walk moved by words; the caller has seen that one is under way."""
    under_way = step_turns.walk_under_way(scope, session)
    assert under_way is not None
    procedure, walk = under_way
    match what.kind:
        case Kind.GOTO:
            return step_turns.go_to(scope, session, procedure, walk, what.number)
        case Kind.AGAIN | Kind.LIST | Kind.PICTURE:
            turn = pages.press_extra(scope, session, f"{what.kind}:{walk.name}")
        case Kind.OTHER:
            turn = pages.press_extra(scope, session, "other:")
        case Kind.PAPERS:
            turn = pages.press_papers(scope, session, walk.name)
        case Kind.STEPS:
            turn = pages.press_steps(scope, session, walk.name)
        case Kind.WHY | Kind.DECLINE:
            turn = step_turns.explained(scope, session, procedure, walk, what.kind)
        case kind:
            turn = step_turns.moved(scope, session, procedure, walk, kind)
    assert turn is not None
    return turn


def _press_beside(scope: Scope, session: Session, rest: str) -> Turn | None:
    """A choice under an answer, which has to stay where it is: the same as on a card."""
    kind, _, inner = rest.partition(":")
    handler = {
        "a": step_turns.press_answer,
        "k": pages.press_papers,
        "m": pages.press_steps,
    }.get(kind)
    return (
        handler(scope, session, inner) if handler else step_turns.press_walk(scope, session, rest)
    )


PRESSES: dict[str, Press] = {
    "w": step_turns.press_walk,
    "n": _press_beside,
    "a": step_turns.press_answer,
    "g": step_turns.press_go,
    "p": step_turns.press_start,
    "s": step_turns.press_switch,
    "t": pages.press_tick,
    "k": pages.press_papers,
    "m": pages.press_steps,
    "x": pages.press_extra,
}
"""By the kind that a value begins with."""


def press(scope: Scope, session: Session, value: str) -> Turn | None:
    """A choice that belongs to a walk; `None` if it does not, or makes no sense any more."""
    kind, _, rest = value.partition(":")
    handler = PRESSES.get(kind)
    return handler(scope, session, rest) if handler else None
