"""Search any collection of grouped questions: the collection engine, which has no slots.

Words -> candidates -> signals -> calibrated score.  `bot.understanding.ranking.matcher`, which
answers people, shares normalising, cutting, the index and the logistic form with this engine; its
signals, coefficients and slots are its own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from math import log1p

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import Indel

from bot.understanding.arrays.saved import Saved, Writer
from bot.understanding.arrays.strings import Strings
from bot.understanding.collection.features import emphasis, expected, features, plain
from bot.understanding.collection.learning import Learnt, learn
from bot.understanding.collection.second_opinion import Rival, SecondOpinion
from bot.understanding.index.phrase_index import Hit, PhraseIndex
from bot.understanding.index.tables import Priors, Tables
from bot.understanding.scoring import Lexical, Semantic, shipped_lexical
from bot.understanding.text.normalise import normalise
from bot.understanding.text.tokeniser import Cut

PRIORS = Priors(emphasis, 1.0, expected)
_COMMONEST = 50
_USUAL_FOCUS, _FOCUS_RANGE = 0.45, 0.1
"""The middle between collections about one subject (0.5 to 0.6) and about anything (0.3 to 0.4)."""


@dataclass(frozen=True, slots=True)
class Found:
    """The result of a search; `score` is the probability that the first hit is right."""

    hits: Sequence[Hit]
    score: float
    is_second: bool = False
    """The score was uncertain, and the second opinion was used."""


@dataclass(frozen=True, slots=True)
class Collection:
    """Everything that a retriever knows of its questions, as arrays and strings."""

    tables: Tables
    plain: Strings
    """Each text in the form of `features.plain`."""
    breadth: NDArray[np.float64]
    """One number: how broad the collection is, from -1 (one subject) to 1 (anything)."""

    @classmethod
    def of(cls, learnt: Learnt, groups: Sequence[int]) -> Collection:
        """Build it; `groups[i]` is the group of the i-th text, from 0, and none is empty."""
        return cls(
            Tables.of(learnt.numbered, groups, PRIORS),
            Strings.of(learnt.plain),
            np.array([_breadth(learnt.words)]),
        )

    def save(self, writer: Writer) -> None:
        self.tables.save(writer)
        self.plain.save(writer, "plain")
        writer.array("breadth", self.breadth)

    @classmethod
    def restored(cls, saved: Saved) -> Collection:
        """Restore what was saved."""
        return cls(Tables.restored(saved), Strings.restored(saved, "plain"), saved.array("breadth"))


class Retriever:
    """Questions in groups that ask the same; immutable once built."""

    def __init__(
        self,
        texts: Iterable[str],
        groups: Sequence[int],
        cut: Cut,
        model: Lexical | None = None,
    ) -> None:
        """Build it; `groups[i]` is the group of the i-th text, from 0, and none is empty."""
        self._set_up(Collection.of(learn(texts, cut), groups), cut, model)

    @classmethod
    def over(cls, collection: Collection, cut: Cut, model: Lexical | None = None) -> Retriever:
        """Make a retriever over a collection that was built with the same `cut`."""
        made = cls.__new__(cls)
        cls._set_up(made, collection, cut, model)
        return made

    def _set_up(self, collection: Collection, cut: Cut, model: Lexical | None) -> None:
        self._cut = cut
        self._opinion: SecondOpinion | None = None
        self._model = model or shipped_lexical()
        self._plain = collection.plain
        self._breadth = float(collection.breadth[0])
        self._index = PhraseIndex.over(collection.tables, PRIORS)

    def advised(self, opinion: SecondOpinion) -> Retriever:
        """Return the same retriever with a second opinion on the same texts and groups."""
        made = copy(self)
        made._opinion = opinion  # noqa: SLF001  the new one's own
        return made

    def search(self, text: str, limit: int = 10) -> Found:
        """Return the groups most similar to a question, best first."""
        hits, signals = self.examine(text, limit)
        score = self._model.sameness.score(signals) if hits else 0.0
        opinion = self._opinion
        if opinion is None or not hits or not opinion.is_wanted(score):
            return Found(hits, score)
        rivals = self.rivals(text, hits, opinion)
        rivals.sort(key=lambda rival: -opinion.model.rate(rival.signals))
        again = opinion.model.sameness.score(self.reconsidered(rivals, opinion.model))
        return Found([rival.hit for rival in rivals[:limit]], again, is_second=True)

    def compare(self, a: str, b: str) -> float:
        """Return the probability that two questions ask the same."""
        return self.judge(a, b).score

    def judge(self, a: str, b: str) -> Found:
        """Return the same with the information whether the second opinion was used."""
        signals = self.likeness(a, b)
        score, opinion = self._model.sameness.score(signals), self._opinion
        if opinion is None or not opinion.is_wanted_for_pair(score):
            return Found((), score)
        signals = {**signals, "meaning": opinion.meaning(a, b)}
        return Found((), opinion.model.pairs.score(signals), is_second=True)

    def examine(self, text: str, limit: int = 10) -> tuple[list[Hit], Mapping[str, float]]:
        """Return the most similar groups and the signals of the first of them."""
        utterance = normalise(text)
        asked = self._index.asked(features(self._cut(utterance), utterance))
        hits = self._index.find(asked, limit)
        if not hits:
            return [], {}
        best = hits[0]
        margin = best.dice - hits[1].dice if len(hits) > 1 else best.dice
        even = Indel.normalized_similarity(plain(utterance), self._plain[best.phrase])
        return hits, self._signals(
            best, even, self._index.heaviest_unshared(asked, best.phrase), margin
        )

    def rivals(self, text: str, hits: Iterable[Hit], opinion: SecondOpinion) -> list[Rival]:
        """Return the groups found by words and those added by vectors, in no order."""
        utterance = normalise(text)
        said = features(self._cut(utterance), utterance)
        asked, bag = self._index.asked(said), plain(utterance)
        by_words = {hit.group: hit for hit in hits}
        found: list[Rival] = []
        for group, close in opinion.close(text, tuple(by_words)).items():
            hit = by_words.get(group) or self._hit(said, group, opinion, close.phrase)
            signals = {
                "dice": hit.dice,
                "even": Indel.normalized_similarity(bag, self._plain[hit.phrase]),
                "odd": self._index.heaviest_unshared(asked, hit.phrase),
                "meaning": close.meaning,
                "gist": close.gist,
            }
            found.append(Rival(hit, signals))
        return found

    def _hit(self, said: frozenset[str], group: int, opinion: SecondOpinion, phrase: int) -> Hit:
        """Compare with a phrasing that the search by words did not find."""
        stored = normalise(opinion.texts[phrase])
        hit = self._index.likeness(said, features(self._cut(stored), stored))
        return hit._replace(group=group, phrase=phrase)

    def reconsidered(self, rivals: Sequence[Rival], model: Semantic) -> Mapping[str, float]:
        """Return the signals of the first of some groups, best first, against the others."""
        first, others = rivals[0], rivals[1:]
        margin = first.hit.dice - max((rival.hit.dice for rival in others), default=0.0)
        rates = [model.rate(rival.signals) for rival in rivals[:2]]
        signals = self._signals(first.hit, first.signals["even"], first.signals["odd"], margin)
        lead = rates[0] - rates[1] if others else rates[0]
        return {**signals, "meaning": first.signals["meaning"], "lead": lead}

    def likeness(self, a: str, b: str) -> Mapping[str, float]:
        """Return the signals of two questions."""
        one, other = normalise(a), normalise(b)
        first, second = features(self._cut(one), one), features(self._cut(other), other)
        even = Indel.normalized_similarity(plain(one), plain(other))
        odd = self._index.heaviest_unshared_of(first, second)
        return self._signals(self._index.likeness(first, second), even, odd, 0.0)

    def _signals(self, hit: Hit, even: float, odd: float, margin: float) -> Mapping[str, float]:
        """Return the signals for and against two questions asking the same.

        In a collection about one subject rare words say little and every character counts; in one
        about anything it is the other way round.  So each signal has a second weight, times the
        breadth.
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
    """Return how broad a collection is, -1 to 1, from the share of its fifty commonest words."""
    longer = Counter({word: count for word, count in words.items() if len(word) > 1})
    focus = sum(count for _, count in longer.most_common(_COMMONEST)) / max(1, longer.total())
    return max(-1.0, min(1.0, (_USUAL_FOCUS - focus) / _FOCUS_RANGE))
