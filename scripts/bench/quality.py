"""Compute ranking and calibration of a peer, with the figures of docs/reference/evaluation.md."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bot.evaluation.files import Query
from bot.evaluation.run import Answer, figures
from scripts.bench.figures import every
from scripts.bench.peers.port import Scored

KINDS = ("in", "far", "near")
POINTS = 60
FIRST = 20
"""With fewer answers than these the risk says nothing."""

__all__ = ["answer_of", "figures", "risk", "sample"]


def answer_of(query: Query, found: Scored) -> Answer:
    groups = [group for group, _ in found]
    rank = groups.index(query.gold) + 1 if query.gold in groups else 0
    return Answer(query.kind, rank, found[0][1] if found else 0.0)


def risk(answers: Sequence[Answer]) -> list[tuple[float, float]]:
    """Answer the surest first; return share of `in` queries answered right, share of wrong ones."""
    answerable = sum(answer.kind == "in" for answer in answers)
    surest = sorted(answers, key=lambda answer: -answer.score)
    wanted = set(every(POINTS, len(surest))) | {len(surest) - 1}
    return list(_curve(surest, answerable, wanted)) if answerable else []


def _curve(
    surest: Sequence[Answer], answerable: int, wanted: set[int]
) -> Iterator[tuple[float, float]]:
    right = 0
    for place, answer in enumerate(surest):
        right += answer.rank == 1
        is_tied = place + 1 < len(surest) and surest[place + 1].score == answer.score
        if place in wanted and place >= FIRST and not is_tied:
            yield round(right / answerable, 4), round(1 - right / (place + 1), 4)


def sample(queries: Sequence[Query], count: int) -> list[Query]:
    """Return about `count` queries, evenly spread, with the same share of each kind."""
    share = min(1.0, count / max(1, len(queries)))
    kinds = [[query for query in queries if query.kind == kind] for kind in KINDS]
    return [some[n] for some in kinds for n in every(round(share * len(some)), len(some))]
