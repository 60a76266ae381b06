"""Define the units of work that every SQL store shares.

The functions need a connection with an open transaction; the caller commits or rolls back.  An
asynchronous engine calls them through `AsyncConnection.run_sync`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row

from bot.core.model.session import SESSION_LIFE, Session
from bot.core.model.turn import Work
from bot.core.model.update import ConversationKey
from bot.core.ports import HOLDER_LIFE_S, Applied, Claim, Outgoing, Stored
from bot.storage import statements
from bot.storage.records import (
    FORMAT,
    read_reply,
    read_routed,
    read_session,
    write_reply,
    write_session,
)
from bot.storage.retention import CLAIM_LIFE
from bot.storage.timestamps import as_moment, as_number

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
    names = _names(key) | {"in_update": update_id}
    row = statements.Both._make(statements.FIND_BOTH.run(connection, names).fetchone() or ())
    if row.reply is not None:
        reply = read_reply(row.reply, row.reply_v)
        return Applied(reply, row.reply_version, is_repeat=True, is_sent=bool(row.is_sent))
    stored = _read(row, now)
    turn = work(stored.session if stored else Session())
    version = stored.version + 1 if stored else 1
    new = names | {"new_version": version, "now": as_number(now), "v": FORMAT}
    new["new_holder"] = turn.holder
    _save(connection, new | {"record": write_session(turn.session)}, row)
    statements.ADD_REPLY.run(connection, new | {"record": write_reply(turn.reply, turn.route)})
    return Applied(turn.reply, version, is_repeat=False)


def load(connection: Connection, key: ConversationKey, now: datetime) -> Stored | None:
    row = connection.execute(statements.FIND_SESSION, _names(key)).one_or_none()
    return _read(row, now) if row else None


def unsent(connection: Connection, platform: str, limit: int) -> list[Outgoing]:
    """Skip replies in a newer format: the newer program that wrote them sends them."""
    rows = connection.execute(
        statements.FIND_UNSENT, {"in_platform": platform, "most": limit, "in_v": FORMAT}
    )
    return [_outgoing(platform, row) for row in rows]


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
    return [_outgoing(claim.platform, row) for row in sorted(rows, key=lambda row: int(row.seq))]


def _outgoing(platform: str, row: Any) -> Outgoing:
    return Outgoing(
        _key(platform, row),
        row.update_id,
        *read_routed(row.reply, row.v),
        as_moment(row.claimed_at),
    )


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


def mark_sent(connection: Connection, names: Sequence[tuple[ConversationKey, str]]) -> None:
    if names:
        connection.execute(
            statements.MARK_SENT, [_names(key) | {"in_update": name} for key, name in names]
        )


def forget(connection: Connection, platform: str, user: str) -> int:
    person = {"in_platform": platform, "in_user": user}
    connection.execute(statements.FORGET_UPDATES, person)
    return connection.execute(statements.FORGET_SESSIONS, person).rowcount


def expire_replies(connection: Connection, now: datetime) -> int:
    """Delete up to 1,000 replies older than `CLAIM_LIFE`; return 0 if none are left.

    People wait while the transaction is open: 1,000 take about 25 ms.
    """
    oldest = as_number(now - CLAIM_LIFE)
    return connection.execute(statements.EXPIRE_UPDATES, {"oldest": oldest, "most": 1000}).rowcount


def expire_sessions(connection: Connection, now: datetime) -> int:
    oldest = as_number(now - SESSION_LIFE)
    return connection.execute(statements.EXPIRE_SESSIONS, {"oldest": oldest}).rowcount


def _read(row: statements.Both | Row[*tuple[Any, ...]], now: datetime) -> Stored | None:
    if row.record is None or row.version is None:
        return None
    touched_at = as_moment(row.touched_at)
    if now - touched_at > SESSION_LIFE:
        return None
    return Stored(read_session(row.record, row.v), row.version, touched_at)


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
