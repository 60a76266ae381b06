"""Tests side by side (`make test`): who takes which of them, and what each worker has for itself.

Without workers, as in `pytest tests/unit/test_app.py`, there is one that has everything.
"""

from __future__ import annotations

import asyncio
import os
import random
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import cache
from itertools import count
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pytest
    from xdist.scheduler import LoadScopeScheduling

NAME = os.environ.get("PYTEST_XDIST_WORKER", "")
SOAK = os.environ.get("BOT_TEST_SOAK") == "1"
"""Tests run at full length: `make soak`."""
SOAK_ENDS = time.monotonic() + float(os.environ.get("BOT_TEST_SOAK_S", "inf"))
"""Until when a test may go on that goes on until its time is over."""
SHARE = float(os.environ.get("BOT_TEST_SOAK_SHARE", "1"))
"""How much of the full length: a rehearsal of `make soak` takes a hundredth."""
LANE = os.environ.get("BOT_TEST_LANE", "")
"""Of `make soak`, which runs several phases at the same time."""
NUMBER = int(NAME.removeprefix("gw") or LANE or 0)
MOST = 16
"""Workers, for the ports."""


def size(full: int, short: int, least: int = 1) -> int:
    """How often something is tried: so often at full length, else only to see that it works."""
    return max(least, round(full * SHARE)) if SOAK else short


PORTS = 20_000, 32_000
"""Below those that systems hand out, so that nobody is given one before its server is up."""

TOGETHER = {
    "tests/e2e/test_telegram.py": "bots",
    "tests/e2e/test_telegram_once.py": "bots",
    "tests/e2e/test_telegram_trouble.py": "bots",
    "tests/e2e/test_kill.py": "lives",
    "tests/e2e/test_together.py": "lives",
}
"""Files whose tests share what takes seconds to start (`tests.e2e.conftest`)."""


SLOW = {"tests/docs/test_examples.py"} | {
    f"tests/e2e/test_{name}.py"
    for name in (
        "page/test_access",
        "page/test_elsewhere",
        "page/test_kept",
        "page/test_talk",
        "admin",
        "attacks",
        "backup",
        "bare",
        "bench",
        "forgetting",
        "installed",
        "kill",
        "log_privacy",
        "mcp",
        "operator",
        "outage",
        "platforms",
        "promises",
        "reload",
        "replicas",
        "telegram",
        "telegram_flood",
        "telegram_group_held",
        "telegram_kinds",
        "telegram_once",
        "telegram_replicas",
        "telegram_three",
        "telegram_trouble",
        "tencent",
        "together",
    )
}
"""Files whose tests start browsers, or programs again and again: `make test` leaves them
to `make test-slow`, and `make check` runs both."""


def mark_slow(items: Iterable[pytest.Item]) -> None:
    """Give the tests of those files the mark by which they are chosen."""
    for item in items:
        if item.nodeid.partition("::")[0] in SLOW:
            item.add_marker("slow")


def scheduler(config: pytest.Config, log: object) -> LoadScopeScheduling:
    """The tests of a file stay together, as its fixtures do; files go in the usual order."""
    from xdist.scheduler import LoadScopeScheduling

    class ByFile(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            file = nodeid.partition("::")[0]
            return TOGETHER.get(file, file)

    config.option.loadscopereorder = False
    return ByFile(config, log)  # type: ignore[arg-type]


_numbers = count(random.randrange(0, PORTS[1] - PORTS[0], MOST) + NUMBER % MOST, MOST)


def free_port() -> int:
    """A port of this machine that nobody listens at and no other worker is given."""
    lowest, end = PORTS
    for number in _numbers:
        port = lowest + number % (end - lowest)
        with socket.socket() as tried:
            try:
                tried.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise AssertionError


def wait_for_port(port: int) -> None:
    for _ in range(500):
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.02)
    raise AssertionError(f"nothing listens on {port}")


@cache
def own_database(url: str) -> str:
    """The URL of a database beside the given one that no other worker uses; its own for the first.

    Where there can be none, workers share one and take turns (`tests.servers`).
    """
    if not NUMBER:
        return url
    name = urlsplit(url).path.removeprefix("/")
    before, _, after = url.rpartition(f"/{name}")
    if url.startswith("redis"):
        return f"{before}/{int(name or 0) - NUMBER}{after}" if int(name or 0) >= NUMBER else url
    with ThreadPoolExecutor(1) as thread:  # there may be a loop in this one
        is_there = thread.submit(asyncio.run, _make(url, f"{name}_gw{NUMBER}")).result()
    return f"{before}/{name}_gw{NUMBER}{after}" if is_there else url


async def _make(url: str, name: str) -> bool:
    import asyncpg

    connection = await asyncpg.connect(url)
    try:
        if not await connection.fetch("SELECT FROM pg_database WHERE datname = $1", name):
            await connection.execute(f'CREATE DATABASE "{name}"')
    except asyncpg.InsufficientPrivilegeError:
        return False
    finally:
        await connection.close()
    return True
