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
from bot.understanding.model import Lexical, Semantic, shipped_lexical
from bot.understanding.opinion import Rival, SecondOpinion
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
    is_second: bool = False
    """Words left a doubt, and a second opinion was heard."""


class Retriever:
    """Questions in groups that ask the same. Immutable once built."""

    def __init__(
        self,
        texts: Iterable[str],
        groups: Sequence[int],
        cut: Cut,
        model: Lexical | None = None,
        opinion: SecondOpinion | None = None,
    ) -> None:
        """`groups[i]` is the group of the i-th text: counted from 0, none of them empty.

        `opinion` is one about the same texts in the same groups.
        """
        self._cut = cut
        self._opinion = opinion
        self._model = model or shipped_lexical()
        self._plain: list[str] = []
        self._words: Counter[str] = Counter()
        self._index = PhraseIndex(
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
        score = self._model.score(signals) if hits else 0.0
        opinion = self._opinion
        if opinion is None or not hits or not opinion.is_wanted(score):
            return Found(hits, score)
        rivals = self.rivals(text, hits, opinion)
        rivals.sort(key=lambda rival: -opinion.model.rate(rival.signals))
        again = opinion.model.score(self.reconsidered(rivals, opinion.model))
        return Found([rival.hit for rival in rivals[:limit]], again, is_second=True)

    def compare(self, a: str, b: str) -> float:
        """The probability that two questions ask the same, no other being in question."""
        return self.judge(a, b).score

    def judge(self, a: str, b: str) -> Found:
        """As `compare`; says whether a second opinion was heard."""
        signals = self.likeness(a, b)
        score, opinion = self._model.score(signals), self._opinion
        if opinion is None or not opinion.is_wanted_for_pair(score):
            return Found((), score)
        signals = {**signals, "meaning": opinion.meaning(a, b), "lead": 0.0}
        return Found((), opinion.model.score(signals), is_second=True)

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

    def rivals(self, text: str, hits: Iterable[Hit], opinion: SecondOpinion) -> list[Rival]:
        """The groups found by words and those that meaning brings in, in no order."""
        utterance = normalise(text)
        said = features(self._cut(utterance), utterance)
        asked, plain = self._index.asked(said), _plain(utterance)
        by_words = {hit.group: hit for hit in hits}
        found: list[Rival] = []
        for group, close in opinion.close(text, tuple(by_words)).items():
            hit = by_words.get(group) or self._hit(said, group, opinion, close.phrase)
            signals = {
                "dice": hit.dice,
                "even": Indel.normalized_similarity(plain, self._plain[hit.phrase]),
                "odd": self._index.odd(asked, hit.phrase),
                "meaning": close.meaning,
                "gist": close.gist,
            }
            found.append(Rival(hit, signals))
        return found

    def _hit(self, said: frozenset[str], group: int, opinion: SecondOpinion, phrase: int) -> Hit:
        """How alike a phrasing is that words did not bring to notice."""
        stored = normalise(opinion.texts[phrase])
        hit = self._index.likeness(said, features(self._cut(stored), stored))
        return hit._replace(group=group, phrase=phrase)

    def reconsidered(self, rivals: Sequence[Rival], model: Semantic) -> Mapping[str, float]:
        """What is to be said for the first of some groups, best first, against the others."""
        first, others = rivals[0], rivals[1:]
        margin = first.hit.dice - max((rival.hit.dice for rival in others), default=0.0)
        rates = [model.rate(rival.signals) for rival in rivals[:2]]
        signals = self._signals(first.hit, first.signals["even"], first.signals["odd"], margin)
        lead = rates[0] - rates[1] if others else rates[0]
        return {**signals, "meaning": first.signals["meaning"], "lead": lead}

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
