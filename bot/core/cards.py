"""Cards of a procedure: one step at a time, with its place on the path and the ways on."""

from __future__ import annotations

from dataclasses import replace

from bot.core.compose import Setting, cited_part, entry_reply, question
from bot.core.pack import Procedure, Step
from bot.core.ports import Turn
from bot.core.procedure import path, setbacks
from bot.core.reply import Answer, Choice, Choices, Part, Reply, Status, Text
from bot.core.session import Session, Walk
from bot.core.understanding import Understanding

NEXT, BACK, HERE, STOP = "w:next", "w:back", "w:here", "w:stop"
"""What moves a walk. A button carries its step too, so that tapping it twice moves but once."""


def started(setting: Setting, procedure: Procedure, registration: str) -> tuple[Reply, Walk | None]:
    """The first card, or the written procedure where the graph has no path for the registration."""
    if instead := procedure.without_path.get(registration):
        reply = entry_reply(setting, setting.pack.entries[instead], None, "procedure_without_path")
        lead = Text(setting.phrase("no_path", registration=registration))
        return replace(reply, parts=(lead, *reply.parts)), None
    walk = Walk(procedure.id, registration, (procedure.start,))
    return card(setting, procedure, walk), walk


def guided(setting: Setting, session: Session, understanding: Understanding) -> Turn:
    """Step by step: starts the procedure of the registration that was named, or asks which."""
    slots = understanding.plain_slots
    setting = replace(setting, slots=slots)
    for procedure in setting.pack.procedures.values():
        if slots.get("registration") in (*procedure.registrations, *procedure.without_path):
            reply, walk = started(setting, procedure, slots["registration"])
            return Turn(reply, replace(session, walk=walk))
    return Turn(menu(setting, next(iter(setting.pack.procedures.values()))), session)


def changes_card(value: str) -> bool:
    """Whether this value of a choice leads from one card to the next, or away from it."""
    move, _, step = value.removeprefix("w:").partition(":")
    return value.startswith("w:") and (bool(step) or move == "stop")


def card(setting: Setting, procedure: Procedure, walk: Walk) -> Reply:
    """The card of the step that the walk stands at."""
    steps = path(procedure, walk.registration)
    number = position(procedure, walk)
    step = steps[number - 1]
    parts: list[Part] = []
    if procedure.regions and setting.region not in procedure.regions:
        parts.append(Text(setting.phrase("card_origin", origin="、".join(procedure.regions))))
    parts += [
        Text(_heading(setting, procedure, walk, step, number, len(steps))),
        *(Text(note) for note in step.notes),
        *(Text(line) for line in _setback_lines(setting, procedure, step, walk.registration)),
        *([Text(setting.phrase("card_last"))] if number == len(steps) else []),
        cited_part(setting.pack, procedure.citations),
        Choices(_ways(setting, procedure, walk, number, len(steps))),
    ]
    return Reply(
        status=Status.PROCEDURE,
        parts=tuple(parts),
        answers=(Answer(procedure.id, {"registration": walk.registration}),),
        slots={**setting.slots, "registration": walk.registration},
        rule=f"card:{step.id}",
    )


def position(procedure: Procedure, walk: Walk) -> int:
    """Where the walk stands on its path, from 1; a step that is gone counts as the first."""
    ids = [step.id for step in path(procedure, walk.registration)]
    return ids.index(walk.trail[-1]) + 1 if walk.trail[-1] in ids else 1


def moved(procedure: Procedure, walk: Walk, by: int) -> Walk | None:
    """The walk one step on (`by` = 1) or back (-1); `None` past the end."""
    steps = path(procedure, walk.registration)
    number = max(1, position(procedure, walk) + by)
    if number > len(steps):
        return None
    return replace(walk, trail=tuple(step.id for step in steps[:number]))


def menu(setting: Setting, procedure: Procedure) -> Reply:
    """Asks which registration to walk through."""
    kinds = (*procedure.registrations, *procedure.without_path)
    options = [Choice(kind, f"p:{procedure.id}#{kind}") for kind in kinds]
    return question(setting, "ask_steps", options, "procedure_menu")


def resume_choice(setting: Setting, session: Session) -> Choice | None:
    """The way back into a procedure that a question interrupted."""
    walk = session.walk
    procedure = setting.pack.procedures.get(walk.procedure) if walk else None
    if not walk or not procedure:
        return None
    total = len(path(procedure, walk.registration))
    return Choice(setting.phrase("resume", number=position(procedure, walk), total=total), HERE)


def _heading(
    setting: Setting, procedure: Procedure, walk: Walk, step: Step, number: int, total: int
) -> str:
    who = setting.phrase("card_who", actor=step.actor) + "\n" if step.actor else ""
    return setting.phrase(
        "card",
        title=procedure.title,
        registration=walk.registration,
        number=number,
        total=total,
        who=who,
        action=step.action,
    )


def _setback_lines(
    setting: Setting, procedure: Procedure, step: Step, registration: str
) -> list[str]:
    return [
        setting.phrase("card_setback", label=way.label or "", action=procedure.steps[way.to].action)
        for way in setbacks(step, registration)
    ]


def _ways(
    setting: Setting, procedure: Procedure, walk: Walk, number: int, total: int
) -> tuple[Choice, ...]:
    options: list[Choice] = []
    if number < total:
        options.append(Choice(setting.phrase("next"), f"{NEXT}:{walk.trail[-1]}"))
    if number > 1:
        options.append(Choice(setting.phrase("back"), f"{BACK}:{walk.trail[-1]}"))
    if papers := procedure.materials.get(walk.registration):
        options.append(Choice(setting.phrase("card_materials"), f"e:{papers}"))
    options.append(Choice(setting.phrase("stop"), STOP))
    return tuple(options)
