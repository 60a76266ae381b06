"""Stories: one telling clause among many often decides, or two that stand side by side."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

from bot.core.model.entry import EntryKind
from bot.core.model.pack import Pack
from bot.core.model.understanding import Candidate
from bot.core.model.vocabulary import ASPECT, SERVICE
from bot.understanding.interpretation.interpreter import Interpreter
from bot.understanding.interpretation.views import HARDLY_A_WORD, View
from bot.understanding.text.normalise import MAX_CHARACTERS, normalise
from bot.understanding.text.question_types import Odds, question_odds, question_type
from bot.understanding.text.questions import MOST_CLAUSES, is_interrogative

_CLAUSE_ENDS = re.compile(r"[，。？！；、,.?!;\s]+")
_CLAUSE_DISCOUNT = 0.95
"""What a score loses when it rests on a part of the words only."""
_STORY_DISCOUNT = 0.8
"""The same for a part that asks nothing: what happened, and not what is wanted to be known."""
_WISH = re.compile("想|打算|准备|要(?!求|是|么|不)")
_AS_WISHED = 0.7
"""Score from which the wish and the question alone say what is asked."""
_NOW = re.compile("(?:现在?|目前|如今|今年|打算|准备|[我想要先再])*")
"""What may be said beside a service that is only named."""
_FEWEST = 3
"""Clauses of a story that tells something, says what is wanted, and asks."""
_BREATH = 18
"""Characters from which a clause without punctuation is listened to piece by piece."""


_TOUCHES, _AS_ASKED = 0.1, 0.3
"""Share of what is said that an entry alone has words for from which it may be told as well, and
the share of the best score for the question alone that it then has at least."""
_POINTS, _SAYS_MUCH = re.compile("[这那]"), 0.25
"""Words of a question that only the story explains, and the share of a full sentence from which a
question says by itself what is asked."""
_BESIDE = 0.8
"""Share of the first score from which another entry is as likely meant."""
_UNANSWERED, _CLEAR = -0.8, 0.5
"""Up to which fit an entry answers nothing of the kind that is asked for, and the score from which
the question alone says what does."""
_IF = re.compile("(?:那|但|可)?(?:若|如果|要是|万一|假如|倘|一旦)")


class Stories:
    """Ranks the clauses of a story. Built once for each pack version."""

    def __init__(self, pack: Pack, interpreter: Interpreter) -> None:
        self._interpreter, self._entries = interpreter, pack.entries
        self._boundaries = frozenset(
            entry.id for entry in pack.entries.values() if entry.kind is EntryKind.BOUNDARY
        )

    def best_part(self, text: str, heard: str, whole: View, odds: Odds, most: int) -> View:
        """A story is often one telling clause among many: the best clause may decide.

        The slots are those of the whole, so that a province named at the start still counts; and
        `heard`, all that was said, tells which special case a clause is about.
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
        parts = [(part, bool(asks(part))) for part in (*clauses, *pairs)]
        if asks is is_interrogative:
            parts = [(p, asked) for p, asked in parts if asked or not self._only_names(p)]
        views = [self._part(p, heard, whole, odds, is_asked=asked) for p, asked in parts]
        telling = [view for view in views if self._tells(view)]
        best = max(telling, key=lambda view: view.score, default=whole)
        return best if best.score > whole.score else whole

    def wished(self, text: str, heard: str, view: View) -> View:
        """The view, or that of the wish and the question if it makes nothing of what is wished for.

        Who tells of a new post, says that they want to return their card and asks for the way
        asks how to return it.  Where anything else is asked, what is told may decide.
        """
        first = self._entries.get(view.first or "")
        if first is None or SERVICE in first.slots or view.signal("filled") or view.is_verbatim:
            return view
        clauses = [clause for clause in _CLAUSE_ENDS.split(text[:MAX_CHARACTERS]) if clause]
        if not _FEWEST <= len(clauses) <= MOST_CLAUSES:
            return view
        slots_in = self._interpreter.slots_in
        asking = [clause for clause in clauses if is_interrogative(clause)]
        if not any(slot.kind == ASPECT for clause in asking for slot in slots_in(clause)):
            return view
        wishes = [c for c in clauses if _WISH.search(c) and c not in asking]
        wishes = [c for c in wishes if any(slot.kind == SERVICE for slot in slots_in(c))]
        if not wishes:
            return view
        words = "，".join(c for c in clauses if c in asking or c in wishes)
        wished = self._part(words, heard, view, question_odds(words), is_asked=True)
        is_fitting = wished.signal("filled") == 1 and wished.score >= _AS_WISHED
        return wished if is_fitting else view

    def asked_beside(self, text: str, heard: str, view: View) -> View:
        """The view with nothing beyond its first entry that only the story has words for.

        What the question alone asks comes first if it is as likely as what only the story is like,
        or if that answers nothing of the kind; one clause before it is no story but its condition.
        Whoever tells of a fine and asks for the opening hours wants no second answer about fines.
        """
        others = view.candidates[1:]
        is_unanswered = view.signal("type") <= _UNANSWERED
        if view.is_verbatim or not (is_unanswered or any(_may_be_told(view, c) for c in others)):
            return view
        clauses = [clause for clause in _CLAUSE_ENDS.split(text[:MAX_CHARACTERS]) if clause]
        asking = [c for c in clauses if is_interrogative(c) or _WISH.search(c) or _IF.match(c)]
        if not 0 < len(asking) < len(clauses) <= MOST_CLAUSES:
            return view
        words = "，".join(asking)
        asked = self._part(words, heard, view, question_odds(words), is_asked=True)
        if _POINTS.search(words) or asked.signal("weight") < _SAYS_MUCH or not asked.score:
            return view
        if is_unanswered and asked.score >= _CLEAR and asked.signal("type") > 0:
            return asked
        least = asked.score * _AS_ASKED
        meant = {c.entry: c.score for c in asked.candidates if c.score >= least}
        likely = [c.entry for c in others if c.score >= view.score * _BESIDE and c.entry in meant]
        if len(clauses) >= _FEWEST and likely and view.first not in meant:
            view = view.led_by(max(likely, key=lambda entry: meant[entry]))
        return view.touching(meant)

    def _only_names(self, clause: str) -> bool:
        """Whether a clause names a service and says nothing about it: 现在续卡."""
        utterance = normalise(clause)
        services = [s.surface for s in self._interpreter.slots_in(clause) if s.kind == SERVICE]
        for surface in services:
            utterance = utterance.replace(surface, "")
        return bool(services) and bool(_NOW.fullmatch(utterance))

    def _tells(self, view: View) -> bool:
        """Whether a clause may decide: it says something, and is no greeting before a question."""
        is_remark = view.first and self._entries[view.first].kind is EntryKind.SMALLTALK
        return not is_remark and view.signal("weight") >= HARDLY_A_WORD

    def _part(self, part: str, heard: str, whole: View, odds: Odds, *, is_asked: bool) -> View:
        """A clause ranked; what happened (我被拖欠工资) is nobody else's business to be sent to."""
        reading = self._interpreter.lexicon.read(normalise(part)).within(heard)
        view = self._interpreter.ranked(reading, whole.slots, odds)
        if is_asked:
            view = view.discounted(_CLAUSE_DISCOUNT)
        else:
            view = view.without(self._boundaries).discounted(_STORY_DISCOUNT)
        return replace(view, slots=whole.slots, tokens=whole.tokens)


def _may_be_told(view: View, other: Candidate) -> bool:
    """Whether an entry behind the first is nearly as likely, or has words of its own."""
    touches = other.signals.get("beyond", 0.0) >= _TOUCHES
    return touches or other.score >= view.score * _BESIDE


def _stretches(clause: str) -> Iterator[str]:
    """A clause as it is, or one spoken without a pause in overlapping stretches."""
    if len(clause) < _BREATH:
        yield from (clause,) if clause else ()
        return
    step = _BREATH // 2
    for start in range(0, len(clause) - step, step):
        yield clause[start : start + _BREATH]
