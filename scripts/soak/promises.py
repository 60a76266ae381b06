"""Name the promises, how each is tried, and for how long at most."""

from __future__ import annotations

from dataclasses import dataclass

TELEGRAM = "tests/unit/adapters/telegram"
E2E = "tests/e2e"


@dataclass(frozen=True, slots=True)
class Promise:
    """One promise; its tests take their full length from `BOT_TEST_SOAK`."""

    number: int
    text: str
    tried: str
    """How, in words."""
    tests: tuple[str, ...]
    """What pytest is given; empty if a command is run instead."""
    minutes: float
    """The most that the full form may take; the short one has a tenth."""
    gap: str = ""
    """What of the promise is not tried, or cannot be here."""
    command: tuple[str, ...] = ()


PROMISES = (
    Promise(
        1,
        "One message, one reply",
        "updates of every kind in one to five copies and in any order, and again after a kill, for "
        "each library and mode; replies that one of two processes holds, is killed with, or "
        "sleeps over",
        (
            f"{E2E}/test_telegram_flood.py",
            f"{E2E}/test_telegram_once.py",
            f"{E2E}/test_telegram_replicas.py",
        ),
        14,
    ),
    Promise(
        2,
        "Messages of one person are taken one at a time, across processes",
        "twenty messages of each person at once, each to two of three processes; processes "
        "that stand still",
        (f"{E2E}/test_together.py",),
        8,
    ),
    Promise(
        3,
        "A kill loses nothing that was acknowledged",
        "a walk through processes that are killed at any moment; then all is said again",
        (f"{E2E}/test_kill.py",),
        5,
    ),
    Promise(
        4,
        "An outage of the store silences nobody",
        "a line that is cut, hangs up, goes silent or loses its connections, 30 s each, with "
        "50 people",
        (f"{E2E}/test_outage.py",),
        7,
        gap="8 outages instead of 20: four kinds for each of two servers",
    ),
    Promise(
        5,
        "In time: 99 in 100 within 250 ms, all within 2.5 s, at 200 messages a second on two cores",
        "messages offered at fixed moments to one process and its SQLite file, load made on "
        "the same cores",
        (f"{E2E}/test_promises.py::test_answers_come_in_time_at_the_promised_rate",),
        2,
        gap="over HTTP, not by webhook",
    ),
    Promise(
        6,
        "Forged webhooks are refused",
        "calls with one to three bytes of the secret changed, and genuine ones with a changed body",
        (
            f"{E2E}/test_promises.py::test_forged_webhooks_are_refused_and_odd_ones_do_not_crash",
            f"{TELEGRAM}/incoming/test_webhook.py",
        ),
        2,
        gap="Telegram signs no time, so an old call cannot be told from a new one; its repeat has "
        "no effect for 48 h",
    ),
    Promise(
        7,
        "No input crashes it or takes over 50 ms",
        "words of questions cut, joined and mixed with all planes of Unicode; payloads with "
        "changed bytes",
        (
            f"{E2E}/test_promises.py::test_no_input_crashes_or_takes_long",
            "tests/unit/test_patterns.py",
        ),
        7,
    ),
    Promise(
        8,
        "Nothing is injected",
        "random replies as HTML for Telegram, parsed again; the page with hostile words in "
        "Chromium",
        (f"{TELEGRAM}/outgoing/test_html.py", f"{TELEGRAM}/outgoing/test_callback_data.py"),
        4,
    ),
    Promise(
        9,
        "A broken pack never replaces a good one",
        "packs with changed bytes, cut, doubled or with wrong types, while questions are asked",
        ("tests/unit/runtime/test_reload.py",),
        4,
    ),
    Promise(
        10,
        "No secret and nothing personal in the log",
        "canaries through both libraries, polling and webhook, errors included, at DEBUG",
        (f"{E2E}/test_log_privacy.py", "tests/unit/storage/test_scrubbing.py"),
        2,
        gap="some hundred messages, not 10,000",
    ),
    Promise(
        11,
        "/forgetme leaves nothing",
        "two processes, words asked at one and forgotten at the other; raw dumps of stores, "
        "journal and logs",
        (f"{E2E}/test_forgetting.py",),
        2,
    ),
    Promise(
        12,
        "A flood stays with whoever makes it",
        "sixteen connections with hostile texts, 2,000 half requests, a person with a burst, "
        "a group under 429",
        (
            f"{E2E}/test_limits.py",
            f"{E2E}/test_telegram_group_held.py",
            f"{TELEGRAM}/test_private.py",
        ),
        3,
    ),
    Promise(
        13,
        "It stays small: under 5 MiB more over 1,000,000 messages",
        "messages of 1,000 people in one process over SQLite, one in twenty of them odd",
        (f"{E2E}/test_promises.py::test_memory_stays",),
        16,
        gap="ends after 15 minutes, however many messages those were",
    ),
    Promise(
        14,
        "A stop is graceful, and processes can be replaced under load",
        "SIGTERM under load, what was acknowledged is looked up afterwards; three processes behind "
        "a round-robin proxy, one killed in the middle of walks, then all replaced one by one",
        (
            f"{E2E}/test_promises.py::test_a_stop_under_load_loses_nothing_and_is_told_first",
            f"{E2E}/test_replicas.py",
        ),
        12,
    ),
    Promise(
        15,
        "The supply chain is clean",
        "locks with hashes for everything that is installed or builds; known weaknesses by "
        "pip-audit",
        ("tests/unit/test_locks.py", "tests/unit/test_audit.py"),
        2,
        gap="where the advisory service cannot be reached `make audit` says `not checked`",
    ),
)
