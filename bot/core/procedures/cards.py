"""Cards of a procedure: one step at a time, with its place on the path and the ways on.

The values of choices on a card carry the walk and the step they were made for, so that tapping
twice moves but once, and a button of last week knows what it was about:
`w:<move>:<procedure>#<registration>:<step>`; `n:` for the same under an answer that has to stay.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.core.answering.citations import cited_part
from bot.core.answering.regions import no_data_for_region
from bot.core.answering.replies import question_reply
from bot.core.model.pack import Citation, Procedure, Step
from bot.core.model.reply import Answer, Choice, Choices, Part, Reply, Status, Text
from bot.core.model.scope import Setting
from bot.core.model.session import Session, Walk
from bot.core.model.vocabulary import PORTAL
from bot.core.procedures.checklist import papers_of, papers_part
from bot.core.procedures.graph import open_ways, outcomes, setbacks, way_on
from bot.core.procedures.walk import current, is_open, position, steps_of

_IN_PLACE = frozenset("watkmg")
"""Kinds of values that turn one card into another."""


def changes_card(value: str) -> bool:
    """Whether the message of this choice is a card that the reply may replace."""
    kind, _, rest = value.partition(":")
    return kind in _IN_PLACE and ":" in rest


WHERE = "region"
"""What a card asks for beside the question of its step: the place."""


def asks_where(setting: Setting, procedure: Procedure, walk: Walk) -> bool:
    """Whether the card asks for the place, to name the website there."""
    step = current(procedure, walk)
    is_known = placed(setting, walk).region is not None
    return (
        bool(step.has_portal and procedure.regions) and step.id == procedure.start and not is_known
    )


def card(setting: Setting, procedure: Procedure, walk: Walk, *notices: str) -> Reply:
    """The card of the step that the walk stands at, behind what there is to say first."""
    setting = placed(setting, walk)
    step, papers = current(procedure, walk), papers_of(setting, procedure, walk.registration)
    portal, citations = _portal(setting, procedure, walk)
    parts: list[Part] = [Text(notice) for notice in (*setting.notices, *notices)]
    if procedure.regions and setting.region not in procedure.regions:
        parts.append(Text(setting.phrase("card_origin", origin="、".join(procedure.regions))))
    parts += _body(setting, procedure, walk)
    if step.has_papers and papers:
        parts.append(papers_part(setting, papers, walk))
    parts += [
        *portal,
        *(Text(note) for note in _notes(setting, procedure, walk, step)),
        *(Text(line) for line in _outlook(setting, procedure, walk, step)),
        cited_part(setting.pack, (*procedure.citations, *citations)),
        Choices(_ways(setting, procedure, walk, "w")),
    ]
    return reply_of(setting, procedure, walk, parts, f"card:{step.id}")


def shown_again(setting: Setting, procedure: Procedure, walk: Walk, reply: Reply) -> Reply:
    """An answer given in the middle of a walk, and under it where the walk stands."""
    setting = placed(setting, walk)
    kept = [part for part in reply.parts if not isinstance(part, Choices)]
    ways = Choices((*_ways(setting, procedure, walk, "n"), _resumption(setting, procedure, walk)))
    return replace(
        reply,
        parts=(*kept, *_body(setting, procedure, walk), ways),
        rule=f"{reply.rule}+card:{current(procedure, walk).id}",
    )


def is_card(reply: Reply) -> bool:
    """Whether a reply shows a card, as a whole or again under an answer."""
    return reply.rule.startswith("card:") or "+card:" in reply.rule


def reply_of(
    setting: Setting, procedure: Procedure, walk: Walk, parts: Sequence[Part], rule: str
) -> Reply:
    """A reply within a walk."""
    slots = {"registration": walk.registration} if walk.registration else {}
    place = {"region": setting.region} if setting.region else {}
    return Reply(
        status=Status.PROCEDURE,
        parts=tuple(parts),
        answers=(Answer(procedure.id, slots),),
        slots={**place, **slots},
        rule=rule,
    )


def placed(setting: Setting, walk: Walk) -> Setting:
    """The setting of the place that the walk is for."""
    if walk.region is None:
        return setting
    return replace(setting, slots={**setting.slots, "region": walk.region})


def is_away(setting: Setting, procedure: Procedure) -> bool:
    """Whether the person is known to be where the procedure is not from."""
    return bool(procedure.regions and setting.region and setting.region not in procedure.regions)


def action_of(setting: Setting, procedure: Procedure, step: Step) -> str:
    """What is done at a step; elsewhere without the website of the procedure's own region."""
    if is_away(setting, procedure) and step.elsewhere:
        return step.elsewhere
    return step.action


def menu(setting: Setting, session: Session, only: Sequence[str] = ()) -> Reply:
    """Asks which registration to walk through; from within a walk, which one instead.

    `only` are those that were named, in their order.
    """
    walk = session.walk
    options: list[Choice] = []
    for procedure in setting.pack.procedures.values():
        for kind in (*procedure.kinds, *procedure.without_path):
            name = f"{procedure.id}#{kind}"
            if (only and kind not in only) or (walk and walk.name == name):
                continue
            options.append(Choice(kind or procedure.title, f"{'s' if walk else 'p'}:{name}"))
    unique = {option.label: option for option in reversed(options)}
    options = [option for option in options if unique[option.label] is option]
    options.sort(key=lambda option: only.index(option.label) if only else 0)
    return question_reply(setting, "ask_steps", options, "procedure_menu")


def resume_choice(setting: Setting, session: Session) -> Choice | None:
    """The way back into a procedure that a question interrupted."""
    walk = session.walk
    procedure = setting.pack.procedures.get(walk.procedure) if walk else None
    if not walk or not procedure:
        return None
    return _resumption(setting, procedure, walk)


def _resumption(setting: Setting, procedure: Procedure, walk: Walk) -> Choice:
    number, total = position(procedure, walk), len(steps_of(procedure, walk))
    value = f"n:here:{walk.name}:{current(procedure, walk).id}"
    return Choice(setting.phrase("resume", number=number, total=total), value)


def back_choice(
    setting: Setting, procedure: Procedure, walk: Walk, *, has_to_stay: bool = False
) -> Choice:
    """From a page beside the cards back to the card, in its place unless it `has_to_stay`."""
    label = setting.phrase("back_to_step", number=position(procedure, walk))
    kind = "n" if has_to_stay else "w"
    return Choice(label, f"{kind}:here:{walk.name}:{current(procedure, walk).id}")


def _body(setting: Setting, procedure: Procedure, walk: Walk) -> list[Part]:
    """Where one stands, who does what, and what is asked."""
    step = current(procedure, walk)
    kind = f" · {walk.registration}" if walk.registration else ""
    heading = setting.phrase(
        "card",
        title=procedure.title,
        kind=kind,
        number=position(procedure, walk),
        total=len(steps_of(procedure, walk)),
        who=setting.phrase("card_who", actor=step.actor) + "\n" if step.actor else "",
        action=action_of(setting, procedure, step),
    )
    parts: list[Part] = [Text(heading)]
    if step.question:
        parts.append(Text(step.question.text))
        if answer := walk.answers.get(step.id):
            shown = answer + step.question.unit
            parts.append(Text(setting.phrase("card_answered", answer=shown)))
    return parts


def _notes(setting: Setting, procedure: Procedure, walk: Walk, step: Step) -> list[str]:
    """A step that is said otherwise elsewhere has notes for its own region only."""
    remark = procedure.remarks.get(walk.registration) if step.id == procedure.start else None
    is_foreign = is_away(setting, procedure) and step.elsewhere is not None
    return [*([remark] if remark else []), *(() if is_foreign else step.notes)]


def _portal(
    setting: Setting, procedure: Procedure, walk: Walk
) -> tuple[list[Part], Sequence[Citation]]:
    """The website of the person's own region, never another's; what there is to say instead."""
    if asks_where(setting, procedure, walk):
        return [Text(setting.phrase("card_ask_region"))], ()
    if setting.region is None or not current(procedure, walk).has_portal:
        return [], ()
    for entry in setting.pack.entries.values():
        slots = entry.slots
        if slots.get("aspect") == PORTAL and slots.get("region") == setting.region:
            facts = entry.facts_on(setting.day, setting.region)
            if facts and facts[0].confidence.is_publishable:
                line = Text(setting.phrase("card_portal", portal=facts[0].text))
                return [line], facts[0].citations
    region = setting.pack.regions.get(setting.region)
    if region is None:
        return [], ()
    topic = setting.phrase("topic_portal")
    return list(no_data_for_region(setting, region, topic, ()).parts), ()


def _outlook(setting: Setting, procedure: Procedure, walk: Walk, step: Step) -> list[str]:
    """What may go wrong here, what did go wrong before, and whether this is the end."""
    lines = [
        setting.phrase(
            "card_setback",
            label=way.label or way.outcome or "",
            action=action_of(setting, procedure, procedure.steps[way.to]),
        )
        for way in setbacks(step, walk.registration)
    ]
    steps, number = steps_of(procedure, walk), position(procedure, walk)
    came_by = way_on(steps[number - 2], walk.registration, walk.answers) if number > 1 else None
    if came_by and came_by.is_setback:
        label = came_by.label or came_by.outcome or ""
        lines.append(setting.phrase("card_detour", label=label))
    elif number == len(steps) and not open_ways(step, walk.registration):
        lines.append(setting.phrase("card_last"))
    return lines


def _ways(setting: Setting, procedure: Procedure, walk: Walk, kind: str) -> tuple[Choice, ...]:
    """The choices of a card; `kind` says whether they may replace the message they are under."""
    step, number = current(procedure, walk), position(procedure, walk)
    here = f"{walk.name}:{step.id}"
    options: list[Choice] = []
    if open_ways(step, walk.registration) and not is_open(procedure, walk):
        options.append(Choice(setting.phrase("next"), f"{kind}:next:{here}"))
    options += _outcomes(step, walk, kind)
    options += [
        Choice(setting.pack.entries[e].title, f"e:{e}")
        for e in step.related
        if e in setting.pack.entries
    ]
    if number > 1:
        options.append(Choice(setting.phrase("back"), f"{kind}:back:{here}"))
    if walk.registration in procedure.materials:
        value = f"k:{walk.name}:{step.id}"
        options.append(Choice(setting.phrase("card_materials"), _as(kind, value)))
    options.append(Choice(setting.phrase("all_steps"), _as(kind, f"m:{walk.name}:{step.id}")))
    options.append(Choice(setting.phrase("other_kind"), "x:other:"))
    options.append(Choice(setting.phrase("stop"), f"{kind}:stop:{here}"))
    unique = {option.label: option for option in reversed(options)}
    return tuple(option for option in options if unique[option.label] is option)


def _as(kind: str, value: str) -> str:
    """The value, marked for a message that has to stay where `kind` says so."""
    return value if kind == "w" else f"n:{value}"


def _outcomes(step: Step, walk: Walk, kind: str) -> list[Choice]:
    """What can be answered; where nothing is asked, only what can go wrong."""
    named = outcomes(step, walk.registration)
    wrong = {way.outcome: way.label for way in setbacks(step, walk.registration)}
    return [
        Choice(
            (wrong.get(outcome) or outcome) if not step.question else outcome,
            _as(kind, f"a:{walk.name}:{step.id}:{n}"),
        )
        for n, outcome in enumerate(named)
        if step.question or outcome in wrong
    ]
