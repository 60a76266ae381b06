"""Declare the protocols that the core needs from outside.

`SessionStore.transact` is the central one: claim of the update id, load, work, save and the
outgoing reply are one unit of work and one commit.  `work` must be pure, because a store may call
it again when another process committed first.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Literal, Protocol

from bot.core.model.chart import Chart
from bot.core.model.pack import Pack
from bot.core.model.reply import Reason, Reply, Status
from bot.core.model.session import Context, Session
from bot.core.model.turn import Work
from bot.core.model.understanding import Understanding
from bot.core.model.update import ConversationKey, Update


class Understander(Protocol):
    """Turns words into an `Understanding`; pure, and called once or twice for each update."""

    def understand(self, text: str, context: Context, now: datetime) -> Understanding: ...


class Clock(Protocol):
    """Tells the time, with a zone."""

    def now(self) -> datetime: ...


@dataclass(frozen=True, slots=True)
class Brain:
    """A pack and the understander built for it: one version of what the bot knows."""

    pack: Pack
    understander: Understander


PictureForm = Literal["svg", "png"]


class Drawer(Protocol):
    """Draws charts; called in a thread, because the first drawing loads its library."""

    def draw(self, chart: Chart, form: PictureForm) -> bytes | None:
        """Draw the chart as a file; `None` where this machine cannot."""
        ...


@dataclass(frozen=True, slots=True)
class Applied:
    """The outcome of a unit of work; `version` counts the stored turns of the session, from 1."""

    reply: Reply
    version: int
    is_repeat: bool
    """True if the update id had been answered before; `reply` is the one stored then."""
    is_sent: bool = False
    """True if the reply is known to be delivered; never at the first time."""


FORGOTTEN = Reply(Status.SMALLTALK, (), rule="forgotten")
"""What a store returns for a repeat of an update whose reply was deleted with its person."""


@dataclass(frozen=True, slots=True)
class Stored:
    """A session as a store holds it."""

    session: Session
    version: int
    touched_at: datetime


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A reply that is stored and not known to be delivered (an outbox record)."""

    key: ConversationKey
    update_id: str
    reply: Reply
    route: str
    at: datetime
    """Time of the claim."""
    is_begun: bool = False
    """A process had begun to send it: perhaps it arrived."""


@dataclass(frozen=True, slots=True)
class Told:
    """A stored reply, and when its update was answered."""

    at: datetime
    reply: Reply


HOLDER_LIFE_S = 5.0
"""After how long a silence a process counts as gone; what it was sending others may claim."""


@dataclass(frozen=True, slots=True)
class Claim:
    """Who wants to send which stored replies."""

    platform: str
    holder: str
    is_alone: bool
    """No other process sends for this platform: whoever held a reply before is gone."""
    mine_before: datetime | None = None
    """Also replies that `holder` has held since before this, and has forgotten."""
    most: int = 100


class SessionStore(Protocol):
    """Stores sessions, claims and outgoing replies.

    An update is identified by its conversation key and its id together, because the ids of HTTP
    clients are unique in their conversation only: the same id from two people is two updates.
    Claims and stored replies live at least `bot.storage.retention.CLAIM_LIFE`.  Sessions live
    `bot.core.model.session.SESSION_LIFE` after their last turn; an expired session is never passed
    to `work`: it counts as absent, and versions start again at 1.

    Raises (every method):
        StoreUnavailable: the store cannot be reached now; trying again makes sense.
        StoreError: anything else; the driver's error is `__cause__`.
    """

    async def transact(
        self, key: ConversationKey, update_id: str, now: datetime, work: Work
    ) -> Applied:
        """Claim the update id, load, work, save session and reply: all of it or nothing.

        When `work` raises, nothing is stored, not even the claim, and the exception passes on. A
        repeat returns the reply and the version of the first time, and `work` is not called. `work`
        may run in a thread of the store.

        A turn that `forgets_person` does in the same commit what `forget` does; of the turn only
        claim and reply are stored.
        """
        ...

    async def load(self, key: ConversationKey, now: datetime) -> Stored | None:
        """Return the session; `None` if there is none or it has expired."""
        ...

    async def replies(self, key: ConversationKey, limit: int = 100) -> Sequence[Told]:
        """Return the last replies of a conversation that are still stored, oldest first."""
        ...

    async def unsent(self, platform: str, limit: int = 100) -> Sequence[Outgoing]:
        """Return the replies of a platform that are not marked as sent, oldest first."""
        ...

    async def claim_unsent(self, claim: Claim) -> Sequence[Outgoing]:
        """Make `claim.holder` the holder of replies that no living process holds; return them.

        Oldest first.  What two processes claim at once is never the same reply.  A reply is held
        from the start by the `holder` of its turn.
        """
        ...

    async def begin_sending(
        self, holder: str, updates: Sequence[tuple[ConversationKey, str]]
    ) -> None:
        """Note that these replies are being sent; those that `holder` does not hold are ignored.

        Whoever claims them after a death is told so (`Outgoing.is_begun`).
        """
        ...

    async def release(
        self,
        holder: str,
        updates: Sequence[tuple[ConversationKey, str]],
        *,
        keeps_begun: bool = False,
    ) -> None:
        """Let anybody claim these replies; those that `holder` does not hold are ignored.

        They did not arrive, unless it `keeps_begun`: then those that were begun did so perhaps.
        """
        ...

    async def beat(self, holder: str) -> None:
        """Note that this process lives; it counts as gone `HOLDER_LIFE_S` after the last one."""
        ...

    async def shared(self, name: str, now: datetime) -> str | None:
        """Return what `share` keeps under this name; `None` if nothing, or no more at `now`."""
        ...

    async def share(self, name: str, value: str, until: datetime) -> None:
        """Keep a value until then, for every process; it replaces what was kept under the name."""
        ...

    async def mark_sent(self, updates: Sequence[tuple[ConversationKey, str]]) -> None:
        """Mark updates, each given by key and id, as sent; unknown ones are ignored."""
        ...

    async def forget(self, platform: str, user: str) -> int:
        """Delete every session and reply of a person; return the number of sessions.

        Of the claims hashes stay as long as claims do (tombstones), which tell nothing of the
        person: a repeat of such an update gets `FORGOTTEN`, marked as sent.
        """
        ...

    async def expire(self, now: datetime) -> int:
        """Delete what has outlived its time; return the number of sessions."""
        ...

    async def ping(self) -> None:
        """Return if a turn could be stored now, without storing anything; raise if not."""
        ...

    async def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Missed:
    """Scrubbed words that got no answer, or a bad one: how often, from whom, when last."""

    words: str
    reason: str
    times: int
    persons: frozenset[str]
    """Pseudonyms of those who said it, so that a person is counted once in several wordings."""
    last_at: datetime
    entry: str = ""
    """The entry that replied, if there was a reply and it was bad."""
    people: int = 0
    """How many said it; `persons` holds at most some hundred of them."""


@dataclass(frozen=True, slots=True)
class Usage:
    """The number of replies in some days: all of them, of each day, and by one thing at a time."""

    replies: int
    days: Mapping[date, int]
    missed: Mapping[date, int]
    """Those of each day that were no answer; days without one are left out."""
    by: Mapping[str, Mapping[str, int]]
    """By `status`, `reason`, `platform`, `entry` and `region`, the most frequent value first."""


@dataclass(frozen=True, slots=True)
class Rated:
    """How many people said what of the answer of an entry; `region` is empty if it had none."""

    entry: str
    region: str
    ratings: Mapping[Reason, int]
    """People by what they said last: `liked`, `disliked` or, more precisely, one of the faults."""
    outdated_at: datetime | None = None
    """When somebody said last that it is out of date."""

    @property
    def bad(self) -> int:
        return sum(people for rating, people in self.ratings.items() if rating is not Reason.LIKED)


class Journal(Protocol):
    """Counts replies, and keeps the scrubbed words of what was not answered, or badly, for 30 days.

    Badly: `unsure` (the score was low), `declined` (都不是, 不是这个), `asked_again` (reworded
    within two minutes), `disliked` (voted down) or one of the faults that people can name.

    Raises (every method but `record`):
        StoreUnavailable, StoreError: as `SessionStore`.
    """

    def record(self, update: Update, reply: Reply, now: datetime) -> None:
        """Queue a note for the next `flush`; return at once and never raise."""
        ...

    async def flush(self) -> None:
        """Write the queued notes; those that cannot be written stay queued."""
        ...

    async def missed(self, since: datetime, limit: int) -> Sequence[Missed]:
        """Return unanswered words, those asked by most people first."""
        ...

    async def usage(self, since: date) -> Usage:
        """Return the counts of the days from `since` on."""
        ...

    async def rated(self, since: datetime) -> Sequence[Rated]:
        """Return what was said about answers, those that most people found bad first."""
        ...

    async def forget(self, platform: str, user: str, now: datetime) -> None:
        """Delete words and ratings of a person, those too that other processes have queued by now.

        The counts name nobody and stay.
        """
        ...

    async def expire(self, now: datetime) -> None:
        """Delete what has outlived its time."""
        ...

    async def close(self) -> None:
        """Write the queued notes, then close the connection."""
        ...


class Held(StrEnum):
    """What became of an update or a reply that did not go its way at once."""

    LIMITED = "limited"
    """Not taken: whoever sent it had taken as much as one may."""
    REFUSED = "refused"
    """Not taken because of what it was; or a reply that the platform never takes."""
    DELAYED = "delayed"
    """A reply that has to wait."""
    SENT_LATE = "sent_late"
    """A reply that has waited, and was sent."""


class Meter(Protocol):
    """Counts what operators watch; returns at once and never raises."""

    def ticks(self) -> float:
        """Return a time in seconds that only grows."""
        ...

    def turn(self, update: Update, reply: Reply, began: float) -> None:
        """Count a reply; `began` is what `ticks` returned when the update came."""
        ...

    def held(self, held: Held, platform: str, reason: str) -> None:
        """Count what did not go its way; `reason` is one of few words, in English."""
        ...


class Uncounted:
    """Implements `Meter`: counts nothing."""

    def ticks(self) -> float:
        return 0.0

    def turn(self, update: Update, reply: Reply, began: float) -> None: ...

    def held(self, held: Held, platform: str, reason: str) -> None: ...
