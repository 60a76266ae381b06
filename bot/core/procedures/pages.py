"""Pages beside the cards of a walk: its papers to tick off, all its steps, what can be taken."""

from __future__ import annotations

from dataclasses import replace

from bot.core.answering.citations import cited_part, perspective
from bot.core.model.reply import Choice, Choices, Part, Text
from bot.core.model.scope import Setting
from bot.core.model.session import Session, Walk
from bot.core.model.turn import Turn
from bot.core.procedures import cards, summary
from bot.core.procedures.cards import back_choice, placed, reply_of
from bot.core.procedures.checklist import code_of, label_of, papers_of, papers_part
from bot.core.procedures.turns import found, named, out_of_date, remembered, shown
from bot.core.procedures.walk import begun, ticked


def press_tick(setting: Setting, session: Session, rest: str) -> Turn | None:
    """`<walk>:<paper>`: at hand, or not any more."""
    name, _, code = rest.partition(":")
    procedure, kind = named(setting, name)
    papers = papers_of(setting, procedure, kind) if procedure else None
    walk = remembered(session, name)
    paper = next((p for p in papers.names if code_of(p) == code), None) if papers else None
    if procedure is None or papers is None:
        return None
    if paper is None:  # worded anew since
        return press_papers(setting, session, name)
    walk = ticked(walk or Walk(procedure.id, kind, ()), papers.step, paper)
    return press_papers(setting, _kept(session, walk), name)


def _kept(session: Session, walk: Walk) -> Session:
    """The walk kept where it was; what is not under way stays so."""
    if session.walk and session.walk.name == walk.name:
        return replace(session, walk=walk)
    return session.with_walk(walk).with_walk(session.walk)


def press_papers(setting: Setting, session: Session, rest: str) -> Turn | None:
    """`<walk>`: its papers, each a choice that ticks it off."""
    name = rest.partition(":")[0]
    procedure, kind = named(setting, name)
    walk = remembered(session, name)
    setting = placed(setting, walk) if walk else setting
    papers = papers_of(setting, procedure, kind) if procedure else None
    if procedure is None or papers is None:
        return None
    have = papers.ticked(walk)
    options = [
        Choice(label_of(p, is_ticked=p in have), f"t:{name}:{code_of(p)}") for p in papers.names
    ]
    if papers.names:
        options.append(Choice(setting.phrase("more_on_papers"), f"e:{papers.entry.id}"))
    options += _way_back(setting, session, name)
    facts = papers.entry.facts_on(setting.day, setting.region)
    parts: list[Part] = [papers_part(setting, papers, walk)]
    if not papers.names:
        parts = [Text(fact.text) for fact in facts] or parts
    if facts and (whose := perspective(setting, papers.entry, facts)):
        parts.append(Text(whose))
    parts.append(cited_part(setting.pack, [c for fact in facts for c in fact.citations]))
    parts += [Choices(tuple(options))] if options else []
    shown_walk = walk or Walk(procedure.id, kind, ())
    return Turn(reply_of(setting, procedure, shown_walk, parts, f"papers:{kind}"), session)


def _way_back(
    setting: Setting, session: Session, name: str, *, has_to_stay: bool = False
) -> list[Choice]:
    under_way = found(setting, session)
    if under_way is None or under_way[1].name != name:
        return []
    return [back_choice(setting, *under_way, has_to_stay=has_to_stay)]


def press_steps(setting: Setting, session: Session, rest: str) -> Turn | None:
    """`<walk>`: all its steps on one page."""
    name = rest.partition(":")[0]
    under_way = found(setting, session)
    if under_way is None or under_way[1].name != name:
        return out_of_date(setting, session, name, rest.partition(":")[2])
    procedure, walk = under_way
    options = (back_choice(setting, procedure, walk), *summary.take_along(setting, walk))
    parts: list[Part] = [
        *summary.steps_page(setting, procedure, walk),
        cited_part(setting.pack, procedure.citations),
        Choices(options),
    ]
    return Turn(reply_of(placed(setting, walk), procedure, walk, parts, "steps"), session)


def press_extra(setting: Setting, session: Session, rest: str) -> Turn | None:
    """`list`, `picture` or `again` of a walk, or `other` for the choice of another."""
    what, _, name = rest.partition(":")
    if what == "other":
        return Turn(cards.menu(setting, session), session)
    procedure, kind = named(setting, name)
    if procedure is None:
        return None
    walk = remembered(session, name)
    match what:
        case "list":
            reply = summary.list_to_take(setting, procedure, walk, kind)
        case "picture" if kind in procedure.kinds:
            reply = summary.picture(setting, procedure, walk, kind)
        case "again" if kind in procedure.kinds:
            region = walk.region if walk else setting.region
            fresh = begun(procedure, kind, region, walk)
            has_ticks = walk is not None and any(walk.ticks.values())
            notice = setting.phrase("restarted_with_papers" if has_ticks else "restarted")
            return shown(setting, session, procedure, fresh, notice)
        case _:
            return None
    ways = _way_back(setting, session, name, has_to_stay=True)
    return Turn(reply.with_choice(ways[0]) if ways else reply, session)
