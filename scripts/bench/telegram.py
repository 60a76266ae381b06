"""Measure section `telegram`: the cost of a question, beside an echo bot of the same library.

Every bot is a process of its own behind the same loopback Bot API.  For cost and delay one question
is in flight at a time, so that every bot fetches or is posted each update by itself; for throughput
many are.  Rounds alternate the bots; the median counts.  zhuce is measured twice: with questions of
every kind that come once each, and with a few that everybody asks, whose words are cached.
"""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import cycle, islice
from pathlib import Path
from tempfile import TemporaryDirectory

from scripts.bench.asking import Say
from scripts.bench.bars import AGAIN, BOTS
from scripts.bench.figures import medians, rounded, spread_ms
from scripts.bench.processes import (
    ROOT,
    cpu_s,
    environment,
    free_port,
    memory_mib,
    python,
    serving,
    status_mib,
)
from scripts.bench.questions import mixed
from scripts.bench.results import Results
from tests.e2e.bot_api import BotApi, User

LIBRARIES = {"ptb": "telegram", "aiogram": "aiogram"}
MODES = ("polling", "webhook")
QUESTIONS = (
    "四川二建在哪注册",
    "初始注册要什么材料",
    "浙江二建在哪注册",
    "增项注册的流程",
    "证书有效期多久",
)
SENDING = ("sendMessage", "sendRichMessage")
WARM_UP = 100
EACH = 15
"""Questions of one person; more than 20 a minute are not answered."""
AT_ONCE = 50


@dataclass(frozen=True, slots=True)
class Load:
    rounds: int
    updates: int


def telegram(load: Load, results: Results, say: Say) -> None:
    for library, module in LIBRARIES.items():
        alone = imported_mib(module)
        for mode in MODES:
            kept: dict[str, list[Mapping[str, float]]] = {bot: [] for bot in BOTS}
            for number in range(load.rounds):
                say(f"telegram: {library} {mode}, round {number + 1} of {load.rounds}")
                for bot, found in kept.items():
                    found.append(measure(bot, library, mode, load.updates))
            rows = {bot: rounded(medians(found), 3) for bot, found in kept.items()}
            part = {**rows, "library_mib": round(alone, 1)}
            results.keep_part("telegram", "doors", f"{library} {mode}", part)


def imported_mib(module: str) -> float:
    """Return what importing the library adds to a bare interpreter."""
    return _mib_after(f"import {module}") - _mib_after("pass")


def _mib_after(line: str) -> float:
    command = python("-c", f"{line}\nprint(open('/proc/self/status').read())")
    run = subprocess.run(command, env=environment(), capture_output=True, check=True, text=True)
    return status_mib(run.stdout)


def measure(bot: str, library: str, mode: str, updates: int) -> dict[str, float]:
    with TemporaryDirectory() as folder, BotApi() as api:
        settings, command = (_echo if bot == "echo" else _zhuce)(library, mode, api)
        with _running(settings, Path(folder), command, api) as process:
            count = (WARM_UP + 2 * updates) // EACH + 2
            texts = QUESTIONS if bot == AGAIN else mixed(WARM_UP + 2 * updates)
            asked = zip(cycle([api.user(f"人{n}") for n in range(count)]), cycle(texts))
            one_by_one(api, asked, WARM_UP)
            before = cpu_s(process.pid)
            delays = one_by_one(api, asked, updates)
            spent = cpu_s(process.pid) - before
            began = time.monotonic()
            all_at_once(api, asked, updates)
            took = time.monotonic() - began
            return spread_ms(delays) | {
                "cpu_ms": spent / updates * 1000,
                "updates_per_s": updates / took,
                "memory_mib": memory_mib(process.pid),
            }


def one_by_one(api: BotApi, asked: Iterator[tuple[User, str]], count: int) -> list[float]:
    """Return the seconds from each question to the call that answers it."""
    delays = []
    for person, question in islice(asked, count):
        seen, said = len(api.calls), time.monotonic()
        person.says(question)
        [answered, *_] = api.wait(partial(_replies, api, seen, 1), 20)
        delays.append(answered - said)
    return delays


def _replies(api: BotApi, seen: int, due: int) -> list[float]:
    """Return when the replies after `seen` calls came in; nothing until all that are due have."""
    found = [call.started for call in api.calls[seen:] if call.method in SENDING]
    return found if len(found) >= due else []


def all_at_once(api: BotApi, asked: Iterator[tuple[User, str]], count: int) -> None:
    for start in range(0, count, AT_ONCE):
        due = min(AT_ONCE, count - start)
        seen = len(api.calls)
        for person, question in islice(asked, due):
            person.says(question)
        api.wait(partial(_replies, api, seen, due), 60)


def _echo(library: str, mode: str, api: BotApi) -> tuple[dict[str, str], list[str]]:
    script = str(ROOT / "scripts" / "echo_bot.py")
    return {}, python(script, library, mode, api.url, api.token, str(free_port()))


def _zhuce(library: str, mode: str, api: BotApi) -> tuple[dict[str, str], list[str]]:
    port = free_port()
    settings = {
        "BOT_HTTP__PORT": str(port),
        "BOT_TELEGRAM__TOKEN": api.token,
        "BOT_TELEGRAM__API_URL": api.url,
        "BOT_TELEGRAM__LIBRARY": library,
        "BOT_TELEGRAM__MODE": mode,
        "BOT_TELEGRAM__WEBHOOK_URL": f"http://127.0.0.1:{port}/webhooks/telegram",
        "BOT_TELEGRAM__WEBHOOK_SECRET": "bench",
    }
    return settings, python("-m", "bot", "serve")


@contextmanager
def _running(
    settings: Mapping[str, str], folder: Path, command: list[str], api: BotApi
) -> Iterator[subprocess.Popen[bytes]]:
    """Start a bot and wait until it answers."""
    with serving(settings, folder, command) as process:
        api.wait(lambda: api.of("getMe", "setWebhook") or process.poll() is not None, 30)
        if process.poll() is not None:
            raise RuntimeError((folder / "log").read_text("utf-8"))
        yield process
