"""A knowledge pack as frozen data: what the bot may say and where each statement comes from.

Everything here is built by `bot.knowledge` from YAML that has been checked; `core` trusts it.
What a newcomer would get wrong: an `Entry` never holds one block of text but `Fact`s, each with
its own sources and dates, so that one sentence can expire while its neighbours stay.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from bot.core.model.date_rules import Outcome, Period, Rule
from bot.core.model.question_type import QuestionType
from bot.core.model.vocabulary import ASPECT, NO_VOCABULARY, PLACE, Vocabulary


class EntryKind(StrEnum):
    """What an entry does when it is chosen."""

    FACT = "fact"
    NO_DATA = "no_data"
    BOUNDARY = "boundary"
    SMALLTALK = "smalltalk"


class Confidence(StrEnum):
    """How sure a fact is; what is below `MEDIUM` is shown as 待核实 and never as a fact."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    MEMORY = "memory"

    @property
    def is_publishable(self) -> bool:
        return self in (Confidence.HIGH, Confidence.MEDIUM)


@dataclass(frozen=True, slots=True)
class Source:
    """A document that facts rest on; `checked_on` is the day a person last compared with it."""

    id: str
    title: str
    checked_on: date
    url: str | None = None
    note: str | None = None
    perspective: str | None = None
    """Short name of the region whose practice the document describes, if it is one region's."""
    short: str = ""
    """The title as the source line has it; empty where the title is short enough."""


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
    """The website of an office, known with confidence."""

    name: str
    url: str


@dataclass(frozen=True, slots=True)
class Fact:
    """One statement. `valid_until` is the last day on which it may be shown as current."""

    text: str
    citations: tuple[Citation, ...]
    confidence: Confidence = Confidence.HIGH
    valid_from: date | None = None
    valid_until: date | None = None
    regions: tuple[str, ...] = ()
    """Short names; empty means everywhere."""
    is_detail: bool = False
    """Shown to who asks for the details only."""
    link: OfficialLink | None = None

    def holds_on(self, day: date) -> bool:
        if self.valid_from and day < self.valid_from:
            return False
        return not (self.valid_until and day > self.valid_until)

    def speaks_to(self, region: str | None) -> bool:
        """Whether it is meant for somebody in a region; nobody's region is `None`."""
        return not self.regions or region is None or region in self.regions


@dataclass(frozen=True, slots=True)
class Verdict:
    """An opening sentence that answers the question in the pack's own words."""

    fact: Fact
    turned: str | None = None
    """Said instead to a question that is turned round (不用…吗)."""
    answers: tuple[QuestionType, ...] = ()
    """Empty: whatever the entry answers."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One FAQ answer with its example questions, or a boundary, a gap or small talk."""

    id: str
    title: str
    kind: EntryKind
    ask: tuple[str, ...]
    not_ask: tuple[str, ...]
    short: str
    """What groups and previews show: one or two sentences."""
    facts: tuple[Fact, ...] = ()
    verdicts: tuple[Verdict, ...] = ()
    answers: tuple[QuestionType, ...] = ()
    """What kinds of questions it answers, those of its verdicts included; empty: unknown."""
    slots: Mapping[str, str] = field(default_factory=dict)
    regions: tuple[str, ...] = ()
    """Short names of the only regions this entry speaks about; empty means all."""
    related: tuple[str, ...] = ()
    procedure: str | None = None
    """`procedure#registration` that 一步步办 starts from this answer."""

    @property
    def all_facts(self) -> tuple[Fact, ...]:
        """Whatever it may say: the verdicts, then the facts."""
        return (*(verdict.fact for verdict in self.verdicts), *self.facts)

    def facts_on(self, day: date, region: str | None = None) -> tuple[Fact, ...]:
        """The facts that may be shown on a day, to somebody in a region, in the pack's order."""
        return tuple(f for f in self.facts if f.holds_on(day) and f.speaks_to(region))

    def verdict_on(
        self, day: date, region: str | None = None, asked: QuestionType | None = None
    ) -> Verdict | None:
        """The opening for a question: the one that is most about the region and the type asked.

        What holds for some regions only is said to nobody whose region is not known, unless there
        is nothing else.
        """
        holding = [v for v in self.verdicts if v.fact.holds_on(day)]
        fitting = [v for v in holding if v.fact.speaks_to(region)]

        def fitness(verdict: Verdict) -> tuple[bool, bool, bool]:
            is_typed = asked in verdict.answers
            is_local = bool(verdict.fact.regions)
            answers_it = is_typed or not verdict.answers
            return (answers_it, is_local == (region is not None), is_typed)

        return max(fitting, key=fitness, default=None)

    def opening_on(self, day: date, region: str | None = None) -> Fact | None:
        """What is said first to somebody in a region; `None` if nothing may be said."""
        verdict = self.verdict_on(day, region)
        if verdict:
            return verdict.fact
        return next(iter(self.facts_on(day, region)), None)

    def covers(self, region: str | None) -> bool:
        return region is None or not self.regions or region in self.regions


@dataclass(frozen=True, slots=True)
class Transition:
    """A way on. Without `registrations` it is open to all of them; `label` is shown on drawings."""

    to: str
    label: str | None = None
    registrations: tuple[str, ...] = ()
    outcome: str | None = None
    """Name of what has to happen (受理, 不受理); `None` where the way on needs no outcome."""
    is_setback: bool = False
    """The way taken when something went wrong; never part of the path that is shown in advance."""
    also: tuple[str, ...] = ()
    """Other words for the outcome, as people say it at this step."""


class QuestionKind(StrEnum):
    """What counts as an answer to the question of a step."""

    CHOICE = "choice"
    """One of the outcomes that lead on."""
    YES_NO = "yes_no"
    """是 or 否, which may be outcomes too."""
    NUMBER = "number"
    DATE = "date"


YES, NO = "是", "否"
"""The answers to a question of kind `YES_NO`, as they are kept and as transitions name them."""


@dataclass(frozen=True, slots=True)
class Question:
    """What a step wants to know before it leads on; `least` and `most` bound a number."""

    kind: QuestionKind
    text: str
    why: str | None = None
    """Said to whoever asks why this is asked, or does not want to say."""
    least: int | None = None
    most: int | None = None
    unit: str = ""
    allows_future: bool = False
    """A date may lie ahead."""


@dataclass(frozen=True, slots=True)
class Step:
    """A stop: who does what. An empty `actor` is left out on drawings and cards."""

    id: str
    action: str
    actor: str | None = None
    notes: tuple[str, ...] = ()
    transitions: tuple[Transition, ...] = ()
    elsewhere: str | None = None
    """The action as it is said in other regions than the procedure's, without its own website."""
    has_portal: bool = False
    """Is done on a website: the one of the person's region is named."""
    has_papers: bool = False
    """Is where the papers are handed in, and ticked off before."""
    question: Question | None = None
    related: tuple[str, ...] = ()
    """Ids of entries that say more."""

    @property
    def label(self) -> str:
        return f"{self.actor}:{self.action}" if self.actor else self.action


@dataclass(frozen=True, slots=True, eq=False)
class Procedure:
    """A guided path: a graph of steps. Steps are stored and linked by id, never by position.

    Two procedures are equal only if they are the same object.  Without `registrations` there is
    one kind only, whose name is the empty string.
    """

    id: str
    title: str
    start: str
    steps: Mapping[str, Step]
    registrations: tuple[str, ...]
    citations: tuple[Citation, ...]
    regions: tuple[str, ...] = ()
    materials: Mapping[str, str] = field(default_factory=dict)
    """registration -> id of the entry that lists its papers."""
    without_path: Mapping[str, str] = field(default_factory=dict)
    """registration that the graph has no path for -> id of the entry to show instead."""
    remarks: Mapping[str, str] = field(default_factory=dict)
    """registration -> what has to be said before its first step."""
    renamed: Mapping[str, str] = field(default_factory=dict)
    """former id of a step -> the step that took its place."""

    @property
    def kinds(self) -> tuple[str, ...]:
        """What may be walked; one kind without a name where there are no registrations."""
        return self.registrations or ("",)


Cue = tuple[tuple[str, ...], ...]
"""Says something if of every group of words at least one is said."""


@dataclass(frozen=True, slots=True)
class CalculatorLine:
    """A fact that a calculator shows. `when` are the outcomes it belongs to; empty means all."""

    fact: Fact
    when: tuple[Outcome, ...] = ()


@dataclass(frozen=True, slots=True)
class Calculator:
    """One date rule with its parameters and words, carried out by `bot.core.model.date_rules`."""

    id: str
    title: str
    rule: Rule
    period: Period
    registration: str | None
    date_name: str
    """What the date is that is asked for, as a noun."""
    ask: str
    results: Mapping[Outcome, str]
    """The verdict for each outcome, with names of `calculators.NAMES` to fill in."""
    working: tuple[CalculatorLine, ...]
    """The rule itself, shown between the date and the sum; without one of them it holds no more."""
    advice: tuple[CalculatorLine, ...] = ()
    reminder: str | None = None
    """What stands in a calendar on the day that matters; `None`: nothing is offered."""
    entries: tuple[str, ...] = ()
    """Entries under which it is offered, and which give way to it when a date was said."""
    cues: tuple[Cue, ...] = ()
    """What is said beside a date by those who mean this one."""
    tells: tuple[Cue, ...] = ()
    """What is said beside a date by those who tell it and ask nothing."""
    unless: tuple[str, ...] = ()
    """Words that make it another matter, whatever the cues say."""
    allows_future: bool = False
    since: date | None = None
    """The sources say nothing about dates before this one."""
    most_ahead: Period | None = None
    """How far ahead of today the date can lie at most."""


@dataclass(frozen=True, slots=True)
class Website:
    """A site somebody named; `confidence` says how well its address is attested."""

    name: str
    url: str
    confidence: Confidence


@dataclass(frozen=True, slots=True)
class Region:
    """A place that answers differ by; `short` is its name everywhere in the bot."""

    short: str
    name: str
    names: tuple[str, ...]
    """Other names that mean this region and nothing else: full, abbreviated, nicknames."""
    letter_names: tuple[str, ...]
    """Pinyin and initials, lower case."""
    places: tuple[str, ...]
    """Cities and districts that lie in it."""
    gov_portal: Website | None = None


@dataclass(frozen=True, slots=True)
class Term:
    """A word of the domain and the forms people use for it.

    `word` replaces its forms before matching.  A term with `slot` also fills that slot with
    `value`; one without merely unifies wording (啥 -> 什么) or shields (手续 is not 续).
    """

    word: str
    forms: tuple[str, ...] = ()
    hints: tuple[str, ...] = ()
    """Forms that count only where no other term of the same slot is said.

    Lines of both may stand for several wordings, see `bot.core.model.shorthand`.
    """
    together: tuple[tuple[str, ...], ...] = ()
    """Words that fill the slot when all of them are said and nothing else fills it."""
    slot: str | None = None
    value: str | None = None


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The pack's words: terms, fillers that mean nothing, names that fit several regions."""

    terms: tuple[Term, ...] = ()
    fillers: tuple[str, ...] = ()
    ambiguous_regions: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    words: Mapping[str, int] = field(default_factory=dict)
    """General words with their frequency in everyday text, for cutting and for weighing."""
    careful_abbreviations: tuple[str, ...] = ()
    """Names of one character that are also parts of everyday words (新系统, 贵公司)."""


@dataclass(frozen=True, slots=True, eq=False)
class Pack:
    """Everything the bot knows. `version` is a hash of the files' content, 12 hex digits.

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
    """locale -> key -> text with `{names}` to fill in."""
    calculators: Mapping[str, Calculator] = field(default_factory=dict)
    calculation: tuple[Cue, ...] = ()
    """How people ask for a calculation without giving a date."""
    subject: str | None = None
    """The lexicon's word for what the pack is about; who says it means no other subject."""
    most_asked: tuple[str, ...] = ()
    """Ids of entries to show before anything was asked, best known first."""
    vocabulary: Vocabulary = NO_VOCABULARY
    examples: tuple[str, ...] = ()
    """Questions to begin with."""

    @property
    def portals(self) -> tuple[Entry, ...]:
        """The doors to the service, one for each place that has any, in the pack's order."""
        return tuple(
            entry
            for entry in self.entries.values()
            if self.is_about_portal(entry) and PLACE in entry.slots
        )

    def portal_of(self, place: str) -> Entry | None:
        """The door of a place."""
        return next((entry for entry in self.portals if entry.slots[PLACE] == place), None)

    def is_about_portal(self, entry: Entry) -> bool:
        """Whether the entry says where the service is, of one place or in general."""
        aspect = entry.slots.get(ASPECT)
        return aspect is not None and aspect == self.vocabulary.portal

    @property
    def named(self) -> frozenset[str]:
        """The ids that an answer can bear."""
        return frozenset((*self.entries, *self.calculators))

    def phrase(self, key: str, locale: str = "zh", **values: object) -> str:
        """The bot's own words.

        Raises:
            KeyError: neither `locale` nor zh has the key; `kb check` makes sure of it.
        """
        table = self.phrases.get(locale, {})
        text = table[key] if key in table else self.phrases["zh"][key]
        return text.format(**values) if values else text
