"""Rows of length 1 that a query is multiplied with: one by one, or all of them for the largest.

Compiled, all rows are multiplied as integers of eight bits first, which are a fourth of what has
to be read; only those that come near the largest are multiplied as they are.  What a newcomer
would get wrong: the outcome is the same, but for the rounding of a sum.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bot.understanding.arrays import kernels
from bot.understanding.arrays.saved import Saved, Writer

_TINY = 1e-9
_ROUNDED = 1e-3
"""How far the rounding of a query to sixteen bits, and of sums, can move a product, and more."""
_FIELDS = ("exact", "codes", "scales", "slack")
Query = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class UnitRows:
    """Rows, and what they are as integers."""

    exact: NDArray[np.float32]
    codes: NDArray[np.int8]
    scales: NDArray[np.float32]
    """What one of each row's integers is worth."""
    slack: NDArray[np.float32]
    """One number: how far a product by integers can be off."""

    @classmethod
    def of(cls, rows: NDArray[np.float32]) -> UnitRows:
        scales = np.maximum(np.abs(rows).max(axis=1), _TINY) / 127
        codes = np.round(rows / scales[:, None])
        off = np.linalg.norm(rows - codes * scales[:, None], axis=1).max(initial=0.0) + _ROUNDED
        return cls(
            rows, codes.astype(np.int8), scales.astype(np.float32), np.array([off], np.float32)
        )

    def save(self, writer: Writer, name: str) -> None:
        for field in _FIELDS:
            writer.array(f"{name}-{field}", getattr(self, field))

    @classmethod
    def restored(cls, saved: Saved, name: str) -> UnitRows:
        return cls(*(saved.array(f"{name}-{field}") for field in _FIELDS))

    def products(self, query: Query) -> Products:
        """The query with every row, worked out as far as somebody asks."""
        compiled = kernels.in_use
        if compiled is None:
            return Products(query, self, self.exact @ query, None)
        roughly = np.empty(len(self.scales), np.float32)
        compiled.rough_products(query, self.codes, self.scales, roughly)
        return Products(query, self, roughly, compiled)


@dataclass(frozen=True, slots=True)
class Products:
    """The products of a query with rows."""

    _query: Query
    _rows: UnitRows
    _found: NDArray[np.float32]
    """All of them; roughly if something is compiled."""
    _compiled: kernels.Kernels | None

    def largest(self, first: int = 0, last: int | None = None) -> float:
        """The largest product with some rows, or with all."""
        last = len(self._found) if last is None else last
        if self._compiled is None:
            return float(self._found[first:last].max())
        rows = self._rows
        return self._compiled.largest_product(
            self._query, rows.exact, self._found, rows.slack.item(), first, last
        )

    def largest_of(self, starts: NDArray[np.int64], chosen: Sequence[int]) -> list[float]:
        """The largest product in each of some ranges; `starts` are the first rows of all ranges."""
        if self._compiled is None:
            bounds = [*starts.tolist(), len(self._found)]
            return [self.largest(bounds[each], bounds[each + 1]) for each in chosen]
        rows = self._rows
        return self._compiled.largest_products(
            self._query, rows.exact, self._found, rows.slack.item(), starts, [*chosen]
        )

    def most_alike(
        self, starts: NDArray[np.int64], gists: NDArray[np.float32], count: int
    ) -> Sequence[int]:
        """Ranges of rows, by the sum of the largest product in each and its gist."""
        if self._compiled is None:
            sums = np.maximum.reduceat(self._found, starts) + gists
            return largest(sums, count)
        rows = self._rows
        return self._compiled.most_alike(
            self._query, rows.exact, self._found, rows.slack.item(), starts, gists, count
        )


def largest(values: NDArray[np.floating], count: int) -> list[int]:
    """The places of the largest values, in order; equal ones stay in theirs."""
    if kernels.in_use:
        return kernels.in_use.largest(values, count)
    near = np.arange(len(values))
    if count < len(values):
        ordered = values.copy()
        ordered.partition(-count)
        near = (values >= ordered.item(-count)).nonzero()[0]
    found: list[int] = near[(-values[near]).argsort(kind="stable")][:count].tolist()
    return found
