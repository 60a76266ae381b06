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
from bot.understanding.agreement import Agreement, agree
from bot.understanding.index import PhraseIndex
from bot.understanding.language import Language
from bot.understanding.lexicon import LexiconReader, joined
from bot.understanding.model import MAX_MARGIN, Model
from bot.understanding.phrasings import Asked, Phrasing, phrasings, read_asks
from bot.understanding.profiles import Profiles
from bot.understanding.text import normalise
from bot.understanding.tokens import Cut, grams

POOL = 4
"""Groups of entries taken over from the lexical comparison; the slots may name a few more."""
PROFILES = 3
"""Entries taken over from the comparison with profiles."""
_SLOT = "="
"""Stands before the value of a slot among the features of a profile."""
FAIR = 0.4
"""Likeness below which a candidate has little going for it, whatever else agrees."""
VERBATIM = 0.85
"""Likeness from which a stored phrasing was said nearly word for word."""
MUCH = 6.0
"""Information of an utterance beyond which more makes no difference: a sentence of ten words."""


@dataclass(frozen=True, slots=True)
class Query:
    """An utterance ready to be compared, with what belongs to it and not to a candidate."""

    tokens: tuple[str, ...]
    """The words that were said; how much they say decides how sure an answer can be."""
    meant: str
    """The text that is compared: what was said and what was left to the context."""
    features: frozenset[str]
    bare: frozenset[str]
    """The features without those of registrations."""
    agreement: Agreement
    weights: tuple[tuple[str, float], ...]
    """Each token that says anything, with the information it carries."""
    weight: float
    """The information of all tokens."""
    rest: float
    """The information of the words that fill no slot."""
    signals: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class _Near:
    """How close an entry comes. `implied`: slots that its closest phrasing leaves unsaid too."""

    dice: float = 0.0
    phrase: str = ""
    implied: frozenset[str] = frozenset()
    is_own: bool = False
    """No other entry has this phrasing."""


_FAR = _Near()


class EntryMatcher:
    """The phrasings of a pack, ready for comparison. Built once for each pack version."""

    def __init__(self, pack: Pack, lexicon: LexiconReader, model: Model) -> None:
        self._entries = tuple(pack.entries.values())
        self._cut: Cut = lexicon.cut
        self._model = model
        self._terms = lexicon.words
        self._slot_words = {t.word for t in pack.lexicon.terms if t.slot} | {pack.certificate or ""}
        asks = read_asks(self._entries, lexicon)
        self._phrasings = phrasings(self._entries, asks)
        self._texts = [phrasing.text for phrasing in self._phrasings]
        self._language = Language(pack.lexicon.words, self._terms, self._subject_words())
        self._index = self._indexed()
        self._profiles = self._profiled(asks)
        self._vocabulary = self._vocabularies()
        self._known = self._terms.union(
            *(
                words
                for entry, (words, _) in zip(self._entries, self._vocabulary, strict=True)
                if entry.kind is not EntryKind.SMALLTALK
            )
        )
        self._told: dict[int, frozenset[str]] = {}
        self._by_slot = _by_slot(self._entries)
        self._topics = [_topic(entry) for entry in self._entries]
        self._topic_of: dict[str | None, object] = {
            entry.id: topic for entry, topic in zip(self._entries, self._topics, strict=True)
        }

    def _indexed(self) -> PhraseIndex:
        numbers: dict[tuple[int, ...], int] = {}
        groups = [numbers.setdefault(p.entries, len(numbers)) for p in self._phrasings]
        features = [
            _features(p.tokens, t) for p, t in zip(self._phrasings, self._texts, strict=True)
        ]
        is_bare = [phrasing.is_bare for phrasing in self._phrasings]
        return PhraseIndex(features, groups, is_bare, self._language.emphasis)

    def _profiled(self, asks: Sequence[Asked]) -> Profiles:
        return Profiles(
            [
                _with_slots(
                    _features(a.reading.tokens, joined(a.reading.tokens)),
                    (slot.values for slot in a.reading.slots),
                )
                for a in asks
            ],
            [a.entry for a in asks],
            len(self._entries),
            self._profile_emphasis,
        )

    def _profile_emphasis(self, feature: str) -> float:
        if feature.startswith(_SLOT):
            return 1.0
        return self._language.emphasis(feature)

    def _subject_words(self) -> Iterator[str]:
        """The words of the phrasings that ask about the pack's own subject."""
        for phrasing in self._phrasings:
            if self._entries[phrasing.entries[0]].kind in (EntryKind.FACT, EntryKind.NO_DATA):
                yield from phrasing.tokens

    def query(
        self,
        said: tuple[str, ...],
        meant: tuple[str, ...],
        bare: tuple[str, ...],
        agreement: Agreement,
        *,
        is_ours: bool,
    ) -> Query:
        """An utterance, read by the lexicon, made ready for `rank`.

        `said` are its own words; `meant` and `bare` have what it leaves to the context as well,
        and it is these that are compared.
        """
        weights = tuple((t, w) for t in said if (w := self._language.information(t)))
        total = sum(weight for _, weight in weights)
        unknown = sum(weight for token, weight in weights if token not in self._known)
        text = joined(meant)
        features = _features(meant, text)
        return Query(
            tokens=said,
            meant=text,
            features=features,
            bare=features if bare == meant else _features(bare, joined(bare)),
            agreement=agreement,
            weights=weights,
            weight=total,
            rest=sum(weight for token, weight in weights if token not in self._slot_words),
            signals={
                "foreign": unknown / total if total else 0.0,
                "weight": min(1.0, total / MUCH),
                "closeness": self._language.closeness(said),
                "ours": float(is_ours),
            },
        )

    def weight(self, tokens: Iterable[str]) -> float:
        """How much some words say, terms of the domain included."""
        return sum(map(self._language.information, tokens))

    def is_same_topic(self, one: str | None, other: str | None) -> bool:
        """Whether two entries are about the same, place and registration aside."""
        return self._topic_of.get(one) == self._topic_of.get(other)

    def knows(self, words: Iterable[str]) -> bool:
        """Whether the pack has every one of some words; single characters are nobody's own."""
        return all(len(word) < 2 or word in self._known for word in words)

    def rank(self, query: Query, limit: int = 5) -> tuple[Candidate, ...]:
        """The best entries, best first; equal scores keep the order of the pack."""
        near = self._nearest(query)
        said = {t: self._language.emphasis(t) for t in query.tokens if len(t) > 1}
        total = sum(said.values()) or 1.0
        pieces = frozenset(said)
        signals: dict[int, dict[str, float]] = {}
        profile = self._profiles.closeness(
            _with_slots(query.features, query.agreement.slots.values())
        )
        typical = np.argsort(-profile)[:PROFILES].tolist()
        for number in dict.fromkeys((*near, *self._named(query), *typical)):
            if not self._is_out(self._entries[number], query):
                text = sum(map(said.__getitem__, pieces & self._answer_features(number))) / total
                signals[number] = self._signals(
                    query, number, near.get(number, _FAR), text, float(profile[number])
                )
        self._add_margins(signals)
        best = sorted(signals, key=lambda number: -signals[number]["rate"])[:limit]
        return tuple(
            Candidate(
                entry=self._entries[number].id,
                score=round(self._model.score(signals[number]), 4),
                phrase=near.get(number, _FAR).phrase,
                signals=signals[number],
            )
            for number in best
        )

    def _signals(
        self, query: Query, number: int, near: _Near, text: float, profile: float
    ) -> dict[str, float]:
        signals = agree(query.agreement, self._entries[number], query.rest, near.implied)
        signals["dice"] = near.dice
        is_said = near.is_own or not (signals["conflict"] or signals["missing"])
        signals["verbatim"] = max(0.0, near.dice - VERBATIM) / (1 - VERBATIM) * is_said
        signals["text"] = text
        signals["profile"] = profile
        signals["coverage"] = self._coverage(query, number)
        signals["ratio"] = ratio(query.meant, near.phrase) / 100
        signals["weak"] = max(0.0, 1.0 - max(near.dice, signals["plain"]) / FAIR)
        signals["rate"] = self._model.rate(signals)
        signals.update(query.signals)
        return signals

    @staticmethod
    def _is_out(entry: Entry, query: Query) -> bool:
        """Another certificate is meant, or the words name something and are no small talk."""
        if entry.kind is EntryKind.SMALLTALK:
            return bool(query.agreement.said)
        return query.agreement.is_other_certificate(entry)

    def _add_margins(self, signals: Mapping[int, dict[str, float]]) -> None:
        """How far each candidate is ahead of the best that is about something else.

        Entries that differ only in place or registration are no rivals: which of them is meant
        is a question of slots.
        """
        best: dict[object, float] = {}
        for number, found in signals.items():
            topic = self._topics[number]
            if found["rate"] > best.get(topic, -1e9):
                best[topic] = found["rate"]
        ordered = sorted(best.values(), reverse=True)
        for number, found in signals.items():
            own = best[self._topics[number]]
            rival = ordered[0] if own < ordered[0] else ordered[1] if len(ordered) > 1 else None
            ahead = MAX_MARGIN if rival is None else found["rate"] - rival
            found["margin"] = max(-MAX_MARGIN, min(MAX_MARGIN, ahead))

    def _nearest(self, query: Query) -> dict[int, _Near]:
        """Entry number -> how close it comes, over the few closest groups of entries."""
        found: dict[int, _Near] = {}
        for hit in self._index.search(query.features, query.bare, limit=POOL):
            phrasing = self._phrasings[hit.phrase]
            is_own = len(phrasing.entries) == 1
            near = _Near(hit.dice, self._texts[hit.phrase], phrasing.implied, is_own)
            for number in self._asked(query, phrasing):
                found.setdefault(number, near)
        return found

    def _asked(self, query: Query, phrasing: Phrasing) -> Sequence[int]:
        """Of entries that share a phrasing, those whose slots were said.

        If the place or registration was not said, the first few stand for all; if no entry has
        what was said, the first proves that the topic is known.
        """
        if len(phrasing.entries) == 1:
            return phrasing.entries
        values = query.agreement.slots.get(phrasing.shared)
        if values is None:
            return phrasing.entries[:1] if phrasing.shared == "region" else phrasing.entries[:4]
        own = [n for n in phrasing.entries if self._entries[n].slots[phrasing.shared] in values]
        return own or phrasing.entries[:1]

    def _named(self, query: Query) -> list[int]:
        """Entries of several slots, all of them among the utterance's."""
        if len(query.agreement.slots) < 2:
            return []
        found = {
            number
            for kind, values in query.agreement.slots.items()
            for value in values
            for number in self._by_slot.get((kind, value), ())
        }
        return sorted(n for n in found if query.agreement.is_named(self._entries[n]))

    def _coverage(self, query: Query, number: int) -> float:
        """The share of what the utterance says that the entry, or the domain, has words for."""
        words, characters = self._vocabulary[number]
        covered = 0.0
        for token, weight in query.weights:
            if token in words or token in self._terms:
                covered += weight
            elif len(token) > 1:
                covered += weight * 0.5 * sum(c in characters for c in token) / len(token)
        return covered / query.weight if query.weight else 1.0

    def _vocabularies(self) -> list[tuple[set[str], set[str]]]:
        """For each entry the words and the characters of all its phrasings."""
        found: list[tuple[set[str], set[str]]] = [(set(), set()) for _ in self._entries]
        for phrasing in self._phrasings:
            for number in phrasing.entries:
                found[number][0].update(phrasing.tokens)
                found[number][1].update(*phrasing.tokens)
        return found

    def _answer_features(self, number: int) -> frozenset[str]:
        """Words and pairs of characters of what an entry answers; worked out when first asked."""
        found = self._told.get(number)
        if found is None:
            entry = self._entries[number]
            texts = [normalise(text) for text in (entry.title, *(f.text for f in entry.facts))]
            features = frozenset[str]().union(*(_features(self._cut(t), t) for t in texts))
            found = frozenset(feature for feature in features if len(feature) > 1)
            self._told[number] = found
        return found


def _with_slots(features: Iterable[str], slots: Iterable[Iterable[str]]) -> frozenset[str]:
    """Words and pairs of a text and the values of its slots: the place counts here like a word."""
    pieces = [feature for feature in features if len(feature) > 1]
    return frozenset((*pieces, *(_SLOT + value for values in slots for value in values)))


def _features(tokens: Iterable[str], text: str) -> frozenset[str]:
    return frozenset((*tokens, *grams(text)))


def _topic(entry: Entry) -> object:
    """What an entry is about when place and registration are left aside; small talk is one thing."""
    if entry.kind is EntryKind.SMALLTALK:
        return EntryKind.SMALLTALK
    return entry.slots.get("aspect", entry.id)


def _by_slot(entries: Iterable[Entry]) -> dict[tuple[str, str], list[int]]:
    """Entries of several slots by the one that narrows most.

    One slot alone names no entry: a dozen of them are about some detail of 变更注册.
    """
    found: dict[tuple[str, str], list[int]] = {}
    for number, entry in enumerate(entries):
        if len(entry.slots) < 2:
            continue
        for kind in ("region", "registration", "aspect", "certificate"):
            if kind in entry.slots:
                found.setdefault((kind, entry.slots[kind]), []).append(number)
                break
    return found
