"""The coefficients of one pack, from its own questions: what `zhuce kb fit` writes as model.json.

Of the model of the package only the thresholds are moved: where answering starts, so that on the
pack's own tests as much as possible is answered and little of it wrongly, and from where a question
is the pack's business, so that hardly any of its own is declined unread.  What a newcomer would
get wrong: lines of `ask` are no questions to fit on, because every one of them is stored word for
word and scores as nothing that a person says will.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

from bot.core.model.pack import Pack
from bot.core.model.understanding import Understanding
from bot.knowledge.cases import Question

FEWEST = 30
"""Questions below which nothing is fitted: chance would decide."""
UNREAD = 0.05
"""Share of a pack's own questions that may be declined as none of its business."""
WRONG = 3.0
"""What a wrong answer costs against a right one."""
LOWEST, HIGHEST = 0.3, 0.95
"""Thresholds stay between these, whatever a few questions say."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as it was understood."""

    understanding: Understanding
    right: frozenset[str]
    """The entries that would answer it; none where it has to be refused."""

    @property
    def score(self) -> float:
        first = self.understanding.candidates[:1]
        return first[0].score if first else 0.0

    @property
    def is_right(self) -> bool:
        """Whether the first candidate would have answered it."""
        return any(c.entry in self.right for c in self.understanding.candidates[:1])


def right_entries(question: Question) -> frozenset[str] | None:
    """Return the entries that would answer a test, none if it is refused; `None`: neither."""
    if question.entries:
        return frozenset(question.entries)
    return frozenset() if question.reason == "out_of_domain" else None


def fit(pack: Pack, asked: Sequence[Asked]) -> dict[str, Any]:
    """The content of model.json for a pack; `bot.understanding.scoring.model_from` reads it.

    Raises:
        ValueError: there are too few questions.
    """
    if len(asked) < FEWEST:
        raise ValueError(f"{len(asked)} questions, at least {FEWEST} are needed")
    answer_from = round(min(max(threshold(asked), LOWEST), HIGHEST), 3)
    place = files("bot.understanding").joinpath("data/model.json")
    shipped: dict[str, Any] = json.loads(place.read_text("utf-8"))
    return shipped | {
        "fitted_on": pack.id,
        "answer_from": answer_from,
        "ask_from": min(shipped["ask_from"], answer_from),
        "ours_from": min(shipped["ours_from"], ours_threshold(asked)),
    }


def ours_threshold(asked: Iterable[Asked]) -> float:
    """The probability of being the pack's business below which `UNREAD` of its questions lie."""
    own = sorted(one.understanding.ours for one in asked if one.right)
    return round(own[int(len(own) * UNREAD)], 4) if own else 1.0


def threshold(asked: Iterable[Asked]) -> float:
    """The score from which answering is of most use; of equal ones the highest."""
    use, best, found = 0.0, 0.0, HIGHEST
    for one in sorted(asked, key=lambda one: -one.score):
        use += 1.0 if one.is_right else -WRONG
        if use > best:
            best, found = use, one.score
    return found
