"""Define the units of work that every SQL store shares.

The functions need a link with an open transaction; the caller commits or rolls back.  An
asynchronous engine calls them through `AsyncConnection.run_sync`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from bot.core.model.session import SESSION_LIFE, Session
from bot.core.model.turn import Work
from bot.core.model.update import ConversationKey
from bot.core.ports import HOLDER_LIFE_S, Applied, Claim, Outgoing, Stored, Told
from bot.storage import statements
from bot.storage.links import Link
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
    link: Link, key: ConversationKey, update_id: str, now: datetime, work: Work
) -> Applied:
    """Run a turn, see `bot.core.ports.SessionStore.transact`.

    Raises:
        ConflictError, sqlalchemy.exc.IntegrityError, sqlite3.IntegrityError: another process was
            first.
        StoreError: a record cannot be read.
    """
    new = _names(key)
    new["update"], new["digest"] = update_id, tombstone(key, update_id)
    row = statements.Both._make(link.run(statements.FIND_BOTH, new).fetchone() or ())
    if row.reply is not None:
        reply = read_reply(row.reply, row.reply_v)
        return Applied(reply, row.reply_version, is_repeat=True, is_sent=bool(row.is_sent))
    if row.forgotten is not None:
        return REPEAT_OF_FORGOTTEN
    stored = _stored(row.version, row.touched_at, row.v, row.record, now)
    turn = work(stored.session if stored else Session())
    version = stored.version + 1 if stored else 1
    new["version"], new["now"], new["v"], new["holder"] = (
        version,
        as_number(now),
        FORMAT,
        turn.holder,
    )
    if turn.forgets_person:
        forget(link, key.platform, key.user, answering=(key.chat, update_id))
    else:
        new["session"] = write_session(turn.session)
        _save(link, new, row)
    new["reply"] = write_reply(turn.reply, turn.route)
    link.run(statements.ADD_REPLY, new)
    return Applied(turn.reply, version, is_repeat=False)


def load(link: Link, key: ConversationKey, now: datetime) -> Stored | None:
    found = link.run(statements.FIND_SESSION, _names(key)).fetchone()
    return _stored(*statements.Session._make(found), now) if found else None


def replies(link: Link, key: ConversationKey, limit: int) -> list[Told]:
    """Return replies oldest first, but for damaged ones and those in a newer format."""
    known = _names(key) | {"most": limit, "v": FORMAT}
    rows = map(statements.Reply._make, link.run(statements.FIND_REPLIES, known).fetchall())
    found = [(as_moment(row.claimed_at), routed_if_whole(row.reply, row.v)) for row in rows]
    return [Told(at, whole[0]) for at, whole in reversed(found) if whole]


def unsent(link: Link, platform: str, limit: int) -> list[Outgoing]:
    """Skip replies in a newer format: the newer program that wrote them sends them."""
    known = {"platform": platform, "most": limit, "v": FORMAT}
    return _whole(platform, link.run(statements.FIND_UNSENT, known).fetchall())


def claim_unsent(link: Link, claim: Claim) -> list[Outgoing]:
    """Claim replies, see `bot.core.ports.SessionStore.claim_unsent`."""
    rows = link.run(
        statements.CLAIM_UNSENT,
        {
            "platform": claim.platform,
            "holder": claim.holder,
            "is_alone": claim.is_alone,
            "mine_before": as_number(claim.mine_before) if claim.mine_before else 0,
            "life": _HOLDER_LIFE,
            "most": claim.most,
            "v": FORMAT,
        },
    ).fetchall()
    return _whole(claim.platform, sorted(rows, key=lambda row: int(row[0])))


def _whole(platform: str, rows: Iterable[Sequence[Any]]) -> list[Outgoing]:
    found = map(statements.Unsent._make, rows)
    return [out for row in found if (out := _outgoing(platform, row))]


def _outgoing(platform: str, row: statements.Unsent) -> Outgoing | None:
    found = routed_if_whole(row.reply, row.v)
    key = ConversationKey(platform, row.chat, row.user)
    at = as_moment(row.claimed_at)
    return found and Outgoing(key, row.update_id, *found, at, bool(row.is_begun))


def begin_sending(link: Link, holder: str, names: Sequence[tuple[ConversationKey, str]]) -> None:
    link.run_each(statements.BEGIN_SENDING, _held(holder, names))


def release(
    link: Link, holder: str, names: Sequence[tuple[ConversationKey, str]], *, keeps_begun: bool
) -> None:
    held = _held(holder, names)
    if not keeps_begun:
        link.run_each(statements.TAKE_BACK, held)
    link.run_each(statements.RELEASE, held)


def _held(holder: str, names: Sequence[tuple[ConversationKey, str]]) -> list[dict[str, object]]:
    return [_update(key, name) | {"holder": holder} for key, name in names]


def beat(link: Link, holder: str) -> None:
    """Note that a process lives; one that begins also removes what a dead one left of itself."""
    known = {"holder": holder}
    if not link.run(statements.SEE_PROCESS, known).rowcount:
        link.run(statements.FORGET_PROCESSES, {"life": _LONG_GONE})
        link.run(statements.ADD_PROCESS, known)


def find_shared(link: Link, name: str, now: datetime) -> str | None:
    known = {"name": name, "now": as_number(now)}
    found = link.run(statements.FIND_SHARED, known).fetchone()
    return found[0] if found else None


def share(link: Link, name: str, value: str, until: datetime) -> None:
    link.run(statements.DROP_SHARED, {"name": name})
    new = {"name": name, "value": value, "until": as_number(until)}
    link.run(statements.ADD_SHARED, new)


def mark_sent(link: Link, names: Sequence[tuple[ConversationKey, str]]) -> None:
    link.run_each(statements.MARK_SENT, [_update(key, name) for key, name in names])


def forget(link: Link, platform: str, user: str, answering: tuple[str, str] | None = None) -> int:
    """Delete what is stored of a person, but for the hashes of the updates' names.

    The sessions go first: that waits for turns that are being stored, whose claims are seen then.

    Raises:
        ConflictError: the update that is being answered, given by chat and id, has been claimed.
    """
    person = {"platform": platform, "user": user}
    gone = link.run(statements.FORGET_SESSIONS, person).rowcount
    rows = link.run(statements.FIND_CLAIMS, person).fetchall()
    claims = [statements.Claimed._make(row) for row in rows]
    if answering in [(row.chat, row.update_id) for row in claims]:
        raise ConflictError
    link.run_each(statements.ADD_TOMBSTONE, [_buried(platform, user, one) for one in claims])
    link.run_each(statements.FORGET_UPDATE, [{"seq": one.seq} for one in claims])
    return gone


def _buried(platform: str, user: str, claim: statements.Claimed) -> dict[str, object]:
    key = ConversationKey(platform, claim.chat, user)
    return {"digest": tombstone(key, claim.update_id), "claimed_at": claim.claimed_at}


def expire_replies(link: Link, now: datetime) -> int:
    """Delete up to 1,000 replies older than `CLAIM_LIFE`; return 0 if none are left.

    People wait while the transaction is open: 1,000 take about 25 ms.
    """
    oldest = as_number(now - CLAIM_LIFE)
    return link.run(statements.EXPIRE_UPDATES, {"oldest": oldest, "most": 1000}).rowcount


def expire_sessions(link: Link, now: datetime) -> int:
    """Delete old sessions, tombstones and shared values; return the number of sessions."""
    link.run(statements.EXPIRE_TOMBSTONES, {"oldest": as_number(now - CLAIM_LIFE)})
    link.run(statements.EXPIRE_SHARED, {"now": as_number(now)})
    oldest = as_number(now - SESSION_LIFE)
    return link.run(statements.EXPIRE_SESSIONS, {"oldest": oldest}).rowcount


def ping(link: Link) -> None:
    link.run(statements.PING, {}).fetchone()


def _stored(
    version: int | None, touched_at: int, v: int, record: str | None, now: datetime
) -> Stored | None:
    """Return the session of a row; `None` if there is none, or no more."""
    if record is None or version is None:
        return None
    at = as_moment(touched_at)
    if now - at > SESSION_LIFE:
        return None
    session = session_if_whole(record, v)
    return None if session is None else Stored(session, version, at)


def _save(link: Link, new: dict[str, object], before: statements.Both) -> None:
    """Insert the session, or replace the version that was read.

    The time is compared too, because a session that expired starts again with version 1.
    """
    if before.version is None:
        link.run(statements.ADD_SESSION, new)
        return
    new["expected"], new["expected_at"] = before.version, before.touched_at
    if link.run(statements.REPLACE_SESSION, new).rowcount != 1:
        raise ConflictError


def _names(key: ConversationKey) -> dict[str, object]:
    return {"platform": key.platform, "user": key.user, "chat": key.chat}


def _update(key: ConversationKey, name: str) -> dict[str, object]:
    return _names(key) | {"update": name}
