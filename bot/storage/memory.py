"""Store sessions in the memory of one process: for `zhuce chat`, for tests, for trying things out.

Everything is lost when the process ends.  Records are kept as text, as in every other store:
changing a session that was returned changes nothing here.  There is no lock, because nothing awaits
between reading and writing.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from bot.core.model.session import SESSION_LIFE, Session
from bot.core.model.turn import Work
from bot.core.model.update import ConversationKey
from bot.core.ports import HOLDER_LIFE_S, Applied, Claim, Outgoing, Stored, Told
from bot.storage.records import (
    FORMAT,
    read_reply,
    read_routed,
    read_session,
    write_reply,
    write_session,
)
from bot.storage.retention import CLAIM_LIFE
from bot.storage.tombstones import REPEAT_OF_FORGOTTEN, tombstone

UpdateName = tuple[ConversationKey, str]


@dataclass(frozen=True, slots=True)
class _KeptSession:
    record: str
    version: int
    touched_at: datetime


@dataclass(slots=True)
class _KeptReply:
    record: str
    version: int
    claimed_at: datetime
    is_sent: bool = False
    holder: str = ""
    is_begun: bool = False


class MemoryStore:
    """Implements `bot.core.ports.SessionStore`; never raises `StoreError`."""

    def __init__(self) -> None:
        self._sessions: dict[ConversationKey, _KeptSession] = {}
        self._replies: dict[UpdateName, _KeptReply] = {}
        self._tombstones: dict[str, datetime] = {}
        self._beats: dict[str, float] = {}
        self._shared: dict[str, tuple[str, datetime]] = {}

    async def transact(
        self, key: ConversationKey, update_id: str, now: datetime, work: Work
    ) -> Applied:
        if kept := self._replies.get((key, update_id)):
            reply = read_reply(kept.record, FORMAT)
            return Applied(reply, kept.version, is_repeat=True, is_sent=kept.is_sent)
        if tombstone(key, update_id) in self._tombstones:
            return REPEAT_OF_FORGOTTEN
        stored = await self.load(key, now)
        turn = work(stored.session if stored else Session())
        version = stored.version + 1 if stored else 1
        session, record = write_session(turn.session), write_reply(turn.reply, turn.route)
        if turn.forgets_person:
            await self.forget(key.platform, key.user)
        else:
            self._sessions[key] = _KeptSession(session, version, now)
        self._replies[key, update_id] = _KeptReply(record, version, now, holder=turn.holder)
        return Applied(turn.reply, version, is_repeat=False)

    async def load(self, key: ConversationKey, now: datetime) -> Stored | None:
        kept = self._sessions.get(key)
        if kept is None or now - kept.touched_at > SESSION_LIFE:
            return None
        return Stored(read_session(kept.record, FORMAT), kept.version, kept.touched_at)

    async def replies(self, key: ConversationKey, limit: int = 100) -> Sequence[Told]:
        mine = [kept for (whose, _), kept in self._replies.items() if whose == key]
        return [Told(one.claimed_at, read_reply(one.record, FORMAT)) for one in mine[-limit:]]

    async def unsent(self, platform: str, limit: int = 100) -> Sequence[Outgoing]:
        waiting = (
            Outgoing(key, update_id, *read_routed(kept.record, FORMAT), kept.claimed_at)
            for (key, update_id), kept in self._replies.items()
            if key.platform == platform and not kept.is_sent
        )
        return list(islice(waiting, limit))

    async def claim_unsent(self, claim: Claim) -> Sequence[Outgoing]:
        waiting = [
            name
            for name, kept in self._replies.items()
            if name[0].platform == claim.platform
            and not kept.is_sent
            and self._is_claimable(kept, claim)
        ][: claim.most]
        return [self._claimed(name, claim.holder) for name in waiting]

    def _is_claimable(self, kept: _KeptReply, claim: Claim) -> bool:
        if kept.holder == claim.holder:
            return claim.mine_before is not None and kept.claimed_at < claim.mine_before
        seen_at = self._beats.get(kept.holder, float("-inf"))
        return claim.is_alone or time.monotonic() - seen_at >= HOLDER_LIFE_S

    def _claimed(self, name: UpdateName, holder: str) -> Outgoing:
        kept = self._replies[name]
        kept.holder = holder
        routed = read_routed(kept.record, FORMAT)
        return Outgoing(*name, *routed, kept.claimed_at, kept.is_begun)

    async def begin_sending(self, holder: str, updates: Sequence[UpdateName]) -> None:
        for kept in self._held(holder, updates):
            kept.is_begun = True

    async def release(
        self, holder: str, updates: Sequence[UpdateName], *, keeps_begun: bool = False
    ) -> None:
        for kept in self._held(holder, updates):
            kept.holder, kept.is_begun = "", kept.is_begun and keeps_begun

    def _held(self, holder: str, updates: Sequence[UpdateName]) -> list[_KeptReply]:
        found = filter(None, map(self._replies.get, updates))
        return [kept for kept in found if kept.holder == holder]

    async def beat(self, holder: str) -> None:
        self._beats[holder] = time.monotonic()

    async def shared(self, name: str, now: datetime) -> str | None:
        value, until = self._shared.get(name, ("", now))
        return value if now < until else None

    async def share(self, name: str, value: str, until: datetime) -> None:
        self._shared[name] = value, until

    async def mark_sent(self, updates: Sequence[UpdateName]) -> None:
        for name in updates:
            if kept := self._replies.get(name):
                kept.is_sent = True

    async def forget(self, platform: str, user: str) -> int:
        theirs = [key for key in self._sessions if (key.platform, key.user) == (platform, user)]
        for key in theirs:
            del self._sessions[key]
        for key, update_id in [*self._replies]:
            if (key.platform, key.user) == (platform, user):
                claimed_at = self._replies.pop((key, update_id)).claimed_at
                self._tombstones[tombstone(key, update_id)] = claimed_at
        return len(theirs)

    async def expire(self, now: datetime) -> int:
        old = [key for key, kept in self._sessions.items() if now - kept.touched_at > SESSION_LIFE]
        for key in old:
            del self._sessions[key]
        self._replies = {
            name: kept
            for name, kept in self._replies.items()
            if now - kept.claimed_at <= CLAIM_LIFE
        }
        self._tombstones = {
            name: at for name, at in self._tombstones.items() if now - at <= CLAIM_LIFE
        }
        return len(old)

    async def ping(self) -> None:
        """Return at once."""

    async def close(self) -> None:
        """Do nothing."""
