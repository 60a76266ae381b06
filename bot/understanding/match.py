"""Entries ranked for an utterance: lexical likeness and agreement of slots, joined in one score.

Every phrasing is compared at once by `PhraseIndex`; the few best entries, and those that the slots
name, are then judged by all signals.  What a newcomer would get wrong: entries that differ only in
a place or a registration share their phrasings (see `phrasings`), so 续期要带啥 also teaches how
people ask for the papers of every other registration.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from rapidfuzz.fuzz import ratio

from bot.core.pack import Entry, EntryKind, Pack
from bot.core.understanding import Candidate
from bot.understanding.index import PhraseIndex
from bot.understanding.language import Language
from bot.understanding.lexicon import LexiconReader
from bot.understanding.model import MAX_MARGIN, Model
from bot.understanding.phrasings import Phrasing, phrasings
from bot.understanding.text import normalise
from bot.understanding.tokens import Cut, grams

POOL = 8
"""Groups of entries taken over from the lexical comparison; the slots may name a few more."""
_MUCH_ELSE = 4.0
"""Information beyond slots and terms from which slots no longer speak for an entry."""
_MUCH = 6.0
"""Information of an utterance beyond which more makes no difference: a sentence of ten words."""


@dataclass(frozen=True, slots=True)
class Query:
    """An utterance ready to be compared. `slots` are kind -> values, inherited ones included."""

    canonical: str
    bare: str
    tokens: tuple[str, ...]
    weights: tuple[tuple[str, float], ...]
    """Each token with the information it carries."""
    slots: Mapping[str, frozenset[str]]
    said: frozenset[str]
    """The kinds of slots that the words themselves fill."""
    certificates: frozenset[str]
    """Other certificates that are meant although ours was not named."""
    weight: float
    """The information of the whole utterance."""
    foreign: float
    """The share of it, 0 to 1, that lies in words the pack uses nowhere."""
    closeness: float
    """How much like the pack's subject the words sound, -1 to 1."""
    rest: float
    """The information beyond the domain's own words."""
    is_ours: bool
    """Names the certificate that the pack is about."""


@dataclass(frozen=True, slots=True)
class _Near:
    """How close an entry comes. `is_implied`: its closest phrasing leaves a slot unsaid too."""

    dice: float = 0.0
    phrase: str = ""
    is_implied: bool = False


class EntryMatcher:
    """The phrasings of a pack, ready for comparison. Built once for each pack version."""

    def __init__(self, pack: Pack, lexicon: LexiconReader, model: Model) -> None:
        self._entries = tuple(pack.entries.values())
        self._cut: Cut = lexicon.cut
        self._model = model
        self._terms = lexicon.words
        self._phrasings = phrasings(self._entries, lexicon)
        self._language = Language(pack.lexicon.words, self._terms, self._subject_words())
        features = [self.features(phrasing.text) for phrasing in self._phrasings]
        groups = _group_numbers(self._phrasings)
        self._index = PhraseIndex(features, groups, self._language.emphasis)
        self._is_bare = np.array([phrasing.is_bare for phrasing in self._phrasings])
        self._vocabulary = self._vocabularies()
        self._known = self._terms.union(*(words for words, _ in self._vocabulary))
        self._texts = self._answers()
        self._by_slot = _by_slot(self._entries)
        self._topics = [_topic(number, entry) for number, entry in enumerate(self._entries)]

    def _subject_words(self) -> Iterator[str]:
        """The words of the phrasings that ask about the pack's own subject."""
        for phrasing in self._phrasings:
            if self._entries[phrasing.entries[0]].kind in (EntryKind.FACT, EntryKind.NO_DATA):
                yield from self._cut(phrasing.text)

    def features(self, canonical: str) -> frozenset[str]:
        return frozenset((*self._cut(canonical), *grams(canonical)))

    def query(
        self,
        canonical: str,
        bare: str,
        slots: Mapping[str, frozenset[str]],
        *,
        said: frozenset[str],
        is_ours: bool,
    ) -> Query:
        """An utterance, read by the lexicon, made ready for `rank`."""
        tokens = tuple(self._cut(canonical))
        weights = tuple((token, self._language.information(token)) for token in tokens)
        total = sum(weight for _, weight in weights)
        unknown = sum(weight for token, weight in weights if token not in self._known)
        return Query(
            canonical=canonical,
            bare=bare,
            tokens=tokens,
            weights=weights,
            slots=slots,
            said=said,
            certificates=frozenset() if is_ours else slots.get("certificate", frozenset()),
            weight=total,
            foreign=unknown / total if total else 0.0,
            closeness=self._language.closeness(tokens),
            rest=sum(weight for token, weight in weights if token not in self._terms),
            is_ours=is_ours,
        )

    def weight(self, canonical: str) -> float:
        """How much a text says, terms of the domain included."""
        return sum(map(self._language.information, self._cut(canonical)))

    def rank(self, query: Query, limit: int = 8) -> tuple[Candidate, ...]:
        """The best entries, best first; equal scores keep the order of the pack."""
        features = self.features(query.canonical)
        near = self._nearest(query, features)
        texts = self._texts.coverages(features)
        signals = {
            number: self._signals(query, number, near.get(number, _Near()), float(texts[number]))
            for number in dict.fromkeys((*near, *self._named(query)))
            if not _is_other_certificate(self._entries[number], query)
        }
        self._add_margins(signals)
        judged = [
            Candidate(
                entry=self._entries[number].id,
                score=round(self._model.score(found), 4),
                phrase=near.get(number, _Near()).phrase,
                signals=found,
            )
            for number, found in signals.items()
        ]
        judged.sort(key=lambda candidate: -candidate.score)
        return tuple(judged[:limit])

    def _add_margins(self, signals: Mapping[int, dict[str, float]]) -> None:
        """How far each candidate is ahead of the best that is about something else.

        Entries that differ only in place or registration are no rivals: which of them is meant
        is a question of slots.
        """
        best: dict[object, float] = {}
        for number, found in signals.items():
            found["rate"] = self._model.rate(found)
            topic = self._topics[number]
            best[topic] = max(found["rate"], best.get(topic, found["rate"]))
        for number, found in signals.items():
            rivals = [rate for topic, rate in best.items() if topic != self._topics[number]]
            ahead = found["rate"] - max(rivals, default=found["rate"] - MAX_MARGIN)
            found["margin"] = max(-MAX_MARGIN, min(MAX_MARGIN, ahead))

    def _nearest(self, query: Query, features: frozenset[str]) -> dict[int, _Near]:
        """Entry number -> how close it comes, over the few closest groups of entries."""
        bare = self.features(query.bare)
        masses = np.where(self._is_bare, self._index.mass(bare), self._index.mass(features))
        found: dict[int, _Near] = {}
        groups: set[tuple[int, ...]] = set()
        for hit in self._index.search(features | bare, masses, limit=4 * POOL):
            phrasing = self._phrasings[hit.phrase]
            groups.add(phrasing.entries)
            if len(groups) > POOL:
                break
            for number in self._asked(query, phrasing.entries):
                found.setdefault(number, _Near(hit.dice, phrasing.text, phrasing.is_implied))
        return found

    def _asked(self, query: Query, members: Sequence[int]) -> Sequence[int]:
        """Of entries that share phrasings, those whose slots were said.

        If none of them was, the first stands for all: it proves that the topic is known.
        """
        if len(members) == 1:
            return members
        own = [
            n
            for n in members
            if all(
                self._entries[n].slots.get(kind) in query.slots[kind]
                for kind in ("region", "registration")
                if kind in query.slots and kind in self._entries[n].slots
            )
        ]
        return own if own and (len(own) < len(members) or len(own) < POOL) else members[:1]

    def _named(self, query: Query) -> list[int]:
        """Entries whose own slots are all among the utterance's."""
        found = {
            n
            for kind, values in query.slots.items()
            for value in values
            for n in self._by_slot.get((kind, value), ())
        }
        return sorted(n for n in found if _is_named(self._entries[n], query))

    def _signals(self, query: Query, number: int, near: _Near, text: float) -> dict[str, float]:
        entry = self._entries[number]
        return {
            "dice": near.dice,
            "text": text,
            "coverage": self._coverage(query, number),
            "ratio": ratio(query.canonical, near.phrase) / 100,
            "filled": _filled(entry, query),
            "plain": _plainness(entry, query),
            "missing": 0.0 if near.is_implied else float(_missing(entry, query)),
            "extra": float(_extra(entry, query)),
            "conflict": float(_conflicts(entry, query)),
            "elsewhere": float(_is_elsewhere(entry, query)),
            "foreign": query.foreign,
            "weight": min(1.0, query.weight / _MUCH),
            "closeness": query.closeness,
            "ours": float(query.is_ours),
        }

    def _coverage(self, query: Query, number: int) -> float:
        """The share of what the utterance says that the entry, or the domain, has words for."""
        words, characters = self._vocabulary[number]
        said = covered = 0.0
        for token, weight in query.weights:
            said += weight
            if token in words or token in self._terms:
                covered += weight
            elif len(token) > 1:
                covered += weight * 0.5 * sum(c in characters for c in token) / len(token)
        return covered / said if said else 1.0

    def _vocabularies(self) -> list[tuple[set[str], set[str]]]:
        """For each entry the words and the characters of all its phrasings."""
        found: list[tuple[set[str], set[str]]] = [(set(), set()) for _ in self._entries]
        for phrasing in self._phrasings:
            words = self._cut(phrasing.text)
            for number in phrasing.entries:
                found[number][0].update(words)
                found[number][1].update(phrasing.text)
        return found

    def _answers(self) -> PhraseIndex:
        """What each entry's answer says, as one document."""
        told = [
            frozenset[str]().union(
                *(self.features(normalise(text)) for text in (e.title, *(f.text for f in e.facts)))
            )
            for e in self._entries
        ]
        return PhraseIndex(told, range(len(self._entries)), self._language.emphasis)


def _group_numbers(rows: Iterable[Phrasing]) -> list[int]:
    numbers: dict[tuple[int, ...], int] = {}
    return [numbers.setdefault(row.entries, len(numbers)) for row in rows]


def _topic(number: int, entry: Entry) -> object:
    """What an entry is about, whatever the place and the registration."""
    if "aspect" in entry.slots:
        return entry.slots["aspect"]
    return number


def _by_slot(entries: Iterable[Entry]) -> dict[tuple[str, str], list[int]]:
    found: dict[tuple[str, str], list[int]] = {}
    for number, entry in enumerate(entries):
        for item in entry.slots.items():
            found.setdefault(item, []).append(number)
    return found


def _is_named(entry: Entry, query: Query) -> bool:
    return all(value in query.slots.get(kind, ()) for kind, value in entry.slots.items())


def _plainness(entry: Entry, query: Query) -> float:
    """How plainly the slots alone ask for the entry: 1 when nothing else is said, 0 if unnamed."""
    if len(entry.slots) < 2 or not query.said or not _is_named(entry, query):
        return 0.0
    return max(0.0, 1.0 - query.rest / _MUCH_ELSE)


def _filled(entry: Entry, query: Query) -> float:
    """The share of the entry's slots that the utterance names, 0 if it has none."""
    said = sum(value in query.slots.get(kind, ()) for kind, value in entry.slots.items())
    return said / len(entry.slots) if entry.slots else 0.0


def _missing(entry: Entry, query: Query) -> int:
    return sum(kind not in query.slots for kind in entry.slots)


def _extra(entry: Entry, query: Query) -> int:
    """Slots stated that the entry says nothing about; a region is never too much."""
    return sum(
        kind in query.slots and kind not in entry.slots for kind in ("registration", "aspect")
    )


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
