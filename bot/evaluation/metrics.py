"""Compute metrics of rankings with scores; pure functions of the results.

What a newcomer would get wrong: the precision in `coverage` counts all questions, those out of
scope too, but coverage is a share of the questions that have an answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from operator import itemgetter


def hit_rate(ranks: Sequence[int], within: int) -> float | None:
    """Return the share of ranks (from 1; 0 for not found) that are at most `within`."""
    return sum(0 < rank <= within for rank in ranks) / len(ranks) if ranks else None


def mean_reciprocal_rank(ranks: Sequence[int], within: int) -> float | None:
    if not ranks:
        return None
    return sum(1 / rank for rank in ranks if 0 < rank <= within) / len(ranks)


def auroc(positive: Sequence[float], negative: Sequence[float]) -> float | None:
    """Return the probability that a positive scores above a negative; ties count half."""
    if not positive or not negative:
        return None
    scored = sorted([(s, 1) for s in positive] + [(s, 0) for s in negative])
    won = below = 0.0
    for _, tied in groupby(scored, key=itemgetter(0)):
        labels = [label for _, label in tied]
        ours = sum(labels)
        others = len(labels) - ours
        won += ours * (below + others / 2)
        below += others
    return won / len(positive) / len(negative)


def coverage(answers: Sequence[tuple[float, bool]], precision: float, of: int) -> float | None:
    """Return the share of `of` answered right at the loosest threshold with this precision.

    `answers` holds for every question its score and whether the first answer is right.
    """
    if not of:
        return None
    shown = right = covered = 0
    for _, tied in groupby(sorted(answers, key=lambda a: -a[0]), key=itemgetter(0)):
        results = [is_right for _, is_right in tied]
        shown += len(results)
        right += sum(results)
        if right >= precision * shown:
            covered = right
    return covered / of


def quantile(values: Sequence[float], share: float) -> float | None:
    """Return the value that `share` of all values do not exceed; between two, the larger one."""
    return sorted(values)[min(len(values) - 1, int(share * len(values)))] if values else None
