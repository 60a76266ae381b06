"""Three processes behind a round-robin proxy on a real Redis and PostgreSQL.

Conversations hop to another process at every message.  The proxy is nginx with the file of
`deploy/` where it is installed; elsewhere the client itself goes round.
"""

from __future__ import annotations

import asyncio
import os
import random
import re
import shutil
import signal
import subprocess
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import ExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from itertools import count, cycle
from pathlib import Path
from typing import Any
from uuid import uuid4

import aiohttp
import pytest

from bot.core.conversation import Conversation
from bot.core.model.update import ConversationKey, Update
from bot.core.ports import Brain
from bot.runtime.clock import SystemClock, calendar_writer
from bot.storage.memory import MemoryStore
from tests.dialogues import dialogues
from tests.e2e.offered import UNLIMITED, limit_of, offered, questions
from tests.e2e.test_serve import ROOT, STOP_S, Server, serving
from tests.servers import POSTGRES, STORES, server
from tests.workers import SOAK, free_port, size, wait_for_port

REPLICAS = 3
BEFORE = os.environ.get("BOT_TEST_BEFORE")
"""A checkout of the version before: what runs at first is of it, what replaces it of this one."""
PATIENCE_S = 20.0
DIALOGUES = None if SOAK else 12
WALKERS = 20 if SOAK else 4
PAUSE_S = 0.05 if SOAK else 0.2
BETWEEN_S = 1.0 if SOAK else 0.6
RATE, LOAD_S = 200, size(60, 0, least=5)
BEYOND = " (beyond the promise)"


@dataclass
class Front:
    """Where people ask; each message goes to the next process."""

    addresses: Sequence[str]
    refused: Counter[str] = field(default_factory=Counter)
    """What a proxy or a client met on the way to a reply, and tried again."""

    def __post_init__(self) -> None:
        self._next = cycle(self.addresses)

    async def says(self, http: aiohttp.ClientSession, message: dict[str, str]) -> Any:
        """Until there is a reply that is stored: whoever sends gives a message the same id."""
        began = time.monotonic()
        while time.monotonic() - began < PATIENCE_S:
            try:
                url = f"{next(self._next)}/api/v1/messages"
                async with http.post(url, json=message) as answer:
                    found = await answer.json(content_type=None) if answer.status == 200 else None
                    if found and "请稍后再试" not in found["text"]:
                        return found
                    self.refused[str(answer.status)] += 1
            except (aiohttp.ClientError, OSError) as error:
                self.refused[type(error).__name__] += 1
            await asyncio.sleep(0.05)
        raise AssertionError(f"no reply within {PATIENCE_S} s: {self.refused}")


@contextmanager
def front(folder: Path, ports: Sequence[int]) -> Iterator[Front]:
    addresses = [f"http://127.0.0.1:{port}" for port in ports]
    nginx = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    if nginx is None:
        yield Front(addresses)
        return
    port, file = free_port(), folder / "nginx.conf"
    file.write_text(_nginx_file(folder, port, ports), "utf-8")
    command = [nginx, "-p", folder, "-c", file, "-g", "daemon off;"]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as process:
        try:
            wait_for_port(port)
            assert process.poll() is None
            yield Front([f"http://127.0.0.1:{port}"])
        finally:
            process.terminate()


def _nginx_file(folder: Path, port: int, ports: Sequence[int]) -> str:
    """The file that is shipped, with the addresses of this machine."""
    text = (ROOT / "deploy" / "nginx" / "nginx.conf").read_text("utf-8")
    servers = "".join(f"server 127.0.0.1:{one} max_fails=0;" for one in ports)
    paths = "".join(
        f"{name}_temp_path {folder};"
        for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    for before, after in (
        (r"pid \S+;", f"pid {folder / 'nginx.pid'};"),
        (r"resolver .*;", f"upstream replicas {{ {servers} }} {paths}"),
        (r"set \$replicas .*", ""),
        (r"http://\$replicas", "http://replicas"),
        (r"listen 8080", f"listen 127.0.0.1:{port}"),
    ):
        text, found = re.subn(before, after, text)
        assert found == 1, before
    return text


@dataclass
class House:
    """The processes, each with a port that its successor takes over."""

    folder: Path
    settings: dict[str, str]
    stack: ExitStack
    ports: list[int]
    servers: dict[int, Server] = field(default_factory=dict)

    def start(self, port: int, **more: str) -> None:
        folder = self.folder / f"{port}-{uuid4().hex[:6]}"
        folder.mkdir()
        running = serving(folder, port=port, **self.settings | more)
        self.servers[port] = self.stack.enter_context(running)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[House, Front]]:
    folder = tmp_path_factory.mktemp("replicas")
    with STORES["redis"](folder) as store, server(POSTGRES) as journal, ExitStack() as stack:
        settings = {
            "BOT_STORE": store,
            "BOT_JOURNAL": journal,
            **UNLIMITED,
        }
        built = House(folder, settings, stack, [free_port() for _ in range(REPLICAS)])
        for port in built.ports:
            built.start(port, **({"PYTHONPATH": BEFORE} if BEFORE else {}))
        yield built, stack.enter_context(front(folder, built.ports))


@pytest.mark.skipif(BEFORE is not None, reason="the version before says it in other words")
@pytest.mark.asyncio
async def test_conversations_that_hop_are_told_the_same_words(
    brain: Brain, house: tuple[House, Front], figures: Callable[[str], None]
) -> None:
    proxy = house[1]
    plain = [one for one in dialogues() if not {"restart", "wait", "another"} & _keys(one.turns)]
    step = max(1, len(plain) // DIALOGUES) if DIALOGUES else 1
    alone = Conversation(brain, MemoryStore(), SystemClock(), calendar=calendar_writer())
    asked = 0
    async with aiohttp.ClientSession() as http:
        for dialogue in plain[::step]:
            name, choices = uuid4().hex, {}
            for number, turn in enumerate(turn for turn in dialogue.turns if "bot" not in turn):
                said = _said(turn, choices)
                if said is None:
                    break
                key = ConversationKey("web", name, name)
                update = Update(str(number), key, SystemClock().now(), **said)
                expected = await alone.handle(update)
                message = {"conversation": name, "id": str(number), **said}
                found = await proxy.says(http, message)
                assert found["text"] == expected.as_text(), (dialogue.name, said)
                choices = {one["label"]: one["value"] for one in found["choices"]}
                asked += 1
    figures(f"{len(plain[::step])} conversations, {asked} messages, the same words")
    assert asked > 20


@pytest.mark.skipif(not SOAK, reason="minutes of load on all cores: make soak")
@pytest.mark.asyncio
async def test_three_processes_answer_in_time(
    house: tuple[House, Front], figures: Callable[[str], None]
) -> None:
    """Said as it is: proxy, three processes, both servers and the load share these cores."""
    addresses, words = house[1].addresses, questions()
    await offered(addresses, words, 20, 5)
    found = await offered(addresses, words, RATE, LOAD_S)
    limit = await limit_of(addresses, words, RATE, is_in_time=found.is_in_time)
    figures(f"{found}; {limit}{'' if found.is_in_time else BEYOND}")
    assert found.answered == RATE * LOAD_S


def _keys(turns: Sequence[Any]) -> set[str]:
    return {key for turn in turns for key in turn}


def _said(turn: Any, choices: dict[str, str]) -> dict[str, str] | None:
    if "user" in turn:
        return {"text": turn["user"]}
    value = choices.get(turn.get("press", ""))
    return {"press": value} if value else None


ON, BACK = ("下一步", "第 2/8 步"), ("上一步", "第 1/8 步")
ASIDE = ("四川二建在哪注册", "四川政务服务网")
BEGIN = "/steps 初始注册"
_MOVES = {BEGIN: [ON, ASIDE], ON[0]: [BACK], BACK[0]: [ON, ASIDE], ASIDE[0]: [ON]}
"""What may be said next, and what the reply shows: a step lost or doubled shows another."""


@dataclass
class Walker:
    """Walks two steps of 初始注册 to and fro; each reply must show where it stands by then."""

    proxy: Front
    seed: int
    steps: int = 0
    slowest: float = 0.0

    async def walk(self, http: aiohttp.ClientSession, is_over: asyncio.Event) -> None:
        dice, shown, move, name = random.Random(self.seed), "第 1/8 步", BEGIN, uuid4().hex
        for number in count():
            if is_over.is_set():
                return
            began = time.monotonic()
            message = {"conversation": name, "id": str(number), "text": move}
            found = await self.proxy.says(http, message)
            self.slowest = max(self.slowest, time.monotonic() - began)
            assert shown in found["text"], (number, move, shown, found["text"])
            self.steps += 1
            move, shown = dice.choice(_MOVES[move])
            await asyncio.sleep(PAUSE_S)


@asynccontextmanager
async def walkers(proxy: Front) -> AsyncIterator[list[Walker]]:
    is_over, everybody = asyncio.Event(), [Walker(proxy, seed) for seed in range(WALKERS)]
    async with aiohttp.ClientSession() as http, asyncio.TaskGroup() as group:
        for one in everybody:
            group.create_task(one.walk(http, is_over))
        yield everybody
        is_over.set()


@pytest.mark.asyncio
async def test_walks_go_on_when_processes_are_killed_and_replaced(
    house: tuple[House, Front], figures: Callable[[str], None]
) -> None:
    """First one is killed in the middle of everybody's walk; then all are replaced, one by one."""
    built, proxy = house
    first, *others = built.ports
    async with walkers(proxy) as everybody:
        await asyncio.sleep(BETWEEN_S)
        built.servers[first].process.send_signal(signal.SIGKILL)
        await asyncio.sleep(BETWEEN_S)
        await asyncio.to_thread(built.start, first)
        after_kill = proxy.refused.copy()
        for port in others:
            process = built.servers[port].process
            process.send_signal(signal.SIGTERM)
            assert await asyncio.to_thread(process.wait, STOP_S) == 0
            await asyncio.to_thread(built.start, port)
        await asyncio.sleep(BETWEEN_S)
    steps, slowest = sum(w.steps for w in everybody), max(w.slowest for w in everybody)
    figures(
        f"{steps} steps of {WALKERS} people, none lost or doubled; tried again after the kill "
        f"{sum(after_kill.values())}, during the replacement "
        f"{(proxy.refused - after_kill).total()}; the longest wait {slowest:.1f} s"
    )
    assert steps > WALKERS * 10
