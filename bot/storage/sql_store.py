"""Store sessions in any SQL database."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Protocol, TypeVar

from bot.core.model.session import Session
from bot.core.model.turn import Turn, Work
from bot.core.model.update import ConversationKey
from bot.core.ports import Applied, Claim, Outgoing, Stored, Told
from bot.storage import DEADLINE_S, sql_units
from bot.storage.deadline import Deadline
from bot.storage.links import Link

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from bot.storage.sql_backup import SqlCopier

T = TypeVar("T")


class Database(Protocol):
    """Runs units of work, each in its own transaction; again after a conflict.

    Reports and copies take a connection of SQLAlchemy, everything else a link of ours.

    Raises (every method):
        StoreUnavailable: the database cannot be reached now.
        StoreError: any other error of the database.
    """

    async def run(self, unit: Callable[[Link], T]) -> T: ...

    async def run_in_time(self, unit: Callable[[Link], T], deadline: Deadline | None = None) -> T:
        """Run a unit that a person waits for: done or given up within `bot.storage.DEADLINE_S`.

        Nothing of a unit that was given up is stored, except when a server falls silent in the
        middle of its commit.
        """
        ...

    async def read(self, unit: Callable[[Connection], T]) -> T:
        """Run a long unit that only reads, as for a report, over one state; it is not run again.

        Nobody who writes meanwhile waits for it.
        """
        ...

    async def replace(self, unit: Callable[[Connection], T]) -> T:
        """Run a long unit that writes; it is not run again."""
        ...

    async def tidy(self) -> None:
        """Remove the traces of a deletion, as far as the program can; called after each."""
        ...

    async def migrate(self, revision: str) -> None:
        """Move the tables to one of `bot.storage.schema.revisions()`."""
        ...

    async def close(self) -> None: ...


class SqlStore:
    """Implements `bot.core.ports.SessionStore`."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def copier(self) -> SqlCopier:
        """Return what copies everything for a backup."""
        from bot.storage.sql_backup import OF_STORE, SqlCopier

        return SqlCopier(self.database, OF_STORE)

    async def transact(
        self, key: ConversationKey, update_id: str, now: datetime, work: Work
    ) -> Applied:
        forgets, deadline = False, Deadline(DEADLINE_S)

        def decide(session: Session) -> Turn:
            nonlocal forgets
            with deadline.stands_still():
                turn = work(session)
            forgets = turn.forgets_person
            return turn

        applied = await self.database.run_in_time(
            lambda c: sql_units.transact(c, key, update_id, now, decide), deadline
        )
        if forgets:
            await self.database.tidy()
        return applied

    async def load(self, key: ConversationKey, now: datetime) -> Stored | None:
        return await self.database.run_in_time(lambda c: sql_units.load(c, key, now))

    async def replies(self, key: ConversationKey, limit: int = 100) -> Sequence[Told]:
        return await self.database.run_in_time(lambda c: sql_units.replies(c, key, limit))

    async def unsent(self, platform: str, limit: int = 100) -> Sequence[Outgoing]:
        return await self.database.run(lambda c: sql_units.unsent(c, platform, limit))

    async def claim_unsent(self, claim: Claim) -> Sequence[Outgoing]:
        return await self.database.run(lambda c: sql_units.claim_unsent(c, claim))

    async def begin_sending(
        self, holder: str, updates: Sequence[tuple[ConversationKey, str]]
    ) -> None:
        await self.database.run(lambda c: sql_units.begin_sending(c, holder, updates))

    async def release(
        self,
        holder: str,
        updates: Sequence[tuple[ConversationKey, str]],
        *,
        keeps_begun: bool = False,
    ) -> None:
        await self.database.run(
            lambda c: sql_units.release(c, holder, updates, keeps_begun=keeps_begun)
        )

    async def beat(self, holder: str) -> None:
        await self.database.run(lambda c: sql_units.beat(c, holder))

    async def shared(self, name: str, now: datetime) -> str | None:
        return await self.database.run(lambda c: sql_units.find_shared(c, name, now))

    async def share(self, name: str, value: str, until: datetime) -> None:
        await self.database.run(lambda c: sql_units.share(c, name, value, until))

    async def mark_sent(self, updates: Sequence[tuple[ConversationKey, str]]) -> None:
        await self.database.run(lambda c: sql_units.mark_sent(c, updates))

    async def forget(self, platform: str, user: str) -> int:
        gone = await self.database.run(lambda c: sql_units.forget(c, platform, user))
        await self.database.tidy()
        return gone

    async def expire(self, now: datetime) -> int:
        while await self.database.run(lambda c: sql_units.expire_replies(c, now)):
            pass
        gone = await self.database.run(lambda c: sql_units.expire_sessions(c, now))
        await self.database.tidy()
        return gone

    async def ping(self) -> None:
        await self.database.run_in_time(sql_units.ping)

    async def close(self) -> None:
        await self.database.close()
