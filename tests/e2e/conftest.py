"""Bots on the loopback Bot API that many tests share; each starts when it is first asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from tests.e2e.bot_api import BotApi
from tests.e2e.telegram import SET_UPS, on_the_line
from tests.e2e.test_serve import Server

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
