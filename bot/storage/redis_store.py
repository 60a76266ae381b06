"""Store sessions in Redis, for several processes on several machines.

Everything stored about a person is one hash; sorted sets beside it index what is old and what is
unsent.  A turn is read, worked out, and committed by one script, which stores it only if the
session is still the one that was read and the update has not been answered; else it is worked out
again (optimistic concurrency).

Every key begins with `zhuce:1:`, where 1 is the version of this layout, and expires a day after the
last session would: a bot that is switched off for good leaves nothing behind.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha1
from typing import cast
from urllib.parse import quote, unquote

from redis.commands.core import AsyncScript

from bot.core.model.session import SESSION_LIFE, Session
from bot.core.model.turn import Work
from bot.core.model.update import ConversationKey
from bot.core.ports import HOLDER_LIFE_S, Applied, Claim, Outgoing, Stored, Told
from bot.errors import StoreUnavailable
from bot.storage import DEADLINE_S
from bot.storage.deadline import Deadline
from bot.storage.records import (
    FORMAT,
    DamagedRecord,
    read_reply,
    routed_if_whole,
    session_if_whole,
    write_reply,
    write_session,
)
from bot.storage.redis_backup import RedisCopier
from bot.storage.redis_scripts import (
    BEGIN_SENDING,
    CLAIM,
    COMMIT,
    EXPIRE,
    FORGET,
    RELEASE,
    TAKE_BACK,
)
from bot.storage.redis_server import RedisServer
from bot.storage.retention import CLAIM_LIFE
from bot.storage.timestamps import as_moment, as_number
from bot.storage.tombstones import REPEAT_OF_FORGOTTEN

log = logging.getLogger(__name__)

PREFIX = "zhuce:1:"
PERSON, UNSENT = f"{PREFIX}person:", f"{PREFIX}unsent:"
HOLDERS, PROCESS = f"{PREFIX}holders:", f"{PREFIX}process:"
SHARED = f"{PREFIX}shared:"
SESSIONS, UPDATES = f"{PREFIX}sessions", f"{PREFIX}updates"
FORGOTTEN_UPDATES = f"{PREFIX}forgotten"
COUNTER, PING = f"{PREFIX}counter", f"{PREFIX}ping"

KEY_LIFE_MS = (SESSION_LIFE + timedelta(days=1)) // timedelta(milliseconds=1)
SLICE = 1000
"""How many records one script deletes: Redis serves nobody else meanwhile."""
MOST_LOOKED_AT = 10_000
"""How many unsent replies one claim looks at."""


async def open_redis(url: str) -> RedisStore:
    """Connect to the server.

    Raises:
        StoreError: the server refuses the login.
    """
    store = RedisStore(RedisServer(url))
    try:
        await store.ping()
    except StoreUnavailable as error:
        log.warning("the store cannot be reached and is tried again at each turn: %s", error)
    except BaseException:
        await store.close()
        raise
    return store


class RedisStore:
    """Implements `bot.core.ports.SessionStore`; made by `open_redis`."""

    def __init__(self, server: RedisServer) -> None:
        self._server, self._client = server, server.client
        self._commit = self._client.register_script(COMMIT)
        self._forget = self._client.register_script(FORGET)
        self._expire = self._client.register_script(EXPIRE)
        self._claim = self._client.register_script(CLAIM)
        self._release = self._client.register_script(RELEASE)
        self._take_back = self._client.register_script(TAKE_BACK)
        self._begin_sending = self._client.register_script(BEGIN_SENDING)

    def copier(self) -> RedisCopier:
        """Return what copies everything for a backup."""
        indexes = (SESSIONS, UPDATES, FORGOTTEN_UPDATES, COUNTER)
        return RedisCopier(self._server, PREFIX, PERSON, indexes)

    async def transact(
        self, key: ConversationKey, update_id: str, now: datetime, work: Work
    ) -> Applied:
        deadline = Deadline(DEADLINE_S)
        turn = self._transact(_Names(key, update_id), now, work, deadline)
        return await self._server.run(turn, deadline)

    async def load(self, key: ConversationKey, now: datetime) -> Stored | None:
        field = _name(key.chat)
        kept = await self._server.run(self._find(_person(key.platform, key.user), field))
        return _stored_in(kept or "", now)

    async def replies(self, key: ConversationKey, limit: int = 100) -> Sequence[Told]:
        return await self._server.run(self._replies(key, limit))

    async def unsent(self, platform: str, limit: int = 100) -> Sequence[Outgoing]:
        """Skip replies in a newer format: the newer program that wrote them sends them."""
        return await self._server.run(self._unsent(platform, limit))

    async def claim_unsent(self, claim: Claim) -> Sequence[Outgoing]:
        return await self._server.run(self._claim_unsent(claim))

    async def begin_sending(
        self, holder: str, updates: Sequence[tuple[ConversationKey, str]]
    ) -> None:
        await self._with_held(self._begin_sending, holder, updates)

    async def release(
        self,
        holder: str,
        updates: Sequence[tuple[ConversationKey, str]],
        *,
        keeps_begun: bool = False,
    ) -> None:
        if not keeps_begun:
            await self._with_held(self._take_back, holder, updates)
        await self._with_held(self._release, holder, updates)

    async def _with_held(
        self, script: AsyncScript, holder: str, updates: Sequence[tuple[ConversationKey, str]]
    ) -> None:
        if updates:
            names = [_Names(key, update_id) for key, update_id in updates]
            known = [holder, *(name.update for name in names)]
            await self._server.run(script([names[0].holders], known))

    async def beat(self, holder: str) -> None:
        await self._server.run(self._beat(holder))

    async def _beat(self, holder: str) -> None:
        await self._client.set(PROCESS + holder, "", px=int(HOLDER_LIFE_S * 1000))

    async def shared(self, name: str, now: datetime) -> str | None:
        kept = await self._server.run(self._find_shared(SHARED + _name(name)))
        until, _, value = (kept or "0 ").partition(" ")
        return value if as_number(now) < int(until) else None

    async def _find_shared(self, key: str) -> str | None:
        return cast("str | None", await self._client.get(key))

    async def share(self, name: str, value: str, until: datetime) -> None:
        await self._server.run(self._share(SHARED + _name(name), value, until))

    async def _share(self, key: str, value: str, until: datetime) -> None:
        await self._client.set(key, f"{as_number(until)} {value}", px=KEY_LIFE_MS)

    async def mark_sent(self, updates: Sequence[tuple[ConversationKey, str]]) -> None:
        if updates:
            await self._server.run(self._mark_sent(updates))

    async def forget(self, platform: str, user: str) -> int:
        names = [_person(platform, user), SESSIONS, UPDATES, _unsent(platform)]
        keys = [*names, FORGOTTEN_UPDATES, _holders(platform)]
        known: list[str | int] = [_name(platform, user, ""), KEY_LIFE_MS]
        return int(await self._server.run(self._forget(keys, known)))

    async def expire(self, now: datetime) -> int:
        await self._expire_all(UPDATES, now - CLAIM_LIFE)
        await self._server.run(self._expire_tombstones(now - CLAIM_LIFE))
        return await self._expire_all(SESSIONS, now - SESSION_LIFE)

    async def ping(self) -> None:
        await self._server.run(self._try_to_write())

    async def close(self) -> None:
        await self._server.close()

    async def _try_to_write(self) -> None:
        await self._client.set(PING, "", px=1000)

    async def _transact(
        self, names: _Names, now: datetime, work: Work, deadline: Deadline
    ) -> Applied:
        while True:
            deadline.attempt()
            before, answered, is_forgotten = await self._find_both(names)
            if answered:
                return await self._repeat(names, answered)
            if is_forgotten:
                return REPEAT_OF_FORGOTTEN
            stored = _stored_in(before, now)
            with deadline.stands_still():
                turn = work(stored.session if stored else Session())
            version = stored.version + 1 if stored else 1
            after = _Record(version, now, FORMAT, write_session(turn.session))
            reply = _Record(version, now, FORMAT, write_reply(turn.reply, turn.route))
            kept = None if turn.forgets_person else after
            deadline.commit()
            if await self._save(names, before, kept, reply, turn.holder):
                return Applied(turn.reply, version, is_repeat=False)
            log.debug("a unit of work was overtaken and is run again")

    async def _find_both(self, names: _Names) -> tuple[str, _Record | None, bool]:
        """Return the session as stored (may be empty), reply and whether there is a tombstone."""
        async with self._client.pipeline(transaction=False) as pipeline:
            pipeline.hmget(names.person, list(names.fields))
            pipeline.zscore(FORGOTTEN_UPDATES, names.tombstone)
            found, forgotten_at = await pipeline.execute()
        before, answered = found
        return before or "", answered and _Record.read(answered), forgotten_at is not None

    async def _find(self, person: str, field: str) -> str | None:
        return cast("str | None", await self._client.hget(person, field))

    async def _repeat(self, names: _Names, answered: _Record) -> Applied:
        waiting = await self._client.zscore(names.unsent, names.update)
        reply = read_reply(answered.text, answered.v)
        return Applied(reply, answered.version, is_repeat=True, is_sent=waiting is None)

    async def _save(
        self, names: _Names, before: str, after: _Record | None, reply: _Record, holder: str
    ) -> bool:
        """Run `COMMIT`; without a session `after` the person is forgotten."""
        keys = [names.person, SESSIONS, UPDATES, names.unsent, FORGOTTEN_UPDATES, names.holders]
        known: list[str | int] = [*names.fields, before, str(after) if after else "", str(reply)]
        known += [as_number(reply.at), names.session, names.update, KEY_LIFE_MS]
        known += [holder, names.prefix, names.tombstone]
        return bool(await self._commit([*keys, COUNTER], known))

    async def _replies(self, key: ConversationKey, limit: int) -> list[Told]:
        kept = await self._client.hgetall(_person(key.platform, key.user))
        prefix = _name(key.chat, "")
        lines = [str(line) for field, line in kept.items() if str(field).startswith(prefix)]
        found = [one for line in lines if (one := _record_in(line)) and one.v <= FORMAT]
        last = sorted(found, key=lambda one: (one.at, one.version))[-limit:]
        whole = ((one.at, routed_if_whole(one.text, one.v)) for one in last)
        return [Told(at, routed[0]) for at, routed in whole if routed]

    async def _unsent(self, platform: str, limit: int) -> list[Outgoing]:
        waiting: list[Outgoing] = []
        start = 0
        while len(waiting) < limit:
            found = await self._client.zrange(_unsent(platform), start, start + limit - 1)
            names = cast("list[str]", found)
            if not names:
                break
            start += limit
            waiting += [out for name in names if (out := await self._outgoing(name))]
        return waiting[:limit]

    async def _claim_unsent(self, claim: Claim) -> list[Outgoing]:
        keys = [_unsent(claim.platform), _holders(claim.platform)]
        known: list[str | int] = [claim.holder, int(claim.is_alone), claim.most, PROCESS]
        names = cast("list[str]", await self._claim(keys, [*known, MOST_LOOKED_AT]))
        claimed = [out for name in names if (out := await self._outgoing(name))]
        if claim.mine_before is not None:
            known_names = {(out.key, out.update_id) for out in claimed}
            held = await self._held_since(claim, claim.mine_before)
            claimed += [out for out in held if (out.key, out.update_id) not in known_names]
        return claimed

    async def _held_since(self, claim: Claim, before: datetime) -> list[Outgoing]:
        holders = await self._client.hgetall(_holders(claim.platform))
        mine = [str(name) for name, holder in holders.items() if holder == claim.holder]
        held = [out for name in mine[: claim.most] if (out := await self._outgoing(name))]
        return [out for out in held if out.at < before]

    async def _outgoing(self, name: str) -> Outgoing | None:
        platform, user, chat, update_id = map(unquote, name.split(":"))
        line = await self._find(_person(platform, user), _name(chat, update_id))
        kept = line and _record_in(line)
        if not kept or kept.v > FORMAT:
            return None
        found = routed_if_whole(kept.text, kept.v)
        if not found:
            return None
        is_begun = await self._client.hexists(_holders(platform), f"!{name}")
        key = ConversationKey(platform, chat, user)
        return Outgoing(key, update_id, *found, kept.at, bool(is_begun))

    async def _mark_sent(self, updates: Sequence[tuple[ConversationKey, str]]) -> None:
        async with self._client.pipeline(transaction=False) as pipeline:
            for names in (_Names(key, update_id) for key, update_id in updates):
                pipeline.zrem(names.unsent, names.update)
                pipeline.hdel(names.holders, names.update, f"!{names.update}")
            await pipeline.execute()

    async def _expire_tombstones(self, oldest: datetime) -> None:
        await self._client.zremrangebyscore(FORGOTTEN_UPDATES, "-inf", f"({as_number(oldest)}")

    async def _expire_all(self, index: str, oldest: datetime) -> int:
        gone = 0
        while True:
            known: list[str | int] = [as_number(oldest), SLICE, PERSON, UNSENT, HOLDERS]
            some = int(await self._server.run(self._expire([index], known)))
            gone += some
            if some < SLICE:
                return gone


@dataclass(frozen=True, slots=True)
class _Record:
    """A session or a reply as it is stored in a person's hash."""

    version: int
    at: datetime
    v: int
    text: str

    @classmethod
    def read(cls, line: str) -> _Record:
        """Invert `str`.

        Raises:
            DamagedRecord: it is no line of ours.
        """
        try:
            version, at, v, text = line.split(" ", 3)
            return cls(int(version), as_moment(int(at)), int(v), text)
        except (ValueError, OverflowError):
            # Without the cause: it quotes the line, which may hold people's words.
            raise DamagedRecord from None

    def __str__(self) -> str:
        return f"{self.version} {as_number(self.at)} {self.v} {self.text}"


class _Names:
    """The keys and fields of one update and its conversation."""

    def __init__(self, key: ConversationKey, update_id: str) -> None:
        self.person, self.unsent = _person(key.platform, key.user), _unsent(key.platform)
        self.prefix = _name(key.platform, key.user, "")
        self.holders = _holders(key.platform)
        self.fields = _name(key.chat), _name(key.chat, update_id)
        self.session, self.update = (
            _name(key.platform, key.user, *parts) for parts in ((key.chat,), (key.chat, update_id))
        )
        self.tombstone = sha1(self.update.encode(), usedforsecurity=False).hexdigest()


def _name(*parts: str) -> str:
    return ":".join(quote(part, safe="") for part in parts)


def _person(platform: str, user: str) -> str:
    return PERSON + _name(platform, user)


def _unsent(platform: str) -> str:
    return UNSENT + _name(platform)


def _record_in(line: str) -> _Record | None:
    """Return the record in a line; `None`, with a line of the log, if it is damaged."""
    try:
        return _Record.read(line)
    except DamagedRecord as error:
        log.warning("a record is passed over: %s", error)
        return None


def _holders(platform: str) -> str:
    return HOLDERS + _name(platform)


def _stored_in(line: str, now: datetime) -> Stored | None:
    kept = _record_in(line) if line else None
    if kept is None or now - kept.at > SESSION_LIFE:
        return None
    session = session_if_whole(kept.text, kept.v)
    return None if session is None else Stored(session, kept.version, kept.at)
