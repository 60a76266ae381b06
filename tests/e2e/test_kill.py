"""A store whose process is killed at any moment keeps all that it acknowledged."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.core.ports import Turn
from bot.core.session import Session
from bot.core.update import ConversationKey
from bot.storage import open_store

CYCLES = 10
KEY = ConversationKey("telegram", "chat", "user")
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

async def main(url, cycle):
    async with open_store(url) as store:
        for n in range(1_000_000):
            key, name = ConversationKey("telegram", "chat", "user"), f"{cycle}-{n}"
            done = await store.transact(key, name, datetime.now(UTC), count)
            os.write(1, f"{name} {done.version}\\n".encode())

asyncio.run(main(*sys.argv[1:]))
"""


def killed_after(url: str, cycle: int, wait_s: float) -> dict[str, int]:
    """Versions by update id that a writer acknowledged before it was killed.

    The wait begins with its first line. A line cut in the middle was not acknowledged.
    """
    command = [sys.executable, "-c", WRITER, url, str(cycle)]
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
async def test_kill_loses_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    url, dice = f"sqlite:///{tmp_path / 'bot.db'}", random.Random(20261120)
    acknowledged: dict[str, int] = {}
    for cycle in range(CYCLES):
        acknowledged |= killed_after(url, cycle, dice.uniform(0.0, 0.3))
    async with open_store(url) as store:
        now = datetime.now(UTC)
        stored = await store.load(KEY, now)
        kept = [await store.transact(KEY, name, now, refuse) for name in acknowledged]
    assert stored is not None
    assert len(acknowledged) <= stored.version <= len(acknowledged) + CYCLES
    assert [turn.version for turn in kept] == list(acknowledged.values())
    assert [turn.reply.as_text() for turn in kept] == [
        f"turn {version}" for version in acknowledged.values()
    ]
