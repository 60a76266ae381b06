"""Understand by meaning what a pack's words leave open: it adds answers and never changes one.

It wraps an `Understander`.  An utterance that would be answered, or that names a place or another
certificate, passes through unchanged, so that no refusal for a region without data and no boundary
can become an answer here, and nothing that holds in some regions only is chosen by meaning.  Of the
rest, the entry with the closest phrasing may be lifted, if words had found it too and a calibrated
model is as sure as any answer has to be.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from math import log
from typing import NamedTuple

import numpy as np

from bot.core.model.entry import Entry, EntryKind
from bot.core.model.session import Context
from bot.core.model.understanding import Candidate, Understanding
from bot.core.model.vocabulary import PLACE, SUBJECT
from bot.core.ports import Understander
from bot.understanding.scoring import Fallback, shipped_fallback
from bot.understanding.semantic.closeness import closeness, meant_text
from bot.understanding.semantic.encoder import Encoder, Vectors

_ANSWERS = (EntryKind.FACT, EntryKind.NO_DATA)
_NAMES_ELSE = (PLACE, SUBJECT)
_LEAST = 1e-4


class Second(NamedTuple):
    """A candidate that is closest by meaning, with the signals for it."""

    candidate: Candidate
    signals: Mapping[str, float]


class SemanticUnderstander:
    """Understands again, by meaning, what an understander leaves open; pure."""

    def __init__(
        self,
        inner: Understander,
        entries: Sequence[Entry],
        vectors: Vectors,
        encoder: Encoder,
        model: Fallback | None = None,
    ) -> None:
        """`vectors` are those of `phrasings_of(entries)`, in order."""
        self._inner, self._encoder = inner, encoder
        self._entries = entries
        self._vectors = vectors
        sizes = [len(entry.ask) for entry in entries]
        self._starts = np.cumsum([0, *sizes[:-1]])
        self._model = model or shipped_fallback()

    def understand(self, text: str, context: Context, now: datetime) -> Understanding:
        found = self._inner.understand(text, context, now)
        if not self.is_open(found):
            return found
        second = self.second(found)
        if second is None:
            return found
        score = round(self._model.confidence.score(second.signals), 4)
        if score < found.thresholds.answer:
            return found
        signals = {**second.candidate.signals, "meaning": second.signals["meaning"]}
        lifted = replace(second.candidate, score=score, signals=signals)
        others = (_behind(one) for one in found.candidates if one is not second.candidate)
        return replace(found, candidates=(lifted, *others))

    def is_open(self, found: Understanding) -> bool:
        """Return whether words leave the answer open, and nothing said forbids a lift."""
        candidates = found.candidates
        if not candidates or not candidates[0].score >= self._model.doubt_from:
            return False
        if any(found.of(kind) for kind in _NAMES_ELSE) or found.is_rejection:
            return False
        if candidates[0].misses_slot:  # people are asked for it
            return False
        answer = found.thresholds.answer
        return not any(one.score >= answer or one.is_elsewhere for one in candidates)

    def second(self, found: Understanding) -> Second | None:
        """Return the closest entry, if it answers something and words had found it too."""
        cosines = self._vectors @ self._encoder.encode_one(meant_text(found.text))
        nearest = np.maximum.reduceat(cosines, self._starts)
        entry = self._entries[int(nearest.argmax())]
        by_id = {candidate.entry: candidate for candidate in found.candidates}
        if entry.kind not in _ANSWERS or entry.id not in by_id:
            return None
        if PLACE in entry.slots or entry.regions:  # true of one place, and none was named
            return None
        if by_id[entry.id].signals.get("unmet"):  # true of a special case, and none was named
            return None
        if self._is_boundary(found.candidates[0].entry):
            return None
        candidate = by_id[entry.id]
        score = max(_LEAST, min(1 - _LEAST, candidate.score))
        return Second(
            candidate,
            {
                "words": log(score / (1 - score)),
                "meaning": closeness(float(nearest.max())),
                "coverage": candidate.signals["coverage"],
                "weight": candidate.signals["weight"],
            },
        )

    def _is_boundary(self, id_: str) -> bool:
        return any(e.id == id_ and e.kind is EntryKind.BOUNDARY for e in self._entries)


def phrasings_of(entries: Sequence[Entry]) -> list[str]:
    """Return the texts to encode: every `ask` line, entry by entry."""
    return [meant_text(line) for entry in entries for line in entry.ask]


def _behind(candidate: Candidate) -> Candidate:
    """Return a candidate behind one that was lifted: what it adds was told of another first one."""
    return replace(candidate, signals={**candidate.signals, "beyond": 0.0})
