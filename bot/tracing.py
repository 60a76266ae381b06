"""Name the message at work, so that all lines of the log about it can be found.

The name follows from the platform and the id of the update: whoever works on the message, also
another process that sends the reply after a crash, comes to the same one.  It tells nothing of the
person.
"""

from __future__ import annotations

import re
from contextvars import ContextVar
from hashlib import blake2b

_PARENT = re.compile(r"[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}")
_current: ContextVar[str] = ContextVar("trace", default="")


def current() -> str:
    """Return the name of the message at work; empty if there is none."""
    return _current.get()


def begin(name: str) -> None:
    """Put this name on what the running task, and those it starts, log from now on."""
    _current.set(name)


def named_after(platform: str, update: str) -> str:
    """Return the name of a message: 32 hex digits, as in the header `traceparent`."""
    return blake2b(f"{platform}:{update}".encode(errors="replace"), digest_size=16).hexdigest()


def given_in(traceparent: str) -> str:
    """Return the name in this header (W3C Trace Context); empty if there is none in it."""
    found = _PARENT.fullmatch(traceparent)
    return found[1] if found else ""
