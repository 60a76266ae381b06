"""How often replies with a score turn out right: what the score of a reply says to the outside.

The score of a candidate puts candidates in order and is compared with thresholds.  It was fitted on
questions that the pack knows, so of replies to questions from outside fewer are right than it says.
Decisions therefore keep to the candidates' scores, and only the reply that is sent carries the
share of such replies that were right (scripts/fit_reliability.py).  Where a text was declined as
none of the pack's business, that share is of its best guesses: hardly any of them is right.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reliability:
    """From which score on which share of replies is right; both rise."""

    levels: tuple[tuple[float, float], ...] = ()
    """None leave scores as they are."""
    declined: tuple[tuple[float, float], ...] = ()
    """The same for texts that were declined, by the probability that they are our business."""

    def of(self, score: float) -> float:
        """The probability that a reply with this score is right."""
        return _share(self.levels, score)

    def of_declined(self, ours: float) -> float:
        """The probability that the best guess at a text that was declined is right after all."""
        return _share(self.declined, ours)


def _share(levels: tuple[tuple[float, float], ...], value: float) -> float:
    at = bisect_right(levels, value, key=lambda level: level[0])
    return levels[at - 1][1] if at else value


AS_SCORED = Reliability()
"""Scores are told as they are."""
