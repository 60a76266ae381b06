"""Define the units of work that every SQL store shares.

The functions need a connection with an open transaction; the caller commits or rolls back.  An
asynchronous engine calls them through `AsyncConnection.run_sync`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row

from bot.core.model.session import SESSION_LIFE, Session
from bot.core.model.turn import Work
from bot.core.model.update import ConversationKey
from bot.core.ports import HOLDER_LIFE_S, Applied, Claim, Outgoing, Stored, Told
from bot.storage import statements
from bot.storage.records import (
    FORMAT,
    read_reply,
    routed_if_whole,
    session_if_whole,
    write_reply,
    write_session,
)
from bot.storage.retention import CLAIM_LIFE
from bot.storage.timestamps import as_moment, as_number
from bot.storage.tombstones import REPEAT_OF_FORGOTTEN, tombstone

_HOLDER_LIFE = int(HOLDER_LIFE_S * 1_000_000)
_LONG_GONE = 3_600_000_000


class ConflictError(Exception):
    """Another process stored a turn of this conversation first: roll back and run again."""


def transact(
    connection: Connection, key: ConversationKey, update_id: str, now: datetime, work: Work
) -> Applied:
    """Run a turn, see `bot.core.ports.SessionStore.transact`.

    Raises:
        ConflictError, sqlalchemy.exc.IntegrityError, sqlite3.IntegrityError: another process was
            first.
        StoreError: a record cannot be read.
    """
    names = _names(key) | {"in_update": update_id, "in_digest": tombstone(key, update_id)}
    row = statements.Both._make(statements.FIND_BOTH.run(connection, names).fetchone() or ())
    if row.reply is not None:
        reply = read_reply(row.reply, row.reply_v)
        return Applied(reply, row.reply_version, is_repeat=True, is_sent=bool(row.is_sent))
    if row.forgotten is not None:
        return REPEAT_OF_FORGOTTEN
    stored = _read(row, now)
    turn = work(stored.session if stored else Session())
    version = stored.version + 1 if stored else 1
    new = names | {"new_version": version, "now": as_number(now), "v": FORMAT}
    new["new_holder"] = turn.holder
    if turn.forgets_person:
        forget(connection, key.platform, key.user, answering=(key.chat, update_id))
    else:
        _save(connection, new | {"record": write_session(turn.session)}, row)
    statements.ADD_REPLY.run(connection, new | {"record": write_reply(turn.reply, turn.route)})
    return Applied(turn.reply, version, is_repeat=False)


def load(connection: Connection, key: ConversationKey, now: datetime) -> Stored | None:
    row = connection.execute(statements.FIND_SESSION, _names(key)).one_or_none()
    return _read(row, now) if row else None


def replies(connection: Connection, key: ConversationKey, limit: int) -> list[Told]:
    """Return replies oldest first, but for damaged ones and those in a newer format."""
    known = _names(key) | {"most": limit, "in_v": FORMAT}
    rows = connection.execute(statements.FIND_REPLIES, known).all()
    found = [(as_moment(row.claimed_at), routed_if_whole(row.reply, row.v)) for row in rows]
    return [Told(at, whole[0]) for at, whole in reversed(found) if whole]


def unsent(connection: Connection, platform: str, limit: int) -> list[Outgoing]:
    """Skip replies in a newer format: the newer program that wrote them sends them."""
    rows = connection.execute(
        statements.FIND_UNSENT, {"in_platform": platform, "most": limit, "in_v": FORMAT}
    )
    return _whole(platform, rows)


def claim_unsent(connection: Connection, claim: Claim) -> list[Outgoing]:
    """Claim replies, see `bot.core.ports.SessionStore.claim_unsent`."""
    rows = connection.execute(
        statements.CLAIM_UNSENT,
        {
            "in_platform": claim.platform,
            "in_holder": claim.holder,
            "is_alone": claim.is_alone,
            "mine_before": as_number(claim.mine_before) if claim.mine_before else 0,
            "life": _HOLDER_LIFE,
            "most": claim.most,
            "in_v": FORMAT,
        },
    )
    return _whole(claim.platform, sorted(rows, key=lambda row: int(row.seq)))


def _whole(platform: str, rows: Iterable[Row[*tuple[Any, ...]]]) -> list[Outgoing]:
    return [out for row in rows if (out := _outgoing(platform, row))]


def _outgoing(platform: str, row: Row[*tuple[Any, ...]]) -> Outgoing | None:
    found = routed_if_whole(row.reply, row.v)
    at = as_moment(row.claimed_at)
    return found and Outgoing(_key(platform, row), row.update_id, *found, at)


def release(
    connection: Connection, holder: str, names: Sequence[tuple[ConversationKey, str]]
) -> None:
    if names:
        connection.execute(
            statements.RELEASE,
            [_names(key) | {"in_update": name, "in_holder": holder} for key, name in names],
        )


def beat(connection: Connection, holder: str) -> None:
    """Note that a process lives; one that begins also removes what a dead one left of itself."""
    known = {"in_holder": holder}
    if not connection.execute(statements.SEE_PROCESS, known).rowcount:
        connection.execute(statements.FORGET_PROCESSES, {"life": _LONG_GONE})
        connection.execute(statements.ADD_PROCESS, known)


def find_shared(connection: Connection, name: str, now: datetime) -> str | None:
    known = {"in_name": name, "now": as_number(now)}
    return connection.execute(statements.FIND_SHARED, known).scalar_one_or_none()


def share(connection: Connection, name: str, value: str, until: datetime) -> None:
    new = {"in_name": name, "in_value": value, "in_until": as_number(until)}
    connection.execute(statements.DROP_SHARED, {"in_name": name})
    connection.execute(statements.ADD_SHARED, new)


def mark_sent(connection: Connection, names: Sequence[tuple[ConversationKey, str]]) -> None:
    if names:
        connection.execute(
            statements.MARK_SENT, [_names(key) | {"in_update": name} for key, name in names]
        )


def forget(
    connection: Connection, platform: str, user: str, answering: tuple[str, str] | None = None
) -> int:
    """Delete what is stored of a person, but for the hashes of the updates' names.

    The sessions go first: that waits for turns that are being stored, whose claims are seen then.

    Raises:
        ConflictError: the update that is being answered, given by chat and id, has been claimed.
    """
    person = {"in_platform": platform, "in_user": user}
    gone = connection.execute(statements.FORGET_SESSIONS, person).rowcount
    claims = connection.execute(statements.FIND_CLAIMS, person).all()
    if answering in [(row.chat, row.update_id) for row in claims]:
        raise ConflictError
    if claims:
        connection.execute(statements.ADD_TOMBSTONE, [_buried(platform, user, c) for c in claims])
        connection.execute(statements.FORGET_UPDATE, [{"in_seq": claim.seq} for claim in claims])
    return gone


def _buried(platform: str, user: str, claim: Row[*tuple[Any, ...]]) -> dict[str, object]:
    key = ConversationKey(platform, claim.chat, user)
    return {"digest": tombstone(key, claim.update_id), "claimed_at": claim.claimed_at}


def expire_replies(connection: Connection, now: datetime) -> int:
    """Delete up to 1,000 replies older than `CLAIM_LIFE`; return 0 if none are left.

    People wait while the transaction is open: 1,000 take about 25 ms.
    """
    oldest = as_number(now - CLAIM_LIFE)
    return connection.execute(statements.EXPIRE_UPDATES, {"oldest": oldest, "most": 1000}).rowcount


def expire_sessions(connection: Connection, now: datetime) -> int:
    """Delete old sessions, tombstones and shared values; return the number of sessions."""
    tombstones = {"oldest": as_number(now - CLAIM_LIFE)}
    connection.execute(statements.EXPIRE_TOMBSTONES, tombstones)
    connection.execute(statements.EXPIRE_SHARED, {"now": as_number(now)})
    oldest = as_number(now - SESSION_LIFE)
    return connection.execute(statements.EXPIRE_SESSIONS, {"oldest": oldest}).rowcount


def _read(row: statements.Both | Row[*tuple[Any, ...]], now: datetime) -> Stored | None:
    if row.record is None or row.version is None:
        return None
    touched_at = as_moment(row.touched_at)
    if now - touched_at > SESSION_LIFE:
        return None
    session = session_if_whole(row.record, row.v)
    return None if session is None else Stored(session, row.version, touched_at)


def _key(platform: str, row: Row[*tuple[Any, ...]]) -> ConversationKey:
    return ConversationKey(platform, row.chat, row.user)


def _save(connection: Connection, new: dict[str, object], before: statements.Both) -> None:
    """Insert the session, or replace the version that was read.

    The time is compared too, because a session that expired starts again with version 1.
    """
    if before.version is None:
        statements.ADD_SESSION.run(connection, new)
        return
    expected = {"expected": before.version, "expected_at": before.touched_at}
    if statements.REPLACE_SESSION.run(connection, new | expected).rowcount != 1:
        raise ConflictError


def _names(key: ConversationKey) -> dict[str, object]:
    return {"in_platform": key.platform, "in_user": key.user, "in_chat": key.chat}
