"""Convert sessions and replies to the text that stores keep, and back.

The text is that of `bot.core.wire` as compact JSON.  A format number `v` is stored beside each
record, not inside it, so that a record of a newer program is recognised before it is parsed.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from typing import TypeVar

from bot.core.model.reply import Reply
from bot.core.model.session import Session
from bot.core.wire import kept_text, reply_from_json
from bot.errors import StoreError
from bot.storage.session_text import session_in, text_of

FORMAT = 1
"""The `v` of records written now.  Raise it when an older program would misread them."""

T = TypeVar("T")
log = logging.getLogger(__name__)


class DamagedRecord(StoreError):  # noqa: N818  what was found
    """A record that no program wrote like this; it is not quoted, people's words are in it."""

    def __str__(self) -> str:
        return "记录已损坏，无法读取"


def write_session(session: Session) -> str:
    return text_of(session)


def write_reply(reply: Reply, route: str = "") -> str:
    """Write a reply with its route; an empty route is left out."""
    return kept_text(reply, route)


def read_session(record: str, v: int) -> Session:
    """Invert `write_session`.

    Raises:
        DamagedRecord: the record is damaged.
        StoreError: it is of a newer format.
    """
    return _read(record, v, session_in)


def session_if_whole(record: str, v: int) -> Session | None:
    """As `read_session`, but return `None` for a damaged record: the person begins afresh."""
    try:
        return read_session(record, v)
    except DamagedRecord:
        log.warning("a session is damaged; the person begins afresh")
        return None


def read_reply(record: str, v: int) -> Reply:
    """Read the reply of `write_reply`.

    Raises:
        DamagedRecord: the record is damaged.
        StoreError: it is of a newer format.
    """
    return _read(record, v, _reply_in)


def read_routed(record: str, v: int) -> tuple[Reply, str]:
    """Invert `write_reply`: return the reply and its route.  Raises as `read_reply`."""
    return _read(record, v, _routed_in)


def routed_if_whole(record: str, v: int) -> tuple[Reply, str] | None:
    """As `read_routed`, but return `None` for a damaged record: the others are sent."""
    try:
        return read_routed(record, v)
    except DamagedRecord:
        log.warning("a reply is damaged and cannot be sent")
        return None


def _reply_in(text: str) -> Reply:
    return reply_from_json(json.loads(text))


def _routed_in(text: str) -> tuple[Reply, str]:
    data = json.loads(text)
    return reply_from_json(data), str(data.get("route", ""))


def _read(record: str, v: int, build: Callable[[str], T]) -> T:
    if v > FORMAT:
        raise StoreError(f"记录的格式是 {v}，本程序只认识到 {FORMAT}；请换用写下它的那个版本")
    try:
        return build(record)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise DamagedRecord from error
