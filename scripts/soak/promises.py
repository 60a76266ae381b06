"""Name the promises, how each is tried, beside what, and for how long at most."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

TELEGRAM = "tests/unit/adapters/telegram"
CONTRACT = "tests/contract"
E2E = "tests/e2e"
PROMISED = f"{E2E}/test_promises.py"
DAMAGED = "damaged or forged or refused or repeat or no_changed_call"


class Beside(Enum):
    """What may run at the same time on two cores."""

    NOTHING = "alone"
    """Times are measured."""
    THE_REST = "beside what computes with what others leave"
    """Waits most of the time, and whether it was in time shows in seconds."""
    ANOTHER = "two at a time"
    """What counts is how often, not how long."""
    EVERYTHING = "with what others leave"
    """Computes all the time; others go before it.  Goes on until its size or time is reached."""


@dataclass(frozen=True, slots=True)
class Phase:
    """What one run of pytest tries of a promise."""

    name: str
    tests: tuple[str, ...]
    minutes: float
    """The most that it may take in full."""
    beside: Beside = Beside.ANOTHER
    chosen: str = ""
    """Which of these tests, as pytest's -k takes it."""
    nice: int = 0
    """How far it stands back for others."""


@dataclass(frozen=True, slots=True)
class Promise:
    """One promise; its tests take their full length from `BOT_TEST_SOAK`."""

    number: int
    text: str
    tried: str
    """How, in words."""
    phases: tuple[Phase, ...]
    gap: str = ""
    """What of the promise is not tried, or is smaller than the promise says, and why."""


def _kills(store: str) -> Phase:
    return Phase(f"kills on {store}", (f"{E2E}/test_kill.py",), 9, chosen=store)


def _together(store: str) -> Phase:
    return Phase(f"at once on {store}", (f"{E2E}/test_together.py",), 12, chosen=store)


PROMISES = (
    Promise(
        1,
        "One message, one reply",
        "10,000 updates in one to five copies, each copy to one of three processes behind a "
        "round-robin proxy; updates of every kind in any order, and again after a kill, for each "
        "library and mode; replies that one of two processes holds, is killed with, or sleeps over"
        "; the plugin for NoneBot2 from its wheel, over OneBot, Satori, KOOK and Discord",
        (
            Phase("held by one of two", (f"{E2E}/test_telegram_replicas.py",), 4, Beside.NOTHING),
            Phase("three processes", (f"{E2E}/test_telegram_three.py",), 8),
            Phase("every kind", (f"{E2E}/test_telegram_flood.py",), 12),
            Phase("once", (f"{E2E}/test_telegram_once.py",), 13),
            Phase("NoneBot2", (f"{E2E}/test_nonebot.py",), 10),
        ),
        gap="of every kind 1,000 updates for each library and mode, not 10,000: two cores need "
        "four minutes for each 10,000",
    ),
    Promise(
        2,
        "Messages of one person are taken one at a time, across processes",
        "twenty messages of each person at once, each to two of three processes; processes "
        "that stand still",
        (_together("sqlite"), _together("postgres"), _together("redis")),
    ),
    Promise(
        3,
        "A kill loses nothing that was acknowledged",
        "a walk through processes that are killed at any moment, then all is said again; servers "
        "of every webhook killed with replies they owe, and under 50 messages a second",
        (
            _kills("sqlite"),
            _kills("postgres"),
            _kills("redis"),
            Phase(
                "webhooks",
                (f"{E2E}/test_tencent.py", f"{E2E}/test_platforms.py"),
                9,
                chosen="before_a_death or fifty_messages",
            ),
        ),
        gap="the 1,000 kills are of the stores' processes; each platform's server is killed once",
    ),
    Promise(
        4,
        "An outage of the store silences nobody",
        "lines to PostgreSQL and Redis that are cut, hang up, go silent or lose their connections, "
        "30 s each, with people who ask and walk",
        (Phase("outages", (f"{E2E}/test_outage.py",), 8, Beside.THE_REST),),
    ),
    Promise(
        5,
        "In time: 99 in 100 within 250 ms, all within 2.5 s, at 200 messages a second on two cores",
        "messages offered at fixed moments to one process and its SQLite file, and to three behind "
        "a round-robin proxy on Redis and PostgreSQL; load made on the same cores",
        (
            Phase(
                "one process",
                (f"{PROMISED}::test_answers_come_in_time_at_the_promised_rate",),
                4,
                Beside.NOTHING,
            ),
            Phase(
                "three processes",
                (f"{E2E}/test_replicas.py::test_three_processes_answer_in_time",),
                5,
                Beside.NOTHING,
            ),
        ),
        gap="over HTTP, not by webhook",
    ),
    Promise(
        6,
        "Forged webhooks are refused",
        "calls with a changed proof, changed bytes of the body, old stamps, for every webhook: "
        "Telegram, WeChat, WeCom, DingTalk, Feishu, QQ",
        (
            Phase(
                "Telegram",
                (
                    f"{PROMISED}::test_forged_webhooks_are_refused_and_odd_ones_do_not_crash",
                    f"{TELEGRAM}/incoming/test_webhook.py",
                ),
                3,
            ),
            Phase(
                "WeChat and WeCom",
                (
                    "tests/unit/adapters/wechat/test_service.py",
                    "tests/unit/adapters/wecom/test_app.py",
                    f"{CONTRACT}/test_tencent_conformance.py",
                ),
                8,
                chosen=DAMAGED,
            ),
            Phase(
                "DingTalk, Feishu and QQ",
                (
                    f"{CONTRACT}/test_dingtalk_conformance.py",
                    f"{CONTRACT}/test_feishu_conformance.py",
                    f"{CONTRACT}/test_qq_conformance.py",
                ),
                8,
                chosen=DAMAGED,
            ),
        ),
        gap="Telegram signs no time, so an old call cannot be told from a new one; its repeat has "
        "no effect for 48 h",
    ),
    Promise(
        7,
        "No input crashes it or holds others up for 50 ms",
        "words of questions cut, joined and mixed with all planes of Unicode; payloads with "
        "changed bytes; strings made to hurt each pattern",
        (
            Phase("patterns", ("tests/unit/test_patterns.py",), 3),
            Phase(
                "odd texts",
                (f"{PROMISED}::test_no_input_crashes_or_holds_others_up",),
                45,
                Beside.EVERYTHING,
                nice=19,
            ),
        ),
        gap="as many of 100,000 texts as two cores have time for beside the rest: each takes 9 ms",
    ),
    Promise(
        8,
        "Nothing is injected",
        "random replies as HTML for Telegram, parsed again; buttons with changed data",
        (
            Phase(
                "HTML and buttons",
                (f"{TELEGRAM}/outgoing/test_html.py", f"{TELEGRAM}/outgoing/test_callback_data.py"),
                8,
            ),
        ),
    ),
    Promise(
        9,
        "A broken pack never replaces a good one",
        "packs with changed bytes, cut, doubled or with wrong types, while questions are asked",
        (Phase("packs", ("tests/unit/runtime/test_reload.py",), 10),),
    ),
    Promise(
        10,
        "No secret and nothing personal in the log",
        "canaries through both libraries, polling and webhook, errors included, at DEBUG",
        (Phase("log", (f"{E2E}/test_log_privacy.py", "tests/unit/storage/test_scrubbing.py"), 4),),
        gap="some hundred messages, not 10,000",
    ),
    Promise(
        11,
        "/forgetme leaves nothing",
        "two processes, words asked at one and forgotten at the other; raw dumps of stores, "
        "journal and logs",
        (Phase("forgetting", (f"{E2E}/test_forgetting.py",), 4),),
    ),
    Promise(
        12,
        "A flood stays with whoever makes it",
        "another person and /healthz beside every hostile string at the rate that limits allow, "
        "2,000 half-open requests, a group under 429, and 100,000 new conversations; long headers "
        "and bodies",
        (
            Phase("attacks", (f"{E2E}/test_attacks.py",), 7, Beside.NOTHING),
            Phase("limits", (f"{E2E}/test_limits.py",), 3, Beside.NOTHING),
            Phase(
                "Telegram",
                (f"{E2E}/test_telegram_group_held.py", f"{TELEGRAM}/test_private.py"),
                3,
                Beside.NOTHING,
            ),
        ),
    ),
    Promise(
        13,
        "It stays small: under 5 MiB more over 1,000,000 messages",
        "1,000 people in one process over SQLite who walk, press, ask, and say odd things",
        (
            Phase(
                "memory",
                (f"{PROMISED}::test_memory_stays",),
                45,
                Beside.EVERYTHING,
                nice=10,
            ),
        ),
        gap="ends when the time is over, however many messages those were: beside the rest a third "
        "of a million; 1,000,000 take half an hour on a quiet machine with `--only 13`",
    ),
    Promise(
        14,
        "A stop is graceful, and processes can be replaced under load",
        "SIGTERM under load, what was acknowledged is looked up afterwards; three processes behind "
        "a round-robin proxy, one killed in the middle of walks, then all replaced one by one",
        (
            Phase(
                "stops",
                (f"{PROMISED}::test_a_stop_under_load_loses_nothing_and_is_told_first",),
                10,
            ),
            Phase("replacing", (f"{E2E}/test_replicas.py",), 6, chosen="hop or replaced"),
        ),
    ),
    Promise(
        15,
        "The supply chain is clean",
        "locks with hashes for everything that is installed or builds; known weaknesses by "
        "pip-audit",
        (Phase("locks", ("tests/unit/test_locks.py", "tests/unit/test_audit.py"), 3),),
        gap="where the advisory service cannot be reached `make audit` says `not checked`",
    ),
)
