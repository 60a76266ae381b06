"""Log lines are JSON, one to a line, with what was given as extra."""

from __future__ import annotations

import json
import logging
import sys
import threading
import warnings
from collections.abc import Iterator
from typing import Any

import pytest

from bot.errors import StoreError
from bot.logs import _TALKATIVE, JsonFormatter, configure


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
    trace = json.loads(told)["exception"].splitlines()
    assert trace[0] == "Traceback (most recent call last):"
    assert trace[-1] == "ValueError"


def test_extra_does_not_hide_what_every_line_has() -> None:
    assert json.loads(line("opened", extra={"level": "quiet", "at": "never"}))["level"] == "INFO"


TOKEN = "7000000001:AAcanary_canary-canary0canary1canary"


def redacted(message: str, *args: object, **more: Any) -> str:
    record = logging.LogRecord(
        "bot.x", logging.INFO, __file__, 1, message, args, more.get("exc_info")
    )
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


def fail(address: str) -> None:
    raise OSError(address)


def test_no_traceback_holds_a_secret() -> None:
    try:
        fail(f"https://api.telegram.org/bot{TOKEN}/getMe")
    except OSError:
        told = redacted("failed", exc_info=sys.exc_info())
    assert "https://api.telegram.org/bot（已隐藏）/getMe" in told
    assert "canary" not in told


@pytest.fixture
def untouched_logging() -> Iterator[None]:
    root, hook = logging.getLogger(), sys.excepthook
    handlers, level = root.handlers[:], root.level
    thread, unraisable = threading.excepthook, sys.unraisablehook
    levels = {name: logging.getLogger(name).level for name in ("bot", *_TALKATIVE)}
    root.handlers = []
    yield
    logging.captureWarnings(capture=False)
    root.handlers, root.level, sys.excepthook = handlers, level, hook
    threading.excepthook, sys.unraisablehook = thread, unraisable
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
    error = StoreError(f"the token {TOKEN} was rejected")
    sys.excepthook(StoreError, error, None)
    told = json.loads(capsys.readouterr().err)
    assert told["level"] == "CRITICAL"
    assert told["exception"] == "bot.errors.StoreError: the token （已隐藏） was rejected"


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


WORDS = "雪豹说的话"


def foreign(message: str, *args: object, name: str = "telegram.Bot") -> str:
    record = logging.LogRecord(name, logging.ERROR, __file__, 1, message, args, None)
    told: str = json.loads(JsonFormatter().format(record))["message"]
    return told


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        (foreign('cannot load "%s"', WORDS), 'cannot load "%s"'),
        (foreign("got %(what)s", {"what": WORDS}), "got %(what)s"),
        (foreign(f"Exception in callback answer('{WORDS}')"), "Exception in callback answer"),
        (foreign(f"never retrieved\nfuture: {WORDS}", name="asyncio"), "never retrieved"),
        (foreign("Running upgrade %s", "0001", name="alembic.x"), "Running upgrade 0001"),
    ],
    ids=["arguments", "a mapping", "a call", "two lines", "harmless"],
)
def test_what_libraries_log_comes_without_its_values(told: str, expected: str) -> None:
    assert told == expected


def test_messages_of_exceptions_are_told_only_if_they_are_ours() -> None:
    try:
        try:
            int(WORDS)
        except ValueError as error:
            error.add_note(WORDS)
            raise ExceptionGroup(
                WORDS, [KeyError(WORDS), StoreError("the store is out")]
            ) from error
    except ExceptionGroup:
        told = json.loads(line("failed", exc_info=sys.exc_info()))["exception"]
    assert WORDS not in told
    assert [row for row in told.splitlines() if row.endswith(("Error", "Group", "out"))] == [
        "ValueError",
        "ExceptionGroup",
        "KeyError",
        "bot.errors.StoreError: the store is out",
    ]


def test_an_exception_in_a_message_is_told_by_its_class() -> None:
    assert (
        json.loads(line("it failed: %s", ValueError(WORDS)))["message"] == "it failed: ValueError"
    )
    assert json.loads(line("it failed: %s", StoreError("out")))["message"] == "it failed: out"


@pytest.mark.usefixtures("untouched_logging")
def test_libraries_stay_at_info_whatever_the_level(capsys: pytest.CaptureFixture[str]) -> None:
    configure(logging.DEBUG)
    logging.getLogger("telegram.Bot").debug(WORDS)
    logging.getLogger("bot.test").debug("a step")
    assert [json.loads(told)["message"] for told in capsys.readouterr().err.splitlines()] == [
        "a step"
    ]


@pytest.mark.usefixtures("untouched_logging")
@pytest.mark.filterwarnings("default")
def test_warnings_and_errors_outside_of_calls_are_told_without_words(
    capsys: pytest.CaptureFixture[str],
) -> None:
    configure()
    warnings.warn(WORDS, stacklevel=1)
    thread = threading.Thread(target=lambda: int(WORDS))
    thread.start()
    thread.join()
    told = capsys.readouterr().err
    assert "UserWarning" in told
    assert "a thread ended by an error" in told
    assert WORDS not in told
