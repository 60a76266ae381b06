"""Check procedures as graphs: no dangling transition, no endless circle, no ambiguous way on.

That exactly one way is open in every case is proved in `ways`, once the rest is right.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from itertools import combinations

from bot.errors import Problem
from bot.knowledge.build_procedure import procedure_of
from bot.knowledge.checks.conditions import check_conditions
from bot.knowledge.checks.references import Use, duplicates, listed, unknown_names
from bot.knowledge.checks.step_questions import check_questions
from bot.knowledge.checks.ways import check_ways
from bot.knowledge.draft import Draft, Names, services_of
from bot.knowledge.schema import ProcedureFile, StepForm, TransitionForm
from bot.knowledge.validation import Item

Ways = Mapping[str, Collection[str]]
"""Maps a step id to the ids of the steps that can follow it; empty for an end."""


END = ""
"""Follows a step without `next`; no step can have this id."""


def check_procedures(draft: Draft) -> Iterator[Problem]:
    yield from duplicates((item, item.form.id) for item in draft.procedures)
    for item in draft.procedures:
        yield from unknown_names(item, "出处", draft.source_ids, _sources(item.form))
        regions = listed("regions", item.form.regions)
        yield from unknown_names(item, "地区", draft.region_names, regions)
        yield from unknown_names(item, "条目", draft.entry_ids, _entries(item.form))
        yield from unknown_names(item, "业务", services_of(draft), _services(item.form))
        yield from _contradictions(item)
        yield from _unknown_registrations(item)
        yield from _renamed_steps(item)
        yield from _words(item)
        yield from check_questions(item)
        yield from _graph(item)


def _sources(form: ProcedureFile) -> Iterator[Use]:
    for n, citation in enumerate(form.sources):
        yield citation.source, ("sources", n, "source")


def _entries(form: ProcedureFile) -> Iterator[Use]:
    for key in ("materials", "without_path"):
        for registration, entry in getattr(form, key).items():
            yield entry, (key, registration)
    for n, step in enumerate(form.steps):
        for m, entry in enumerate(step.related):
            yield entry, ("steps", n, "related", m)


def _services(form: ProcedureFile) -> Iterator[Use]:
    yield from listed("registrations", form.registrations)
    for key in ("materials", "without_path", "remarks"):
        for registration in getattr(form, key):
            yield registration, (key, registration)
    for n, step in enumerate(form.steps):
        for m, way in enumerate(step.next):
            for k, registration in enumerate(way.registrations):
                yield registration, ("steps", n, "next", m, "registrations", k)


def _contradictions(item: Item[ProcedureFile]) -> Iterator[Problem]:
    for registration in item.form.without_path:
        if registration in item.form.registrations:
            message = f"“{registration}”已写在 registrations 里，说明图里有路；只留一处"
            yield item.problem(message, "without_path", registration)


def _unknown_registrations(item: Item[ProcedureFile]) -> Iterator[Problem]:
    """Yield texts for registrations that this procedure lacks, and a second step for the papers."""
    form = item.form
    for key, known in (
        ("materials", {*form.registrations, *form.without_path}),
        ("remarks", set(form.registrations)),
    ):
        for registration in getattr(form, key):
            if registration not in known:
                yield item.problem(f"这个流程不办“{registration}”", key, registration)
    handed_in = [n for n, step in enumerate(form.steps) if step.papers]
    for n in handed_in[1:]:
        yield item.problem("材料只能在一个步骤里交（papers）", "steps", n, "papers")


def _renamed_steps(item: Item[ProcedureFile]) -> Iterator[Problem]:
    steps = frozenset(step.id for step in item.form.steps)
    for old in item.form.renamed:
        if old in steps:
            message = f"步骤“{old}”还在，不能写成改过名；这里写的是已经没有的编号"
            yield item.problem(message, "renamed", old)
    uses: list[Use] = [(new, ("renamed", old)) for old, new in item.form.renamed.items()]
    yield from unknown_names(item, "步骤", Names(steps, is_complete=True), uses)


def _words(item: Item[ProcedureFile]) -> Iterator[Problem]:
    """Yield other words for an outcome that does not exist, or that mean two outcomes."""
    for n, step in enumerate(item.form.steps):
        meant: dict[str, str] = {}
        for m, way in enumerate(step.next):
            trail = ("steps", n, "next", m, "also")
            if way.also and way.outcome is None:
                yield item.problem("also 是结果的别的说法，要先写 outcome", *trail)
            for word in (way.outcome, way.label, *way.also) if way.outcome else ():
                if word and meant.setdefault(word, way.outcome or "") != way.outcome:
                    message = f"“{word}”已经是“{meant[word]}”的说法，不能又是“{way.outcome}”的"
                    yield item.problem(message, *trail)


def _graph(item: Item[ProcedureFile]) -> Iterator[Problem]:
    """Check that the steps are connected; only then that every registration reaches an end."""
    wrong = [*_twin_steps(item), *_dangling(item)]
    yield from wrong
    unclear = list(_overlaps(item))
    if not wrong:
        yield from _unreachable(item)
        yield from _dead_ends(item)
        unclear += check_conditions(item, _steps_before(item.form))
    yield from unclear
    if not (wrong or unclear):
        for message, trail in check_ways(procedure_of(item.form)):
            yield item.problem(message, *trail)


def _steps_before(form: ProcedureFile) -> dict[str, frozenset[str]]:
    """Return for every step those that a way to it can pass, and the step itself."""
    ways = _ways(form, None)
    back: dict[str, list[str]] = defaultdict(list)
    for step, following in ways.items():
        for target in following:
            back[target].append(step)
    return {step: frozenset(reachable(step, back)) for step in ways}


def _twin_steps(item: Item[ProcedureFile]) -> Iterator[Problem]:
    first: dict[str, int] = {}
    for n, step in enumerate(item.form.steps):
        if step.id in first:
            line = item.file.line(("steps", first[step.id]))
            yield item.problem(f"步骤“{step.id}”写了两次，另一处在第 {line} 行", "steps", n)
        first.setdefault(step.id, n)


def _dangling(item: Item[ProcedureFile]) -> Iterator[Problem]:
    known = Names(frozenset(step.id for step in item.form.steps), is_complete=True)
    uses: list[Use] = [(item.form.start, ("start",))]
    for n, step in enumerate(item.form.steps):
        uses += [(way.to, ("steps", n, "next", m, "to")) for m, way in enumerate(step.next)]
    return unknown_names(item, "步骤", known, uses)


def _overlaps(item: Item[ProcedureFile]) -> Iterator[Problem]:
    """Yield two transitions that are open to the same registration in the same case."""
    for n, step in enumerate(item.form.steps):
        for (_, one), (m, other) in combinations(enumerate(step.next), 2):
            if one.when or other.when or one.otherwise or other.otherwise:
                continue  # left to `check_ways`, which knows the answers
            if one.outcome == other.outcome and (shared := _shared(one, other)):
                case = f"结果“{one.outcome}”" if one.outcome else "没有写 outcome"
                message = f"{shared}（{case}）有两条路：“{one.to}”和“{other.to}”；请分清"
                yield item.problem(message, "steps", n, "next", m)


def _shared(one: TransitionForm, other: TransitionForm) -> str:
    """Return the registrations that both are open to, in words; empty if there are none."""
    if not one.registrations or not other.registrations:
        return "、".join([*one.registrations, *other.registrations]) or "各种业务"
    return "、".join(name for name in one.registrations if name in other.registrations)


def _unreachable(item: Item[ProcedureFile]) -> Iterator[Problem]:
    reached = reachable(item.form.start, _ways(item.form, None))
    for n, step in enumerate(item.form.steps):
        if step.id not in reached:
            yield item.problem(f"从第一步“{item.form.start}”走不到这里", "steps", n)


def _dead_ends(item: Item[ProcedureFile]) -> Iterator[Problem]:
    """Yield steps from which no end can be reached, in general or for one registration only."""
    places = {step.id: n for n, step in enumerate(item.form.steps)}
    stuck = _without_end(item.form.start, _ways(item.form, None))
    for step in stuck:
        yield item.problem("从这里走不到任何一个结束的步骤", "steps", places[step])
    for n, registration in enumerate(item.form.registrations):
        for step in _without_end(item.form.start, _ways(item.form, registration)):
            if step not in stuck:
                message = f"{registration}走到步骤“{step}”就没有路了；请补一条 next"
                yield item.problem(message, "registrations", n)


def _without_end(start: str, ways: Ways) -> list[str]:
    """Return the steps that can be reached and from which no end can be."""
    back: dict[str, list[str]] = defaultdict(list)
    for step, following in ways.items():
        for target in following:
            back[target].append(step)
    arriving = set(reachable(END, back))
    return [step for step in reachable(start, ways) if step not in arriving]


def _ways(form: ProcedureFile, registration: str | None) -> dict[str, list[str]]:
    """Return the graph of one registration, or with None the whole graph."""
    return {step.id: _following(step, registration) for step in form.steps}


def _following(step: StepForm, registration: str | None) -> list[str]:
    if not step.next:
        return [END]
    return [
        way.to
        for way in step.next
        if registration is None or not way.registrations or registration in way.registrations
    ]


def reachable(start: str, ways: Ways) -> list[str]:
    """Return every step that can be reached, the start first."""
    found = {start: None}
    waiting = [start]
    while waiting:
        fresh = [step for step in ways.get(waiting.pop(), ()) if step not in found]
        found.update(dict.fromkeys(fresh))
        waiting += fresh
    return list(found)
