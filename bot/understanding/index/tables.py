"""Hold the content of an index as arrays, so that it can be saved and mapped.

A phrasing has a *row*: rows are the phrasings in the order of their groups, so that a group is a
range of rows.  Everything is stored twice: the features of each row compare a few phrasings
exactly, and the rows of each feature (the postings) find candidates.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.understanding.arrays.saved import Saved, Writer
from bot.understanding.arrays.strings import Strings
from bot.understanding.index.term_weights import (
    STEADINESS_POWER,
    Judgement,
    Occurrences,
    idf,
    steadiness,
)
from bot.understanding.index.vocabulary import Numbered

NEGLIGIBLE = 0.02
"""Features below this share of the heaviest are dropped: many postings, hardly any weight."""
_EXACT = 2.0**20
"""Weights are rounded to multiples of one over this, so that sums do not depend on order."""
_ROW_BITS = 32


@dataclass(frozen=True, slots=True)
class Priors:
    """What is assumed of a feature before anything is counted."""

    emphasis: Judgement
    """Its prior weight."""
    character: float
    """A further factor for single characters."""
    expected: Judgement | None
    """Its prior steadiness; without it steadiness does not count."""

    def own(self, feature: str) -> float:
        return self.emphasis(feature) * (self.character if len(feature) == 1 else 1.0)


@dataclass(frozen=True, slots=True)
class Tables:
    """Rows, features and their weights; the names of the fields are those of saved files."""

    order: NDArray[np.int32]
    """Row -> number of the phrasing as it was given."""
    groups: NDArray[np.int32]
    """Row -> group; ascending."""
    flat: NDArray[np.int32]
    """The features of all rows, one row after another."""
    firsts: NDArray[np.int64]
    """Row -> where its features begin in `flat`; one more at the end."""
    postings: NDArray[np.int32]
    """The rows of all features, one feature after another, each ascending."""
    starts: NDArray[np.int64]
    """Feature -> where its rows begin in `postings`; one more at the end."""
    weights: NDArray[np.float64]
    """Feature -> its weight."""
    masses: NDArray[np.float64]
    """Row -> the weight of all its features."""
    usual: NDArray[np.float64]
    """One number: the average steadiness."""
    is_bare: NDArray[np.float64]
    """Row -> 1 or 0; empty if no phrasing is bare."""
    vocabulary: Strings
    """Feature -> its text."""

    @classmethod
    def of(
        cls,
        numbered: Numbered,
        groups: Sequence[int],
        priors: Priors,
        is_bare: Sequence[bool] = (),
    ) -> Tables:
        """Build the tables; `groups[i]` is the i-th phrasing's group, from 0, and none is empty."""
        of_phrases = np.asarray(groups, np.int32)
        order = np.argsort(of_phrases, kind="stable").astype(np.int32)
        of_rows, lengths = of_phrases[order], numbered.lengths[order].astype(np.int64)
        flat = numbered.flat
        if not np.array_equal(of_rows, of_phrases):
            firsts = bounds(numbered.lengths)[:-1]
            flat = flat[stretches(firsts[order], lengths)]
        found = Occurrences.of(flat, np.repeat(of_rows, lengths), of_phrases)
        weights, usual = _weights(numbered.vocabulary, found, priors)
        firsts = bounds(lengths)
        postings = _postings(flat, lengths)
        starts = bounds(np.bincount(flat, minlength=len(weights)))
        masses = np.diff(bounds(weights[flat])[firsts])
        return cls(
            order=order,
            groups=of_rows,
            flat=flat,
            firsts=firsts,
            postings=postings,
            starts=starts,
            weights=weights,
            masses=masses,
            usual=np.array([usual]),
            is_bare=np.array(is_bare, np.float64)[order] if is_bare else np.zeros(0),
            vocabulary=Strings.of(numbered.vocabulary),
        )

    def save(self, writer: Writer) -> None:
        for name in _arrays():
            writer.array(f"index.{name}", getattr(self, name))
        self.vocabulary.save(writer, "index.vocabulary")

    @classmethod
    def restored(cls, saved: Saved) -> Tables:
        arrays = {name: saved.array(f"index.{name}") for name in _arrays()}
        return cls(**arrays, vocabulary=Strings.restored(saved, "index.vocabulary"))


def _arrays() -> list[str]:
    """Return the names of the fields that are arrays."""
    return [field.name for field in fields(Tables) if field.name != "vocabulary"]


def _weights(
    vocabulary: Sequence[str], found: Occurrences, priors: Priors
) -> tuple[NDArray[np.float64], float]:
    count = len(vocabulary)
    weights = np.fromiter(map(priors.own, vocabulary), np.float64, count) * idf(found)
    usual = 1.0
    if priors.expected is not None:
        expected = np.fromiter(map(priors.expected, vocabulary), np.float64, count)
        steady, usual = steadiness(found, expected)
        weights *= steady**STEADINESS_POWER
    weights = np.round(weights * _EXACT) / _EXACT
    return np.where(weights < NEGLIGIBLE * weights.max(initial=0.0), 0.0, weights), usual


def _postings(flat: NDArray[np.int32], lengths: NDArray[np.int64]) -> NDArray[np.int32]:
    """Return the rows of each feature in turn; feature and row are sorted as one number."""
    keys = flat.astype(np.int64)
    keys <<= _ROW_BITS
    keys |= np.repeat(np.arange(len(lengths), dtype=np.int32), lengths)
    keys.sort()
    return keys.astype(np.int32)  # the low bits are the row


def bounds(lengths: NDArray[Any]) -> NDArray[Any]:
    """Return where each of some consecutive ranges begins, and where the last one ends."""
    found = np.zeros(len(lengths) + 1, lengths.dtype if lengths.dtype.kind == "f" else np.int64)
    np.cumsum(lengths, out=found[1:])
    return found


def stretches(starts: NDArray[Any], lengths: NDArray[Any]) -> NDArray[np.int64]:
    """Return the indices in some ranges of an array, one range after another."""
    ends = lengths.cumsum()
    places = np.repeat(starts - ends + lengths, lengths)
    places += np.arange(len(places))
    return places
