"""Any collection of grouped questions, ready to be asked: the chat's engine without a pack.

Words -> candidates -> signals -> calibrated score.  `EntryMatcher` takes its candidates from the
same index and scores them in the same way, and adds what only a pack has: slots and synonyms.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import log1p

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import Indel

from bot.understanding.features import emphasis, expected, features, plain
from bot.understanding.index import Hit, PhraseIndex
from bot.understanding.learning import Learnt, learn
from bot.understanding.model import Lexical, shipped_lexical
from bot.understanding.saved import Saved, Writer
from bot.understanding.strings import Strings
from bot.understanding.tables import Beliefs, Tables
from bot.understanding.text import normalise
from bot.understanding.tokens import Cut

BELIEFS = Beliefs(emphasis, 1.0, expected)
_COMMONEST = 50
_USUAL_FOCUS, _FOCUS_RANGE = 0.45, 0.1
"""Half way between collections about one subject (0.5 to 0.6) and about anything (0.3 to 0.4)."""


@dataclass(frozen=True, slots=True)
class Found:
    """What came of a search. `score` is the probability that the first hit is right."""

    hits: Sequence[Hit]
    score: float


@dataclass(frozen=True, slots=True)
class Collection:
    """Everything that a retriever knows of its questions, as arrays and strings."""

    tables: Tables
    plain: Strings
    """Each text as `features.plain` has it."""
    breadth: NDArray[np.float64]
    """One number: how broad the collection is, -1 about one subject to 1 about anything."""

    @classmethod
    def of(cls, learnt: Learnt, groups: Sequence[int]) -> Collection:
        """`groups[i]` is the group of the i-th text: counted from 0, none of them empty."""
        return cls(
            Tables.of(learnt.numbered, groups, BELIEFS),
            Strings.of(learnt.plain),
            np.array([_breadth(learnt.words)]),
        )

    def save(self, writer: Writer) -> None:
        self.tables.save(writer)
        self.plain.save(writer, "plain")
        writer.array("breadth", self.breadth)

    @classmethod
    def restored(cls, saved: Saved) -> Collection:
        """What was saved."""
        return cls(Tables.restored(saved), Strings.restored(saved, "plain"), saved.array("breadth"))


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
        self._set_up(Collection.of(learn(texts, cut), groups), cut, model)

    @classmethod
    def over(cls, collection: Collection, cut: Cut, model: Lexical | None = None) -> Retriever:
        """A retriever over what was learnt elsewhere, or at another time, with the same `cut`."""
        made = cls.__new__(cls)
        cls._set_up(made, collection, cut, model)
        return made

    def _set_up(self, collection: Collection, cut: Cut, model: Lexical | None) -> None:
        self._cut = cut
        self._model = model or shipped_lexical()
        self._plain = collection.plain
        self._breadth = float(collection.breadth[0])
        self._index = PhraseIndex.over(collection.tables, BELIEFS)

    def search(self, text: str, limit: int = 10) -> Found:
        """The groups closest to a question, best first."""
        hits, signals = self.examine(text, limit)
        return Found(hits, self._model.score(signals) if hits else 0.0)

    def compare(self, a: str, b: str) -> float:
        """The probability that two questions ask the same, no other being in question."""
        return self._model.score(self.likeness(a, b))

    def examine(self, text: str, limit: int = 10) -> tuple[list[Hit], Mapping[str, float]]:
        """The groups closest to a question, and what is to be said for the first of them."""
        utterance = normalise(text)
        asked = self._index.asked(features(self._cut(utterance), utterance))
        hits = self._index.find(asked, limit)
        if not hits:
            return [], {}
        best = hits[0]
        margin = best.dice - hits[1].dice if len(hits) > 1 else best.dice
        even = Indel.normalized_similarity(plain(utterance), self._plain[best.phrase])
        return hits, self._signals(best, even, self._index.odd(asked, best.phrase), margin)

    def likeness(self, a: str, b: str) -> Mapping[str, float]:
        """What is to be said for two questions asking the same."""
        one, other = normalise(a), normalise(b)
        first, second = features(self._cut(one), one), features(self._cut(other), other)
        even = Indel.normalized_similarity(plain(one), plain(other))
        odd = self._index.odd_of(first, second)
        return self._signals(self._index.likeness(first, second), even, odd, 0.0)

    def _signals(self, hit: Hit, even: float, odd: float, margin: float) -> Mapping[str, float]:
        """What says that two questions ask the same, and what says that they do not.

        In a collection about one subject rare words say little and every character counts; in one
        about anything it is the other way round.  So each signal weighs by breadth as well.
        """
        mass, breadth = log1p(hit.mass), self._breadth
        return {
            "dice": hit.dice,
            "even": even,
            "mass": mass,
            "odd": odd,
            "margin": margin,
            "broad_dice": breadth * hit.dice,
            "broad_even": breadth * even,
            "broad_mass": breadth * mass,
            "broad_odd": breadth * odd,
            "broad_margin": breadth * margin,
        }


def _breadth(words: Counter[str]) -> float:
    """How small a share of all that is said the fifty commonest words have, as -1 to 1."""
    longer = Counter({word: count for word, count in words.items() if len(word) > 1})
    focus = sum(count for _, count in longer.most_common(_COMMONEST)) / max(1, longer.total())
    return max(-1.0, min(1.0, (_USUAL_FOCUS - focus) / _FOCUS_RANGE))
