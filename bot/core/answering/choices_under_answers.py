"""Choose what is offered under an answer: details, a procedure, a calculation, related entries."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from bot.core.answering.limits import MAX_CHOICES
from bot.core.answering.regions import portal_choice
from bot.core.model.choices import (
    Calculate,
    ClearContext,
    ShowDetails,
    ShowEntry,
    ShowRegions,
    StartWalk,
)
from bot.core.model.entry import Entry, Fact
from bot.core.model.procedure import Procedure
from bot.core.model.reply import Choice, Choices, Part
from bot.core.model.scope import Scope
from bot.core.model.vocabulary import PLACE

MAX_RELATED = 2
"""Related entries under an answer, at most."""


def follow_ups(scope: Scope, entry: Entry, told: Collection[Fact]) -> list[Choice]:
    """Return the choices under an answer: its sources, and the ways on from there."""
    has_more = any(fact not in told for fact in entry.facts_on(scope.day, scope.region))
    details = Choice(scope.phrase("details"), str(ShowDetails(entry.id)))
    return [*([details] if has_more else []), *ways_on(scope, entry)]


def ways_on(scope: Scope, entry: Entry) -> list[Choice]:
    """Return choices that lead on: procedure, calculation, related entries of no other region."""
    options: list[Choice] = []
    if entry.procedure:
        walk = _own_walk(scope, entry.procedure)
        options.append(Choice(scope.phrase("step_by_step"), str(StartWalk(walk))))
    options += _calculations(scope, entry)
    if PLACE in scope.inherited:
        options.append(Choice(scope.phrase("other_region"), str(ShowRegions(1))))
    options += [Choice(other.title, str(ShowEntry(other.id))) for other in _related(scope, entry)]
    if scope.inherited:
        options.append(Choice(scope.phrase("not_as_before"), str(ClearContext())))
    return options


def _own_walk(scope: Scope, name: str) -> str:
    """Return the walk of this name, or the same registration's in the person's own region."""
    _, _, kind = name.partition("#")
    found = own_procedure(scope, kind)
    return f"{found.id}#{kind}" if found else name


def own_procedure(scope: Scope, kind: str) -> Procedure | None:
    """Return the procedure of a registration that is for the person's own region."""
    return next(
        (
            procedure
            for procedure in scope.pack.procedures.values()
            if kind and scope.region in procedure.regions and kind in procedure.kinds
        ),
        None,
    )


def _calculations(scope: Scope, entry: Entry) -> list[Choice]:
    """Return choices of calculators that go with the answer."""
    found = [c for c in scope.pack.calculators.values() if entry.id in c.entries]
    if len(found) == 1:
        return [Choice(scope.phrase("calculate"), str(Calculate(found[0].id)))]
    return [
        Choice(scope.phrase("calculate_one", title=c.title), str(Calculate(c.id))) for c in found
    ]


def topic_choices(scope: Scope) -> tuple[Choice, ...]:
    """Return choices of the portals and of what is asked most."""
    entries = (scope.pack.entries[name] for name in scope.pack.most_asked)
    options = [portal_choice(scope), *(Choice(e.title, str(ShowEntry(e.id))) for e in entries)]
    return tuple(options[:MAX_CHOICES])


def choices_part(options: Sequence[Choice]) -> tuple[Part, ...]:
    return (Choices(tuple(options)),) if options else ()


def _related(scope: Scope, entry: Entry) -> list[Entry]:
    others = (scope.pack.entries[other] for other in entry.related)
    own = scope.region or entry.slots.get(PLACE)
    return [o for o in others if PLACE not in o.slots and o.covers(own)][:MAX_RELATED]
