"""How much a word says, and how much it sounds like the pack's domain.

Both are judged against everyday Chinese, whose word frequencies the pack carries: a word that
everybody uses all the time says little, and one that the pack uses far more often than everybody
else is a sign that the pack is asked about.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from functools import lru_cache
from math import log

from bot.understanding.arrays.saved import Saved, Writer

TERM_INFORMATION = 0.5
"""A domain term says less than a rare word: nearly every question here has some."""
_REMEMBERED, _FEATURES_REMEMBERED = 2_048, 4_096
"""Words and features whose measures are kept, those asked for last: kept for good, what nobody
says twice would fill memory for months and leave no room for what people say.
"""
_UNSEEN = 0.5
_BOUND = 6.0
"""Log ratios are cut at e^6, four hundred times as often as in everyday text."""


class WordStatistics:
    """Word statistics of a pack against those of everyday text."""

    def __init__(
        self,
        general: Mapping[str, int],
        terms: Collection[str],
        own: Iterable[str] | Mapping[str, int],
        pairs: Mapping[str, int] | None = None,
    ) -> None:
        """`own` are the words of all phrasings that are about the pack's own subject, or how often
        each of them is said; `pairs` are those of `general`, if they have been counted.
        """
        self._general = general
        self._terms = terms
        self._total = max(1, sum(general.values()))
        self._pairs = _pair_frequencies(general) if pairs is None else pairs
        self._term_pairs = frozenset(pair for term in terms for pair in _pairs_of(term))
        self.information = lru_cache(_REMEMBERED)(self._information)
        """What a word says, 0 to 1.5: terms of the domain a little, rare words much."""
        self.emphasis = lru_cache(_FEATURES_REMEMBERED)(self._emphasis)
        """What a word, character or pair weighs in a comparison, 0.1 to 1."""
        self._ratio = lru_cache(_REMEMBERED)(self._log_ratio)
        self._own: Counter[str] = Counter(own)
        self._own_total = max(1, self._own.total())

    def save(self, writer: Writer) -> None:
        writer.table("language-own", self._own)
        writer.table("language-pairs", self._pairs)

    @classmethod
    def restored(
        cls, saved: Saved, general: Mapping[str, int], terms: Collection[str]
    ) -> WordStatistics:
        return cls(general, terms, saved.table("language-own"), saved.table("language-pairs"))

    def _information(self, token: str) -> float:
        found = rarity(self._general.get(token, 0), self._total) * min(len(token), 3) / 2
        return min(found, TERM_INFORMATION) if token in self._terms else found

    def _emphasis(self, feature: str) -> float:
        if feature in self._terms or feature in self._term_pairs:
            return 1.0
        frequency = self._general.get(feature) or self._pairs.get(feature, 0)
        return 0.1 + 0.9 * rarity(frequency, self._total)

    def closeness(self, tokens: Iterable[str]) -> float:
        """How much like the pack's subject some words sound, -1 to 1; 0 is undecided."""
        ratios = [self._ratio(token) for token in tokens]
        return sum(ratios) / len(ratios) / _BOUND if ratios else 0.0

    def _log_ratio(self, token: str) -> float:
        own = (self._own[token] + _UNSEEN / 10) / self._own_total
        general = (self._general.get(token, 0) + _UNSEEN * 100) / self._total
        return max(-_BOUND, min(_BOUND, log(own / general)))


def rarity(frequency: int, total: int) -> float:
    """0 for a word that is one in a hundred of all words, 1 for one in a million or unknown."""
    if frequency <= 0:
        return 1.0
    return min(1.0, max(0.0, (-log(frequency / total) - 4.6) / 9.2))


def _pair_frequencies(general: Mapping[str, int]) -> dict[str, int]:
    """How often two characters stand together inside words."""
    found: dict[str, int] = {}
    for word, frequency in general.items():
        for pair in _pairs_of(word):
            found[pair] = found.get(pair, 0) + frequency
    return found


def _pairs_of(word: str) -> Iterable[str]:
    return (word[i : i + 2] for i in range(len(word) - 1))
