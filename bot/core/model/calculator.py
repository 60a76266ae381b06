"""Hold what is reckoned as frozen data: date rules and rates, with the words that call for them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from bot.core.model.date_rules import Outcome, Period, Rule
from bot.core.model.entry import Fact
from bot.core.model.rates import Count, Tariff

Cue = tuple[tuple[str, ...], ...]
"""Matches a text if of every group of words at least one is in it."""


@dataclass(frozen=True, slots=True)
class CalculatorLine:
    """A fact that a calculator shows; `when` limits it to outcomes, empty means all."""

    fact: Fact
    when: tuple[Outcome, ...] = ()


@dataclass(frozen=True, slots=True)
class Calculator:
    """One date rule with its parameters and texts, applied by `bot.core.model.date_rules`."""

    id: str
    title: str
    rule: Rule
    period: Period
    registration: str | None
    date_name: str
    """A noun for the date that is asked for."""
    ask: str
    results: Mapping[Outcome, str]
    """The verdict for each outcome, with names of `date_rules.NAMES` to fill in."""
    working: tuple[CalculatorLine, ...]
    """The rule itself, shown between the date and the sum; if none is valid the bot abstains."""
    advice: tuple[CalculatorLine, ...] = ()
    reminder: str | None = None
    """Title in a calendar on the day that decides; `None`: no file is offered."""
    entries: tuple[str, ...] = ()
    """Entries that offer it, and that give way to it when a date was said."""
    cues: tuple[Cue, ...] = ()
    """Words beside a date that call for this calculator."""
    tells: tuple[Cue, ...] = ()
    """Words beside a date that is told without a question."""
    unless: tuple[str, ...] = ()
    """Words that rule it out, whatever the cues say."""
    allows_future: bool = False
    since: date | None = None
    """For dates before this one the sources say nothing."""
    most_ahead: Period | None = None
    """How far after today the date may lie."""


@dataclass(frozen=True, slots=True)
class Rate:
    """Multiplies a price by what was said; `entries` tell the price and give way to the sum."""

    id: str
    title: str
    unit: str
    """What the price is in: 元."""
    counts: tuple[Count, ...]
    tariffs: tuple[Tariff, ...]
    working: tuple[Fact, ...]
    """The rule itself; if none of it is valid nothing is worked out."""
    entries: tuple[str, ...]
    most_for: str = ""
    """Name of the count for each of which the most of a tariff is meant; empty: for all of it."""
    cues: tuple[Cue, ...] = ()
    """Words beside the counts that call for it, whatever entry is found."""
    unless: tuple[str, ...] = ()
    """Words that rule it out."""
