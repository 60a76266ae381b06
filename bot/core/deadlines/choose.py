"""Which calculator the words speak of: by cues, by the entry that answers, by registration."""

from __future__ import annotations

from collections.abc import Iterable

from bot.core.model.pack import Calculator, Cue
from bot.core.model.reply import Reply, Status
from bot.core.model.scope import Scope
from bot.core.model.understanding import Understanding
from bot.core.model.vocabulary import ASPECT, SERVICE


def named_by(scope: Scope, understanding: Understanding, reply: Reply) -> list[Calculator]:
    """The calculators that the words speak of: by their cues, by what was told, else by the entry
    that answers.
    """
    if reply.topics > 1:
        return []
    by_cue = cued(scope, understanding) or _told(scope, understanding)
    linked = _linked(scope, understanding, reply)
    return [c for c in by_cue if c in linked] or by_cue or linked


def cued(scope: Scope, understanding: Understanding) -> list[Calculator]:
    if understanding.plain_slots.get(ASPECT) in scope.pack.vocabulary.undated:
        return []
    return [c for c in _open(scope, understanding) if is_said(understanding.undated, c.cues)]


def _told(scope: Scope, understanding: Understanding) -> list[Calculator]:
    """我2021年5月拿的证: a date and what it is, said to somebody who can work with it."""
    if not understanding.may_tell_a_date:
        return []
    return [c for c in _open(scope, understanding) if is_said(understanding.undated, c.tells)]


def _open(scope: Scope, understanding: Understanding) -> list[Calculator]:
    """The calculators that no word rules out."""
    text = understanding.undated
    calculators = scope.pack.calculators.values()
    return [c for c in calculators if not any(word in text for word in c.unless)]


def is_said(text: str, cues: Iterable[Cue]) -> bool:
    return any(all(any(word in text for word in group) for group in cue) for cue in cues)


def _linked(scope: Scope, understanding: Understanding, reply: Reply) -> list[Calculator]:
    names = {answer.entry for answer in reply.answers}
    if reply.status is Status.CLARIFY and understanding.candidates:
        best = understanding.candidates[0]
        names |= {best.entry} if best.score >= understanding.thresholds.ask else set()
    return [c for c in _open(scope, understanding) if names & set(c.entries)]


def registered(scope: Scope, understanding: Understanding) -> list[Calculator]:
    wanted = understanding.plain_slots.get(SERVICE)
    return [c for c in scope.pack.calculators.values() if wanted and c.registration == wanted]
