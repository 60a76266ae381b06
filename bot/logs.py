"""Log what the process does: JSON lines on stderr, without secrets or people's words.

What is logged by libraries goes the same way.  Secrets are taken out of the finished line, so that
one inside a traceback or an `extra` is found as well.
"""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Iterable
from types import TracebackType

from bot.redaction import Redactor

_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {
    "message",
    "asctime",
    "taskName",
    "color_message",
}
_TALKATIVE = ("httpx", "httpcore", "hpack", "aiogram.event")
"""They write a line for every request or update at INFO."""


class JsonFormatter(logging.Formatter):
    """One JSON object a line; what was given as `extra` stands beside the message."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        super().__init__()
        self._redact = Redactor(secrets)

    def format(self, record: logging.LogRecord) -> str:
        extra = {k: v for k, v in vars(record).items() if k not in _STANDARD}
        line = {
            "at": self.formatTime(record),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        line = extra | line
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return self._redact(json.dumps(line, ensure_ascii=False, default=str))


class _Handler(logging.StreamHandler):  # type: ignore[type-arg]  # generic in the stubs only
    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802  the name is logging's
        """Say where the call is; the handler's own report would print its arguments."""
        sys.stderr.write(f"a log line of {record.name}:{record.lineno} could not be written\n")


def configure(level: int = logging.INFO, secrets: Iterable[str] = ()) -> None:
    """Send every logger's lines, warnings and whatever ends the process to stderr."""
    handler = _Handler(sys.stderr)
    handler.setFormatter(JsonFormatter(secrets))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(level if level < logging.INFO else logging.WARNING)
    logging.captureWarnings(capture=True)
    sys.excepthook = _log_the_end


def _log_the_end(
    kind: type[BaseException], error: BaseException, trace: TracebackType | None
) -> None:
    logging.getLogger(__name__).critical("ended by an error", exc_info=(kind, error, trace))
