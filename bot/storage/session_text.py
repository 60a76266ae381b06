"""Write and read the text of a session, but for its moment only once.

Where the same was said, sessions differ in the moment that their context was last spoken in and in
nothing else.  What a newcomer would get wrong: a text in which that moment cannot be told from what
people said is written and read whole.
"""

from __future__ import annotations

import json
import re
from datetime import datetime
from functools import lru_cache

from bot.core.model.session import Context, Session
from bot.core.wire import session_as_json, session_from_json

REMEMBERED = 512
"""Texts, of 1 KiB, that are kept without their moment."""
_MOMENT = re.compile(
    r'\{"pack_version":"[^"\\]*","context":\{"slots":\{[^{}]*\},'
    r'"entry":(?:null|"[^"\\]*"),"at":(null|"[^"]*")'
)
_Pairs = tuple[tuple[str, str], ...]

_encode = json.JSONEncoder(
    ensure_ascii=False,
    check_circular=False,  # `wire` makes trees; the check doubles the time
    separators=(",", ":"),
).encode


def text_of(session: Session) -> str:
    context = session.context
    if session.walk or session.asking or session.shelf:
        return _encode(session_as_json(session))
    slots = tuple(context.slots.items())
    last_reply = (session.offered, session.rated, session.asked, session.known)
    parts = _written(session.pack_version, slots, context.entry, context.trail, last_reply)
    if parts is None:
        return _encode(session_as_json(session))
    at = f'"{context.at.isoformat()}"' if context.at else "null"
    return f"{parts[0]}{at}{parts[1]}"


@lru_cache(REMEMBERED)
def _written(
    pack_version: str,
    slots: _Pairs,
    entry: str | None,
    trail: tuple[str, ...],
    last_reply: tuple[_Pairs, _Pairs, str, str],
) -> tuple[str, str] | None:
    """Return the text before and behind the moment; `None` if it cannot be told where that is."""
    offered, rated, asked, known = last_reply
    context = Context(dict(slots), entry, None, trail)
    session = Session(pack_version, context, offered, rated=rated, asked=asked, known=known)
    text = _encode(session_as_json(session))
    found = _MOMENT.match(text)
    return (text[: found.start(1)], text[found.end(1) :]) if found else None


def session_in(text: str) -> Session:
    """Invert `text_of`; read texts of older versions.

    Raises:
        KeyError, ValueError, TypeError, AttributeError: it is no such text.
    """
    found = _MOMENT.match(text)
    if found is None:
        return session_from_json(json.loads(text))
    session = _read(text[: found.start(1)], text[found.end(1) :])
    return session.spoken_at(None if found[1] == "null" else datetime.fromisoformat(found[1][1:-1]))


@lru_cache(REMEMBERED)
def _read(before: str, after: str) -> Session:
    return session_from_json(json.loads(f"{before}null{after}"))
