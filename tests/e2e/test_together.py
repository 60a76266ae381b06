"""Several processes on one store: nobody's turn is lost, and no update is answered twice."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from uuid import uuid4

import pytest

from tests.e2e.test_kill import PLACES

PROCESSES, COPIES = 3, 2
USERS, UPDATES = (1000, 20) if "BOT_TEST_SOAK" in os.environ else (10, 20)
WORKER = """
import asyncio, random, sys
from datetime import UTC, datetime
from bot.core.ports import Turn
from bot.core.reply import Reply, Status, Text
from bot.core.session import Context, Session
from bot.core.update import ConversationKey
from bot.errors import StoreUnavailable
from bot.storage import open_store

def count(session):
    number = int(session.context.slots.get("number", "0")) + 1
    kept = Session(context=Context({"number": str(number)}))
    return Turn(Reply(Status.ANSWERED, (Text(str(number)),)), kept)

async def main(url, platform, which, processes, copies, users, updates):
    mine = [
        (user, update)
        for user in range(users) for update in range(updates) for copy in range(copies)
        if (update + copy) % processes == which
    ]
    random.Random(which).shuffle(mine)
    at_once = asyncio.Semaphore(20)

    async def turn(store, user, update):
        key = ConversationKey(platform, "chat", str(user))
        async with at_once:
            while True:
                try:
                    done = await store.transact(key, str(update), datetime.now(UTC), count)
                    break
                except StoreUnavailable:
                    await asyncio.sleep(0.05)
        print(user, update, done.reply.as_text(), int(done.is_repeat))

    async with open_store(url) as store:
        await asyncio.gather(*(turn(store, *one) for one in mine))

asyncio.run(main(*sys.argv[1:3], *map(int, sys.argv[3:])))
"""


@pytest.mark.parametrize("kind", PLACES)
def test_every_update_is_one_turn_whoever_gets_it(kind: str, tmp_path: Path) -> None:
    with PLACES[kind](tmp_path) as url:
        answers = asked_at_once(url, f"together-{uuid4().hex}")
    first = [line[:3] for line in answers if line[3] == 0]
    assert sorted(user_and_update[:2] for user_and_update in first) == [
        (user, update) for user in range(USERS) for update in range(UPDATES)
    ]
    assert {line[:3] for line in answers} == set(first)
    assert sorted((user, number) for user, _, number in first) == [
        (user, number) for user in range(USERS) for number in range(1, UPDATES + 1)
    ]


def asked_at_once(url: str, platform: str) -> list[tuple[int, ...]]:
    """User, update, number of the turn and whether it was a repeat, for each copy delivered."""
    figures = [str(one) for one in (PROCESSES, COPIES, USERS, UPDATES)]
    workers = [
        subprocess.Popen(
            [sys.executable, "-c", WORKER, url, platform, str(which), *figures],
            stdout=subprocess.PIPE,
            text=True,
        )
        for which in range(PROCESSES)
    ]
    said = [worker.communicate(timeout=600)[0] for worker in workers]
    assert [worker.returncode for worker in workers] == [0] * PROCESSES
    return [tuple(map(int, line.split())) for text in said for line in text.splitlines()]
