"""From signals to a calibrated score, in two steps fitted by scripts/fit_model.py.

`rate` orders the candidates of one utterance among themselves; `score` says how probable it is
that a candidate is right, from how it rates against its rivals and from what the utterance is
like.  Signals that belong to the utterance cannot order its candidates, so they enter only there.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from math import exp
from operator import itemgetter, mul
from typing import Any

from bot.core.model.reliability import AS_SCORED, Reliability
from bot.core.model.understanding import Candidate
from bot.understanding.arrays import kernels
from bot.understanding.arrays.shipped import DATA

RATING = (
    "dice",
    "profile",
    "meaning",
    "gist",
    "type",
    "text",
    "coverage",
    "besides",
    "ratio",
    "filled",
    "plain",
    "missing",
    "extra",
    "conflict",
)
CONFIDENCE = (
    "rate",
    "margin",
    "weak",
    "dice",
    "profile",
    "meaning",
    "gist",
    "type",
    "coverage",
    "besides",
    "plain",
    "foreign",
    "unknown",
    "weight",
    "closeness",
    "ours",
    "named",
    "gap",
    "likelihood",
)

OURS = (
    "gap",
    "likelihood",
    "meaning",
    "gist",
    "dice",
    "profile",
    "coverage",
    "foreign",
    "unknown",
    "weight",
    "closeness",
    "ours",
    "named",
    "plain",
    "filled",
)
"""What says that an utterance is the pack's business, whatever it asks; those of the candidates'
signals that are likeness are taken from whichever has most of each."""
LEXICAL = tuple(
    prefix + name for prefix in ("", "broad_") for name in ("dice", "even", "mass", "odd", "margin")
)
REORDERING = ("dice", "even", "odd", "meaning", "gist")
"""What puts groups in order once their meaning is known, by
`bot.understanding.collection.second_opinion`."""
SEMANTIC = (*LEXICAL, "meaning", "lead")
COMPARED = (*LEXICAL, "meaning")
REREADING = ("words", "meaning", "coverage", "weight")
"""What decides on lifting an entry, see `bot.understanding.semantic.fallback`."""
MAX_MARGIN = 3.0
IN_TALK = 120.0
"""How much better the odds of being the pack's business are behind a turn that was; of the messages
that follow an answer within minutes few change the subject, and most say too little to be known by
themselves (两个的区别是什么, 公司早就倒闭了)."""
AGAINST_A_SLOT = 0.5
"""What is left of a probability where another service or detail was named than the entry's.

Too few such candidates come first for the fit (18 of 4,500, 7 of them right) to weigh it.
"""
UNMET_SCORE, UNMET_RATE = 0.3, 2.0
"""What is left of a probability, and what a rate loses, where an entry is about a special case of
which nothing was said; not fitted, as nearly all questions of the fit say what they are about.

With less than half of a score nothing is told as an answer; two are more than the first is ahead of
the second by in 53 of 100 questions of the pack's tests."""
VERBATIM_SCORE = 0.95
"""The probability that a phrasing said word for word means its entry."""
VERBATIM_RATE = 4.0
"""What a phrasing said word for word adds to a rate; not fitted, as the fit leaves those out."""


@dataclass(frozen=True, slots=True)
class Logistic:
    """A logistic model: a probability, 0 to 1, from named signals."""

    intercept: float
    weights: Mapping[str, float]

    def score(self, signals: Mapping[str, float]) -> float:
        """The probability; `signals` has every name that has a weight."""
        return 1 / (1 + exp(-(self.intercept + weighted(self.weights, signals))))


NEVER_OURS = Logistic(0.0, {})
_LIKENESS = {
    name: itemgetter(name)
    for name in ("meaning", "gist", "dice", "profile", "coverage", "plain", "filled")
}


@dataclass(frozen=True, slots=True)
class Model:
    """How the entries of a pack are put in order, and how sure the first one is."""

    rating: Mapping[str, float]
    confidence: Logistic
    """The probability that showing the entry is right; needs `rate` and `margin` too."""
    answer_from: float
    """Scores at or above this are answered; below it the bot asks or abstains."""
    ask_from: float
    """Scores below this are not even offered as a guess."""
    ours: Logistic = NEVER_OURS
    """The probability that an utterance is the pack's business."""
    ours_from: float = 0.0
    """Below it nothing is said but that it is none."""
    unnamed_from: float = 0.0
    """The same as `ours_from` for facts, told to words that name nothing of the pack's."""
    reliability: Reliability = AS_SCORED
    """What the score of a reply is worth, fitted by scripts/fit_reliability.py."""

    def score(self, signals: Mapping[str, float]) -> float:
        """The probability that showing a candidate is right.

        The fit leaves out what is said word for word, so that has a probability of its own.
        """
        found = self.confidence.score(signals)
        if signals.get("against"):
            found *= AGAINST_A_SLOT
        if signals.get("unmet"):
            found *= UNMET_SCORE
        return round(max(found, VERBATIM_SCORE) if signals["verbatim"] >= 1 else found, 4)

    def rate(self, signals: Mapping[str, float]) -> float:
        """Where a candidate stands among those of one utterance; means nothing by itself."""
        found = self.plain_rate(signals) + VERBATIM_RATE * signals["verbatim"]
        return found - UNMET_RATE * signals.get("unmet", 0.0)

    def ours_score(self, candidates: Sequence[Candidate], *, is_in_talk: bool = False) -> float:
        """The probability that an utterance with these candidates is the pack's business.

        Who has just talked about it most likely still does: the odds are `IN_TALK` times as good.
        """
        if not candidates:
            return 0.0
        alone = self.ours.score(ours_signals([c.signals for c in candidates]))
        odds = alone * (IN_TALK if is_in_talk else 1.0)
        return round(odds / (odds + 1 - alone), 4)

    def contributions(self, signals: Mapping[str, float]) -> dict[str, float]:
        """What each signal adds to `rate`, those that add nothing left out."""
        weights = {**self.rating, "verbatim": VERBATIM_RATE, "unmet": -UNMET_RATE}
        parts = {name: weight * signals.get(name, 0.0) for name, weight in weights.items()}
        return {name: part for name, part in parts.items() if part}

    def plain_rate(self, signals: Mapping[str, float]) -> float:
        """The rate as if no phrasing had been said word for word and nothing left unsaid."""
        return weighted(self.rating, signals)


@dataclass(frozen=True, slots=True)
class Lexical:
    """What likeness of words says, where there are no slots: fitted by scripts/fit_lexical.py."""

    sameness: Logistic
    """The probability that two questions ask the same."""
    answer_from: float
    """Scores at or above this are right 95 times in 100 on the data of the fit."""


@dataclass(frozen=True, slots=True)
class Semantic:
    """What likeness and meaning say together: fitted by scripts/fit_semantic.py, one for each
    kind of vectors.
    """

    rating: Mapping[str, float]
    sameness: Logistic
    """The probability that the first group asks the same as a question."""
    pairs: Logistic
    """The probability that two questions do: the score by words, moved by their meaning."""
    doubt: Sequence[float]
    """From and below which lexical scores of a search leave a doubt."""
    pair_doubt: Sequence[float]
    """The same for two questions, whose scores lie lower: no other is behind the first."""

    def rate(self, signals: Mapping[str, float]) -> float:
        """Where a group stands among those of one question; means nothing by itself."""
        return weighted(self.rating, signals)


@dataclass(frozen=True, slots=True)
class Fallback:
    """How sure meaning makes of an entry that words left open: scripts/fit_rereading.py fits it."""

    confidence: Logistic
    """The probability that showing the entry is right."""
    doubt_from: float
    """First candidates that score less are hopeless: not worth a second reading."""


def ours_signals(candidates: Sequence[Mapping[str, float]]) -> dict[str, float]:
    """The signals of an utterance, from those of its candidates; there is at least one."""
    return dict(candidates[0]) | {
        name: max(map(signal, candidates)) for name, signal in _LIKENESS.items()
    }


def weighted(weights: Mapping[str, float], signals: Mapping[str, float]) -> float:
    """The sum of all weights times their signals."""
    if kernels.in_use:
        return kernels.in_use.weighted(weights, signals)
    return sum(map(mul, weights.values(), map(signals.__getitem__, weights)), 0.0)


@cache
def shipped() -> Model:
    """The model in the package."""
    return model_from(_data("model.json"))


def model_from(data: Mapping[str, Any]) -> Model:
    """A model from the content of its file."""
    confidence = Logistic(data["intercept"], data["confidence"])
    ours = Logistic(data["ours"]["intercept"], data["ours"]["weights"])
    limits = data["answer_from"], data["ask_from"]
    begins = data["ours_from"], data.get("unnamed_from", 0.0)
    reliability = Reliability(_levels(data, "reliability"), _levels(data, "declined"))
    return Model(data["rating"], confidence, *limits, ours, *begins, reliability)


def _levels(data: Mapping[str, Any], name: str) -> tuple[tuple[float, float], ...]:
    return tuple((start, share) for start, share in data.get(name, ()))


@cache
def shipped_lexical() -> Lexical:
    """The model in the package for questions without a pack."""
    data = _data("lexical.json")
    return Lexical(Logistic(data["intercept"], data["weights"]), data["answer_from"])


@cache
def shipped_semantic() -> Semantic:
    """The model in the package for questions whose meaning a sentence encoder tells."""
    return _semantic("semantic.json")


@cache
def shipped_meaning() -> Semantic:
    """The model in the package for questions whose meaning the table tells."""
    return _semantic("meaning.json")


def _semantic(name: str) -> Semantic:
    data = _data(name)
    sameness = Logistic(data["intercept"], data["weights"])
    pairs = Logistic(data["pairs"]["intercept"], data["pairs"]["weights"])
    return Semantic(data["rating"], sameness, pairs, data["doubt"], data["pair_doubt"])


@cache
def shipped_fallback() -> Fallback:
    """The model in the package for what a pack's words leave open."""
    data = _data("rereading.json")
    return Fallback(Logistic(data["intercept"], data["weights"]), data["doubt_from"])


def _data(name: str) -> dict[str, Any]:
    data: dict[str, Any] = json.loads((DATA / name).read_text("utf-8"))
    return data
