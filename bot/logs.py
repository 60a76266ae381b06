"""Log what the process does: JSON lines on stderr, without secrets or people's words.

Secrets are taken out of the finished line, so that one inside a traceback or an `extra` is found as
well.  Words cannot be found that way.  So what libraries log stays at INFO or above, whatever the
level, and without its arguments: they may be whole updates.  Of an exception whose message is not
known to be harmless the class and the traceback are written.
"""

from __future__ import annotations

import json
import logging
import re
import sys
import threading
import time
import traceback
from collections.abc import Iterable, Iterator
from functools import lru_cache
from types import TracebackType

from bot import tracing
from bot.errors import BotError
from bot.redaction import Redactor

_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {
    "message",
    "asctime",
    "taskName",
    "color_message",
}
_TALKATIVE = ("httpx", "httpcore", "hpack", "aiogram.event", "mcp")
"""They write a line for every request or update at INFO."""
_OURS = "bot"
_KNOWN = frozenset({_OURS, "alembic", "uvicorn"})
"""Their lines are written whole: they hold addresses, versions and numbers of processes."""
_HARMLESS = (BotError, OSError, ImportError)
"""Exceptions whose messages are sentences of ours, or name files, hosts and modules."""
_BEFORE_VALUES = re.compile(r"[^\n\"'(<{\[=]*")


class JsonFormatter(logging.Formatter):
    """One JSON object a line; what was given as `extra` stands beside the message."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        super().__init__()
        self._redact = Redactor(secrets)

    def format(self, record: logging.LogRecord) -> str:
        extra = {k: v for k, v in vars(record).items() if k not in _STANDARD}
        line = {
            "at": f"{_second(int(record.created))},{int(record.msecs):03d}",
            "level": record.levelname,
            "logger": record.name,
            "message": _message(record),
        }
        if trace := tracing.current():
            line["trace"] = trace
        line = extra | line
        if record.exc_info and record.exc_info[1]:
            line["exception"] = "".join(_told(record.exc_info[1])).rstrip("\n")
        return self._redact(_encode(line))


_encode = json.JSONEncoder(ensure_ascii=False, default=str).encode


@lru_cache(2)
def _second(created: int) -> str:
    """Return the second in local time: many lines are of the same one."""
    return time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(created))


def _message(record: logging.LogRecord) -> str:
    if record.name.partition(".")[0] not in _KNOWN:
        return _without_values(record)
    arguments = record.args
    if isinstance(arguments, tuple) and arguments:
        return str(record.msg) % tuple(map(_harmless, arguments))
    return record.getMessage()


def _without_values(record: logging.LogRecord) -> str:
    message = str(record.msg)
    if record.args:
        return message
    if record.name == "py.warnings":
        # Place and class: the message of a warning may quote what was wrong.
        return ": ".join(message.split(": ", 2)[:2])
    found = _BEFORE_VALUES.match(message)
    return found[0].strip() if found else ""


def _harmless(argument: object) -> object:
    is_known = not isinstance(argument, BaseException) or isinstance(argument, _HARMLESS)
    return argument if is_known else _path(type(argument))


def _named(error: BaseException) -> str:
    """Return the class of an exception, and its message if that cannot hold people's words."""
    kind = type(error)
    return f"{_path(kind)}: {error}" if isinstance(error, _HARMLESS) else _path(kind)


def _path(kind: type) -> str:
    path = f"{kind.__module__}.{kind.__qualname__}"
    return path.removeprefix("builtins.")


def _told(error: BaseException, told: frozenset[int] = frozenset()) -> Iterator[str]:
    """Yield the lines of a traceback as Python prints them, causes first."""
    told |= {id(error)}
    hidden = error.__suppress_context__
    before = error.__cause__ or (None if hidden else error.__context__)
    if before is not None and id(before) not in told:
        yield from _told(before, told)
        yield "\n"
    if error.__traceback__ is not None:
        yield "Traceback (most recent call last):\n"
        yield from traceback.format_tb(error.__traceback__)
    yield f"{_named(error)}\n"
    if isinstance(error, BaseExceptionGroup):
        for each in error.exceptions:
            yield from _told(each, told)


class _Handler(logging.StreamHandler):  # type: ignore[type-arg]  # generic in the stubs only
    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802  the name is logging's
        """Say where the call is; the handler's own report would print its arguments."""
        sys.stderr.write(f"a log line of {record.name}:{record.lineno} could not be written\n")


def configure(level: int = logging.INFO, secrets: Iterable[str] = ()) -> None:
    """Send every logger's lines, warnings and whatever ends the process or a thread to stderr."""
    # No line has them, and they are looked up for each.
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
    handler = _Handler(sys.stderr)
    handler.setFormatter(JsonFormatter(secrets))
    logging.basicConfig(level=max(level, logging.INFO), handlers=[handler], force=True)
    logging.getLogger(_OURS).setLevel(level)
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)
    logging.captureWarnings(capture=True)
    sys.excepthook = _log_the_end
    sys.unraisablehook = lambda found: _log("an error could not be raised", found.exc_value)
    threading.excepthook = lambda found: _log("a thread ended by an error", found.exc_value)


def _log_the_end(
    _kind: type[BaseException], error: BaseException, _trace: TracebackType | None
) -> None:
    _log("ended by an error", error, logging.CRITICAL)


def _log(what: str, error: BaseException | None, level: int = logging.ERROR) -> None:
    logging.getLogger(__name__).log(level, what, exc_info=error)
