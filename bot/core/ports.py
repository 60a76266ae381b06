"""What the core needs from outside, each as small as a page.

A store's `transact` is the heart: claim of the update id, load, work, save and the outgoing reply
are one unit of work and one commit.  `work` must be pure, because a store may call it again when
another process was faster.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, Protocol

from bot.core.model.chart import Chart
from bot.core.model.pack import Pack
from bot.core.model.reply import Reply
from bot.core.model.session import Context, Session
from bot.core.model.turn import Work
from bot.core.model.understanding import Understanding
from bot.core.model.update import ConversationKey, Update


class Understander(Protocol):
    """Words in, meaning out. Pure and quick: called once or twice for each update."""

    def understand(self, text: str, context: Context, now: datetime) -> Understanding: ...


class Clock(Protocol):
    """The time, with a zone."""

    def now(self) -> datetime: ...


@dataclass(frozen=True, slots=True)
class Brain:
    """A pack and the understander built for it: one version of what the bot knows."""

    pack: Pack
    understander: Understander


PictureForm = Literal["svg", "png"]


class Drawer(Protocol):
    """Makes pictures of charts. May take a while the first time, so it is called in a thread."""

    def draw(self, chart: Chart, form: PictureForm) -> bytes | None:
        """The picture as a file; `None` where this machine cannot draw it."""
        ...


@dataclass(frozen=True, slots=True)
class Applied:
    """What a unit of work left behind. `version` counts the turns stored, from 1."""

    reply: Reply
    version: int
    is_repeat: bool
    """The update id had been answered before; `reply` is the one kept from then."""
    is_sent: bool = False
    """Known to have been delivered; never true of the first time."""


@dataclass(frozen=True, slots=True)
class Stored:
    session: Session
    version: int
    touched_at: datetime


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A reply that is stored but not known to have been delivered."""

    key: ConversationKey
    update_id: str
    reply: Reply
    route: str
    at: datetime
    """When the update was claimed."""


class SessionStore(Protocol):
    """Keeps sessions, claims and outgoing replies.

    An update is named by its conversation key and its id together, because the ids of HTTP clients
    are unique in their conversation only: the same id from two people is two updates.  Claims and
    kept replies live at least `bot.storage.CLAIM_LIFE`; sessions live
    `bot.core.model.session.SESSION_LIFE` after their last turn, and an expired session is never
    handed to `work`: it counts as absent, and versions start again at 1.

    Raises (every method):
        StoreUnavailable: the store cannot be reached now; trying again makes sense.
        StoreError: anything else; the driver's error is `__cause__`.
    """

    async def transact(
        self, key: ConversationKey, update_id: str, now: datetime, work: Work
    ) -> Applied:
        """Claim the update id, load, work, save session and reply: all of it or nothing.

        When `work` raises, nothing is stored, the claim included, and the exception passes on.
        A repeat returns the reply and the version of its first time, and `work` is not called.
        `work` may run in a thread of the store.
        """
        ...

    async def load(self, key: ConversationKey, now: datetime) -> Stored | None:
        """The session as it stands, or `None` when there is none or it has expired."""
        ...

    async def unsent(self, platform: str, limit: int = 100) -> Sequence[Outgoing]:
        """Replies of a platform not yet marked as sent, oldest first."""
        ...

    async def mark_sent(self, updates: Sequence[tuple[ConversationKey, str]]) -> None:
        """Take updates, each named by key and id, off `unsent`; unknown ones are passed over."""
        ...

    async def forget(self, platform: str, user: str) -> int:
        """Delete every session, claim and reply of a person; returns how many sessions went."""
        ...

    async def expire(self, now: datetime) -> int:
        """Delete what has outlived its time; returns how many sessions went."""
        ...

    async def ping(self) -> None:
        """Return when a turn could be stored now, without storing anything."""
        ...

    async def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Missed:
    """Words that got no answer, scrubbed: how often, from how many people, when last."""

    words: str
    reason: str
    times: int
    people: int
    last_at: datetime


@dataclass(frozen=True, slots=True)
class Counted:
    """How often something was the reply on one day; `reason` and `entry` may be empty."""

    day: date
    platform: str
    status: str
    reason: str
    entry: str
    times: int


class Journal(Protocol):
    """Counts replies, and keeps the words of what was not answered: scrubbed, for 30 days.

    Raises (every method but `record`):
        StoreUnavailable, StoreError: as `SessionStore`.
    """

    def record(self, update: Update, reply: Reply, now: datetime) -> None:
        """Take note; returns at once and never raises. Written by the next `flush`."""
        ...

    async def flush(self) -> None:
        """Write what waits; what cannot be written waits on."""
        ...

    async def missed(self, since: datetime, limit: int) -> Sequence[Missed]:
        """What most people asked in vain first."""
        ...

    async def counted(self, since: date) -> Sequence[Counted]: ...

    async def forget(self, platform: str, user: str) -> None:
        """Delete the words of a person; the numbers are about nobody and stay."""
        ...

    async def expire(self, now: datetime) -> None:
        """Delete what has outlived its time."""
        ...

    async def close(self) -> None:
        """Write what waits, then let go."""
        ...
