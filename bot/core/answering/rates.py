"""Answer how much it comes to: the counts that were said, multiplied by the rates of the pack.

What a newcomer would get wrong: the entry that tells the rate is what the words find; a sum takes
its place only if money is asked for, every count is said once, and one of them is more than one.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from bot.core.answering.citations import fact_text, sources_part
from bot.core.answering.relevance import names_us
from bot.core.model.calculator import Rate
from bot.core.model.choices import ShowEntry
from bot.core.model.question_type import QuestionType
from bot.core.model.rates import Tariff, work_out, written
from bot.core.model.reply import (
    Answer,
    Choice,
    Choices,
    ListPart,
    Reason,
    Reply,
    Status,
    Text,
)
from bot.core.model.scope import Scope
from bot.core.model.understanding import Understanding
from bot.core.words.cues import matches
from bot.core.words.quantities import quantities

Counts = Mapping[str, Decimal]
_MONEY = {"元": 1, "块": 1, "毛": 1}


def reckon(scope: Scope, understanding: Understanding, reply: Reply) -> Reply | None:
    """Return the sum that is asked for, if it can be worked out.

    `reply` is what the words get without it.
    """
    if reply.topics > 1 or not _asks_for_money(understanding):
        return None
    for rate in scope.pack.rates.values():
        counts = _counts_said(rate, understanding.text)
        if counts and _is_called_for(scope, rate, counts, understanding, reply):
            return _sum_reply(scope, rate, counts, understanding.plain_slots)
    return None


def _is_called_for(
    scope: Scope, rate: Rate, said: Counts, understanding: Understanding, reply: Reply
) -> bool:
    """Return whether an entry of the rate was found, or words of ours and a cue were said.

    Who says every count (five books, three days) names what is ours as well.
    """
    text = understanding.text
    if reply.reason is Reason.BOUNDARY or any(map(text.__contains__, rate.unless)):
        return False
    if not {answer.entry for answer in reply.answers}.isdisjoint(rate.entries):
        return True
    is_ours = len(said) == len(rate.counts) > 1 or names_us(scope.pack, understanding)
    return is_ours and matches(text, rate.cues)


def _asks_for_money(understanding: Understanding) -> bool:
    if understanding.asked is QuestionType.YES_NO:
        return bool(quantities(understanding.text, _MONEY))
    return understanding.asked is QuestionType.HOW_MUCH


def _counts_said(rate: Rate, text: str) -> Counts:
    """Return the counts that were said; none if one is missing or unclear, or all are one."""
    said = {count.name: quantities(text, count.units) for count in rate.counts}
    is_missing = any(not said[count.name] and not count.unsaid for count in rate.counts)
    if is_missing or any(len(numbers) > 1 for numbers in said.values()):
        return {}
    found = {name: next(iter(numbers)) for name, numbers in said.items() if numbers}
    return found if any(number != 1 for number in found.values()) else {}


def _sum_reply(scope: Scope, rate: Rate, said: Counts, slots: Mapping[str, str]) -> Reply | None:
    rules = [fact for fact in rate.working if fact.holds_on(scope.day)]
    tariffs = [tariff for tariff in rate.tariffs if tariff.is_for(slots)]
    if not rules or not tariffs:
        return None
    counts = {count.name: said.get(count.name, Decimal(count.unsaid)) for count in rate.counts}
    lines = [
        *(_count_line(scope, name, count, said) for name, count in counts.items()),
        *(fact_text(scope, fact) for fact in rules),
        *(_formula(scope, rate, tariff, counts) for tariff in tariffs),
    ]
    sources = sources_part(scope, rules)
    told = [
        scope.phrase("rate_sum", name=tariff.name, sum=_total(rate, tariff, counts), unit=rate.unit)
        for tariff in tariffs
    ]
    more = [Choice(scope.pack.entries[e].title, str(ShowEntry(e))) for e in rate.entries[:1]]
    return Reply(
        status=Status.ANSWERED,
        parts=(
            Text("\n".join(told)),
            ListPart(tuple(lines), scope.phrase("calculate_working"), is_numbered=True),
            sources,
            Choices(tuple(more)),
        ),
        answers=(Answer(rate.id, slots, sources.notes),),
        slots=slots,
        rule=f"rate:{rate.id}",
    )


def _count_line(scope: Scope, name: str, count: Decimal, said: Counts) -> str:
    key = "rate_count" if name in said else "rate_count_unsaid"
    return scope.phrase(key, name=name, count=written(count))


def _total(rate: Rate, tariff: Tariff, counts: Counts) -> str:
    return written(work_out(tariff, counts, rate.most_for).total)


def _formula(scope: Scope, rate: Rate, tariff: Tariff, counts: Counts) -> str:
    """Write the product, and the limit where it is reached."""
    found = work_out(tariff, counts, rate.most_for)
    product = " × ".join([tariff.price, *map(written, counts.values())])
    is_limited = found.total < found.plain
    return scope.phrase(
        "rate_formula_limited" if is_limited else "rate_formula",
        name=tariff.name,
        product=product,
        plain=written(found.plain),
        most=written(found.total),
        unit=rate.unit,
    )
