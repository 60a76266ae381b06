"""Any collection of grouped questions, ready to be asked: the chat's engine without a pack.

Words -> candidates -> signals -> calibrated score.  `EntryMatcher` takes its candidates from the
same index and scores them in the same way, and adds what only a pack has: slots and synonyms.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import log1p

from rapidfuzz.distance import Indel

from bot.understanding.index import Hit, PhraseIndex
from bot.understanding.model import Lexical, shipped_lexical
from bot.understanding.pinyin import syllables
from bot.understanding.text import normalise
from bot.understanding.tokens import Cut
from bot.understanding.wording import INTERROGATIVES, PARTICLES, plainly_asked

LATIN, CHARACTER, WORD, SYLLABLE, SYLLABLES = 1.5, 0.8, 0.5, 0.5, 0.25
"""What features weigh against each other. The letters of a Latin word do not count, so it weighs
most; a Han character counts by itself, in its word, as a sound, and as a sound with the next one.
Sounds keep hit@1 under homophone typos: 0.957 on lcqmc-5k without them, 0.975 with them."""
_SOUND, _ALONE = "~", "|"
"""Stand before a sound and after a word of one character: no normalised text has either."""
STEADY_PARTICLE, STEADY_INTERROGATIVE = 0.3, 0.45
"""How steadily little words are said, against words with content; counting corrects it."""
_COMMONEST = 50
_USUAL_FOCUS, _FOCUS_RANGE = 0.45, 0.1
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
        self._plain: list[str] = []
        self._words: Counter[str] = Counter()
        self._index = PhraseIndex.of(
            self._learnt(texts), groups, emphasis=_emphasis, character=1.0, expected=_expected
        )
        self._breadth = max(-1.0, min(1.0, (_USUAL_FOCUS - _focus(self._words)) / _FOCUS_RANGE))
        del self._words

    def _learnt(self, texts: Iterable[str]) -> Iterator[frozenset[str]]:
        for text in texts:
            utterance = normalise(text)
            tokens = self._cut(utterance)
            self._plain.append(_plain(utterance))
            self._words.update(token for token in tokens if len(token) > 1)
            yield features(tokens, utterance)

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
        even = Indel.normalized_similarity(_plain(utterance), self._plain[best.phrase])
        return hits, self._signals(best, even, self._index.odd(asked, best.phrase), margin)

    def likeness(self, a: str, b: str) -> Mapping[str, float]:
        """What is to be said for two questions asking the same."""
        one, other = normalise(a), normalise(b)
        first, second = features(self._cut(one), one), features(self._cut(other), other)
        even = Indel.normalized_similarity(_plain(one), _plain(other))
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


def features(tokens: Iterable[str], utterance: str) -> frozenset[str]:
    """Words, characters, syllables and pairs of neighbouring syllables.

    A character that is a word counts as both: alone it is rarer, and says more, than in a word.
    """
    words = [token if len(token) > 1 else token + _ALONE for token in tokens]
    han = [character for character in utterance if not character.isascii()]
    sounds = [_SOUND + syllable for syllable in syllables("".join(han))]
    return frozenset((*words, *han, *sounds, *map("".join, pairwise(sounds))))


def _emphasis(feature: str) -> float:
    if feature[0] == _SOUND:
        return SYLLABLES if _SOUND in feature[1:] else SYLLABLE
    if feature.isascii():
        return LATIN
    return CHARACTER if len(feature) == 1 else WORD


def _expected(feature: str) -> float:
    word = feature.removesuffix(_ALONE)
    if word in PARTICLES:
        return STEADY_PARTICLE
    return STEADY_INTERROGATIVE if word in INTERROGATIVES else 1.0


def _focus(words: Counter[str]) -> float:
    """The share that the fifty commonest words have of all that is said."""
    return sum(count for _, count in words.most_common(_COMMONEST)) / max(1, words.total())


def _plain(utterance: str) -> str:
    """The characters of an utterance in order, however its question is put.

    Of two such texts the longest common subsequence is what both have, each as often.
    """
    return "".join(sorted(plainly_asked(utterance)))
