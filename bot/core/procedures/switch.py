"""Correct a walk: another registration than the one chosen, another answer than the one given.

Whatever still fits is kept and named, and the walk that was left can be resumed where it stood.
"""

from __future__ import annotations

from dataclasses import replace

from bot.core.answering.entry_replies import entry_reply
from bot.core.model.choices import ShowPapers
from bot.core.model.procedure import Procedure
from bot.core.model.reply import Choice, Text
from bot.core.model.scope import Scope
from bot.core.model.session import Session, Walk
from bot.core.model.turn import Turn
from bot.core.model.vocabulary import PLACE, SERVICE
from bot.core.procedures.cards import card, progress
from bot.core.procedures.checklist import papers_of
from bot.core.procedures.option_lists import shown_answer
from bot.core.procedures.walk import begun, current, position, steps_of, switched


def switch(scope: Scope, session: Session, procedure: Procedure, kind: str) -> Turn:
    """Change from the walk under way to the one of another registration."""
    if kind in procedure.without_path:
        return without_path(scope, session, procedure, kind)
    walk, name = session.walk, f"{procedure.id}#{kind}"
    if walk is None or walk.name == name:
        after = walk or begun(procedure, kind, scope.region)
        return Turn(card(scope, procedure, after), session.with_walk(after))
    notices = [scope.phrase("switched", title=kind or procedure.title)]
    if earlier := session.shelved(name):
        after = replace(earlier, region=walk.region or earlier.region, is_aside=False)
        notices = [scope.phrase("switched_back", title=kind or procedure.title)]
    elif walk.procedure == procedure.id:
        after = switched(procedure, walk, kind)
        notices += _kept_lines(scope, procedure, after)
    else:
        after = begun(procedure, kind, walk.region or scope.region)
    if kind and kind == walk.registration:
        notices = [scope.phrase("switched_region", region="、".join(procedure.regions))]
    else:
        notices.append(_left_line(scope, walk))
    return Turn(card(scope, procedure, after, "\n".join(notices)), session.with_walk(after))


def without_path(scope: Scope, session: Session, procedure: Procedure, kind: str) -> Turn:
    """Show the written procedure of a registration that has no path in the graph."""
    entry = scope.pack.entries[procedure.without_path[kind]]
    walk = session.walk
    if walk and walk.region and scope.region is None:
        scope = replace(scope, slots={**scope.slots, PLACE: walk.region})
    scope = replace(scope, slots={**scope.slots, SERVICE: kind})
    reply = entry_reply(scope, entry, None, "procedure_without_path")
    leads = [Text(scope.phrase("no_path", registration=kind))]
    if walk:
        leads.insert(0, Text(f"{scope.phrase('switched', title=kind)}\n{_left_line(scope, walk)}"))
    reply = replace(reply, parts=(*leads, *reply.parts))
    if kind in procedure.materials:
        choice = Choice(scope.phrase("card_materials"), str(ShowPapers(f"{procedure.id}#{kind}")))
        reply = reply.with_choice(choice)
    return Turn(reply, session.with_walk(None))


def _kept_lines(scope: Scope, procedure: Procedure, walk: Walk) -> list[str]:
    """Say which parts of the walk also count for the new registration."""
    lines: list[str] = []
    if (number := position(procedure, walk)) > 1:
        lines.append(scope.phrase("kept_steps", number=number))
    if walk.region:
        lines.append(scope.phrase("kept_region", region=walk.region))
    papers = papers_of(scope, procedure, walk.registration)
    if papers and (have := papers.ticked(walk)):
        lines.append(scope.phrase("kept_papers", papers="；".join(have)))
    elif papers and papers.names:
        lines.append(scope.phrase("other_papers", total=len(papers.names)))
    return lines


def _left_line(scope: Scope, walk: Walk) -> str:
    """Say where the walk stands that was left and how to resume it."""
    procedure = scope.pack.procedures[walk.procedure]
    return scope.phrase(
        "kept_walk",
        title=walk.registration or procedure.title,
        progress=progress(scope, procedure, walk),
    )


def changed_answer(
    scope: Scope, procedure: Procedure, before: Walk, after: Walk
) -> tuple[str, ...]:
    """Say what was changed, which later answers still count and which do not."""
    step = current(procedure, before)
    answer = shown_answer(scope, step.question, after.answers[step.id])
    lines = [scope.phrase("answer_changed", answer=answer)]
    number = position(procedure, before)
    for key, way in (("answers_kept", after), ("answers_dropped", before)):
        other = {s.id for s in steps_of(procedure, before if way is after else after)}
        texts = [
            s.question.text
            for s in steps_of(procedure, way)[number:]
            if s.question
            and s.id in before.answers
            and (s.id in other if way is after else s.id not in other)
        ]
        if texts:
            lines.append(scope.phrase(key, questions="、".join(texts)))
    return ("\n".join(lines),)
