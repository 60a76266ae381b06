"""Any collection of grouped questions, ready to be asked: the chat's engine without a pack.

Words -> candidates -> signals -> calibrated score.  `EntryMatcher` takes its candidates from the
same index and scores them in the same way, and adds what only a pack has: slots and synonyms.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import log1p

from rapidfuzz.distance import Indel

from bot.understanding.index import Hit, PhraseIndex
from bot.understanding.model import Lexical, shipped_lexical
from bot.understanding.text import normalise
from bot.understanding.tokens import Cut, words_and_characters
from bot.understanding.wording import INTERROGATIVES, PARTICLES, plainly_asked

WORD_WEIGHT = 0.6
"""A word against one of its characters, which count as well."""
LATIN_WEIGHT = 1.5
"""A word whose letters do not count."""
STEADY_PARTICLE, STEADY_INTERROGATIVE = 0.3, 0.45
"""How steadily little words are said, against words with content; counting corrects it."""
_COMMONEST = 50
_USUAL_FOCUS = 0.45
"""Half way between collections about one subject (0.5 to 0.6) and about anything (0.3 to 0.4)."""


@dataclass(frozen=True, slots=True)
class Found:
    """What came of a search. `score` is the probability that the first hit is right."""

    hits: Sequence[Hit]
    score: float


class Retriever:
    """Questions in groups that ask the same. Immutable once built."""

    def __init__(
        self,
        texts: Iterable[str],
        groups: Sequence[int],
        cut: Cut,
        model: Lexical | None = None,
    ) -> None:
        """`groups[i]` is the group of the i-th text: counted from 0, none of them empty."""
        self._cut = cut
        self._model = model or shipped_lexical()
        self._texts: list[str] = []
        self._words: Counter[str] = Counter()
        self._index = PhraseIndex(
            self._learnt(texts), groups, emphasis=_emphasis, character=1.0, expected=_expected
        )
        self._breadth = _USUAL_FOCUS - _focus(self._words)
        del self._words

    def _learnt(self, texts: Iterable[str]) -> Iterator[frozenset[str]]:
        for text in texts:
            utterance = normalise(text)
            tokens = self._cut(utterance)
            self._texts.append(utterance)
            self._words.update(token for token in tokens if len(token) > 1)
            yield words_and_characters(tokens, utterance)

    def search(self, text: str, limit: int = 10) -> Found:
        """The groups closest to a question, best first."""
        utterance = normalise(text)
        hits = self._index.search(self._features(utterance), limit=limit)
        if not hits:
            return Found((), 0.0)
        margin = hits[0].dice - hits[1].dice if len(hits) > 1 else hits[0].dice
        signals = self.signals(utterance, self._texts[hits[0].phrase], hits[0], margin)
        return Found(hits, self._model.score(signals))

    def compare(self, a: str, b: str) -> float:
        """The probability that two questions ask the same, no other being in question."""
        one, other = normalise(a), normalise(b)
        hit = self._index.likeness(self._features(one), self._features(other))
        return self._model.score(self.signals(one, other, hit, hit.dice))

    def _features(self, utterance: str) -> frozenset[str]:
        return words_and_characters(self._cut(utterance), utterance)

    def signals(self, one: str, other: str, hit: Hit, margin: float) -> Mapping[str, float]:
        """What says that two utterances ask the same.

        In a collection about one subject rare words say little and every character counts; in one
        about anything it is the other way round.  So each signal weighs by breadth as well.
        """
        found = {"dice": hit.dice, "even": _even(one, other), "mass": log1p(hit.mass)}
        broad = {f"broad_{name}": self._breadth * value for name, value in found.items()}
        return {**found, **broad, "margin": margin}


def _emphasis(feature: str) -> float:
    if len(feature) == 1:
        return 1.0
    return LATIN_WEIGHT if feature.isascii() else WORD_WEIGHT


def _expected(feature: str) -> float:
    if feature in PARTICLES:
        return STEADY_PARTICLE
    return STEADY_INTERROGATIVE if feature in INTERROGATIVES else 1.0


def _focus(words: Counter[str]) -> float:
    """The share that the fifty commonest words have of all that is said."""
    return sum(count for _, count in words.most_common(_COMMONEST)) / max(1, words.total())


def _even(one: str, other: str) -> float:
    """The share of characters in common, all of them alike, however the question is put.

    Of sorted characters the longest common subsequence is what both have.
    """
    a, b = sorted(plainly_asked(one)), sorted(plainly_asked(other))
    return Indel.normalized_similarity("".join(a), "".join(b))
