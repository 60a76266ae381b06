"""Represent what an utterance was taken to mean, and why.

Made by `bot.understanding`, read by `bot.core.dialogue`.  Scores lie in 0..1 and are meant as the
probability that showing the entry is right; slots list what was *found*, ambiguous values included.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.core.model.question_type import QuestionType
from bot.core.model.reliability import AS_SCORED, Reliability
from bot.core.model.spans import SaidDate

_BARE = 2
"""Most characters beside a date that still stands alone (是, 就是)."""
_BESIDE_A_NAME = 3
"""Most characters beside a name that is still said alone (换成, 是)."""
_HARDLY_MORE = 8
"""Most characters beside a date that may still be the answer to a question for one."""


@dataclass(frozen=True, slots=True)
class Slot:
    """A value found in the words.

    `values` has one canonical word, or several if the surface fits several things (shanxi).
    """

    kind: str
    values: tuple[str, ...]
    surface: str
    is_inherited: bool = False
    """Taken from the conversation so far, not from this utterance."""
    is_listed: bool = False
    """Stands in a list with others of its kind (四川和重庆), each of which is asked about."""

    @property
    def value(self) -> str:
        return self.values[0]

    @property
    def is_ambiguous(self) -> bool:
        return len(self.values) > 1


@dataclass(frozen=True, slots=True)
class Candidate:
    """An entry that may be meant; `signals` are the features that the score was computed from."""

    entry: str
    score: float
    phrase: str
    """The most similar stored phrasing."""
    signals: Mapping[str, float] = field(default_factory=dict)

    @property
    def is_elsewhere(self) -> bool:
        """Return whether it is about other regions than the one asked about."""
        return self.signals.get("elsewhere", 0.0) > 0

    @property
    def is_verbatim(self) -> bool:
        """Return whether a stored phrasing was said nearly word for word."""
        return self.signals.get("verbatim", 0.0) > 0

    @property
    def weight(self) -> float:
        """Return how much was said, as a share of a full sentence; 1 if it was not weighted."""
        return self.signals.get("weight", 1.0)

    @property
    def misses_slot(self) -> bool:
        """Return whether it has a slot that neither the words nor its nearest phrasing fill."""
        return self.signals.get("missing", 0.0) > 0

    @property
    def has_foreign_words(self) -> bool:
        """Return whether the utterance had words that the pack does not know."""
        return self.signals.get("foreign", 0.0) > 0


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Scores from which a candidate is answered, and from which it is offered as a guess."""

    answer: float
    ask: float
    ours: float = 0.0
    """Probability from which an utterance is taken to be the pack's business."""
    unnamed: float = 0.0
    """The same for facts, told to words that name nothing of ours but something else."""


@dataclass(frozen=True, slots=True)
class Understanding:
    """One utterance understood; `candidates` are best first."""

    text: str
    """The person's words, unchanged."""
    utterance: str
    """The normalised matching form; empty if only fillers were said."""
    tokens: tuple[str, ...]
    slots: tuple[Slot, ...]
    candidates: tuple[Candidate, ...]
    thresholds: Thresholds
    is_ours: bool = False
    """Names the subject that the pack is about."""
    ours: float = 1.0
    """The probability that the utterance is the pack's business at all."""
    asked: QuestionType | None = None
    """What it asks for."""
    is_turned: bool = False
    """It is turned round: 不用…吗, 是不是不…"""
    wants_guidance: bool = False
    """Asks to be led through step by step."""
    is_rejection: bool = False
    """Says that the last answer was not what was meant (不是这个)."""
    dates: tuple[SaidDate, ...] = ()
    """In the order in which they were said."""
    undated: str = ""
    """The matching form without the dates; empty if nothing else was said."""
    questions: tuple[Understanding, ...] = ()
    """The single questions, in order, if several were put; empty for one."""
    reliability: Reliability = AS_SCORED
    """What the scores are worth to who asked."""
    sound: str = ""
    """The toneless pinyin of the matching form, without spaces; empty if the form is long."""

    @property
    def is_bare_date(self) -> bool:
        """Return whether only dates were said, with two more characters at most."""
        return bool(self.dates) and len(self.undated) <= _BARE

    @property
    def may_tell_a_date(self) -> bool:
        """Return whether hardly more than dates was said, as in an answer to a question for one."""
        return bool(self.dates) and len(self.undated) <= _HARDLY_MORE

    def of(self, kind: str) -> tuple[Slot, ...]:
        return tuple([slot for slot in self.slots if slot.kind == kind])

    def names_only(self, kind: str) -> Slot | None:
        """Return the slot of a kind, if it was named and hardly anything else was said."""
        said = [slot for slot in self.slots if slot.surface and not slot.is_inherited]
        if len(said) != 1 or said[0].kind != kind or said[0].is_ambiguous:
            return None
        beside = self.utterance.replace(said[0].surface, "", 1)
        return said[0] if len(beside) <= _BESIDE_A_NAME else None

    @property
    def plain_slots(self) -> dict[str, str]:
        """Return the first unambiguous value of each kind."""
        found: dict[str, str] = {}
        for slot in self.slots:
            if not slot.is_ambiguous:
                found.setdefault(slot.kind, slot.value)
        return found
