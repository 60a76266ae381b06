"""What a question costs on Telegram, beside an echo bot of the same library and mode.

    python scripts/bench_telegram.py [--updates 1000] [--rounds 2] [--at-once 1]

Every bot is a process of its own behind the same loopback Bot API; CPU time and memory are the
kernel's figures for that process.  Normally one question is in the air at a time, so that every bot
fetches or is posted each update by itself.  Rounds alternate the bots, the best of each counts.
"""

from __future__ import annotations

import argparse
import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from tests.e2e.bot_api import BotApi, User  # noqa: E402  found only from here on

LIBRARIES, MODES = ("ptb", "aiogram"), ("polling", "webhook")
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
"""Questions of one person; a burst of more than 20 a minute is not answered."""
TICK_S = 1 / os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Cost:
    cpu_ms: float
    """For one update."""
    memory_mib: float


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--updates", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--at-once", type=int, default=1)
    options = parser.parse_args()
    print("| library | mode | echo ms | zhuce ms | more | echo MiB | zhuce MiB | library MiB |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- |")
    for library in LIBRARIES:
        alone = imported(library)
        for mode in MODES:
            print(row(library, mode, alone, options), flush=True)


def row(library: str, mode: str, alone: float, options: argparse.Namespace) -> str:
    costs: dict[str, list[Cost]] = {"echo": [], "zhuce": []}
    for _ in range(options.rounds):
        for bot, kept in costs.items():
            kept.append(measure(bot, library, mode, options.updates, options.at_once))
    echo, zhuce = (min(kept, key=lambda cost: cost.cpu_ms) for kept in costs.values())
    more = zhuce.cpu_ms - echo.cpu_ms
    told = [library, mode, f"{echo.cpu_ms:.2f}", f"{zhuce.cpu_ms:.2f}", f"{more:+.2f}"]
    told += [f"{echo.memory_mib:.0f}", f"{zhuce.memory_mib:.0f}", f"{alone:.0f}"]
    return f"| {' | '.join(told)} |"


def imported(library: str) -> float:
    """MiB that importing the library adds to a bare interpreter."""
    name = {"ptb": "telegram", "aiogram": "aiogram"}[library]
    return memory_after(f"import {name}") - memory_after("pass")


def memory_after(line: str) -> float:
    command = [sys.executable, "-c", f"{line}\nprint(open('/proc/self/status').read())"]
    return _status(subprocess.run(command, capture_output=True, check=True, text=True).stdout)


def _status(text: str) -> float:
    [line] = [line for line in text.splitlines() if line.startswith("VmRSS:")]
    return int(line.split()[1]) / 1024


def measure(bot: str, library: str, mode: str, updates: int, at_once: int = 1) -> Cost:
    with tempfile.TemporaryDirectory() as folder, BotApi() as api:
        start = {"echo": echo_bot, "zhuce": zhuce_bot}[bot]
        with start(library, mode, api, Path(folder)) as process:
            count = (WARM_UP + updates) // EACH + 1
            people = [api.user(f"人{n}") for n in range(count)]
            ask(api, people, WARM_UP, at_once)
            before = cpu_s(process.pid)
            ask(api, people, updates, at_once)
            spent = cpu_s(process.pid) - before
            return Cost(spent / updates * 1000, memory_mib(process.pid))


def ask(api: BotApi, people: list[User], count: int, at_once: int) -> None:
    asked = islice(zip(cycle(people), cycle(QUESTIONS), strict=False), count)
    while batch := list(islice(asked, at_once)):
        seen = len(api.calls)
        for person, question in batch:
            person.says(question)
        due = len(batch)
        api.wait(lambda seen=seen, due=due: answered(api, seen) >= due, 20)


def answered(api: BotApi, seen: int) -> int:
    return sum(call.method in SENDING for call in api.calls[seen:])


def cpu_s(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) * TICK_S


def memory_mib(pid: int) -> float:
    return _status(Path(f"/proc/{pid}/status").read_text("utf-8"))


@contextmanager
def echo_bot(
    library: str, mode: str, api: BotApi, folder: Path
) -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, str(ROOT / "scripts" / "echo_bot.py"), library, mode]
    with running([*command, api.url, api.token, str(free_port())], {}, folder, api) as process:
        yield process


@contextmanager
def zhuce_bot(
    library: str, mode: str, api: BotApi, folder: Path
) -> Iterator[subprocess.Popen[bytes]]:
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
    with running([sys.executable, "-m", "bot", "serve"], settings, folder, api) as process:
        yield process


@contextmanager
def running(
    command: list[str], settings: dict[str, str], folder: Path, api: BotApi
) -> Iterator[subprocess.Popen[bytes]]:
    """Started, and seen to answer; its log is in the folder."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("BOT_")}
    environment = clean | settings | {"PYTHONPATH": str(ROOT)}
    with (
        (folder / "log").open("ab") as log,
        subprocess.Popen(command, cwd=folder, env=environment, stdout=log, stderr=log) as process,
    ):
        try:
            api.wait(lambda: api.of("getMe", "setWebhook") or process.poll() is not None, 30)
            assert process.poll() is None, (folder / "log").read_text("utf-8")
            yield process
        finally:
            process.kill()


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


if __name__ == "__main__":
    main()
