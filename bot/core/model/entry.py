"""Hold entries as frozen data: statements, the sources that they rest on, and how to open.

What a newcomer would get wrong: an `Entry` does not hold one text but `Fact`s, each with its own
sources and dates, so that one sentence can expire while its neighbours stay.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from bot.core.model.question_type import QuestionType


class EntryKind(StrEnum):
    """The kind of reply that an entry gives."""

    FACT = "fact"
    NO_DATA = "no_data"
    BOUNDARY = "boundary"
    SMALLTALK = "smalltalk"


class Confidence(StrEnum):
    """How sure a fact is; below `MEDIUM` it is shown as 待核实 and never as a fact."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    MEMORY = "memory"

    @property
    def is_publishable(self) -> bool:
        return self in (Confidence.HIGH, Confidence.MEDIUM)


@dataclass(frozen=True, slots=True)
class Source:
    """A document that facts rest on; a person last compared with it on `checked_on`."""

    id: str
    title: str
    checked_on: date
    url: str | None = None
    note: str | None = None
    perspective: str | None = None
    """Short name of the region whose practice it describes, if it is about one region."""
    short: str = ""
    """The title in the source line; empty if the title itself is short enough."""
    owner: str = ""
    """Who compares it again when that is due."""


@dataclass(frozen=True, slots=True)
class Citation:
    """A place in a source; `article` is the section or article as the document names it."""

    source: Source
    article: str | None = None

    @property
    def checked_on(self) -> date:
        return self.source.checked_on


@dataclass(frozen=True, slots=True)
class OfficialLink:
    """The website of an office, with the confidence in its address."""

    name: str
    url: str


@dataclass(frozen=True, slots=True)
class Fact:
    """One statement; `valid_until` is the last day on which it may be shown as current."""

    text: str
    citations: tuple[Citation, ...]
    confidence: Confidence = Confidence.HIGH
    valid_from: date | None = None
    valid_until: date | None = None
    regions: tuple[str, ...] = ()
    """Short names of the regions where it holds; empty means everywhere."""
    is_detail: bool = False
    """Shown only to people who ask for the details."""
    link: OfficialLink | None = None

    def holds_on(self, day: date) -> bool:
        if self.valid_from and day < self.valid_from:
            return False
        return not (self.valid_until and day > self.valid_until)

    def speaks_to(self, region: str | None) -> bool:
        """Return whether it is meant for a person in this region; `None` is an unknown region."""
        return not self.regions or region is None or region in self.regions


@dataclass(frozen=True, slots=True)
class Verdict:
    """An opening sentence that answers the question in the pack's own words."""

    fact: Fact
    turned: str | None = None
    """Shown instead if the question is negated (不用…吗)."""
    answers: tuple[QuestionType, ...] = ()
    """The question types that it answers; empty: whatever the entry answers."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One FAQ answer with its example questions, or a boundary, a gap or small talk."""

    id: str
    title: str
    kind: EntryKind
    ask: tuple[str, ...]
    not_ask: tuple[str, ...]
    short: str
    """One or two sentences for groups and previews."""
    signs: tuple[str, ...] = ()
    """Pictographs that say it all, where a message has no words."""
    needs: tuple[str, ...] = ()
    """Words for the special case it is about; who says none of them asks about something plainer.
    Empty: it is about no special case."""
    facts: tuple[Fact, ...] = ()
    verdicts: tuple[Verdict, ...] = ()
    answers: tuple[QuestionType, ...] = ()
    """The question types that it answers, those of its verdicts included; empty: unknown."""
    slots: Mapping[str, str] = field(default_factory=dict)
    regions: tuple[str, ...] = ()
    """Short names of the only regions this entry is about; empty means all."""
    is_by_region: bool = False
    """The answer depends on the region: one that no verdict speaks to is admitted as missing."""
    related: tuple[str, ...] = ()
    afterwards: Mapping[str, str] = field(default_factory=dict)
    """Maps entries to those that answer in their place once this one was talked about."""
    procedure: str | None = None
    """`procedure#registration` that 一步步办 starts from this answer."""

    @property
    def all_facts(self) -> tuple[Fact, ...]:
        """Return every statement of the entry: the verdicts, then the facts."""
        return (*(verdict.fact for verdict in self.verdicts), *self.facts)

    def facts_on(self, day: date, region: str | None = None) -> tuple[Fact, ...]:
        """Return the facts that may be shown on a day, to a person in a region, in order."""
        return tuple(f for f in self.facts if f.holds_on(day) and f.speaks_to(region))

    def verdict_on(
        self, day: date, region: str | None = None, asked: QuestionType | None = None
    ) -> Verdict | None:
        """Return the opening that fits the region and the question type best.

        A verdict for some regions only is used for an unknown region if there is no other: nobody
        is told what holds somewhere as if it held everywhere.
        """
        holding = [v for v in self.verdicts if v.fact.holds_on(day)]
        fitting = [v for v in holding if v.fact.speaks_to(region)]

        def fitness(verdict: Verdict) -> tuple[bool, bool, bool, bool]:
            is_typed = asked in verdict.answers
            is_general = not verdict.fact.regions
            answers_it = is_typed or not verdict.answers
            return (region is None and is_general, answers_it, not is_general, is_typed)

        return max(fitting, key=fitness, default=None)

    def is_untold_in(self, region: str | None, day: date) -> bool:
        """Return whether the answer depends on the region, and nothing is said of this one."""
        if region is None or not self.is_by_region:
            return False
        holding = (v.fact.regions for v in self.verdicts if v.fact.holds_on(day))
        return not any(region in regions for regions in holding)

    def opening_on(self, day: date, region: str | None = None) -> Fact | None:
        """Return the first statement for a person in a region; `None` if none may be shown."""
        verdict = self.verdict_on(day, region)
        if verdict:
            return verdict.fact
        return next(iter(self.facts_on(day, region)), None)

    def covers(self, region: str | None) -> bool:
        return region is None or not self.regions or region in self.regions
