"""Build what a walk gives to take along: the summary at its end, the check list, the picture."""

from __future__ import annotations

from bot.core.answering.citations import cited_part
from bot.core.model.chart import Chart
from bot.core.model.choices import ShowExtra
from bot.core.model.pack import Pack
from bot.core.model.procedure import Procedure
from bot.core.model.reply import Choice, Choices, ListPart, Part, Picture, Reply, Text
from bot.core.model.scope import Scope
from bot.core.model.session import Walk
from bot.core.procedures.cards import action_of, is_away, placed, progress, reply_of
from bot.core.procedures.checklist import papers_of, papers_part
from bot.core.procedures.conditions import base_of
from bot.core.procedures.drawings import HERE, chart_of, chart_of_path, draw_text
from bot.core.procedures.option_lists import shown_answer
from bot.core.procedures.walk import came_by, current, route_of, span_of, steps_of

ELSEWHERE = "~"
"""Suffix of the name of a picture that is drawn for people of other regions."""


def ended(scope: Scope, procedure: Procedure, walk: Walk) -> Reply:
    """End a walk: say what was done and which papers are missing, and offer what to take along."""
    scope = placed(scope, walk)
    title = walk.registration or procedure.title
    parts: list[Part] = [Text(scope.phrase("finished", registration=title))]
    parts += [Text(line) for line in _summary(scope, procedure, walk)]
    options = (
        *take_along(scope, walk),
        Choice(scope.phrase("again"), str(ShowExtra("again", walk.name))),
    )
    return reply_of(scope, procedure, walk, (*parts, Choices(options)), "finished")


def take_along(scope: Scope, walk: Walk) -> tuple[Choice, Choice]:
    return (
        Choice(scope.phrase("take_list"), str(ShowExtra("list", walk.name))),
        Choice(scope.phrase("take_picture"), str(ShowExtra("picture", walk.name))),
    )


def _summary(scope: Scope, procedure: Procedure, walk: Walk) -> list[str]:
    steps, number = steps_of(procedure, walk), span_of(procedure, walk)[1]
    is_done = number == len(steps) and route_of(procedure, walk).is_complete
    before = came_by(procedure, walk)
    went_wrong = before is not None and before.is_setback
    key = "done_setback" if went_wrong else "done_all" if is_done else "done_some"
    reached = scope.phrase(
        key,
        number=number,
        total=len(steps),
        progress=progress(scope, procedure, walk),
        action=action_of(scope, procedure, steps[number - 1]),
    )
    lines = [reached, *_answers(scope, procedure, walk)]
    papers = papers_of(scope, procedure, walk.registration)
    if papers and not papers.names:
        lines.append(papers.entry.short)
    elif papers and (missing := papers.missing(walk)):
        names = "；".join(missing)
        lines.append(scope.phrase("papers_missing", count=len(missing), papers=names))
    elif papers:
        lines.append(scope.phrase("papers_complete"))
    return lines


def _answers(scope: Scope, procedure: Procedure, walk: Walk) -> list[str]:
    return [
        f"{step.question.text} {shown_answer(scope, step.question, walk.answers[step.id])}"
        for step in steps_of(procedure, walk)
        if step.question and step.id in walk.answers
    ]


def steps_page(scope: Scope, procedure: Procedure, walk: Walk) -> list[Part]:
    """List all steps of the path, with the current one marked."""
    scope = placed(scope, walk)
    here = current(procedure, walk)
    items = tuple(
        (f"{step.actor}：" if step.actor else "")
        + action_of(scope, procedure, step)
        + (f" {HERE}" if step == here else "")
        for step in steps_of(procedure, walk)
    )
    title = scope.phrase("steps_title", title=walk.registration or procedure.title)
    parts = [*_origin(scope, procedure), ListPart(items, title, is_numbered=True)]
    if not route_of(procedure, walk).is_complete:
        parts.append(Text(scope.phrase("steps_open")))
    return parts


def list_to_take(scope: Scope, procedure: Procedure, walk: Walk | None, kind: str) -> Reply:
    """Build the check list as text: papers with their ticks, then the steps."""
    shown = walk or Walk(procedure.id, kind, (procedure.start,))
    scope = placed(scope, shown)
    heading = scope.phrase("list_title", title=kind or procedure.title)
    parts: list[Part] = [Text(heading)]
    papers = papers_of(scope, procedure, kind)
    if papers:
        parts.append(papers_part(scope, papers, shown))
        parts += [Text(fact.text) for fact in papers.entry.facts_on(scope.day)[1:] if papers.names]
    if kind in procedure.kinds:
        parts += steps_page(scope, procedure, shown)
    facts = papers.entry.facts_on(scope.day) if papers else ()
    citations = (*procedure.citations, *(c for fact in facts for c in fact.citations))
    parts.append(cited_part(scope, citations))
    return reply_of(scope, procedure, shown, parts, "list")


def picture(scope: Scope, procedure: Procedure, walk: Walk | None, kind: str) -> Reply:
    """Build the picture of the path with the current step marked; its `alt` is the text tree."""
    shown = walk or Walk(procedure.id, kind, ())
    scope = placed(scope, shown)
    at = base_of(current(procedure, walk).id) if walk and walk.trail else ""
    away = ELSEWHERE if is_away(scope, procedure) else ""
    name = f"{procedure.id}#{kind}@{at}{away}"
    chart = chart_named(scope.pack, name)
    assert chart is not None  # it was named a moment ago
    parts: list[Part] = [
        *_origin(scope, procedure),
        Picture(name, draw_text(chart).rstrip("\n")),
        cited_part(scope, procedure.citations),
    ]
    return reply_of(scope, procedure, shown, parts, "picture")


def chart_named(pack: Pack, name: str) -> Chart | None:
    """Return the chart behind a picture's name; `None` if the pack has no such path any more."""
    whole, _, at = name.removesuffix(ELSEWHERE).partition("@")
    procedure_id, _, kind = whole.partition("#")
    procedure = pack.procedures.get(procedure_id)
    if procedure is None or kind not in procedure.kinds or at not in ("", *procedure.steps):
        return None
    away = name.endswith(ELSEWHERE)
    chart = chart_of_path(procedure, kind, {}, at or None, is_away=away)
    is_shown = not at or any(box.is_here for box in chart.boxes)
    return chart if is_shown or away else chart_of(procedure, at)


def _origin(scope: Scope, procedure: Procedure) -> list[Part]:
    if not procedure.regions or scope.region in procedure.regions:
        return []
    return [Text(scope.phrase("card_origin", origin="、".join(procedure.regions)))]
