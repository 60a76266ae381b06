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
    """A procedure under way. `trail` holds the ids of the steps seen, the current one last."""

    procedure: str
    registration: str
    trail: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Asking:
    """A calculator that waits for its date. `passed` counts the turns that were about else."""

    calculator: str
    passed: int = 0
    span: str = ""
    """What is known of the date already, as `bot.core.dates.Span` is written."""


@dataclass(frozen=True, slots=True)
class Session:
    """The state of one conversation; `offered` are the choices of the last reply, in order."""

    pack_version: str = ""
    context: Context = field(default_factory=Context)
    offered: tuple[tuple[str, str], ...] = ()
    """(label, value) pairs, so that a number or the label itself can be said instead of a press."""
    walk: Walk | None = None
    asking: Asking | None = None

    def without_context(self) -> Session:
        return replace(self, context=Context())
