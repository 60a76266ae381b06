"""Other people and /healthz beside one sender who does harm; each attack can be run alone.

`python -m scripts.soak --only 12 --phase attacks`, or by name: `BOT_TEST_SOAK=1 pytest -n0
tests/e2e/test_attacks.py -k half_open`.  The sender is a process of its own and the last to be
given a core, as it would have one of its own elsewhere.
"""

from __future__ import annotations

import http.client
import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import pytest

from tests.e2e.bot_api import BotApi
from tests.e2e.offered import questions
from tests.e2e.telegram import asks, on_the_line
from tests.e2e.test_serve import ROOT, serving
from tests.workers import SHARE, SOAK

SECONDS = max(6.0, 30 * SHARE) if SOAK else 3.0
"""How long people are measured alone, and beside the attack."""
LONGER = {"conversations": 2}
"""So many of them take longer."""
PEOPLE = 40
A_SECOND = 20
"""What all of them say together: half a message a second each, as their limit allows."""
HEALTH_MS = 50.0
MORE = 1.2
"""How much longer the 99th in 100 may wait beside an attack."""
STRIDE = 1_009
"""Steps through the questions, so that each stretch of time asks some of every kind, and none that
is remembered from another; a prime number.
"""
SETTLED_S = 2.0
HOLD_S = 20
BEYOND = " (beyond the promise)"


@dataclass(frozen=True)
class Waited:
    """How long people and /healthz waited, in milliseconds, sorted."""

    people: list[float]
    health: list[float]

    @property
    def p99(self) -> float:
        return self.people[-max(1, len(self.people) // 100)]

    def __str__(self) -> str:
        middle = self.people[len(self.people) // 2]
        return (
            f"p50 {middle:.1f}, p99 {self.p99:.1f} ms of {len(self.people)} messages, /healthz "
            f"longest {self.health[-1]:.1f} ms of {len(self.health)}"
        )


def waited(port: int, names: Iterator[int], seconds: float) -> Waited:
    """Messages of people at other addresses, each another question, at fixed moments."""
    health: list[float] = []
    stop = threading.Event()

    def look() -> None:
        while not stop.wait(0.05):
            health.append(_timed(port, "127.0.9.250", "GET", "/healthz"))

    looking = threading.Thread(target=look)
    looking.start()
    words, people, began = questions(), [], time.monotonic()
    for number in range(int(seconds * A_SECOND)):
        time.sleep(max(0.0, began + number / A_SECOND - time.monotonic()))
        name = next(names)
        text = words[name * STRIDE % len(words)]
        body = json.dumps({"conversation": f"p{name}", "text": text})
        address = f"127.0.9.{number % PEOPLE + 1}"
        people.append(_timed(port, address, "POST", "/api/v1/messages", body))
    stop.set()
    looking.join()
    return Waited(sorted(people), sorted(health))


def _timed(port: int, came_from: str, verb: str, path: str, body: str | None = None) -> float:
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=30, source_address=(came_from, 0))
    began = time.perf_counter()
    line.request(verb, path, body, {"Content-Type": "application/json"})
    answer = line.getresponse()
    answer.read()
    took = (time.perf_counter() - began) * 1000
    line.close()
    assert answer.status == 200
    return took


@contextmanager
def attack(name: str, port: int, seconds: float) -> Iterator[subprocess.Popen[bytes]]:
    command = ["nice", "-n10", sys.executable, "-m", "tests.e2e.attackers", name]
    with subprocess.Popen(
        [*command, str(port), str(seconds)], cwd=ROOT, stdout=subprocess.PIPE
    ) as process:
        try:
            yield process
        finally:
            with suppress(ProcessLookupError):
                process.kill()


def judged(alone: Waited, beside: Waited) -> str:
    is_kept = beside.health[-1] <= HEALTH_MS and beside.p99 < MORE * alone.p99
    change = (beside.p99 / alone.p99 - 1) * 100
    return f"alone {alone}; beside {beside}: p99 {change:+.0f} %{'' if is_kept else BEYOND}"


ATTACKS = ("hostile", "half_open", "conversations")


@pytest.mark.parametrize("name", ATTACKS if SOAK else ATTACKS[:1])
def test_an_attack_from_one_address_hurts_nobody_else(
    name: str, tmp_path: Path, figures: Callable[[str], None]
) -> None:
    with serving(tmp_path) as server:
        names = count()
        waited(server.port, names, SETTLED_S)
        alone = waited(server.port, names, SECONDS)
        seconds = SECONDS * LONGER.get(name, 1)
        with attack(name, server.port, seconds + SETTLED_S + 2) as attacker:
            time.sleep(SETTLED_S + 1)  # it has to start
            beside = waited(server.port, names, seconds)
            came, _ = attacker.communicate(timeout=seconds + 60)
    figures(f"{judged(alone, beside)}; {json.loads(came)}")
    assert json.loads(came)


@pytest.mark.skipif(not SOAK, reason="`test_telegram_group_held` is the short form")
def test_one_group_under_429_hurts_nobody_else(
    tmp_path: Path, figures: Callable[[str], None]
) -> None:
    """Twenty seconds each time; people are new ones in private chats."""
    with BotApi() as api, on_the_line(api, tmp_path) as server:
        people = [api.user(f"人{n}") for n in range(300)]
        group = api.group("群", *people)
        _private(api, server.port, 1.0)
        alone = _private(api, server.port, HOLD_S - 2)
        api.refuse("sendMessage", retry_after=HOLD_S, times=2, chat_id=group.id)
        for person in people:
            person.says("@zhuce_bot 四川二建在哪注册", group)
        api.wait(lambda: any(call.status == 429 for call in api.of("sendMessage")))
        time.sleep(0.5)
        beside = _private(api, server.port, HOLD_S - 2)
    figures(f"{judged(alone, beside)}; {len(people)} in the group, held for {HOLD_S} s")
    assert beside.people[-1] < HOLD_S * 1000 / 3


def _private(api: BotApi, port: int, seconds: float) -> Waited:
    ends, people, health = time.monotonic() + seconds, [], []
    while time.monotonic() < ends:
        person, began = api.user(), time.perf_counter()
        assert asks(api, person, "四川二建在哪注册")
        people.append((time.perf_counter() - began) * 1000)
        health.append(_timed(port, "127.0.9.250", "GET", "/healthz"))
        time.sleep(0.02)
    return Waited(sorted(people), sorted(health))
