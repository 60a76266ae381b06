"""Represent the state of one conversation.

A session is small, immutable and records the version of the pack it was made with.  Answers and
positions are stored by step id, so that they still make sense with a changed pack.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

CONTEXT_LIFE = timedelta(minutes=10)
SESSION_LIFE = timedelta(days=7)
"""Counted from the person's last turn; the store deletes older sessions."""
MOST_SHELVED = 3
MOST_TRAILED = 3
"""Entries that are remembered beside the last one."""


@dataclass(frozen=True, slots=True)
class Context:
    """What was talked about last: slots that the next utterance may leave out."""

    slots: Mapping[str, str] = field(default_factory=dict)
    entry: str | None = None
    at: datetime | None = None
    trail: tuple[str, ...] = ()
    """The entries talked about before, the latest first; at most `MOST_TRAILED`."""
    is_card_open: bool = False
    """A card waits for an answer, so words are no follow-up of what was told before; not stored."""

    def slots_at(self, now: datetime) -> Mapping[str, str]:
        """Return the slots that still count at `now`; empty after `CONTEXT_LIFE`."""
        return self.slots if self.is_live(now) else {}

    def is_live(self, now: datetime) -> bool:
        """Return whether something was talked about that words may still lean on at `now`."""
        return self.at is not None and now - self.at <= CONTEXT_LIFE

    def topics_at(self, now: datetime) -> tuple[str, ...] | None:
        """Return the entries talked about, the latest first; `None` if the conversation begins
        anew or a card is open.  The first is an empty string if the last reply showed none.
        """
        if not self.is_live(now) or self.is_card_open:
            return None
        return (self.entry or "", *self.trail)

    def told(self, slots: Mapping[str, str], entry: str | None, now: datetime) -> Context:
        """Return the context once a reply has told an entry, or was about these slots."""
        before = self.topics_at(now) or ()
        trail = tuple(topic for topic in before if topic not in ("", entry))[:MOST_TRAILED]
        return Context(slots, entry, now, trail)


@dataclass(frozen=True, slots=True)
class Walk:
    """A procedure under way, or one on the shelf.

    `trail` holds the ids of the steps up to the current one, which is the last.  `answers` and
    `ticks` are stored by step id, also for steps that are not on the trail: they count again when
    the trail reaches them again.
    """

    procedure: str
    registration: str
    trail: tuple[str, ...]
    answers: Mapping[str, str] = field(default_factory=dict)
    """The answers given, or the outcomes of steps."""
    ticks: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """The papers that are at hand, in the words of the list."""
    region: str | None = None
    """Region of the person, once it was said."""
    is_aside: bool = False
    """The card was shown again after a question, and nothing has moved since."""
    picks: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """The options ticked so far at steps where several can be chosen."""

    @property
    def name(self) -> str:
        """Return the name used in choices, also for a walk that is no longer under way."""
        return f"{self.procedure}#{self.registration}"


@dataclass(frozen=True, slots=True)
class Asking:
    """A calculator that waits for its date; `passed` counts the turns about something else."""

    calculator: str
    passed: int = 0
    span: str = ""
    """What is known of the date so far, in the form of `bot.core.model.spans.Span`."""


@dataclass(frozen=True, slots=True)
class Session:
    """The state of one conversation; `offered` are the choices of the last reply, in order."""

    pack_version: str = ""
    context: Context = field(default_factory=Context)
    offered: tuple[tuple[str, str], ...] = ()
    """(label, value) pairs, so that a person can type the number or the label."""
    walk: Walk | None = None
    asking: Asking | None = None
    shelf: tuple[Walk, ...] = ()
    """Walks that were left or ended, the latest first; their ticks still count."""
    asked: str = ""
    """The kind of question in the last reply; a bare number answers only that question.

    `region` if the card asked for the region, `slot` if there were answers to choose from.
    """
    known: str = ""
    """What is known so far of the date that the card asks for, in the form of a span."""
    rated: tuple[tuple[str, str], ...] = ()
    """(label, value) pairs of what may be said about the last reply, in words only: no numbers."""

    def at(self, now: datetime) -> Session:
        """Return the session at `now`: without its context if that is too old to be used."""
        said = self.context.at
        return self if said is None or now - said <= CONTEXT_LIFE else self.without_context()

    def spoken_at(self, at: datetime | None) -> Session:
        """Return the session as if its context had been spoken in last at this moment."""
        was = self.context
        if was.at is at:
            return self
        # At every turn; `replace` takes four times as long.
        return Session(
            self.pack_version,
            Context(was.slots, was.entry, at, was.trail, was.is_card_open),
            self.offered,
            self.walk,
            self.asking,
            self.shelf,
            self.asked,
            self.known,
            self.rated,
        )

    def without_context(self) -> Session:
        return replace(self, context=Context())

    def shelved(self, name: str) -> Walk | None:
        """Return the walk of this name from the shelf, if it is there."""
        return next((walk for walk in self.shelf if walk.name == name), None)

    def with_walk(self, walk: Walk | None) -> Session:
        """Return the session with `walk` under way; the one that was goes on the shelf."""
        left = self.walk if self.walk and (not walk or walk.name != self.walk.name) else None
        taken = {w.name for w in (walk, left) if w}
        others = tuple(w for w in self.shelf if w.name not in taken)
        shelf = ((left, *others) if left else others)[:MOST_SHELVED]
        return replace(self, walk=walk, shelf=shelf)
