"""Check whether a date can be what a calculator asks for: neither too late nor too early."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from bot.core.model.calculator import Calculator
from bot.core.model.spans import Span


@dataclass(frozen=True, slots=True)
class Refusal:
    """A refusal says why nothing is worked out from a date."""

    why: Literal["in_future", "too_far", "no_data"]
    span: Span


def plausible(
    calculator: Calculator, spans: Sequence[Span], today: date
) -> tuple[Span, ...] | Refusal:
    """Cut the spans to the days that can be meant; return the first refusal if there are none.

    `spans` has at least one.
    """
    found = [_cut(calculator, span, today) for span in spans]
    kept = tuple(span for span in found if isinstance(span, Span))
    return kept or next(refusal for refusal in found if isinstance(refusal, Refusal))


def _cut(calculator: Calculator, span: Span, today: date) -> Span | Refusal:
    first, last = span.first, span.last
    if calculator.since:
        if last < calculator.since:
            return Refusal("no_data", span)
        first = max(first, calculator.since)
    if not calculator.allows_future:
        if first > today:
            return Refusal("in_future", span)
        last = min(last, today)
    if calculator.most_ahead:
        limit = calculator.most_ahead.after(today)
        if first > limit:
            return Refusal("too_far", span)
        last = min(last, limit)
    return Span(first, last)
