"""Hold the statements of the session store, as `bot.storage.links` runs them.

What each database writes in its own way stands in braces; `bot.storage.links` has both forms.
"""

from __future__ import annotations

from typing import NamedTuple

from bot.storage.links import Statement

_OF_PERSON = 'platform = :platform AND "user" = :user'
_OF_CONVERSATION = f"{_OF_PERSON} AND chat = :chat"
_OF_UPDATE = f"{_OF_CONVERSATION} AND update_id = :update"


class Session(NamedTuple):
    """A row of `FIND_SESSION`."""

    version: int
    touched_at: int
    v: int
    record: str


FIND_SESSION = Statement(
    f"SELECT version, touched_at, v, record FROM zhuce_sessions WHERE {_OF_CONVERSATION}"
)


class Both(NamedTuple):
    """A session, the reply to an update and its tombstone, each with nulls if there is none."""

    version: int | None
    touched_at: int
    v: int
    record: str | None
    reply_version: int
    reply_v: int
    reply: str | None
    is_sent: bool
    forgotten: str | None


FIND_BOTH = Statement(
    # Always one row, with nulls for what is not there: one statement costs less than two.
    "SELECT s.version, s.touched_at, s.v, s.record, u.version, u.v, u.reply, u.is_sent, t.digest"
    " FROM (SELECT 1) AS one"
    ' LEFT JOIN zhuce_sessions s ON s.platform = :platform AND s."user" = :user AND s.chat = :chat'
    ' LEFT JOIN zhuce_updates u ON u.platform = :platform AND u."user" = :user'
    " AND u.chat = :chat AND u.update_id = :update"
    " LEFT JOIN zhuce_tombstones t ON t.digest = :digest"
)
ADD_SESSION = Statement(
    'INSERT INTO zhuce_sessions (platform, "user", chat, version, touched_at, v, record)'
    " VALUES (:platform, :user, :chat, :version, :now, :v, :session)"
)
REPLACE_SESSION = Statement(
    "UPDATE zhuce_sessions SET version = :version, touched_at = :now, v = :v, record = :session"
    f" WHERE {_OF_CONVERSATION} AND version = :expected AND touched_at = :expected_at"
)
ADD_REPLY = Statement(
    'INSERT INTO zhuce_updates (platform, "user", chat, update_id, claimed_at, version, v, reply,'
    " is_sent, holder) VALUES (:platform, :user, :chat, :update, :now, :version, :v, :reply,"
    " FALSE, :holder)"
)


class Reply(NamedTuple):
    """A row of `FIND_REPLIES`."""

    claimed_at: int
    v: int
    reply: str


FIND_REPLIES = Statement(
    f"SELECT claimed_at, v, reply FROM zhuce_updates WHERE {_OF_CONVERSATION} AND v <= :v"
    " ORDER BY seq DESC LIMIT :most"
)


class Unsent(NamedTuple):
    """A row of `FIND_UNSENT` and `CLAIM_UNSENT`."""

    seq: int
    chat: str
    user: str
    update_id: str
    v: int
    reply: str
    claimed_at: int
    is_begun: bool


_OUTGOING = 'seq, chat, "user", update_id, v, reply, claimed_at, is_begun'
_WAITS = "{is_unsent} AND platform = :platform AND v <= :v"
FIND_UNSENT = Statement(
    f"SELECT {_OUTGOING} FROM zhuce_updates WHERE {_WAITS} ORDER BY seq LIMIT :most"
)
_LIVING = "SELECT holder FROM zhuce_processes WHERE seen_at > {now} - :life"
CLAIM_UNSENT = Statement(
    "UPDATE zhuce_updates SET holder = :holder WHERE seq IN ("
    f"SELECT seq FROM zhuce_updates WHERE {_WAITS} AND ("
    f"(holder <> :holder AND (:is_alone OR holder NOT IN ({_LIVING})))"
    " OR (holder = :holder AND claimed_at < :mine_before)"
    f") ORDER BY seq LIMIT :most {{not_taken}}) RETURNING {_OUTGOING}"
)
"""Two processes that claim at once get different replies: each skips the rows of the other."""
_HELD = f"{_OF_UPDATE} AND holder = :holder"
BEGIN_SENDING = Statement(f"UPDATE zhuce_updates SET is_begun = TRUE WHERE {_HELD}")
TAKE_BACK = Statement(f"UPDATE zhuce_updates SET is_begun = FALSE WHERE {_HELD}")
RELEASE = Statement(f"UPDATE zhuce_updates SET holder = '' WHERE {_HELD}")
MARK_SENT = Statement(f"UPDATE zhuce_updates SET is_sent = TRUE WHERE {_OF_UPDATE}")

ADD_PROCESS = Statement("INSERT INTO zhuce_processes (holder, seen_at) VALUES (:holder, {now})")
SEE_PROCESS = Statement("UPDATE zhuce_processes SET seen_at = {now} WHERE holder = :holder")
FORGET_PROCESSES = Statement("DELETE FROM zhuce_processes WHERE seen_at < {now} - :life")

FIND_SHARED = Statement("SELECT value FROM zhuce_shared WHERE name = :name AND until > :now")
DROP_SHARED = Statement("DELETE FROM zhuce_shared WHERE name = :name")
ADD_SHARED = Statement(
    "INSERT INTO zhuce_shared (name, value, until) VALUES (:name, :value, :until)"
)
EXPIRE_SHARED = Statement("DELETE FROM zhuce_shared WHERE until <= :now")

FORGET_SESSIONS = Statement(f"DELETE FROM zhuce_sessions WHERE {_OF_PERSON}")


class Claimed(NamedTuple):
    """A row of `FIND_CLAIMS`."""

    seq: int
    chat: str
    update_id: str
    claimed_at: int


FIND_CLAIMS = Statement(
    f"SELECT seq, chat, update_id, claimed_at FROM zhuce_updates WHERE {_OF_PERSON} {{to_change}}"
)
FORGET_UPDATE = Statement("DELETE FROM zhuce_updates WHERE seq = :seq")
ADD_TOMBSTONE = Statement(
    "INSERT INTO zhuce_tombstones (digest, claimed_at) VALUES (:digest, :claimed_at)"
)
EXPIRE_TOMBSTONES = Statement("DELETE FROM zhuce_tombstones WHERE claimed_at < :oldest")
EXPIRE_SESSIONS = Statement("DELETE FROM zhuce_sessions WHERE touched_at < :oldest")
EXPIRE_UPDATES = Statement(
    "DELETE FROM zhuce_updates WHERE seq IN"
    " (SELECT seq FROM zhuce_updates WHERE claimed_at < :oldest LIMIT :most)"
)
PING = Statement("SELECT 1")
