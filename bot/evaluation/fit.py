"""The coefficients of one pack, from its own questions: what `zhuce kb fit` writes as model.json.

Of the model of the package only the thresholds are moved: where answering starts, so that on the
pack's own tests as much as possible is answered and little of it wrongly, and from where a question
is the pack's business, so that hardly any of its own is declined unread; more is asked of facts for
words that name nothing of the pack (滞纳金怎么算), where enough such tests have to be refused.
What a newcomer would get wrong: lines of `ask` are no questions to fit on, because every one of
them is stored word for word and scores as nothing that a person says will.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from bot.core.model.entry import EntryKind
from bot.core.model.pack import Pack
from bot.core.model.reply import Reason
from bot.core.model.understanding import Understanding
from bot.knowledge.cases import Question
from bot.understanding.arrays.shipped import DATA

FEWEST = 30
"""Questions below which nothing is fitted: chance would decide."""
UNREAD = 0.05
"""Share of a pack's own questions that may be declined as none of its business."""
REFUSED = 10
"""Questions to be refused that are needed to tell from where a question is the pack's business."""
LEAST_OURS = 0.3
"""That probability is never lower, whatever a few questions say."""
WRONG = 3.0
"""What a wrong answer costs against a right one."""
_REFUSALS = (Reason.OUT_OF_DOMAIN, Reason.NO_DATA_FOR_REGION, Reason.NO_DATA, Reason.BOUNDARY)
LOWEST, HIGHEST = 0.5, 0.95
"""Thresholds stay between these, whatever a few questions say: a score is a probability, and what
is less likely right than wrong is no answer."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as it was understood."""

    understanding: Understanding
    right: frozenset[str]
    """The entries that would answer it; none where it has to be refused."""
    is_own: bool = True
    """Whether it is the pack's business, be it refused or not."""
    is_fact_unnamed: bool = False
    """Whether a fact comes first, nothing of the pack is named, and something else is said."""

    @property
    def score(self) -> float:
        first = self.understanding.candidates[:1]
        return first[0].score if first else 0.0

    @property
    def is_right(self) -> bool:
        """Whether the first candidate would have answered it."""
        return any(c.entry in self.right for c in self.understanding.candidates[:1])


def right_entries(question: Question, pack: Pack) -> frozenset[str] | None:
    """Return the entries that would answer a test; `None` if it does not say.

    What has to be refused is refused by every entry that tells no fact: a gap, a boundary.
    """
    if question.entries:
        return frozenset(question.entries)
    if question.reason not in _REFUSALS:
        return None
    return frozenset(e.id for e in pack.entries.values() if e.kind is not EntryKind.FACT)


def fit(pack: Pack, asked: Sequence[Asked]) -> dict[str, Any]:
    """The content of model.json for a pack; `bot.understanding.scoring.model_from` reads it.

    Raises:
        ValueError: there are too few questions.
    """
    if len(asked) < FEWEST:
        raise ValueError(f"{len(asked)} questions, at least {FEWEST} are needed")
    shipped: dict[str, Any] = json.loads((DATA / "model.json").read_text("utf-8"))
    ours_from = min(shipped["ours_from"], ours_threshold(asked))
    read = [one for one in asked if one.understanding.ours >= ours_from]
    unnamed = [one for one in read if one.is_fact_unnamed]
    foreign = sum(not one.is_own for one in unnamed)
    unnamed_from = ours_threshold(unnamed) if foreign >= REFUSED else 0.0
    read = [o for o in read if not o.is_fact_unnamed or o.understanding.ours >= unnamed_from]
    answer_from = round(min(max(threshold(read), LOWEST), HIGHEST), 3)
    return shipped | {
        "fitted_on": pack.id,
        "answer_from": answer_from,
        "ask_from": min(shipped["ask_from"], answer_from),
        "ours_from": ours_from,
        "unnamed_from": unnamed_from,
    }


def ours_threshold(asked: Sequence[Asked]) -> float:
    """The probability of being the pack's business from which reading on is of most use.

    With hardly any questions that have to be refused it is what lets `UNREAD` of the own go.
    """
    own = sorted((one.understanding.ours for one in asked if one.is_own), reverse=True)
    if len(asked) - len(own) < REFUSED:
        return round(own[len(own) - 1 - int(len(own) * UNREAD)], 4) if own else 1.0
    read = [[one for one in asked if one.understanding.ours >= least] for least in own]
    uses = [_most_use(those)[0] for those in read]
    return max(LEAST_OURS, round(own[uses.index(max(uses))], 4)) if own else 1.0


def threshold(asked: Iterable[Asked]) -> float:
    """The score from which answering is of most use; of equal ones the highest."""
    return _most_use(asked)[1]


def _most_use(asked: Iterable[Asked]) -> tuple[float, float]:
    """The most that answering can be of use, and the score from which it is."""
    use, best, found = 0.0, 0.0, HIGHEST
    for one in sorted(asked, key=lambda one: -one.score):
        use += 1.0 if one.is_right else -WRONG
        if use > best:
            best, found = use, one.score
    return best, found
