"""Hold the words of a pack as frozen data: terms, fillers, and the regions answers differ by."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.core.model.entry import Confidence


@dataclass(frozen=True, slots=True)
class Website:
    """A website; `confidence` says how well its address is attested."""

    name: str
    url: str
    confidence: Confidence


Point = tuple[float, float]
"""Latitude and longitude in degrees."""


@dataclass(frozen=True, slots=True)
class Region:
    """A place that answers differ by; `short` is its name everywhere in the bot."""

    short: str
    name: str
    names: tuple[str, ...]
    """Other names that mean this region only: full name, abbreviations, nicknames."""
    letter_names: tuple[str, ...]
    """Pinyin and initials, in lower case."""
    places: tuple[str, ...]
    """Cities and districts that lie in it."""
    points: tuple[Point, ...] = ()
    """Where it is: of all regions the one with the nearest point."""
    gov_portal: Website | None = None


@dataclass(frozen=True, slots=True)
class Term:
    """A word of the domain and the forms people use for it.

    `word` replaces its forms before matching.  A term with `slot` also fills that slot with
    `value`; one without only unifies wordings (啥 -> 什么) or shields (手续 is not 续).
    """

    word: str
    forms: tuple[str, ...] = ()
    hints: tuple[str, ...] = ()
    """Forms that count only if no other term of the same slot is said.

    A line of `forms` or `hints` may stand for several wordings, see `bot.core.model.shorthand`.
    """
    together: tuple[tuple[str, ...], ...] = ()
    """Groups of words that fill the slot if all of a group are said and nothing else fills it."""
    objects: tuple[tuple[str, ...], ...] = ()
    """Things, each with what is done to it, that fill the slot where that is what is asked."""
    slot: str | None = None
    value: str | None = None
    suffered: str | None = None
    """The word that replaces it where one of the vocabulary's actors did it to the asker."""


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The pack's words: terms, fillers without meaning, names that fit several regions."""

    terms: tuple[Term, ...] = ()
    fillers: tuple[str, ...] = ()
    ambiguous_regions: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    words: Mapping[str, int] = field(default_factory=dict)
    """Everyday words with their frequency, for tokenising and for weighting."""
    careful_abbreviations: tuple[str, ...] = ()
    """Names of one character that are also parts of everyday words (新系统, 贵公司)."""
