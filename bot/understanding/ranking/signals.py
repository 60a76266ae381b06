"""The signals of one candidate: what speaks for and against an entry being what was meant.

Each is a number of about 0 to 1 with a name that `bot.understanding.scoring` weighs.  Most of the
time of an answer is spent here, so what does not depend on the candidate is worked out once for
each utterance, in `Query`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from sys import intern
from typing import NamedTuple

from rapidfuzz.fuzz import ratio

from bot.core.model.entry import Entry
from bot.core.model.question_type import QuestionType
from bot.core.model.vocabulary import ASPECT, SERVICE
from bot.core.slices import pause
from bot.understanding.arrays import kernels
from bot.understanding.lexicon.reader import joined
from bot.understanding.ranking.meanings import Closeness
from bot.understanding.ranking.phrasings import Stock
from bot.understanding.ranking.slot_match import SlotMatch, agree
from bot.understanding.ranking.word_statistics import WordStatistics
from bot.understanding.text.normalise import normalise
from bot.understanding.text.question_types import Odds
from bot.understanding.text.tokeniser import Cut, grams

FAIR = 0.4
"""Likeness below which a candidate has little going for it, whatever else agrees."""
VERBATIM = 0.85
"""Likeness from which a stored phrasing was said nearly word for word."""
NAMED = frozenset((SERVICE, ASPECT))
"""Slots that name something of the pack's business; a place is anybody's."""
_REMEMBERED = 8
"""Words whose weights are kept: the same are ranked with and without the context's slots."""
MUCH = 6.0
"""Information of an utterance beyond which more makes no difference: a sentence of ten words."""


@dataclass(frozen=True, slots=True)
class WeighedWords:
    """The words of an utterance and how much they say, whatever the context adds to them."""

    weight: float
    """The information of all of them."""
    covered: float
    """The part of it that terms of the domain carry, which every entry has words for."""
    others: tuple[tuple[str, float], ...]
    """Each other word that says anything, with the information it carries."""
    emphases: tuple[tuple[str, float], ...]
    """The longer words, each with its share of what all of them weigh."""
    besides: tuple[tuple[str, float], ...]
    """Each word that fills no slot, with the information it carries."""
    rest: float
    """The information of all of these."""
    signals: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Query:
    """An utterance ready to be compared, with what belongs to it and not to a candidate."""

    words: WeighedWords
    """The words that were said; how much they say decides how sure an answer can be."""
    meant: str
    """The text that is compared: what was said and what was left to the context."""
    features: frozenset[str]
    bare: frozenset[str]
    """The features without those of registrations."""
    agreement: SlotMatch
    closeness: Closeness
    """How close every entry comes in meaning."""
    odds: Odds
    asked: float
    """The probability that anything is asked."""
    heard: str
    """All that was said, in which entries about a special case look for their words."""
    signals: Mapping[str, float]


class Near(NamedTuple):
    """How close an entry comes. `implied`: slots that its closest phrasing leaves unsaid too."""

    dice: float = 0.0
    phrase: str = ""
    implied: frozenset[str] = frozenset()
    is_own: bool = False
    """No other entry has this phrasing."""


FAR = Near()
Compare = Callable[[str, Sequence[str]], Closeness]
"""A text in its matching form and in the pack's words -> how close it comes to every entry."""


class Evidence:
    """Gathers the signals of candidates. Built once for each pack version."""

    def __init__(
        self,
        entries: Sequence[Entry],
        stock: Stock,
        terms: frozenset[str],
        slot_words: Iterable[str],
        language: WordStatistics,
        cut: Cut,
        compare: Compare,
        likelihood: Callable[[str], float],
    ) -> None:
        """`terms` are the canonical words of the domain, `slot_words` those that fill a slot,
        `compare` tells how close a text comes to every entry, `likelihood` how much likelier its
        characters are here than anywhere else.
        """
        self._compare, self.likelihood = compare, likelihood
        self._entries = entries
        self._terms = terms
        self._slot_words = frozenset(slot_words)
        self._language = language
        self._cut = cut
        self._vocabulary = stock.vocabulary
        self._known = terms | stock.known
        self._needs = [tuple(map(normalise, entry.needs)) for entry in entries]
        self._told: dict[int, frozenset[str]] = {}
        self._weighed = lru_cache(_REMEMBERED)(self._weigh)

    def query(
        self,
        said: tuple[str, ...],
        meant: tuple[str, ...],
        bare: tuple[str, ...],
        agreement: SlotMatch,
        *,
        typed: str,
        heard: str,
        odds: Odds,
        is_ours: bool,
    ) -> Query:
        """An utterance, read by the lexicon, made ready to be compared.

        `said` are its own words; `meant` and `bare` have what it leaves to the context as well,
        and it is these that are compared.  `typed` is the matching form without its places,
        `heard` all that was said in the turn.
        """
        closeness = self._compare(typed, meant)
        words, text = self._weighed(said), joined(meant)
        features = features_of(meant, text)
        return Query(
            words=words,
            meant=text,
            features=features,
            bare=features if bare == meant else features_of(bare, joined(bare)),
            agreement=agreement,
            closeness=closeness,
            odds=odds,
            asked=sum(odds.values()),
            heard=heard,
            signals={
                **words.signals,
                "ours": float(is_ours),
                "gap": closeness.ours,
                "likelihood": self.likelihood(typed),
                "named": float(bool(agreement.said & NAMED)),
            },
        )

    def _weigh(self, said: tuple[str, ...]) -> WeighedWords:
        total = covered = unknown = 0.0
        others: list[tuple[str, float]] = []
        besides: list[tuple[str, float]] = []
        for token in said:
            weight = self._language.information(token)
            total += weight
            if token in self._terms:
                covered += weight
            elif weight:
                others.append((token, weight))
                unknown += weight if token not in self._known else 0.0
            if weight and token not in self._slot_words:
                besides.append((token, weight))
        signals = {
            "foreign": unknown / total if total else 0.0,
            "weight": min(1.0, total / MUCH),
            "closeness": self._language.closeness(said),
            "unknown": min(1.0, unknown / MUCH),
        }
        return WeighedWords(
            total,
            covered,
            tuple(others),
            self._emphases(said),
            tuple(besides),
            sum([weight for _, weight in besides]),
            signals,
        )

    def _emphases(self, said: tuple[str, ...]) -> tuple[tuple[str, float], ...]:
        weights = {t: self._language.emphasis(t) for t in said if len(t) > 1}
        total = sum(weights.values()) or 1.0
        return tuple((token, weight / total) for token, weight in weights.items())

    def knows(self, words: Iterable[str]) -> bool:
        """Whether the pack has every one of some words; single characters are nobody's own."""
        return all(len(word) < 2 or word in self._known for word in words)

    def unknown(self, words: Iterable[str]) -> list[str]:
        """Those of some words, single characters too, that say something and are not the pack's."""
        strange = (word for word in words if word not in self._known)
        return [word for word in strange if self._language.information(word)]

    def signals(
        self, query: Query, number: int, near: Near, profile: float, meaning: float
    ) -> dict[str, float]:
        """Everything that `Model.rate` and `Model.score` weigh, but for `rate` and `margin`."""
        pause()
        entry, dice = self._entries[number], near.dice
        agreed = agree(query.agreement, entry, query.words.rest, near.implied)
        is_said = dice > VERBATIM and (near.is_own or not (agreed["conflict"] or agreed["missing"]))
        coverage, besides, told = self._shares(query.words, number)
        return {
            **agreed,
            "dice": dice,
            "verbatim": (dice - VERBATIM) / (1 - VERBATIM) if is_said else 0.0,
            "profile": profile,
            "meaning": meaning,
            "gist": query.closeness.gists.item(number),
            "type": _type_fit(query, entry.answers) if entry.answers else 0.0,
            "text": told,
            "coverage": coverage,
            "besides": besides,
            "ratio": ratio(query.meant, near.phrase) / 100 if near.phrase else 0.0,
            "unmet": 0.0 if is_said else self._unmet(query.heard, number),
            "weak": max(0.0, 1.0 - max(dice, agreed["plain"]) / FAIR),
            **query.signals,
        }

    def _unmet(self, heard: str, number: int) -> float:
        """1 if an entry is about a special case of which nothing was said."""
        needs = self._needs[number]
        return 0.0 if not needs or any(map(heard.__contains__, needs)) else 1.0

    def _shares(self, said: WeighedWords, number: int) -> tuple[float, float, float]:
        """The share of what the utterance says that the entry, or the domain, has words for; of
        what it says besides the slots the share that the entry's own phrasings say; and of its
        longer words the share that the answer itself says.
        """
        shared = kernels.in_use.shared_words if kernels.in_use else shared_words
        covered, besides, told = shared(
            said.covered,
            said.others,
            said.besides,
            said.emphases,
            *self._vocabulary(number),
            self._answer_features(number),
        )
        return (
            covered / said.weight if said.weight else 1.0,
            besides / said.rest if said.rest else 1.0,
            told,
        )

    def beyond(
        self, query: Query, first: int, others: Iterable[int]
    ) -> Iterator[tuple[int, float]]:
        """For each of other entries the share of what the utterance says that it has words for and
        the first has not.
        """
        total, had = query.words.weight or 1.0, self._had(query, first)
        for number in others:
            share = 0.0
            has = self._had(query, number)
            for (_, weight), less, more in zip(query.words.others, had, has, strict=True):
                share += weight * max(0.0, more - less)
            yield number, share / total

    def _had(self, query: Query, number: int) -> list[float]:
        """How far an entry has each word, in phrasings or answer: 1, or half by characters."""
        pause()
        words, characters = self._vocabulary(number)
        had = kernels.in_use.words_had if kernels.in_use else words_had
        return had(query.words.others, words, characters, self._answer_features(number))

    def _answer_features(self, number: int) -> frozenset[str]:
        """Words and pairs of characters of what an entry answers; worked out when first asked."""
        found = self._told.get(number)
        if found is None:
            entry = self._entries[number]
            texts = [normalise(text) for text in (entry.title, *(f.text for f in entry.all_facts))]
            features = frozenset[str]().union(*(features_of(self._cut(t), t) for t in texts))
            found = frozenset(intern(feature) for feature in features if len(feature) > 1)
            self._told[number] = found
        return found


def shared_words(
    covered: float,
    others: kernels.Pairs,
    besides: kernels.Pairs,
    emphases: kernels.Pairs,
    words: frozenset[str],
    characters: frozenset[str],
    told: frozenset[str],
) -> tuple[float, float, float]:
    """What the words weigh that an entry has: of the others, half by characters and on top of
    `covered`; of those besides its slots; and of the longer ones those that its answer says.
    """
    for token, weight in others:
        if token in words:
            covered += weight
        elif len(token) > 1:
            covered += weight * 0.5 * sum(map(characters.__contains__, token)) / len(token)
    had = said = 0.0
    for token, weight in besides:
        if token in words:
            had += weight
    for token, weight in emphases:
        if token in told:
            said += weight
    return covered, had, said


def words_had(
    others: kernels.Pairs, words: frozenset[str], characters: frozenset[str], told: frozenset[str]
) -> list[float]:
    """How far an entry has each word: 1, or half by characters."""
    found = []
    for token, _ in others:
        if token in words or token in told:
            found.append(1.0)
        else:
            some = sum(map(characters.__contains__, token)) if len(token) > 1 else 0
            found.append(0.5 * some / len(token))
    return found


def _type_fit(query: Query, answers: Iterable[QuestionType]) -> float:
    """From 1 for an entry that surely answers what is asked for to -1 for one that does not; 0
    where nothing is asked.
    """
    fitting = 0.0
    for kind in answers:
        fitting += query.odds.get(kind, 0.0)
    return 2 * fitting - query.asked


def features_of(tokens: Iterable[str], text: str) -> frozenset[str]:
    """Words, characters and pairs of characters: what texts are compared by."""
    return frozenset((*tokens, *grams(text)))
