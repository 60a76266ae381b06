"""Where one conversation stands.

A session is small, immutable and says which pack version it was made with.  Answers and positions
are kept by step id, so that a changed pack can still make sense of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

CONTEXT_LIFE = timedelta(minutes=10)
SESSION_LIFE = timedelta(days=7)
"""Counted from the person's last word; what is older is deleted by the store."""
MOST_SHELVED = 3


@dataclass(frozen=True, slots=True)
class Context:
    """What was talked about last: slots that the next utterance may leave out."""

    slots: Mapping[str, str] = field(default_factory=dict)
    entry: str | None = None
    at: datetime | None = None

    def slots_at(self, now: datetime) -> Mapping[str, str]:
        """The slots that still count at `now`; empty after `CONTEXT_LIFE`."""
        if self.at is None or now - self.at > CONTEXT_LIFE:
            return {}
        return self.slots


@dataclass(frozen=True, slots=True)
class Walk:
    """A procedure under way, or one that was left.

    `trail` holds the ids of the steps up to the current one, which is the last.  `answers` and
    `ticks` are kept by step id, also for steps that are not on the trail: they count again when it
    comes back to them.
    """

    procedure: str
    registration: str
    trail: tuple[str, ...]
    answers: Mapping[str, str] = field(default_factory=dict)
    """What was answered, or which outcome a step had."""
    ticks: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """The papers that are at hand, in the words of the list."""
    region: str | None = None
    """Where the person is, once that was said."""
    is_aside: bool = False
    """The card was shown again after a question, and nothing has moved since."""

    @property
    def name(self) -> str:
        """What choices call it by; also of a walk that is no longer under way."""
        return f"{self.procedure}#{self.registration}"


@dataclass(frozen=True, slots=True)
class Asking:
    """A calculator that waits for its date. `passed` counts the turns that were about else."""

    calculator: str
    passed: int = 0
    span: str = ""
    """What is known of the date already, as `bot.core.model.spans.Span` is written."""


@dataclass(frozen=True, slots=True)
class Session:
    """The state of one conversation; `offered` are the choices of the last reply, in order."""

    pack_version: str = ""
    context: Context = field(default_factory=Context)
    offered: tuple[tuple[str, str], ...] = ()
    """(label, value) pairs, so that a number or the label itself can be said instead of a press."""
    walk: Walk | None = None
    asking: Asking | None = None
    shelf: tuple[Walk, ...] = ()
    """Walks that were left for another or ended, the last one first: their ticks still count."""
    asked: str = ""
    """The kind of question that the last reply asked: only that can a bare number answer.

    `region` where the card asked for the place, `slot` where there were answers to choose from.
    """
    known: str = ""
    """What was said so far of the date that the card asks for, as `bot.core.model.spans.Span` is
    written."""

    def at(self, now: datetime) -> Session:
        """The session without what was talked about too long ago to be leaned on."""
        said = self.context.at
        return self if said is None or now - said <= CONTEXT_LIFE else self.without_context()

    def without_context(self) -> Session:
        return replace(self, context=Context())

    def shelved(self, name: str) -> Walk | None:
        """The walk of this name that was left, if it is remembered."""
        return next((walk for walk in self.shelf if walk.name == name), None)

    def with_walk(self, walk: Walk | None) -> Session:
        """Under way is now `walk`; another one that was, goes on the shelf."""
        left = self.walk if self.walk and (not walk or walk.name != self.walk.name) else None
        taken = {w.name for w in (walk, left) if w}
        others = tuple(w for w in self.shelf if w.name not in taken)
        shelf = ((left, *others) if left else others)[:MOST_SHELVED]
        return replace(self, walk=walk, shelf=shelf)
