"""A store whose process is killed at any moment keeps all that it acknowledged."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pytest

from bot.core.ports import Turn
from bot.core.session import Session
from bot.core.update import ConversationKey
from bot.storage import open_store
from tests.servers import POSTGRES, REDIS, server

CYCLES, LONGEST_S = (1000, 0.05) if "BOT_TEST_SOAK" in os.environ else (10, 0.3)
PLACES: dict[str, Callable[[Path], AbstractContextManager[str]]] = {
    "sqlite": lambda folder: nullcontext(f"sqlite:///{folder / 'bot.db'}"),
    "postgres": lambda _: server(POSTGRES),
    "redis": lambda _: server(REDIS),
}
WRITER = """
import asyncio, os, sys
from datetime import UTC, datetime
from bot.core.ports import Turn
from bot.core.reply import Reply, Status, Text
from bot.core.session import Context, Session
from bot.core.update import ConversationKey
from bot.storage import open_store

def count(session):
    number = int(session.context.slots.get("number", "0")) + 1
    kept = Session(context=Context({"number": str(number)}))
    return Turn(Reply(Status.ANSWERED, (Text(f"turn {number}"),)), kept)

async def main(url, user, cycle):
    async with open_store(url) as store:
        for n in range(1_000_000):
            key, name = ConversationKey("kill", "chat", user), f"{cycle}-{n}"
            done = await store.transact(key, name, datetime.now(UTC), count)
            os.write(1, f"{name} {done.version}\\n".encode())

asyncio.run(main(*sys.argv[1:]))
"""


@pytest.fixture(params=PLACES)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    with PLACES[request.param](tmp_path) as place:
        yield place


def killed_after(url: str, user: str, cycle: int, wait_s: float) -> dict[str, int]:
    """Versions by update id that a writer acknowledged before it was killed.

    The wait begins with its first line. A line cut in the middle was not acknowledged.
    """
    command = [sys.executable, "-c", WRITER, url, user, str(cycle)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as writer:
        assert writer.stdout is not None
        head = writer.stdout.readline()
        time.sleep(wait_s)
        writer.kill()
        lines = (head + writer.stdout.read()).decode().splitlines(keepends=True)
    whole = [line.split() for line in lines if line.endswith("\n")]
    return {name: int(version) for name, version in whole}


def refuse(_: Session) -> Turn:
    raise AssertionError("an acknowledged update was forgotten")


@pytest.mark.asyncio
async def test_kill_loses_nothing_that_was_acknowledged(url: str) -> None:
    dice, key = random.Random(20261120), ConversationKey("kill", "chat", uuid4().hex)
    acknowledged: dict[str, int] = {}
    for cycle in range(CYCLES):
        acknowledged |= killed_after(url, key.user, cycle, dice.uniform(0.0, LONGEST_S))
    async with open_store(url) as store:
        now = datetime.now(UTC)
        stored = await store.load(key, now)
        kept = [await store.transact(key, name, now, refuse) for name in acknowledged]
    assert stored is not None
    assert len(acknowledged) <= stored.version <= len(acknowledged) + CYCLES
    assert [turn.version for turn in kept] == list(acknowledged.values())
    assert [turn.reply.as_text() for turn in kept] == [
        f"turn {version}" for version in acknowledged.values()
    ]
