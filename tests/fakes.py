"""Stand-ins for the world, and a person who talks: `await user.says("…").sees("…")`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Generator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from bot.core.conversation import Conversation
from bot.core.model.pack import Pack
from bot.core.model.reply import Reply
from bot.core.model.session import Context
from bot.core.model.understanding import Candidate, Slot, Thresholds, Understanding
from bot.core.model.update import ConversationKey, Update
from bot.core.ports import Brain, SessionStore, Understander
from bot.storage.memory import MemoryStore

NOON = datetime(2026, 11, 22, 4, tzinfo=UTC)
"""Noon in Shanghai."""
SOMEONE = ConversationKey("test", "chat", "someone")
THRESHOLDS = Thresholds(answer=0.6, ask=0.3)


@dataclass
class FakeClock:
    """Stands still until it is told to go forward."""

    moment: datetime = NOON

    def now(self) -> datetime:
        return self.moment

    def forward(self, **units: float) -> None:
        self.moment += timedelta(**units)


def candidate(
    entry: str,
    score: float,
    *,
    missing: int = 0,
    elsewhere: bool = False,
    foreign: float = 0.0,
    beyond: float = 0.0,
) -> Candidate:
    """A candidate; `missing` counts the slots of its entry that the words leave open.

    `foreign` is the share of the words that no pack knows, `beyond` of those that it has words for
    and the first candidate has not.
    """
    signals = {
        "missing": missing,
        "elsewhere": float(elsewhere),
        "foreign": foreign,
        "beyond": beyond,
    }
    return Candidate(entry, score, "", signals)


def slot(kind: str, *values: str, listed: bool = False, inherited: bool = False) -> Slot:
    return Slot(kind, values, "", is_inherited=inherited, is_listed=listed)


def understood(*candidates: Candidate, slots: tuple[Slot, ...] = ()) -> Understanding:
    """An utterance of one word, understood as told."""
    return Understanding("话", "话", ("话",), slots, candidates, THRESHOLDS)


@dataclass
class ScriptedUnderstander:
    """Understands what it was told and nothing else; remembers the context that came with each."""

    script: Mapping[str, Understanding] = field(default_factory=dict)
    contexts: list[Mapping[str, str]] = field(default_factory=list)

    def understand(self, text: str, context: Context, now: datetime) -> Understanding:
        self.contexts.append(dict(context.slots_at(now)))
        return replace(self.script.get(text, understood()), text=text)


class Said:
    """Something said, not yet answered: name what must be seen, then await it for the reply."""

    def __init__(self, what: str, answer: Callable[[], Awaitable[Reply]]) -> None:
        self._what = what
        self._answer = answer
        self._checks: list[tuple[str, Callable[[Reply], bool]]] = []

    def sees(self, *words: str) -> Said:
        self._checks += [(f"sees {w!r}", lambda r, w=w: w in r.as_text()) for w in words]
        return self

    def misses(self, *words: str) -> Said:
        self._checks += [(f"misses {w!r}", lambda r, w=w: w not in r.as_text()) for w in words]
        return self

    def gets(self, status: str, reason: str | None = None) -> Said:
        self._checks.append(
            (f"gets {status}/{reason}", lambda r: (r.status, r.reason) == (status, reason))
        )
        return self

    def from_entry(self, *entries: str) -> Said:
        self._checks.append(
            (f"is from {entries}", lambda r: tuple(a.entry for a in r.answers) == entries)
        )
        return self

    def offered(self, *labels: str) -> Said:
        self._checks += [
            (f"is offered {label!r}", lambda r, label=label: label in labels_of(r))
            for label in labels
        ]
        return self

    def __await__(self) -> Generator[Any, None, Reply]:
        return self._checked().__await__()

    async def _checked(self) -> Reply:
        reply = await self._answer()
        for name, holds in self._checks:
            assert holds(reply), f"{self._what}: not true that the person {name}\n{told(reply)}"
        return reply


@dataclass
class ScriptedUser:
    """A person in one chat, over a real `Conversation` with a store in memory."""

    conversation: Conversation
    clock: FakeClock
    key: ConversationKey = SOMEONE
    _numbers: count[int] = field(default_factory=lambda: count(1))

    def says(self, text: str, *, update_id: str | None = None) -> Said:
        return Said(f"says {text[:60]!r}", lambda: self._send(update_id, text=text))

    def presses(self, value: str, *, update_id: str | None = None) -> Said:
        return Said(f"presses {value!r}", lambda: self._send(update_id, press=value))

    async def _send(self, update_id: str | None, **what: str) -> Reply:
        name = update_id or f"{self.key.user}-{next(self._numbers)}"
        return await self.conversation.handle(Update(name, self.key, self.clock.now(), **what))

    def elsewhere(self, user: str) -> ScriptedUser:
        """Another person, talking to the same bot."""
        return ScriptedUser(self.conversation, self.clock, ConversationKey("test", "chat", user))


def user_of(
    pack: Pack, understander: Understander, *, store: SessionStore | None = None
) -> ScriptedUser:
    clock = FakeClock()
    return ScriptedUser(
        Conversation(Brain(pack, understander), store or MemoryStore(), clock), clock
    )


def labels_of(reply: Reply) -> list[str]:
    return [choice.label for choice in reply.choices]


def told(reply: Reply) -> str:
    """A reply as a failing test shows it."""
    entries = [answer.entry for answer in reply.answers]
    head = f"[{reply.status}/{reply.reason} {entries} {dict(reply.slots)} {reply.rule}]"
    return f"{head}\n{reply.as_text()}"
