"""Stories: one telling clause among many often decides, or two that stand side by side."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

from bot.core.model.pack import EntryKind, Pack
from bot.understanding.interpretation.interpreter import Interpreter
from bot.understanding.interpretation.views import HARDLY_A_WORD, View
from bot.understanding.text.normalise import MAX_CHARACTERS, normalise
from bot.understanding.text.question_types import Odds, question_type
from bot.understanding.text.questions import is_interrogative

_CLAUSE_ENDS = re.compile(r"[，。？！；、,.?!;\s]+")
_CLAUSE_DISCOUNT = 0.95
"""What a score loses when it rests on a part of the words only."""
_STORY_DISCOUNT = 0.8
"""The same for a part that asks nothing: what happened, and not what is wanted to be known."""
_BREATH = 18
"""Characters from which a clause without punctuation is listened to piece by piece."""


class Stories:
    """Ranks the clauses of a story. Built once for each pack version."""

    def __init__(self, pack: Pack, interpreter: Interpreter) -> None:
        self._interpreter, self._entries = interpreter, pack.entries
        self._boundaries = frozenset(
            entry.id for entry in pack.entries.values() if entry.kind is EntryKind.BOUNDARY
        )

    def best_part(self, text: str, whole: View, odds: Odds, most: int) -> View:
        """A story is often one telling clause among many: the best clause may decide.

        The slots are those of the whole, so that a province named at the start still counts.
        """
        clauses = [
            stretch
            for clause in _CLAUSE_ENDS.split(text[:MAX_CHARACTERS])
            for stretch in _stretches(clause)
        ]
        if not 2 <= len(clauses) <= most:
            return whole
        pairs = [a + b for a, b in pairwise(clauses)] if len(clauses) > 2 else []
        asks = is_interrogative if any(map(is_interrogative, clauses)) else question_type
        views = [self._part(p, whole, odds, is_asked=bool(asks(p))) for p in (*clauses, *pairs)]
        telling = [view for view in views if self._tells(view)]
        best = max(telling, key=lambda view: view.score, default=whole)
        return best if best.score > whole.score else whole

    def _tells(self, view: View) -> bool:
        """Whether a clause may decide: it says something, and is no greeting before a question."""
        is_remark = view.first and self._entries[view.first].kind is EntryKind.SMALLTALK
        return not is_remark and view.signal("weight") >= HARDLY_A_WORD

    def _part(self, part: str, whole: View, odds: Odds, *, is_asked: bool) -> View:
        """A clause ranked; what happened (我被拖欠工资) is nobody else's business to be sent to."""
        view = self._interpreter.ranked(
            self._interpreter.lexicon.read(normalise(part)), whole.slots, odds
        )
        if is_asked:
            view = view.discounted(_CLAUSE_DISCOUNT)
        else:
            view = view.without(self._boundaries).discounted(_STORY_DISCOUNT)
        return replace(view, slots=whole.slots, tokens=whole.tokens)


def _stretches(clause: str) -> Iterator[str]:
    """A clause as it is, or one spoken without a pause in overlapping stretches."""
    if len(clause) < _BREATH:
        yield from (clause,) if clause else ()
        return
    step = _BREATH // 2
    for start in range(0, len(clause) - step, step):
        yield clause[start : start + _BREATH]
