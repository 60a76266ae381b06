"""The `Understander`: normalise, read with the lexicon, inherit from context, rank.

Built once for each pack version; `understand` is pure and takes well under a millisecond.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from bot.core.pack import Pack
from bot.core.session import Context
from bot.core.understanding import Slot, Thresholds, Understanding
from bot.understanding import model as scoring
from bot.understanding.index import information
from bot.understanding.lexicon import LexiconReader, Reading
from bot.understanding.match import EntryMatcher, Query
from bot.understanding.text import normalise
from bot.understanding.tokens import compact_cutter

OUR_CERTIFICATE = "二级建造师"
_TERM_FREQUENCY = 50_000
"""High enough for jieba to prefer a canonical word to any way of cutting it up."""
_SMALL_REST = 1.0
"""A follow-up says at most this much besides slots; more, and it is a question of its own."""


class PackUnderstander:
    """Understands utterances in terms of one pack."""

    def __init__(self, pack: Pack, model: scoring.Model | None = None) -> None:
        self._lexicon = LexiconReader(pack)
        words = dict(pack.lexicon.words) | dict.fromkeys(self._lexicon.words, _TERM_FREQUENCY)
        self._general = pack.lexicon.words
        self._total = max(1, sum(pack.lexicon.words.values()))
        self._cut = compact_cutter(words)
        model = model or scoring.shipped()
        self._thresholds = Thresholds(model.answer_from, model.ask_from)
        self._matcher = EntryMatcher(pack, self._lexicon, self._cut, model)

    def understand(self, text: str, context: Context, now: datetime) -> Understanding:
        utterance = normalise(text)
        reading = self._lexicon.read(utterance)
        tokens = tuple(self._cut(reading.canonical))
        slots = self._with_context(reading, tokens, context.slots_at(now))
        return Understanding(
            text=text,
            utterance=utterance,
            tokens=tokens,
            slots=slots,
            candidates=self._matcher.rank(_query(reading.canonical, tokens, slots)) if utterance else (),
            thresholds=self._thresholds,
            is_follow_up=any(slot.is_inherited for slot in slots),
            is_rejection=reading.is_rejection,
        )

    def _with_context(
        self, reading: Reading, tokens: tuple[str, ...], context: Mapping[str, str]
    ) -> tuple[Slot, ...]:
        """Own slots, and of the context's those that the utterance leaves open."""
        own = {slot.kind for slot in reading.slots}
        if not context or "certificate" in own:
            return reading.slots
        is_short = self._rest(tokens) <= _SMALL_REST and (own or reading.is_rejection)
        kinds = ("region", "registration", "aspect") if is_short else ("region",)
        if {"registration", "aspect"} <= own:
            kinds = ("region",)
        inherited = tuple(
            Slot(kind, (context[kind],), "", is_inherited=True)
            for kind in kinds
            if kind in context and kind not in own
        )
        return (*reading.slots, *inherited)

    def _rest(self, tokens: Iterable[str]) -> float:
        """How much is said beyond the words of the domain."""
        return sum(
            information(self._general.get(token, 0), self._total) * len(token)
            for token in tokens
            if token not in self._lexicon.words
        )


def _query(canonical: str, tokens: tuple[str, ...], slots: Iterable[Slot]) -> Query:
    values: dict[str, frozenset[str]] = {}
    for slot in slots:
        values[slot.kind] = values.get(slot.kind, frozenset()) | frozenset(slot.values)
    certificates = values.pop("certificate", frozenset())
    if OUR_CERTIFICATE in canonical:
        certificates = frozenset()
    return Query(canonical, tokens, values | ({"certificate": certificates} if certificates else {}), certificates)
