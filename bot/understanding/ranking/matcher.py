"""Entries ranked for an utterance: lexical likeness and agreement of slots, joined in one score.

Every phrasing is compared at once by `PhraseIndex`, every entry by `Centroids`; the few best, and
those that the slots name, are then judged by all signals (see `evidence`).  What a newcomer would
get wrong: entries that differ only in a place or a registration share their phrasings (see
`phrasings`), so 续期要带啥 also teaches how people ask for the papers of every other registration.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import lru_cache, partial
from math import inf

from bot.core.model.entry import Entry, EntryKind
from bot.core.model.pack import Pack
from bot.core.model.understanding import Candidate
from bot.core.model.vocabulary import ASPECT, PLACE, SERVICE, SUBJECT
from bot.core.slices import pause
from bot.understanding.arrays.saved import NO_CACHE, TableCache
from bot.understanding.arrays.unit_rows import largest
from bot.understanding.lexicon.reader import LexiconReader
from bot.understanding.ranking.meanings import Closeness
from bot.understanding.ranking.phrasings import Phrasing
from bot.understanding.ranking.prepared import PreparedEntries, meant, profile_features
from bot.understanding.ranking.signals import FAR, Evidence, Near, Query
from bot.understanding.ranking.slot_match import SlotMatch
from bot.understanding.scoring import MAX_MARGIN, Model
from bot.understanding.semantic.background import shipped_background
from bot.understanding.semantic.meaning_table import shipped_table
from bot.understanding.text.question_types import Odds

POOL = 6
"""Groups of entries taken over from the lexical comparison; the slots may name a few more."""
PROFILES = 3
"""Entries taken over from the comparison with profiles."""
HOPELESS = 0.6
"""Share of the best likeness, of either kind, below which a candidate is not looked at further.

On 478 questions written apart from the pack the entry rated first was below it twice, and a third
of all candidates."""
BEST, SPARE = 5, 7
"""Candidates that are put in order by their score, and those kept beside them."""
RIVALS = 3
"""Candidates that are judged in any case: how far the first is ahead says how sure it is."""
LEAD = 0.05
"""How far another score has to be ahead of the score of what rates highest, to come first."""
_RANKED_AGAIN = 8
"""Searches that are remembered: the same words are ranked with and without the context's slots."""


class EntryMatcher:
    """The phrasings of a pack, ready for comparison. Built once for each pack version."""

    def __init__(
        self, pack: Pack, lexicon: LexiconReader, model: Model, shelf: TableCache = NO_CACHE
    ) -> None:
        self._entries = tuple(pack.entries.values())
        self._number_of = {entry.id: number for number, entry in enumerate(self._entries)}
        self._model = model
        compiled = shelf.kept(
            "phrasings",
            lambda: PreparedEntries.of(pack, lexicon),
            lambda saved: PreparedEntries.restored(saved, pack, lexicon),
        )
        self._stock = compiled.stock
        self._search = lru_cache(_RANKED_AGAIN)(partial(compiled.index().search, limit=POOL))
        self._profiles, self._language = compiled.profiles, compiled.language
        self._meanings, self._subject = compiled.meanings, pack.subject
        slot_words = {term.word for term in pack.lexicon.terms if term.slot}
        self._evidence = Evidence(
            self._entries,
            self._stock,
            lexicon.words,
            slot_words | {pack.subject or ""},
            self._language,
            lexicon.cut,
            lru_cache(_RANKED_AGAIN)(self._closeness),
            lru_cache(_RANKED_AGAIN)(compiled.likelihood.of_text),
        )
        self._small_talk = frozenset(
            n for n, entry in enumerate(self._entries) if entry.kind is EntryKind.SMALLTALK
        )
        self._by_slot = _by_slot(self._entries, pack.vocabulary.details)
        self.beside = compiled.beside
        """What may be asked about our own subject and is not covered: its exam, say."""
        self._slots_of = {entry.id: frozenset(entry.slots.items()) for entry in self._entries}
        self._topics = [_topic(entry) for entry in self._entries]
        self._topic_of: dict[str | None, object] = {
            entry.id: topic for entry, topic in zip(self._entries, self._topics, strict=True)
        }

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
        """An utterance made ready for `rank`, see `Evidence.query`."""
        return self._evidence.query(
            *(said, meant, bare, agreement),
            typed=typed,
            heard=heard,
            odds=odds,
            is_ours=is_ours,
        )

    def _closeness(self, typed: str, tokens: Sequence[str]) -> Closeness:
        text = meant(typed, tokens, self._subject)
        return self._meanings.closeness(text, shipped_table(), shipped_background())

    def weight(self, tokens: Iterable[str]) -> float:
        """How much some words say, terms of the domain included."""
        return sum(map(self._language.information, tokens))

    def likelihood(self, text: str) -> float:
        """How much likelier a text is here than anywhere else, see `LikelihoodRatio`."""
        return self._evidence.likelihood(text)

    def knows(self, words: Iterable[str]) -> bool:
        """Whether the pack has every one of some words; single characters are nobody's own."""
        return self._evidence.knows(words)

    def unknown(self, words: Iterable[str]) -> list[str]:
        """Those of some words that say something and that the pack does not have."""
        return self._evidence.unknown(words)

    def is_same_topic(self, one: str | None, other: str | None) -> bool:
        """Whether two entries are about the same, place and registration aside."""
        return self._topic_of.get(one) == self._topic_of.get(other)

    def rank(self, query: Query) -> tuple[Candidate, ...]:
        """The best entries, best first; equal scores keep the order of the pack.

        After the first `BEST` come some that only the topic of a conversation may speak for.
        """
        pause()
        found = self._found(query)
        meanings = query.closeness.nearest([*found])
        signals = {
            number: self._evidence.signals(query, number, near, profile, meaning)
            for (number, (near, profile)), meaning in zip(found.items(), meanings, strict=True)
        }
        for each in signals.values():
            each["rate"] = self._model.rate(each)
        self._add_margins(signals)
        rates = {number: each["rate"] for number, each in signals.items()}
        best = sorted(rates, key=rates.__getitem__, reverse=True)[: BEST + SPARE]
        candidates = [
            Candidate(
                entry=self._entries[number].id,
                score=self._model.score(signals[number]),
                phrase=found[number][0].phrase,
                signals=signals[number],
            )
            for number in best
        ]
        ranked = self._narrowest_first(_by_score(candidates[:BEST]))
        if ranked:
            first, *others = [self._number_of[candidate.entry] for candidate in ranked]
            for number, share in self._evidence.beyond(query, first, others):
                signals[number]["beyond"] = share
        return (*ranked, *candidates[BEST:])

    def _narrowest_first(self, ranked: tuple[Candidate, ...]) -> tuple[Candidate, ...]:
        """Put an entry first that is about all the first one is, and about more that was named.

        新港几点关门 likes the opening hours of all branches as well as those of the one it names.
        """
        if not ranked:
            return ranked
        general = self._slots_of[ranked[0].entry]
        least = ranked[0].score - LEAD
        for candidate in ranked[1:]:
            own = self._slots_of[candidate.entry]
            if general < own and candidate.signals["plain"] and candidate.score >= least:
                return (candidate, *(c for c in ranked if c is not candidate))
        return ranked

    def _found(self, query: Query) -> dict[int, tuple[Near, float]]:
        """Entries worth judging, each with its closest phrasing and how close its profile is."""
        near = self._nearest(query)
        values = query.agreement.slots.values()
        profiles = self._profiles.closeness(profile_features(query.features, values))
        named = self._named(query)
        typical, alike = largest(profiles, PROFILES), query.closeness.alike
        found = {
            number: (near.get(number, FAR), profiles.item(number))
            for number in self._not_out(dict.fromkeys((*near, *named, *typical, *alike)), query)
        }
        return _hopeful(found, {*named, *alike}) if len(found) > RIVALS else found

    def _not_out(self, numbers: Iterable[int], query: Query) -> Iterable[int]:
        """Those that may be meant: no small talk if something is named, no other subject."""
        match = query.agreement
        if match.said:
            numbers = [n for n in numbers if n not in self._small_talk]
        if match.subjects:
            talk, entries = self._small_talk, self._entries
            return [n for n in numbers if n in talk or not match.is_other_subject(entries[n])]
        return numbers

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

    def _nearest(self, query: Query) -> dict[int, Near]:
        """Entry number -> how close it comes, over the few closest groups of entries."""
        found: dict[int, Near] = {}
        for hit in self._search(query.features, query.bare):
            phrasing = self._stock[hit.phrase]
            is_own = len(phrasing.entries) == 1
            near = Near(hit.dice, phrasing.text, phrasing.implied, is_own)
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
            return phrasing.entries[:1] if phrasing.shared == PLACE else phrasing.entries[:4]
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


def _by_score(candidates: Sequence[Candidate]) -> tuple[Candidate, ...]:
    """Put the few that rate highest in order: which of them is right, the score tells better.

    The first by rate stays unless another is clearly ahead, or was said word for word.
    """
    if not candidates:
        return ()
    first = candidates[0]
    lead = inf if first.is_verbatim else LEAD
    return tuple(sorted(candidates, key=lambda c: -c.score - (lead if c is first else 0.0)))


def _hopeful(
    found: Mapping[int, tuple[Near, float]], named: Collection[int]
) -> dict[int, tuple[Near, float]]:
    """Those that come near enough to the best, and always a few that it can be ahead of."""
    nears, profiles = zip(*found.values(), strict=True)
    dice, profile = max([near.dice for near in nears]) or 1.0, max(profiles) or 1.0
    hopes = {n: max(near.dice / dice, by / profile) for n, (near, by) in found.items()}
    least = min(HOPELESS, sorted(hopes.values(), reverse=True)[RIVALS - 1])
    return {n: each for n, each in found.items() if hopes[n] >= least or n in named}


def _topic(entry: Entry) -> object:
    """What an entry is about, place and registration left aside; small talk is one thing."""
    if entry.kind is EntryKind.SMALLTALK:
        return EntryKind.SMALLTALK
    return entry.slots.get(ASPECT, entry.id)


def _by_slot(entries: Iterable[Entry], details: Iterable[str]) -> dict[tuple[str, str], list[int]]:
    """Entries of several slots by the one that narrows most.

    One slot alone names no entry: a dozen of them are about some detail of 变更注册.
    """
    found: dict[tuple[str, str], list[int]] = {}
    for number, entry in enumerate(entries):
        if len(entry.slots) < 2:
            continue
        for kind in (PLACE, SERVICE, *details, ASPECT, SUBJECT):
            if kind in entry.slots:
                found.setdefault((kind, entry.slots[kind]), []).append(number)
                break
    return found
