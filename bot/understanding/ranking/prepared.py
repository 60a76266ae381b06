"""What the phrasings of a pack come to: all that an utterance is compared with.

Reading six thousand phrasings takes longer than anything else at a start, so this is made once for
each pack version and kept (see `saved`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from bot.core.model.entry import Entry, EntryKind
from bot.core.model.pack import Pack
from bot.core.model.vocabulary import SUBJECT
from bot.understanding.arrays.saved import Saved, Writer
from bot.understanding.index.phrase_index import CHARACTER_WEIGHT, PhraseIndex
from bot.understanding.index.tables import Priors, Tables
from bot.understanding.index.term_weights import Judgement
from bot.understanding.index.vocabulary import numbered
from bot.understanding.lexicon.reader import LexiconReader, joined
from bot.understanding.ranking.centroids import Centroids
from bot.understanding.ranking.likelihood import LikelihoodRatio
from bot.understanding.ranking.meanings import Meanings, MeantText
from bot.understanding.ranking.phrasings import Asked, Phrasing, Stock, phrasings, read_asks
from bot.understanding.ranking.signals import features_of
from bot.understanding.ranking.word_statistics import WordStatistics
from bot.understanding.semantic.everyday import shipped_everyday
from bot.understanding.semantic.meaning_table import shipped_table

_SLOT = "="
"""Stands before the value of a slot among the features of a profile."""


@dataclass(frozen=True, slots=True)
class PreparedEntries:
    """The phrasings of a pack, ready for comparison."""

    stock: Stock
    language: WordStatistics
    tables: Tables
    profiles: Centroids
    meanings: Meanings
    likelihood: LikelihoodRatio
    beside: frozenset[str]
    """What may be asked about our own subject and is not covered: its exam, say."""

    @classmethod
    def of(cls, pack: Pack, lexicon: LexiconReader) -> PreparedEntries:
        entries = tuple(pack.entries.values())
        asks = read_asks(entries, lexicon)
        stored = phrasings(entries, asks)
        language = WordStatistics(
            pack.lexicon.words, lexicon.words, _subject_words(entries, stored)
        )
        return cls(
            Stock.of(stored, entries),
            language,
            _indexed(stored, language),
            _profiled(asks, len(entries), language),
            _meant(entries, asks, pack.subject),
            LikelihoodRatio.of(_own_texts(entries, asks), shipped_everyday()),
            _beside(entries, asks, pack.subject),
        )

    def index(self) -> PhraseIndex:
        return PhraseIndex.over(self.tables, _beliefs(self.language))

    def save(self, writer: Writer) -> None:
        self.stock.save(writer)
        self.language.save(writer)
        self.tables.save(writer)
        self.profiles.save(writer)
        self.meanings.save(writer)
        self.likelihood.save(writer)
        writer.table("beside", sorted(self.beside))

    @classmethod
    def restored(cls, saved: Saved, pack: Pack, lexicon: LexiconReader) -> PreparedEntries:
        """What was saved; pack and lexicon are those it was made from."""
        language = WordStatistics.restored(saved, pack.lexicon.words, lexicon.words)
        return cls(
            Stock.restored(saved),
            language,
            Tables.restored(saved),
            Centroids.restored(saved, len(pack.entries), _profile_emphasis(language)),
            Meanings.restored(saved),
            LikelihoodRatio.restored(saved),
            frozenset(saved.table("beside")),
        )


def profile_features(features: Iterable[str], slots: Iterable[Iterable[str]]) -> frozenset[str]:
    """Words and pairs of a text and the values of its slots: the place counts here like a word."""
    pieces = [feature for feature in features if len(feature) > 1]
    return frozenset((*pieces, *[_SLOT + value for values in slots for value in values]))


def _subject_words(entries: Sequence[Entry], stored: Iterable[Phrasing]) -> Iterator[str]:
    """The words of the phrasings that ask about the pack's own subject."""
    for phrasing in stored:
        if entries[phrasing.entries[0]].kind in (EntryKind.FACT, EntryKind.NO_DATA):
            yield from phrasing.tokens


def _own_texts(entries: Sequence[Entry], asks: Iterable[Asked]) -> Iterator[str]:
    """The phrasings that ask about the pack's own subject, without their places."""
    for asked in asks:
        if entries[asked.entry].kind in (EntryKind.FACT, EntryKind.NO_DATA):
            yield asked.reading.text


def _beliefs(language: WordStatistics) -> Priors:
    return Priors(language.emphasis, CHARACTER_WEIGHT, None)


def _indexed(stored: Sequence[Phrasing], language: WordStatistics) -> Tables:
    numbers: dict[tuple[int, ...], int] = {}
    groups = [numbers.setdefault(p.entries, len(numbers)) for p in stored]
    features = (features_of(phrasing.tokens, phrasing.text) for phrasing in stored)
    is_bare = [phrasing.is_bare for phrasing in stored]
    return Tables.of(numbered(features), groups, _beliefs(language), is_bare)


def _profiled(asks: Sequence[Asked], count: int, language: WordStatistics) -> Centroids:
    features = (
        profile_features(
            features_of(asked.reading.tokens, joined(asked.reading.tokens)),
            (slot.values for slot in asked.reading.slots),
        )
        for asked in asks
    )
    owners = [asked.entry for asked in asks]
    return Centroids.of(features, owners, count, _profile_emphasis(language))


def _meant(entries: Sequence[Entry], asks: Sequence[Asked], subject: str | None) -> Meanings:
    texts = [meant(asked.reading.text, asked.reading.tokens, subject) for asked in asks]
    own = [n for n, entry in enumerate(entries) if entry.kind is not EntryKind.SMALLTALK]
    return Meanings.of(texts, [asked.entry for asked in asks], own, shipped_table())


def meant(text: str, tokens: Iterable[str], subject: str | None) -> MeantText:
    """A text in the forms whose meaning is compared: whatever is asked, it is about the subject."""
    return MeantText(text, joined([token for token in tokens if token != subject]))


def _profile_emphasis(language: WordStatistics) -> Judgement:
    return lambda feature: 1.0 if feature.startswith(_SLOT) else language.emphasis(feature)


def _beside(entries: Sequence[Entry], asks: Iterable[Asked], subject: str | None) -> frozenset[str]:
    """The matters of boundary entries most of whose phrasings name our own subject."""
    counts: Counter[str] = Counter()
    for asked in asks:
        if matter := entries[asked.entry].slots.get(SUBJECT):
            counts[matter] += 1 if subject in asked.reading.tokens else -1
    return frozenset(matter for matter, balance in counts.items() if balance > 0)
