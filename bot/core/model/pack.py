"""Hold a knowledge pack as frozen data: what the bot may say and the source of each statement.

`bot.knowledge` builds it from YAML that has been checked; `core` trusts it.  What a newcomer would
get wrong: an `Entry` does not hold one text but `Fact`s, each with its own sources and dates, so
that one sentence can expire while its neighbours stay.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import cached_property

from bot.core.model.conditions import Condition
from bot.core.model.date_rules import Outcome, Period, Rule
from bot.core.model.question_type import QuestionType
from bot.core.model.rates import Count, Tariff
from bot.core.model.vocabulary import ASPECT, NO_VOCABULARY, PLACE, Vocabulary


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


@dataclass(frozen=True, slots=True)
class Transition:
    """A way on; without `registrations` it is open to all, and `label` is shown on drawings."""

    to: str
    label: str | None = None
    registrations: tuple[str, ...] = ()
    outcome: str | None = None
    """Name of what has to happen (受理, 不受理); `None` if no outcome is needed."""
    is_setback: bool = False
    """Taken when something went wrong; never part of the path shown in advance."""
    also: tuple[str, ...] = ()
    """Other words for the outcome, as people say it at this step."""
    when: tuple[Condition, ...] = ()
    """Answers that open it: one of these conditions has to hold; empty: whatever was answered."""
    is_otherwise: bool = False
    """Taken where no other transition of the step is."""


class QuestionKind(StrEnum):
    """The form of an answer to a step's question."""

    CHOICE = "choice"
    """One of the question's options, or of the outcomes of the step's transitions."""
    SEVERAL = "several"
    """Any number of the question's options; stored as `joined` joins them."""
    YES_NO = "yes_no"
    """是 or 否, which may be outcomes too."""
    NUMBER = "number"
    DATE = "date"
    TEXT = "text"
    """A few words of the person's own; no way depends on what they mean."""


YES, NO = "是", "否"
"""The answers to a question of kind `YES_NO`, as they are stored and as transitions name them."""


def joined(options: Iterable[str]) -> str:
    """Return the answer that consists of these options; empty if none was chosen."""
    return "\n".join(options)


def split_up(answer: str) -> tuple[str, ...]:
    """Invert `joined`."""
    return tuple(answer.split("\n")) if answer else ()


MOST_ON_A_CARD = 10
"""Options of a question that are shown at once."""


@dataclass(frozen=True, slots=True)
class Option:
    """An answer on a list, with other words for it and the group it is listed under."""

    name: str
    also: tuple[str, ...] = ()
    group: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """The question of a step; `least` and `most` bound a number, as text."""

    kind: QuestionKind
    text: str
    why: str | None = None
    """The reply to a person who asks why this is asked, or who does not want to say."""
    least: str | None = None
    most: str | None = None
    unit: str = ""
    allows_future: bool = False
    """A date after today is accepted."""
    options: tuple[Option, ...] = ()
    decimals: int = 0
    """Digits that a number may have after the point."""

    @property
    def is_long(self) -> bool:
        """Return whether its options are too many for one card."""
        return len(self.options) > MOST_ON_A_CARD


@dataclass(frozen=True, slots=True)
class Step:
    """A stop: who does what; an empty `actor` is left out on drawings and cards."""

    id: str
    action: str
    actor: str | None = None
    notes: tuple[str, ...] = ()
    transitions: tuple[Transition, ...] = ()
    elsewhere: str | None = None
    """The action as shown in other regions, without the website of the procedure's region."""
    has_portal: bool = False
    """Is done on a website; the card names the one of the person's region."""
    has_papers: bool = False
    """Is where the papers are handed in; the card lists them to tick off."""
    question: Question | None = None
    related: tuple[str, ...] = ()
    """Ids of entries that say more."""
    each: str = ""
    """Id of the step that asks how often this one is repeated; empty: it is not."""
    is_wait: bool = False
    """The person has nothing to do here but wait for somebody else."""

    @property
    def label(self) -> str:
        return f"{self.actor}:{self.action}" if self.actor else self.action


@dataclass(frozen=True, slots=True, eq=False)
class Procedure:
    """A guided path: a graph of steps, stored and linked by id, never by position.

    Two procedures are equal only if they are the same object.  A procedure without `registrations`
    has one kind, whose name is the empty string.
    """

    id: str
    title: str
    start: str
    steps: Mapping[str, Step]
    registrations: tuple[str, ...]
    citations: tuple[Citation, ...]
    regions: tuple[str, ...] = ()
    materials: Mapping[str, str] = field(default_factory=dict)
    """Maps a registration to the id of the entry that lists its papers."""
    without_path: Mapping[str, str] = field(default_factory=dict)
    """Maps a registration without a path in the graph to the id of the entry shown instead."""
    remarks: Mapping[str, str] = field(default_factory=dict)
    """Maps a registration to a text that is shown at its first step."""
    renamed: Mapping[str, str] = field(default_factory=dict)
    """Maps a former step id to the current one."""
    when_late: str = ""
    """Whom to ask if the steps on which one waits take long."""

    @property
    def kinds(self) -> tuple[str, ...]:
        """Return the kinds that can be walked; one without a name if there are no registrations."""
        return self.registrations or ("",)


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


@dataclass(frozen=True, eq=False)
class Pack:
    """Everything the bot knows; `version` is a hash of the files' content, 12 hex digits.

    Two packs are equal only if they are the same object; compare versions to compare content.
    """

    id: str
    title: str
    language: str
    version: str
    review_after_days: int
    sources: Mapping[str, Source]
    entries: Mapping[str, Entry]
    procedures: Mapping[str, Procedure]
    regions: Mapping[str, Region]
    lexicon: Lexicon
    phrases: Mapping[str, Mapping[str, str]]
    """Maps a locale to its phrases: key -> text with `{names}` to fill in."""
    calculators: Mapping[str, Calculator] = field(default_factory=dict)
    calculation: tuple[Cue, ...] = ()
    """Cues of people who want a calculation and give no date."""
    rates: Mapping[str, Rate] = field(default_factory=dict)
    owner: str = ""
    """Who looks after what nobody else does."""
    subject: str | None = None
    """The lexicon's word for the subject of the pack; saying it means no other subject."""
    most_asked: tuple[str, ...] = ()
    """Ids of entries to show before anything was asked, most frequent first."""
    vocabulary: Vocabulary = NO_VOCABULARY
    examples: tuple[str, ...] = ()
    """Questions to begin with."""
    places: tuple[str, ...] = ()
    """Short names of the only regions that the pack has answers for; empty means all."""
    own_places: tuple[str, ...] = ()
    """Those of `places` that nobody but this pack knows, its branches: naming one names us."""

    @cached_property
    def portals(self) -> tuple[Entry, ...]:
        """Return the portal entries, one for each place that has any, in the pack's order."""
        return tuple(
            entry
            for entry in self.entries.values()
            if self.is_about_portal(entry) and PLACE in entry.slots
        )

    def portal_of(self, place: str) -> Entry | None:
        """Return the portal entry of a place."""
        return self._portal_of.get(place)

    @cached_property
    def _portal_of(self) -> Mapping[str, Entry]:
        return {entry.slots[PLACE]: entry for entry in reversed(self.portals)}

    def is_about_portal(self, entry: Entry) -> bool:
        """Return whether the entry says where the service is, for one place or in general."""
        aspect = entry.slots.get(ASPECT)
        return aspect is not None and aspect == self.vocabulary.portal

    @cached_property
    def calculator_cues(self) -> re.Pattern[str]:
        """Return what is found in every text in which a cue of a calculator may match."""
        cues = [cue for calculator in self.calculators.values() for cue in calculator.cues]
        words = {word for cue in cues for word in (cue[0] if cue else ("",))}
        return re.compile("|".join(map(re.escape, sorted(words))) if words else "(?!)")

    @cached_property
    def named(self) -> frozenset[str]:
        """Return the ids that an answer can have."""
        return frozenset((*self.entries, *self.calculators, *self.rates))

    def phrase(self, key: str, locale: str = "zh", **values: object) -> str:
        """Return one of the bot's own phrases with its names filled in.

        Raises:
            KeyError: neither `locale` nor zh has the key; `kb check` makes sure of it.
        """
        table = self.phrases.get(locale, {})
        text = table[key] if key in table else self.phrases["zh"][key]
        return text.format(**values) if values else text
