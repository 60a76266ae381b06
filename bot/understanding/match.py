"""Entries ranked for an utterance: lexical likeness and agreement of slots, joined in one score.

Every phrasing is compared at once by `PhraseIndex`; the few best entries, and those that the slots
name, are then judged by all signals.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from rapidfuzz.fuzz import ratio

from bot.core.pack import Entry, Pack
from bot.core.understanding import Candidate
from bot.understanding.index import PhraseIndex, information
from bot.understanding.lexicon import LexiconReader
from bot.understanding.model import Model
from bot.understanding.tokens import Cut, grams

POOL = 8
"""Entries taken over from the lexical comparison; the slots may name a few more."""


@dataclass(frozen=True, slots=True)
class Query:
    """An utterance ready to be compared. `slots` are kind -> values, inherited ones included."""

    canonical: str
    tokens: tuple[str, ...]
    weights: tuple[tuple[str, float], ...]
    """Each token with the information it carries."""
    slots: Mapping[str, frozenset[str]]
    certificates: frozenset[str]
    """Other certificates that are meant although ours was not named."""
    weight: float
    """The information of the whole utterance."""
    foreign: float
    """The share of it, 0 to 1, that lies in words the pack uses nowhere."""


class EntryMatcher:
    """The phrasings of a pack, ready for comparison. Built once for each pack version."""

    def __init__(self, pack: Pack, lexicon: LexiconReader, cut: Cut, model: Model) -> None:
        self._entries = tuple(pack.entries.values())
        self._cut = cut
        self._model = model
        self._words = pack.lexicon.words
        self._total = max(1, sum(pack.lexicon.words.values()))
        self._terms = lexicon.words
        read = [(number, lexicon.read_phrase(ask)) for number, e in enumerate(self._entries) for ask in e.ask]
        self._family_of, self._families = _families(self._entries)
        self._phrases = [canonical for _, canonical in read]
        self._group_of = [self._family_of[number] for number, _ in read]
        features = [self.features(canonical) for canonical in self._phrases]
        self._index = PhraseIndex(features, self._group_of)
        self._vocabulary = _vocabularies(len(self._families), self._group_of, self._phrases, cut)
        self._known = self._terms.union(*(words for words, _ in self._vocabulary))
        self._by_slot = _by_slot(self._entries)

    def features(self, canonical: str) -> frozenset[str]:
        return frozenset((*self._cut(canonical), *grams(canonical)))

    def rank(self, query: Query, limit: int = 5) -> tuple[Candidate, ...]:
        """The best entries, best first; equal scores keep the order of the pack."""
        nearest = self._nearest(query)
        close = [n for family in list(nearest)[:POOL] for n in self._members(query, family)]
        pool = dict.fromkeys((*close, *self._named(query)))
        judged = [self._judge(query, number, *self._likeness(nearest, number)) for number in pool]
        judged.sort(key=lambda candidate: -candidate.score)
        return tuple(judged[:limit])

    def _likeness(self, nearest: Mapping[int, tuple[float, str]], number: int) -> tuple[float, str]:
        return nearest.get(self._family_of[number], (0.0, ""))

    def _members(self, query: Query, family: int) -> Sequence[int]:
        """Of entries that differ only in their region, those of the regions asked about.

        If none of them is, one stands for all: it proves that the topic is known.
        """
        members = self._families[family]
        asked = query.slots.get("region", frozenset())
        own = [n for n in members if self._entries[n].slots.get("region") in asked]
        return own or members[:1]

    def _nearest(self, query: Query) -> dict[int, tuple[float, str]]:
        """Family -> likeness of its closest phrasing, and that phrasing; the closest family first."""
        features = self.features(query.canonical)
        mass = sum(map(self._index.weight, features))
        best: dict[int, tuple[float, str]] = {}
        for hit in self._index.search(features, mass, limit=4 * POOL):
            best.setdefault(self._group_of[hit.phrase], (hit.dice, self._phrases[hit.phrase]))
        return best

    def _named(self, query: Query) -> list[int]:
        """Entries whose own slots are all among the utterance's."""
        found = {n for kind, values in query.slots.items() for v in values for n in self._by_slot.get((kind, v), ())}
        return sorted(n for n in found if _missing(self._entries[n], query) == 0)

    def _judge(self, query: Query, number: int, dice: float, phrase: str) -> Candidate:
        entry = self._entries[number]
        family = self._family_of[number]
        signals = {
            "dice": dice,
            "coverage": self._coverage(query, family),
            "ratio": ratio(query.canonical, phrase) / 100,
            "foreign": query.foreign,
            "weight": min(1.0, query.weight / _MUCH),
            "filled": _filled(entry, query),
            "missing": float(_missing(entry, query)),
            "extra": float(_extra(entry, query)),
            "conflict": float(_conflicts(entry, query)),
            "certificate": float(_is_other_certificate(entry, query)),
            "elsewhere": float(_is_elsewhere(entry, query)),
        }
        return Candidate(entry.id, round(self._model.score(signals), 4), phrase, signals)

    def _coverage(self, query: Query, family: int) -> float:
        """The share of what the utterance says that the entry, or the domain, has words for."""
        words, characters = self._vocabulary[family]
        said = covered = 0.0
        for token, weight in query.weights:
            said += weight
            if token in words or token in self._terms:
                covered += weight
            elif len(token) > 1:
                covered += weight * 0.5 * sum(c in characters for c in token) / len(token)
        return covered / said if said else 1.0

    def query(
        self, canonical: str, slots: Mapping[str, frozenset[str]], certificates: frozenset[str]
    ) -> Query:
        """An utterance, read by the lexicon, made ready for `rank`."""
        tokens = tuple(self._cut(canonical))
        weights = tuple((token, self.information(token)) for token in tokens)
        total = sum(weight for _, weight in weights)
        unknown = sum(weight for token, weight in weights if token not in self._known)
        return Query(
            canonical, tokens, weights, slots, certificates, total, unknown / total if total else 0.0
        )

    def information(self, token: str) -> float:
        """What a word says, 0 to 1.5: terms of the domain a little, rare words much."""
        if token in self._terms:
            return 0.5
        return information(self._words.get(token, 0), self._total) * min(len(token), 3) / 2


_MUCH = 6.0
"""Information of an utterance beyond which more makes no difference: a sentence of ten words."""


def _families(entries: Sequence[Entry]) -> tuple[list[int], list[list[int]]]:
    """The family of each entry and the members of each family.

    Entries whose slots differ in the region alone are one family and share their phrasings:
    places are taken out of an utterance before it is compared.
    """
    numbers: dict[object, int] = {}
    families: list[list[int]] = []
    family_of: list[int] = []
    for number, entry in enumerate(entries):
        others = frozenset((k, v) for k, v in entry.slots.items() if k != "region")
        family = numbers.setdefault(others if "region" in entry.slots else number, len(families))
        if family == len(families):
            families.append([])
        families[family].append(number)
        family_of.append(family)
    return family_of, families


def _vocabularies(
    count: int, group_of: Sequence[int], phrases: Sequence[str], cut: Cut
) -> list[tuple[set[str], set[str]]]:
    """For each group the words and the characters of all its phrasings."""
    found: list[tuple[set[str], set[str]]] = [(set(), set()) for _ in range(count)]
    for number, phrase in zip(group_of, phrases, strict=True):
        found[number][0].update(cut(phrase))
        found[number][1].update(phrase)
    return found


def _by_slot(entries: Iterable[Entry]) -> dict[tuple[str, str], list[int]]:
    found: dict[tuple[str, str], list[int]] = {}
    for number, entry in enumerate(entries):
        for item in entry.slots.items():
            found.setdefault(item, []).append(number)
    return found


def _filled(entry: Entry, query: Query) -> float:
    """The share of the entry's slots that the utterance names, 0 if it has none."""
    said = sum(value in query.slots.get(kind, ()) for kind, value in entry.slots.items())
    return said / len(entry.slots) if entry.slots else 0.0


def _missing(entry: Entry, query: Query) -> int:
    return sum(kind not in query.slots for kind in entry.slots)


def _extra(entry: Entry, query: Query) -> int:
    """Slots stated that the entry says nothing about; a region is never too much."""
    return sum(kind in query.slots and kind not in entry.slots for kind in ("registration", "aspect"))


def _conflicts(entry: Entry, query: Query) -> int:
    """Slots in which entry and utterance differ; regions are judged by `_is_elsewhere`."""
    return sum(
        kind in entry.slots and kind in query.slots and entry.slots[kind] not in query.slots[kind]
        for kind in ("registration", "aspect")
    )


def _is_other_certificate(entry: Entry, query: Query) -> bool:
    """Another certificate is meant than the one the entry speaks about."""
    return bool(query.certificates) and entry.slots.get("certificate") not in query.certificates


def _is_elsewhere(entry: Entry, query: Query) -> bool:
    """The utterance names regions and the entry speaks about others."""
    asked = query.slots.get("region")
    if not asked:
        return False
    own = (entry.slots["region"],) if "region" in entry.slots else entry.regions
    return bool(own) and asked.isdisjoint(own)
