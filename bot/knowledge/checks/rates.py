"""Check rates: what they refer to, and that every count can be said."""

from __future__ import annotations

from collections.abc import Iterator

from bot.core.model.vocabulary import Role
from bot.errors import Problem
from bot.knowledge.checks.references import Use, duplicates, listed, unknown_names
from bot.knowledge.checks.words import unknown_slot
from bot.knowledge.did_you_mean import did_you_mean
from bot.knowledge.draft import Draft
from bot.knowledge.schema import RateForm
from bot.knowledge.validation import Item
from bot.knowledge.vocabulary import values_of


def check_rates(draft: Draft) -> Iterator[Problem]:
    yield from duplicates((item, item.form.id) for item in draft.rates)
    taken = {item.form.id for item in draft.calculators} | draft.entry_ids.known
    for item in draft.rates:
        if item.form.id in taken:
            yield item.problem(f"“{item.form.id}”已经是条目或者期限的编号；请换一个", "id")
        yield from unknown_names(item, "出处", draft.source_ids, _sources(item.form))
        entries = listed("entries", item.form.entries)
        yield from unknown_names(item, "条目", draft.entry_ids, entries)
        yield from _counts(item)
        yield from _slots(item, draft)


def _sources(form: RateForm) -> Iterator[Use]:
    for n, line in enumerate(form.working):
        for m, citation in enumerate(line.sources):
            yield citation.source, ("working", n, "sources", m, "source")


def _counts(item: Item[RateForm]) -> Iterator[Problem]:
    form = item.form
    names = [count.name for count in form.counts]
    if form.most_for and form.most_for not in names:
        hint = did_you_mean(form.most_for, names)
        yield item.problem(f"counts 里没有“{form.most_for}”{hint}", "most_for")
    if all(count.unsaid for count in form.counts):
        yield item.problem("至少有一个数要别人说出来：去掉一个 unsaid", "counts")
    first: dict[str, str] = {}
    for n, count in enumerate(form.counts):
        for unit in count.units:
            if unit in first:
                message = f"“{unit}”已经是“{first[unit]}”的单位，分不清说的是哪个数"
                yield item.problem(message, "counts", n, "units", unit)
            first.setdefault(unit, count.name)


def _slots(item: Item[RateForm], draft: Draft) -> Iterator[Problem]:
    if draft.pack is None:
        return
    form = draft.pack.form.vocabulary
    known = values_of(form)
    for n, tariff in enumerate(item.form.tariffs):
        for name, values in tariff.slots.items():
            at = ("tariffs", n, "slots", name)
            if name not in form.slots:
                yield item.problem(unknown_slot(name, form.slots), *at)
            elif Role(form.slots[name]) is Role.PLACE:
                uses = [(value, at) for value in values]
                yield from unknown_names(item, "地区", draft.region_names, uses)
            for value in values if name in known else ():
                if value not in known[name]:
                    hint = did_you_mean(value, known[name])
                    yield item.problem(f"槽位 {name} 没有值“{value}”{hint}", *at)
