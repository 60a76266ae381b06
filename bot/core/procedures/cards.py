"""Build the cards of a procedure: one step at a time, its place on the path and the ways on.

The choices of a card carry the name of the walk and the id of the step they were made for.  A
button that is pressed twice therefore moves once, and an old button can be explained.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.core.answering.citations import cited_part
from bot.core.answering.phrase_replies import question_reply
from bot.core.answering.regions import no_data_for_region
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
"""`Session.asked` while a card asks for the region; else it is the kind of a step's question."""


def asks_where(scope: Scope, procedure: Procedure, walk: Walk) -> bool:
    """Return whether the card asks for the region, in order to name the website there.

    Only the first step asks, where it has a website, the procedure knows regions and none is known.
    """
    step = current(procedure, walk)
    is_known = placed(scope, walk).region is not None
    return (
        bool(step.has_portal and procedure.regions) and step.id == procedure.start and not is_known
    )


def card(scope: Scope, procedure: Procedure, walk: Walk, *notices: str) -> Reply:
    """Build the card of the step that the walk stands at; `notices` come first."""
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
        Choices(_choices(scope, procedure, walk, stays=False)),
    ]
    reply = reply_of(scope, procedure, walk, parts, f"card:{step.id}")
    return replace(reply, has_card=True)


def shown_again(scope: Scope, procedure: Procedure, walk: Walk, reply: Reply) -> Reply:
    """Append the current step of the walk and its choices to an answer given during the walk.

    The choices of the answer itself are dropped.
    """
    scope = placed(scope, walk)
    kept = [part for part in reply.parts if not isinstance(part, Choices)]
    ways = _choices(scope, procedure, walk, stays=True)
    ways_on = Choices((*ways, _resume(scope, procedure, walk)))
    return replace(
        reply,
        parts=(*kept, *_body(scope, procedure, walk), ways_on),
        rule=f"{reply.rule}+card:{current(procedure, walk).id}",
        has_card=True,
    )


def reply_of(
    scope: Scope, procedure: Procedure, walk: Walk, parts: Sequence[Part], rule: str
) -> Reply:
    """Build a reply with status `procedure`, with the slots of the walk filled in."""
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
    """Return the scope with the region that the walk is for, if it has one."""
    if walk.region is None:
        return scope
    return replace(scope, slots={**scope.slots, PLACE: walk.region})


def is_away(scope: Scope, procedure: Procedure) -> bool:
    """Return whether the person is known to be in a region that the procedure does not cover."""
    return bool(procedure.regions and scope.region and scope.region not in procedure.regions)


def action_of(scope: Scope, procedure: Procedure, step: Step) -> str:
    """Return the text of what is done at a step.

    People of other regions get the step's `elsewhere` text, which names no website of the
    procedure's own region.
    """
    if is_away(scope, procedure) and step.elsewhere:
        return step.elsewhere
    return step.action


def menu(scope: Scope, session: Session, only: Sequence[str] = ()) -> Reply:
    """Ask which registration to walk through; during a walk, which one to change to.

    `only` limits the offer to these registrations and gives their order; empty means all.
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
    """Return the choice that leads back into the walk under way, or `None` if there is none."""
    walk = session.walk
    procedure = scope.pack.procedures.get(walk.procedure) if walk else None
    if not walk or not procedure:
        return None
    return _resume(scope, procedure, walk)


def _resume(scope: Scope, procedure: Procedure, walk: Walk) -> Choice:
    number, total = position(procedure, walk), len(steps_of(procedure, walk))
    here = MoveWalk("here", walk.name, current(procedure, walk).id, stays=True)
    return Choice(scope.phrase("resume", number=number, total=total), str(here))


def back_choice(
    scope: Scope, procedure: Procedure, walk: Walk, *, has_to_stay: bool = False
) -> Choice:
    """Return the choice that leads from a page back to the card.

    The card replaces the message with the page unless that `has_to_stay`.
    """
    label = scope.phrase("back_to_step", number=position(procedure, walk))
    step = current(procedure, walk).id
    return Choice(label, str(MoveWalk("here", walk.name, step, stays=has_to_stay)))


def _body(scope: Scope, procedure: Procedure, walk: Walk) -> list[Part]:
    """Build the heading (number, actor, action), the step's question and its answer so far."""
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
    """Return the procedure's remark on the registration and the notes of the step.

    The remark is shown at the first step only.  Where the `elsewhere` text is shown, the notes are
    left out: they hold for the procedure's regions.
    """
    remark = procedure.remarks.get(walk.registration) if step.id == procedure.start else None
    is_foreign = is_away(scope, procedure) and step.elsewhere is not None
    return [*([remark] if remark else []), *(() if is_foreign else step.notes)]


def _portal(
    scope: Scope, procedure: Procedure, walk: Walk
) -> tuple[list[Part], Sequence[Citation]]:
    """Return the website of the person's own region with its citations.

    Instead of the website there is the question for the region, the admission that the pack has no
    website for it, or nothing.  The website of another region is never shown.
    """
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
    """Return lines on what may go wrong here, on the setback that led here, on the last step."""
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


def _choices(scope: Scope, procedure: Procedure, walk: Walk, *, stays: bool) -> tuple[Choice, ...]:
    """Build the choices of a card; `stays` keeps the message they are under when one is pressed."""
    step, number = current(procedure, walk), position(procedure, walk)

    def move(phrase: str, kind: str) -> Choice:
        return Choice(scope.phrase(phrase), str(MoveWalk(kind, walk.name, step.id, stays)))

    options: list[Choice] = []
    if open_ways(step, walk.registration) and not is_open(procedure, walk):
        options.append(move("next", "next"))
    options += _outcome_choices(step, walk, stays=stays)
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


def _outcome_choices(step: Step, walk: Walk, *, stays: bool) -> list[Choice]:
    """Return the outcomes as choices; a step without a question offers its setbacks only."""
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
