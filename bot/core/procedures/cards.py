"""Build the cards of a procedure: one step at a time, its place on the path and the ways on.

The choices of a card carry the name of the walk and the id of the step they were made for.  A
button that is pressed twice therefore moves once, and an old button can be explained.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.core.answering.choices_under_answers import own_procedure
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
from bot.core.model.entry import Citation
from bot.core.model.procedure import Procedure, Step
from bot.core.model.reply import Answer, Choice, Choices, Part, Reply, Status, Text
from bot.core.model.scope import Scope
from bot.core.model.session import Session, Walk
from bot.core.model.vocabulary import PLACE, SERVICE
from bot.core.procedures.checklist import papers_of, papers_part
from bot.core.procedures.graph import open_ways, outcomes, setbacks
from bot.core.procedures.option_lists import (
    EVERYTHING,
    Listed,
    option_choices,
    shown_answer,
)
from bot.core.procedures.walk import (
    came_by,
    can_go_on,
    current,
    is_open,
    position,
    route_of,
    span_of,
    steps_of,
)

MOST_ON_A_MENU = 12
"""Registrations that are offered at once."""
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


def card(
    scope: Scope,
    procedure: Procedure,
    walk: Walk,
    *notices: str,
    listed: Listed = EVERYTHING,
) -> Reply:
    """Build the card of the step that the walk stands at; `notices` come first.

    `listed` are the options that it shows where the question has many.
    """
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
        *(Text(line) for line in _outlook(scope, procedure, walk)),
        cited_part(scope, (*procedure.citations, *citations)),
        Choices(_choices(scope, procedure, walk, listed, stays=False)),
    ]
    reply = reply_of(scope, procedure, walk, parts, f"card:{step.id}")
    return replace(reply, has_card=True)


def shown_again(scope: Scope, procedure: Procedure, walk: Walk, reply: Reply) -> Reply:
    """Append the current step of the walk and its choices to an answer given during the walk.

    The choices of the answer itself are dropped, and no choice resumes what is there already.
    """
    scope = placed(scope, walk)
    kept = [part for part in reply.parts if not isinstance(part, Choices)]
    ways = _choices(scope, procedure, walk, EVERYTHING, stays=True)
    return replace(
        reply,
        parts=(*kept, *_body(scope, procedure, walk), Choices(ways)),
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


def by_region(scope: Scope) -> list[Procedure]:
    """Return the procedures in the order of the pack, but those of the person's region first.

    Those that are for one region only, and not for that of the person, come last; before others
    come those that some answer leads to.
    """
    led_to = {(e.procedure or "").partition("#")[0] for e in scope.pack.entries.values()}

    def rank(procedure: Procedure) -> tuple[int, bool]:
        is_led_to = procedure.id in led_to
        if scope.region is None or scope.region in procedure.regions:
            return 0, not is_led_to
        return (2 if procedure.regions else 1), not is_led_to

    return sorted(scope.pack.procedures.values(), key=rank)


def menu(scope: Scope, session: Session, only: Sequence[str] = (), page: int = 1) -> Reply:
    """Ask which registration to walk through; during a walk, which one to change to.

    `only` limits the offer to these registrations and gives their order; empty means all.  A long
    offer has pages, from 1.
    """
    walk = session.walk
    options: list[Choice] = []
    for procedure in by_region(scope):
        for kind in (*procedure.kinds, *procedure.without_path):
            name = f"{procedure.id}#{kind}"
            if (only and kind not in only) or (walk and walk.name == name):
                continue
            target = SwitchWalk(name) if walk else StartWalk(name)
            options.append(Choice(kind or procedure.title, str(target)))
    unique = {option.label: option for option in reversed(options)}
    options = [option for option in options if unique[option.label] is option]
    options.sort(key=lambda option: only.index(option.label) if only else 0)
    return question_reply(scope, "ask_steps", _on_page(scope, options, page), "procedure_menu")


def _on_page(scope: Scope, options: list[Choice], page: int) -> list[Choice]:
    """Return the options of one page, with a choice of the next; a short list has no pages."""
    pages = -(-len(options) // MOST_ON_A_MENU)
    if pages < 2:
        return options
    page = min(max(1, page), pages)
    further = page % pages + 1
    label = scope.phrase("options_more", page=further, pages=pages)
    shown = options[(page - 1) * MOST_ON_A_MENU : page * MOST_ON_A_MENU]
    return [*shown, Choice(label, str(ShowExtra("other", str(further))))]


def resume_choice(scope: Scope, session: Session) -> Choice | None:
    """Return the choice that leads back into the walk under way, or `None` if there is none."""
    walk = session.walk
    procedure = scope.pack.procedures.get(walk.procedure) if walk else None
    if not walk or not procedure:
        return None
    return _resume(scope, procedure, walk)


def _resume(scope: Scope, procedure: Procedure, walk: Walk) -> Choice:
    here = MoveWalk("here", walk.name, current(procedure, walk).id, stays=True)
    label = scope.phrase("resume", progress=progress(scope, procedure, walk))
    return Choice(label, str(here))


def back_choice(
    scope: Scope, procedure: Procedure, walk: Walk, *, has_to_stay: bool = False
) -> Choice:
    """Return the choice that leads from a page back to the card.

    The card replaces the message with the page unless that `has_to_stay`.
    """
    label = scope.phrase("back_to_step", number=span_of(procedure, walk)[0])
    step = current(procedure, walk).id
    return Choice(label, str(MoveWalk("here", walk.name, step, stays=has_to_stay)))


def progress(scope: Scope, procedure: Procedure, walk: Walk) -> str:
    """Say which steps the card shows, and of how many if the answers so far decide that."""
    (first, last), known = span_of(procedure, walk), route_of(procedure, walk)
    number = (
        str(first) if first == last else scope.phrase("progress_several", first=first, last=last)
    )
    if not known.is_complete:
        return scope.phrase("progress_open", number=number)
    return scope.phrase("progress", number=number, total=len(known.steps))


def _body(scope: Scope, procedure: Procedure, walk: Walk) -> list[Part]:
    """Build the heading (number, actor, action), the step's question and its answer so far."""
    step = current(procedure, walk)
    kind = f" · {walk.registration}" if walk.registration else ""
    first, last = span_of(procedure, walk)
    is_folded = first < last
    who = scope.phrase("card_who", actor=step.actor) + "\n" if step.actor else ""
    heading = scope.phrase(
        "card",
        title=procedure.title,
        kind=kind,
        progress=progress(scope, procedure, walk),
        who="" if is_folded else who,
        action=scope.phrase("card_wait") if is_folded else action_of(scope, procedure, step),
    )
    parts: list[Part] = [Text(heading)]
    if step.is_wait and procedure.when_late:
        parts.append(Text(procedure.when_late))
    if step.question:
        parts.append(Text(step.question.text))
        if step.question.is_long:
            parts.append(Text(scope.phrase("options_search")))
        if (answer := walk.answers.get(step.id)) is not None:
            shown = shown_answer(scope, step.question, answer)
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
    website for it (at the first step that is done on one), or nothing.  The website of another
    region is never shown.
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
    before = steps_of(procedure, walk)[: position(procedure, walk) - 1]
    if region is None or any(step.has_portal for step in before):
        return [], ()
    topic = scope.phrase("topic_portal")
    return list(no_data_for_region(scope, region, topic, ()).parts), ()


def _outlook(scope: Scope, procedure: Procedure, walk: Walk) -> list[str]:
    """Return lines on what may go wrong here, on the setback that led here, on the last step."""
    first, last = span_of(procedure, walk)
    steps, number = steps_of(procedure, walk), last
    lines = [
        scope.phrase(
            "card_setback",
            label=way.label or way.outcome or "",
            action=action_of(scope, procedure, procedure.steps[way.to]),
        )
        for shown in steps[first - 1 : last]
        for way in setbacks(shown, walk.registration)
    ]
    before = came_by(procedure, walk)
    if before and before.is_setback:
        label = before.label or before.outcome or ""
        lines.append(scope.phrase("card_detour", label=label))
    elif number == len(steps) and not open_ways(steps[-1], walk.registration):
        lines.append(scope.phrase("card_last"))
    return lines


def _choices(
    scope: Scope, procedure: Procedure, walk: Walk, listed: Listed, *, stays: bool
) -> tuple[Choice, ...]:
    """Build the choices of a card; `stays` keeps the message they are under when one is pressed."""
    step, (first, _) = current(procedure, walk), span_of(procedure, walk)

    def move(phrase: str, kind: str) -> Choice:
        return Choice(scope.phrase(phrase), str(MoveWalk(kind, walk.name, step.id, stays)))

    options: list[Choice] = []
    own = own_procedure(scope, walk.registration) if is_away(scope, procedure) else None
    if own:
        label = scope.phrase("own_procedure", region=scope.region)
        options.append(Choice(label, str(SwitchWalk(f"{own.id}#{walk.registration}"))))
    if can_go_on(procedure, walk) and not is_open(procedure, walk):
        options.append(move("next", "next"))
    if step.question and step.question.options:
        options += option_choices(scope, walk, step, listed, stays=stays)
    else:
        options += _outcome_choices(procedure, walk, stays=stays)
    options += [
        Choice(scope.pack.entries[e].title, str(ShowEntry(e)))
        for e in step.related
        if e in scope.pack.entries
    ]
    if first > 1:
        options.append(move("back", "back"))
    if walk.registration in procedure.materials:
        papers = ShowPapers(walk.name, step.id, stays)
        options.append(Choice(scope.phrase("card_materials"), str(papers)))
    options.append(Choice(scope.phrase("all_steps"), str(ShowSteps(walk.name, step.id, stays))))
    options.append(Choice(scope.phrase("other_kind"), str(ShowExtra("other"))))
    options.append(move("stop", "stop"))
    unique = {option.label: option for option in reversed(options)}
    return tuple(option for option in options if unique[option.label] is option)


def _outcome_choices(procedure: Procedure, walk: Walk, *, stays: bool) -> list[Choice]:
    """Return the outcomes of the steps shown as choices.

    A step without a question offers its setbacks only, unless its outcome decides the way.
    """
    first, last = span_of(procedure, walk)
    steps = steps_of(procedure, walk)[first - 1 : last]
    found: list[Choice] = []
    for step in steps:
        is_undecided = step is steps[-1] and not can_go_on(procedure, walk)
        is_asked = step.question is not None or is_undecided
        found += _outcomes_of(step, walk, is_asked=is_asked, stays=stays)
    return found


def _outcomes_of(step: Step, walk: Walk, *, is_asked: bool, stays: bool) -> list[Choice]:
    named = outcomes(step, walk.registration)
    wrong = {way.outcome: way.label for way in setbacks(step, walk.registration)}
    return [
        Choice(
            (wrong.get(outcome) or outcome) if not step.question else outcome,
            str(AnswerStep(walk.name, step.id, str(n), stays)),
        )
        for n, outcome in enumerate(named)
        if is_asked or outcome in wrong
    ]
