"""Log lines are JSON, one to a line, with what was given as extra."""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from bot.logs import JsonFormatter, configure


def line(message: str, *args: object, extra: dict[str, Any] | None = None, **more: Any) -> str:
    record = logging.getLogger("bot.test").makeRecord(
        "bot.test", logging.INFO, __file__, 1, message, args, more.get("exc_info"), extra=extra
    )
    return JsonFormatter().format(record)


def test_a_line_says_when_how_grave_who_and_what() -> None:
    told = json.loads(line("sessions deleted: %s", 3))
    assert told.pop("at")
    assert told == {"level": "INFO", "logger": "bot.test", "message": "sessions deleted: 3"}


def test_what_was_given_as_extra_stands_beside_the_message() -> None:
    assert json.loads(line("deleted", extra={"count": 3, "store": "sqlite"}))["count"] == 3


@pytest.mark.parametrize(
    "message", ["两行\n一句", '引号 " 与 \\', "\x00\x1b[31m", "\u2028", "\ud800"], ids=ascii
)
def test_nothing_breaks_the_line(message: str) -> None:
    told = line(message)
    assert "\n" not in told
    assert json.loads(told)["message"] == message


def test_what_json_does_not_know_is_told_as_text() -> None:
    assert json.loads(line("opened", extra={"path": {1, 2}}))["path"] == "{1, 2}"


def test_an_exception_is_told_with_its_traceback_on_the_same_line() -> None:
    try:
        int("broken on purpose")
    except ValueError:
        told = line("failed", exc_info=sys.exc_info())
    assert "\n" not in told
    assert json.loads(told)["exception"].endswith("'broken on purpose'")


def test_extra_does_not_hide_what_every_line_has() -> None:
    assert json.loads(line("opened", extra={"level": "quiet", "at": "never"}))["level"] == "INFO"


@pytest.fixture
def untouched_logging() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    root.handlers = []
    yield
    root.handlers, root.level = handlers, level


@pytest.mark.usefixtures("untouched_logging")
def test_lines_go_to_stderr(capsys: pytest.CaptureFixture[str]) -> None:
    configure()
    logging.getLogger("bot.test").info("started")
    logging.getLogger("bot.test").debug("not told")
    told = capsys.readouterr()
    assert (told.out, json.loads(told.err)["message"]) == ("", "started")
