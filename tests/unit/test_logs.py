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


TOKEN = "7000000001:AAcanary_canary-canary0canary1canary"


def redacted(message: str, *args: object, **more: Any) -> str:
    record = logging.LogRecord("x", logging.INFO, __file__, 1, message, args, more.get("exc_info"))
    vars(record).update(more.get("extra", {}))
    return JsonFormatter([TOKEN]).format(record)


@pytest.mark.parametrize(
    "told",
    [
        pytest.param(redacted(f"POST /bot{TOKEN}/getMe"), id="message"),
        pytest.param(redacted("calling %s", f"/bot{TOKEN}"), id="argument"),
        pytest.param(redacted("called", extra={"url": {"of": [TOKEN]}}), id="extra"),
    ],
)
def test_no_line_holds_a_secret(told: str) -> None:
    assert "canary" not in told
    assert "（已隐藏）" in told


def test_no_traceback_holds_a_secret() -> None:
    try:
        int(f"https://api.telegram.org/bot{TOKEN}/getMe")
    except ValueError:
        told = redacted("failed", exc_info=sys.exc_info())
    assert "https://api.telegram.org/bot（已隐藏）/getMe" in told
    assert "canary" not in told


@pytest.fixture
def untouched_logging() -> Iterator[None]:
    root, hook = logging.getLogger(), sys.excepthook
    handlers, level = root.handlers[:], root.level
    levels = {name: logging.getLogger(name).level for name in ("httpx", "httpcore", "hpack")}
    root.handlers = []
    yield
    logging.captureWarnings(capture=False)
    root.handlers, root.level, sys.excepthook = handlers, level, hook
    for name, old in levels.items():
        logging.getLogger(name).setLevel(old)


@pytest.mark.usefixtures("untouched_logging")
def test_lines_go_to_stderr(capsys: pytest.CaptureFixture[str]) -> None:
    configure()
    logging.getLogger("bot.test").info("started")
    logging.getLogger("bot.test").debug("not told")
    told = capsys.readouterr()
    assert (told.out, json.loads(told.err)["message"]) == ("", "started")


@pytest.mark.usefixtures("untouched_logging")
def test_an_error_that_ends_the_process_is_told_without_secrets(
    capsys: pytest.CaptureFixture[str],
) -> None:
    configure(secrets=[TOKEN])
    error = ValueError(f"the token {TOKEN} was rejected")
    sys.excepthook(ValueError, error, None)
    told = json.loads(capsys.readouterr().err)
    assert told["level"] == "CRITICAL"
    assert told["exception"] == "ValueError: the token （已隐藏） was rejected"


@pytest.mark.usefixtures("untouched_logging")
def test_a_line_that_cannot_be_written_is_not_printed_raw(
    capsys: pytest.CaptureFixture[str],
) -> None:
    configure(secrets=[TOKEN])
    logging.getLogger("bot.test").info("%d", TOKEN)
    assert "canary" not in capsys.readouterr().err


@pytest.mark.usefixtures("untouched_logging")
def test_http_libraries_do_not_write_a_line_for_every_request(
    capsys: pytest.CaptureFixture[str],
) -> None:
    configure()
    logging.getLogger("httpx").info("HTTP Request: POST …")
    assert capsys.readouterr().err == ""
