"""Cards of a procedure: one step at a time, with its place on the path and the ways on.

The choices of a card carry the walk and the step they were made for, so that tapping twice moves
but once, and a button of last week knows what it was about.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.core.answering.citations import cited_part
from bot.core.answering.regions import no_data_for_region
from bot.core.answering.replies import question_reply
from bot.core.model.choices import (
    AnswerStep,
    MoveWalk,
    ShowEntry,
    ShowExtra,
    ShowPapers,
    ShowSteps,
    StartWalk,
    SwitchWalk,
)
from bot.core.model.pack import Citation, Procedure, Step
from bot.core.model.reply import Answer, Choice, Choices, Part, Reply, Status, Text
from bot.core.model.scope import Scope
from bot.core.model.session import Session, Walk
from bot.core.model.vocabulary import PLACE, SERVICE
from bot.core.procedures.checklist import papers_of, papers_part
from bot.core.procedures.graph import open_ways, outcomes, setbacks, way_on
from bot.core.procedures.walk import current, is_open, position, steps_of

WHERE = "region"
"""What a card asks for beside the question of its step: the place."""


def asks_where(scope: Scope, procedure: Procedure, walk: Walk) -> bool:
    """Whether the card asks for the place, to name the website there."""
    step = current(procedure, walk)
    is_known = placed(scope, walk).region is not None
    return (
        bool(step.has_portal and procedure.regions) and step.id == procedure.start and not is_known
    )


def card(scope: Scope, procedure: Procedure, walk: Walk, *notices: str) -> Reply:
    """The card of the step that the walk stands at, behind what there is to say first."""
    scope = placed(scope, walk)
    step, papers = current(procedure, walk), papers_of(scope, procedure, walk.registration)
    portal, citations = _portal(scope, procedure, walk)
    parts: list[Part] = [Text(notice) for notice in (*scope.notices, *notices)]
    if procedure.regions and scope.region not in procedure.regions:
        parts.append(Text(scope.phrase("card_origin", origin="、".join(procedure.regions))))
    parts += _body(scope, procedure, walk)
    if step.has_papers and papers:
        parts.append(papers_part(scope, papers, walk))
    parts += [
        *portal,
        *(Text(note) for note in _notes(scope, procedure, walk, step)),
        *(Text(line) for line in _outlook(scope, procedure, walk, step)),
        cited_part(scope, (*procedure.citations, *citations)),
        Choices(_ways(scope, procedure, walk, stays=False)),
    ]
    reply = reply_of(scope, procedure, walk, parts, f"card:{step.id}")
    return replace(reply, has_card=True)


def shown_again(scope: Scope, procedure: Procedure, walk: Walk, reply: Reply) -> Reply:
    """An answer given in the middle of a walk, and under it where the walk stands."""
    scope = placed(scope, walk)
    kept = [part for part in reply.parts if not isinstance(part, Choices)]
    ways = _ways(scope, procedure, walk, stays=True)
    ways_on = Choices((*ways, _resumption(scope, procedure, walk)))
    return replace(
        reply,
        parts=(*kept, *_body(scope, procedure, walk), ways_on),
        rule=f"{reply.rule}+card:{current(procedure, walk).id}",
        has_card=True,
    )


def reply_of(
    scope: Scope, procedure: Procedure, walk: Walk, parts: Sequence[Part], rule: str
) -> Reply:
    """A reply within a walk."""
    slots = {SERVICE: walk.registration} if walk.registration else {}
    place = {PLACE: scope.region} if scope.region else {}
    return Reply(
        status=Status.PROCEDURE,
        parts=tuple(parts),
        answers=(Answer(procedure.id, slots),),
        slots={**place, **slots},
        rule=rule,
    )


def placed(scope: Scope, walk: Walk) -> Scope:
    """The scope of the place that the walk is for."""
    if walk.region is None:
        return scope
    return replace(scope, slots={**scope.slots, PLACE: walk.region})


def is_away(scope: Scope, procedure: Procedure) -> bool:
    """Whether the person is known to be where the procedure is not from."""
    return bool(procedure.regions and scope.region and scope.region not in procedure.regions)


def action_of(scope: Scope, procedure: Procedure, step: Step) -> str:
    """What is done at a step; elsewhere without the website of the procedure's own region."""
    if is_away(scope, procedure) and step.elsewhere:
        return step.elsewhere
    return step.action


def menu(scope: Scope, session: Session, only: Sequence[str] = ()) -> Reply:
    """Asks which registration to walk through; from within a walk, which one instead.

    `only` are those that were named, in their order.
    """
    walk = session.walk
    options: list[Choice] = []
    for procedure in scope.pack.procedures.values():
        for kind in (*procedure.kinds, *procedure.without_path):
            name = f"{procedure.id}#{kind}"
            if (only and kind not in only) or (walk and walk.name == name):
                continue
            target = SwitchWalk(name) if walk else StartWalk(name)
            options.append(Choice(kind or procedure.title, str(target)))
    unique = {option.label: option for option in reversed(options)}
    options = [option for option in options if unique[option.label] is option]
    options.sort(key=lambda option: only.index(option.label) if only else 0)
    return question_reply(scope, "ask_steps", options, "procedure_menu")


def resume_choice(scope: Scope, session: Session) -> Choice | None:
    """The way back into a procedure that a question interrupted."""
    walk = session.walk
    procedure = scope.pack.procedures.get(walk.procedure) if walk else None
    if not walk or not procedure:
        return None
    return _resumption(scope, procedure, walk)


def _resumption(scope: Scope, procedure: Procedure, walk: Walk) -> Choice:
    number, total = position(procedure, walk), len(steps_of(procedure, walk))
    here = MoveWalk("here", walk.name, current(procedure, walk).id, stays=True)
    return Choice(scope.phrase("resume", number=number, total=total), str(here))


def back_choice(
    scope: Scope, procedure: Procedure, walk: Walk, *, has_to_stay: bool = False
) -> Choice:
    """From a page beside the cards back to the card, in its place unless it `has_to_stay`."""
    label = scope.phrase("back_to_step", number=position(procedure, walk))
    step = current(procedure, walk).id
    return Choice(label, str(MoveWalk("here", walk.name, step, stays=has_to_stay)))


def _body(scope: Scope, procedure: Procedure, walk: Walk) -> list[Part]:
    """Where one stands, who does what, and what is asked."""
    step = current(procedure, walk)
    kind = f" · {walk.registration}" if walk.registration else ""
    heading = scope.phrase(
        "card",
        title=procedure.title,
        kind=kind,
        number=position(procedure, walk),
        total=len(steps_of(procedure, walk)),
        who=scope.phrase("card_who", actor=step.actor) + "\n" if step.actor else "",
        action=action_of(scope, procedure, step),
    )
    parts: list[Part] = [Text(heading)]
    if step.question:
        parts.append(Text(step.question.text))
        if answer := walk.answers.get(step.id):
            shown = answer + step.question.unit
            parts.append(Text(scope.phrase("card_answered", answer=shown)))
    return parts


def _notes(scope: Scope, procedure: Procedure, walk: Walk, step: Step) -> list[str]:
    """A step that is said otherwise elsewhere has notes for its own region only."""
    remark = procedure.remarks.get(walk.registration) if step.id == procedure.start else None
    is_foreign = is_away(scope, procedure) and step.elsewhere is not None
    return [*([remark] if remark else []), *(() if is_foreign else step.notes)]


def _portal(
    scope: Scope, procedure: Procedure, walk: Walk
) -> tuple[list[Part], Sequence[Citation]]:
    """The website of the person's own region, never another's; what there is to say instead."""
    if asks_where(scope, procedure, walk):
        return [Text(scope.phrase("card_ask_region"))], ()
    if scope.region is None or not current(procedure, walk).has_portal:
        return [], ()
    if entry := scope.pack.portal_of(scope.region):
        told = entry.opening_on(scope.day, scope.region)
        if told and told.confidence.is_publishable:
            return [Text(scope.phrase("card_portal", portal=told.text))], told.citations
    region = scope.pack.regions.get(scope.region)
    if region is None:
        return [], ()
    topic = scope.phrase("topic_portal")
    return list(no_data_for_region(scope, region, topic, ()).parts), ()


def _outlook(scope: Scope, procedure: Procedure, walk: Walk, step: Step) -> list[str]:
    """What may go wrong here, what did go wrong before, and whether this is the end."""
    lines = [
        scope.phrase(
            "card_setback",
            label=way.label or way.outcome or "",
            action=action_of(scope, procedure, procedure.steps[way.to]),
        )
        for way in setbacks(step, walk.registration)
    ]
    steps, number = steps_of(procedure, walk), position(procedure, walk)
    came_by = way_on(steps[number - 2], walk.registration, walk.answers) if number > 1 else None
    if came_by and came_by.is_setback:
        label = came_by.label or came_by.outcome or ""
        lines.append(scope.phrase("card_detour", label=label))
    elif number == len(steps) and not open_ways(step, walk.registration):
        lines.append(scope.phrase("card_last"))
    return lines


def _ways(scope: Scope, procedure: Procedure, walk: Walk, *, stays: bool) -> tuple[Choice, ...]:
    """The choices of a card; `stays` if they may not replace the message they are under."""
    step, number = current(procedure, walk), position(procedure, walk)

    def move(phrase: str, kind: str) -> Choice:
        return Choice(scope.phrase(phrase), str(MoveWalk(kind, walk.name, step.id, stays)))

    options: list[Choice] = []
    if open_ways(step, walk.registration) and not is_open(procedure, walk):
        options.append(move("next", "next"))
    options += _outcomes(step, walk, stays=stays)
    options += [
        Choice(scope.pack.entries[e].title, str(ShowEntry(e)))
        for e in step.related
        if e in scope.pack.entries
    ]
    if number > 1:
        options.append(move("back", "back"))
    if walk.registration in procedure.materials:
        papers = ShowPapers(walk.name, step.id, stays)
        options.append(Choice(scope.phrase("card_materials"), str(papers)))
    options.append(Choice(scope.phrase("all_steps"), str(ShowSteps(walk.name, step.id, stays))))
    options.append(Choice(scope.phrase("other_kind"), str(ShowExtra("other"))))
    options.append(move("stop", "stop"))
    unique = {option.label: option for option in reversed(options)}
    return tuple(option for option in options if unique[option.label] is option)


def _outcomes(step: Step, walk: Walk, *, stays: bool) -> list[Choice]:
    """What can be answered; where nothing is asked, only what can go wrong."""
    named = outcomes(step, walk.registration)
    wrong = {way.outcome: way.label for way in setbacks(step, walk.registration)}
    return [
        Choice(
            (wrong.get(outcome) or outcome) if not step.question else outcome,
            str(AnswerStep(walk.name, step.id, str(n), stays)),
        )
        for n, outcome in enumerate(named)
        if step.question or outcome in wrong
    ]
