"""Measure section `start`: how long `zhuce ask` takes from process start, and `serve`'s memory.

Whole processes in turn: a bare interpreter that imports jieba and cuts one sentence, and the bot. A
warm start finds the bot's cache folder from an earlier start, a cold one has to fill it.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter

from scripts.bench.asking import Say
from scripts.bench.figures import rounded
from scripts.bench.processes import (
    await_port,
    environment,
    free_port,
    memory_mib,
    python,
    serving,
)
from scripts.bench.questions import mixed
from scripts.bench.results import Results

SENTENCE = "四川二建在哪注册"
BARE = f"import jieba; print(jieba.lcut({SENTENCE!r}))"
HIDDEN = (
    "import sys; sys.modules['rjieba'] = None; sys.argv[:] = ['zhuce', 'ask', {text!r}]; "
    "from bot.__main__ import main; main()"
)
COMMANDS = {
    "bare": python("-c", BARE),
    "ask": python("-m", "bot", "ask", SENTENCE),
    "ask_cold": python("-m", "bot", "ask", SENTENCE),
    "ask_jieba": python("-c", HIDDEN.format(text=SENTENCE)),
}
TALKED = 200


def start(rounds: int, results: Results, say: Say) -> None:
    """Time whole processes in turn; then measure the memory of a server."""
    times: dict[str, list[float]] = {name: [] for name in COMMANDS}
    with TemporaryDirectory() as folder:
        for number in range(rounds + 1):
            say(f"start: round {number} of {rounds}")
            for name, command in COMMANDS.items():
                seconds = _seconds(command, Path(folder), is_cold=name == "ask_cold")
                if number:  # the first one fills caches: of files, of bytecode, jieba's, the bot's
                    times[name].append(seconds)
    found = {f"{name}_ms": median(some) * 1000 for name, some in times.items()}
    ratios = {
        f"{name}_ratio": median(a / b for a, b in zip(some, times["bare"], strict=True))
        for name, some in times.items()
        if name != "bare"
    }
    say("start: memory")
    results.keep("start", {"rounds": rounds} | rounded(found | ratios | memory(TALKED), 2))


def _seconds(command: list[str], folder: Path, *, is_cold: bool) -> float:
    with TemporaryDirectory(dir=folder) as fresh:
        cache = fresh if is_cold else str(folder)
        settings = environment({"XDG_CACHE_HOME": cache})
        started = perf_counter()
        subprocess.run(command, cwd=folder, env=settings, check=True, capture_output=True)
        return perf_counter() - started


def memory(count: int) -> dict[str, float]:
    """Return the MiB of a server without a platform: after the start, and after questions."""
    with web_bot() as (port, pid):
        after_start = memory_mib(pid)
        talk(port, count)
        return {
            "serve_mib": after_start,
            "serve_asked_mib": memory_mib(pid),
            "serve_peak_mib": memory_mib(pid, "VmHWM"),
        }


UNLIMITED = {"BOT_HTTP__ADDRESS_RATE": "", "BOT_HTTP__CONVERSATION_RATE": ""}
"""All load comes from one address."""


@contextmanager
def web_bot(more: Mapping[str, str] | None = None) -> Iterator[tuple[int, int]]:
    """Run `zhuce serve` without rates or platforms; yield its port and process id."""
    port = free_port()
    with TemporaryDirectory() as folder:
        settings = {"BOT_HTTP__PORT": str(port), **UNLIMITED, **(more or {})}
        with serving(settings, Path(folder), python("-m", "bot", "serve")) as process:
            await_port(port, process)
            yield port, process.pid


def talk(port: int, count: int) -> None:
    """Ask mixed questions, each in a conversation of its own."""
    line = HTTPConnection("127.0.0.1", port, timeout=30)
    for number, text in enumerate(mixed(count)):
        body = json.dumps({"conversation": f"bench-{number}", "text": text})
        line.request("POST", "/api/v1/messages", body, {"Content-Type": "application/json"})
        answer = line.getresponse()
        answer.read()
        if answer.status != 200:
            raise RuntimeError(f"{text!r} was answered with {answer.status}")
    line.close()
