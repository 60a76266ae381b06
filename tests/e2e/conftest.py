"""What many tests share, each started when it is first asked for: bots on the loopback Bot API, and
a process that has read the pack and forks others."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from tests.e2e.bot_api import BotApi
from tests.e2e.telegram import SET_UPS, on_the_line
from tests.e2e.test_serve import ROOT, Server
from tests.walk import Account

CANARY = "123456789:canary-canary-canary-canary-canary"
"""The token of all of them; no log may hold it."""
Line = tuple[BotApi, Server]


@pytest.fixture(scope="session")
def lines(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str, str], Line]]:
    """The bot of a library and mode, with the Bot API it lives on."""
    running: dict[tuple[str, str], Line] = {}
    with ExitStack() as stack:

        def line(library: str, mode: str) -> Line:
            if (library, mode) not in running:
                folder = tmp_path_factory.mktemp(f"{library}-{mode}")
                api = stack.enter_context(BotApi(token=CANARY))
                talkative = {"BOT_LOG_LEVEL": "debug"}
                bot = on_the_line(api, folder, library, mode, **talkative)
                server = stack.enter_context(bot)
                running[library, mode] = (api, server)
            return running[library, mode]

        yield line


@pytest.fixture(scope="session", params=SET_UPS, ids="-".join)
def line(request: pytest.FixtureRequest, lines: Callable[[str, str], Line]) -> Line:
    return lines(*request.param)


@pytest.fixture(scope="session")
def api(line: Line) -> BotApi:
    return line[0]


Order = Callable[..., Account]


@pytest.fixture(scope="session")
def lives(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Order]:
    """Orders for `tests.e2e.lives`: the name of a function there and its arguments."""
    log = tmp_path_factory.mktemp("lives") / "log"
    # One thread, so that forking is safe: numpy would start one for each core.
    environment = os.environ | {"PYTHONPATH": str(ROOT), "OPENBLAS_NUM_THREADS": "1"}
    with (
        log.open("wb") as complaints,
        subprocess.Popen(
            [sys.executable, "-m", "tests.e2e.lives"],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=complaints,
            text=True,
        ) as process,
    ):
        assert process.stdin
        assert process.stdout

        def order(*words: object) -> Account:
            print(json.dumps(words), file=process.stdin, flush=True)
            answer = process.stdout.readline()
            assert answer, log.read_text(encoding="utf-8")
            return Account(**json.loads(answer))

        yield order
        process.stdin.close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    from tests.e2e.chat_page import chromium

    with chromium() as found:
        yield found
