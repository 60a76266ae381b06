"""Aggregate measurements with small pure functions."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from statistics import median

SHARES = {"p50_ms": 0.5, "p95_ms": 0.95, "p99_ms": 0.99}


def percentile(values: Sequence[float], share: float) -> float:
    """Return the smallest value that at least `share` of all do not exceed (nearest rank).

    Raises:
        ValueError: there are no values.
    """
    if not values:
        raise ValueError("no values, no percentile")
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)]


def spread_ms(times_s: Sequence[float]) -> dict[str, float]:
    """Return p50, p95 and p99 in milliseconds of times in seconds."""
    return {name: percentile(times_s, share) * 1000 for name, share in SHARES.items()}


def medians(rounds: Iterable[Mapping[str, float]]) -> dict[str, float]:
    """Return the median of each figure over rounds that all have the same figures."""
    kept = list(rounds)
    return {name: median(one[name] for one in kept) for name in kept[0]}


def rounded(figures: Mapping[str, object], digits: int = 4) -> dict[str, object]:
    """Round for people who read the file: further digits are noise."""
    return {
        name: round(value, digits) if isinstance(value, float) else value
        for name, value in figures.items()
    }


def every(count: int, of: int) -> list[int]:
    """Return `count` indices of `of`, evenly spread; all of them if there are no more."""
    return list(range(of)) if count >= of else [n * of // count for n in range(count)]
