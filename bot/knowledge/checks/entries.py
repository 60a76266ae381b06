"""Check entries against everything they refer to, and against each other."""

from __future__ import annotations

from collections.abc import Iterator

from bot.core.model.vocabulary import Role
from bot.errors import Problem
from bot.knowledge.checks.references import Use, duplicates, listed, unknown_names
from bot.knowledge.checks.words import unknown_slot
from bot.knowledge.did_you_mean import did_you_mean
from bot.knowledge.draft import Draft
from bot.knowledge.schema import EntryForm, FactForm
from bot.knowledge.validation import Item
from bot.knowledge.vocabulary import values_of

NEEDS_FACTS = ("fact", "no_data")
LONGEST_VERDICT = 160
"""Maximum length of an opening that can be read at a glance on a phone."""


def check_entries(draft: Draft) -> Iterator[Problem]:
    yield from duplicates((entry, entry.form.id) for entry in draft.entries)
    yield from _shared_questions(draft)
    for entry in draft.entries:
        yield from unknown_names(entry, "出处", draft.source_ids, _sources(entry.form))
        yield from unknown_names(entry, "地区", draft.region_names, _regions(entry.form))
        yield from _slots(entry, draft)
        related = listed("related", entry.form.related)
        yield from unknown_names(entry, "条目", draft.entry_ids, [*related, *_afterwards(entry)])
        yield from _procedure(entry, draft)
        yield from _needs(entry)
        yield from _content(entry)


def _afterwards(entry: Item[EntryForm]) -> Iterator[Use]:
    for asked, answering in entry.form.afterwards.items():
        yield from ((name, ("afterwards", asked)) for name in (asked, answering))


def _sources(form: EntryForm) -> Iterator[Use]:
    for part, n, fact in _told(form):
        for m, citation in enumerate(fact.sources):
            yield citation.source, (part, n, "sources", m, "source")


def _told(form: EntryForm) -> Iterator[tuple[str, int, FactForm]]:
    """Yield every statement with its place in the entry."""
    for part, facts in (("verdicts", form.verdicts), ("facts", form.facts)):
        for n, fact in enumerate(facts):
            yield part, n, fact


def _regions(form: EntryForm) -> Iterator[Use]:
    yield from listed("regions", form.regions)
    for part, n, fact in _told(form):
        for m, name in enumerate(fact.regions):
            yield name, (part, n, "regions", m)


def _slots(entry: Item[EntryForm], draft: Draft) -> Iterator[Problem]:
    """Check that pack.yaml declares the slots, and that their values are allowed."""
    if draft.pack is None:
        return
    form, slots = draft.pack.form.vocabulary, entry.form.slots
    listed_values = values_of(form)
    for name, value in slots.items():
        at = ("slots", name)
        role = form.slots.get(name)
        if role is None:
            yield entry.problem(unknown_slot(name, form.slots), *at)
        elif Role(role) is Role.PLACE:
            yield from unknown_names(entry, "地区", draft.region_names, [(value, at)])
        elif Role(role) is Role.SUBJECT and entry.form.kind != "boundary":
            yield entry.problem(f"{name} 只用于 kind: boundary 的条目", *at)
        elif name in listed_values and value not in listed_values[name]:
            hint = did_you_mean(value, listed_values[name])
            yield entry.problem(f"槽位 {name} 没有值“{value}”{hint}", *at)


def _procedure(entry: Item[EntryForm], draft: Draft) -> Iterator[Problem]:
    """Check that `procedure` is `id#registration` and that the graph has a path for it."""
    if not entry.form.procedure:
        return
    name, mark, registration = entry.form.procedure.partition("#")
    if not mark:
        yield entry.problem(
            "要写成 流程编号#业务，如 lost-card#补证；不分业务的写 流程编号#", "procedure"
        )
        return
    yield from unknown_names(entry, "流程", draft.procedure_ids, [(name, ("procedure",))])
    for item in draft.procedures:
        if item.form.id == name and registration not in (item.form.registrations or [""]):
            hint = did_you_mean(registration, item.form.registrations)
            yield entry.problem(f"流程“{name}”没有“{registration}”的路{hint}", "procedure")


def _needs(entry: Item[EntryForm]) -> Iterator[Problem]:
    """Check that the entry's own title and questions say what people have to say for it."""
    needs = [_key(word) for word in entry.form.needs]
    if not needs:
        return
    own = [(entry.form.title, ("title",)), *listed("ask", entry.form.ask)]
    for line, at in own:
        if not any(word in _key(line) for word in needs):
            found = f"“{line}”里没有 needs 的任何一个词；给 needs 补一个词，或者改写这一句"
            yield entry.problem(found, *at)


def _content(entry: Item[EntryForm]) -> Iterator[Problem]:
    form = entry.form
    if form.kind in NEEDS_FACTS and not (form.facts or form.verdicts):
        yield entry.problem(f"kind 是 {form.kind} 的条目至少要有一条 facts 或 verdicts")
    for n, verdict in enumerate(form.verdicts):
        if len(verdict.text) > LONGEST_VERDICT:
            found = (
                f"第一句话有 {len(verdict.text)} 字，最多 {LONGEST_VERDICT} 字；其余写到 facts 里"
            )
            yield entry.problem(found, "verdicts", n, "text")
    for part, n, fact in _told(form):
        if fact.link and not fact.link.url.startswith(("https://", "http://")):
            yield entry.problem("网址要以 https:// 或 http:// 开头", part, n, "link", "url")
        if fact.valid_from and fact.valid_until and fact.valid_from > fact.valid_until:
            found = f"valid_until {fact.valid_until} 比 valid_from {fact.valid_from} 还早"
            yield entry.problem(found, part, n, "valid_until")


def _shared_questions(draft: Draft) -> Iterator[Problem]:
    """Refuse one question with two answers."""
    first: dict[str, tuple[Item[EntryForm], str]] = {}
    for entry in draft.entries:
        for n, line in enumerate(entry.form.ask):
            owner, place = first.setdefault(_key(line), (entry, f"{entry.place}:{n}"))
            if place != f"{entry.place}:{n}":
                found = f"“{line}”已经是条目“{owner.form.id}”（{owner.place}）的问法"
                yield entry.problem(f"{found}；只留一处", "ask", n)
        asked = {_key(line) for line in entry.form.ask}
        for n, line in enumerate(entry.form.not_):
            if _key(line) in asked:
                yield entry.problem(f"“{line}”同时写在 ask 和 not 里；只留一处", "not", n)


def _key(line: str) -> str:
    return line.strip().casefold()
