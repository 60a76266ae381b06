"""Check calculators: a text for every possible outcome, and for no other."""

from __future__ import annotations

from collections.abc import Iterator

from bot.core.model.date_rules import NAMES, OUTCOMES, Rule
from bot.errors import Problem
from bot.knowledge.checks.references import Use, duplicates, listed, unknown_names
from bot.knowledge.checks.words import placeholders
from bot.knowledge.did_you_mean import did_you_mean
from bot.knowledge.draft import Draft, services_of
from bot.knowledge.schema import CalculatorForm
from bot.knowledge.validation import Item

_LINES = ("working", "advice")


def check_calculators(draft: Draft) -> Iterator[Problem]:
    yield from duplicates((item, item.form.id) for item in draft.calculators)
    for item in draft.calculators:
        yield from unknown_names(item, "出处", draft.source_ids, _sources(item.form))
        yield from unknown_names(item, "地区", draft.region_names, _regions(item.form))
        entries = listed("entries", item.form.entries)
        yield from unknown_names(item, "条目", draft.entry_ids, entries)
        service = [(item.form.registration, ("registration",))] if item.form.registration else []
        yield from unknown_names(item, "业务", services_of(draft), service)
        yield from _same_name_as_entry(item, draft)
        yield from _results(item)
        yield from _outcomes_of_lines(item)


def _sources(form: CalculatorForm) -> Iterator[Use]:
    for key in _LINES:
        for n, line in enumerate(getattr(form, key)):
            for m, citation in enumerate(line.sources):
                yield citation.source, (key, n, "sources", m, "source")


def _regions(form: CalculatorForm) -> Iterator[Use]:
    for key in _LINES:
        for n, line in enumerate(getattr(form, key)):
            for m, name in enumerate(line.regions):
                yield name, (key, n, "regions", m)


def _same_name_as_entry(item: Item[CalculatorForm], draft: Draft) -> Iterator[Problem]:
    """Refuse an id that an entry has: a reply names by it what it answered from."""
    if item.form.id in draft.entry_ids.known:
        yield item.problem(f"“{item.form.id}”已经是一个条目的编号；请换一个", "id")


def _allowed(form: CalculatorForm) -> list[str]:
    return [outcome.value for outcome in OUTCOMES[Rule(form.rule)]]


def _results(item: Item[CalculatorForm]) -> Iterator[Problem]:
    form, allowed = item.form, _allowed(item.form)
    for outcome in allowed:
        if outcome not in form.results:
            yield item.problem(f"缺少 {outcome}：rule 是 {form.rule} 时会有这种结果", "results")
    for outcome, text in form.results.items():
        if outcome not in allowed:
            yield item.problem(_never(form, outcome), "results", outcome)
        names = placeholders(text)
        if names is None:
            message = "花括号没有配好；里面只写名字，如 {last}；要显示花括号就写两个"
            yield item.problem(message, "results", outcome)
        for name in sorted((names or frozenset()) - NAMES):
            message = f"花括号里的“{name}”程序不会填{did_you_mean(name, NAMES)}"
            yield item.problem(message, "results", outcome)


def _outcomes_of_lines(item: Item[CalculatorForm]) -> Iterator[Problem]:
    allowed = _allowed(item.form)
    for key in _LINES:
        for n, line in enumerate(getattr(item.form, key)):
            for m, outcome in enumerate(line.when):
                if outcome not in allowed:
                    yield item.problem(_never(item.form, outcome), key, n, "when", m)


def _never(form: CalculatorForm, outcome: str) -> str:
    allowed = "、".join(_allowed(form))
    return f"rule 是 {form.rule} 时不会有结果 {outcome}；可能的结果有：{allowed}"
