"""Show the pages beside the cards of a walk: papers to tick, all steps, list, picture."""

from __future__ import annotations

from dataclasses import replace

from bot.core.answering.citations import cited_part, perspective
from bot.core.model.choices import ShowEntry, ShowExtra, ShowSteps, TickPaper
from bot.core.model.reply import Choice, Choices, Part, Text
from bot.core.model.scope import Scope
from bot.core.model.session import Session, Walk
from bot.core.model.turn import Turn
from bot.core.procedures import cards, summary
from bot.core.procedures.cards import back_choice, placed, reply_of
from bot.core.procedures.checklist import code_of, label_of, papers_left, papers_of, papers_part
from bot.core.procedures.turns import (
    offer_to_resume,
    remembered,
    show_card,
    split_name,
    walk_under_way,
)
from bot.core.procedures.walk import begun, ticked

_DIGITS_OF_A_PAGE = 4


def tick_paper(scope: Scope, session: Session, target: TickPaper) -> Turn | None:
    """Tick a paper or untick it, and show the list."""
    name, code = target.walk, target.code
    procedure, kind = split_name(scope, name)
    papers = papers_of(scope, procedure, kind) if procedure else None
    walk = remembered(session, name)
    paper = next((p for p in papers.names if code_of(p) == code), None) if papers else None
    if procedure is None or papers is None:
        return None
    if paper is None:  # worded anew since
        return show_papers(scope, session, name)
    walk = ticked(walk or Walk(procedure.id, kind, ()), papers.step, paper)
    turn = show_papers(scope, _store_walk(session, walk), name)
    return _in_a_line(turn, papers_left(scope, papers, walk)) if turn and target.stays else turn


def _in_a_line(turn: Turn, line: Text) -> Turn:
    """Return the turn with this line in place of the list; all choices stay."""
    choices = [part for part in turn.reply.parts if isinstance(part, Choices)]
    return replace(turn, reply=replace(turn.reply, parts=(line, *choices)))


def _store_walk(session: Session, walk: Walk) -> Session:
    """Store the walk in its place: as the one under way if it is, else on the shelf."""
    if session.walk and session.walk.name == walk.name:
        return replace(session, walk=walk)
    return session.with_walk(walk).with_walk(session.walk)


def show_papers(scope: Scope, session: Session, name: str) -> Turn | None:
    """Show the papers of the named walk, each as a choice that ticks or unticks it."""
    procedure, kind = split_name(scope, name)
    walk = remembered(session, name)
    scope = placed(scope, walk) if walk else scope
    papers = papers_of(scope, procedure, kind) if procedure else None
    if procedure is None or papers is None:
        return None
    have = papers.ticked(walk)
    options = [
        Choice(label_of(p, is_ticked=p in have), str(TickPaper(name, code_of(p))))
        for p in papers.names
    ]
    if papers.names:
        options.append(Choice(scope.phrase("more_on_papers"), str(ShowEntry(papers.entry.id))))
    options += _way_back(scope, session, name)
    facts = papers.entry.facts_on(scope.day, scope.region)
    parts: list[Part] = [papers_part(scope, papers, walk, is_numbered=True)]
    if not papers.names:
        parts = [Text(fact.text) for fact in facts] or parts
    if facts and (whose := perspective(scope, papers.entry, facts)):
        parts.append(Text(whose))
    parts.append(cited_part(scope, [c for fact in facts for c in fact.citations]))
    parts += [Choices(tuple(options), len(papers.names))] if options else []
    shown_walk = walk or Walk(procedure.id, kind, ())
    return Turn(reply_of(scope, procedure, shown_walk, parts, f"papers:{kind}"), session)


def _way_back(
    scope: Scope, session: Session, name: str, *, has_to_stay: bool = False
) -> list[Choice]:
    under_way = walk_under_way(scope, session)
    if under_way is None or under_way[1].name != name:
        return []
    return [back_choice(scope, *under_way, has_to_stay=has_to_stay)]


def show_steps(scope: Scope, session: Session, target: ShowSteps) -> Turn | None:
    """Show all steps of the walk on one page."""
    name = target.walk
    under_way = walk_under_way(scope, session)
    if under_way is None or under_way[1].name != name:
        return offer_to_resume(scope, session, name, target.step)
    procedure, walk = under_way
    options = (back_choice(scope, procedure, walk), *summary.take_along(scope, walk))
    parts: list[Part] = [
        *summary.steps_page(scope, procedure, walk),
        cited_part(scope, procedure.citations),
        Choices(options),
    ]
    return Turn(reply_of(placed(scope, walk), procedure, walk, parts, "steps"), session)


def show_extra(scope: Scope, session: Session, target: ShowExtra) -> Turn | None:
    """Show the list or the picture of a walk, restart it, or offer another one."""
    what, name = target.what, target.walk
    if what == "other":
        is_page = name.isascii() and name.isdigit() and len(name) < _DIGITS_OF_A_PAGE
        return Turn(cards.menu(scope, session, page=int(name) if is_page else 1), session)
    procedure, kind = split_name(scope, name)
    if procedure is None:
        return None
    walk = remembered(session, name)
    match what:
        case "list":
            reply = summary.list_to_take(scope, procedure, walk, kind)
        case "picture" if kind in procedure.kinds:
            reply = summary.picture(scope, procedure, walk, kind)
        case "again" if kind in procedure.kinds:
            region = walk.region if walk else scope.region
            fresh = begun(procedure, kind, region, walk)
            has_ticks = walk is not None and any(walk.ticks.values())
            notice = scope.phrase("restarted_with_papers" if has_ticks else "restarted")
            return show_card(scope, session, procedure, fresh, notice)
        case _:
            return None
    ways = _way_back(scope, session, name, has_to_stay=True)
    return Turn(reply.with_choice(ways[0]) if ways else reply, session)
