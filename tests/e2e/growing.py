"""Answer many messages over SQLite in one process, and print how its memory grew, as JSON.

`python -m tests.e2e.growing MESSAGES SETTLED SECONDS`: memory counts from the SETTLED-th message
on, and at each SETTLED-th what is old expires and a line of stderr tells how much it is by then.
Heap and garbage are kept as `serve` keeps them.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import sys
import time
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

from bot.app import load_brain
from bot.core.conversation import Conversation
from bot.core.model.update import ConversationKey, Update
from bot.runtime.allocator import use_one_heap
from bot.runtime.garbage import short_collections
from bot.runtime.slices import thinking
from bot.storage import open_store
from tests.e2e.offered import questions
from tests.e2e.test_promises import SEED, odd
from tests.fakes import FakeClock
from tests.walk import BACK, BEGIN, NEXT, PAPERS, as_update

PEOPLE = 1_000
ODD_ONE_IN, ASKED_ONE_IN = 200, 6
"""The others are steps of a procedure and presses of its buttons, at a fifth of the time."""
MOVES = (BEGIN, NEXT, NEXT, NEXT, BACK, *PAPERS)


def resident_mib() -> float:
    pages = int(Path("/proc/self/statm").read_text("utf-8").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


async def grow(messages: int, settled: int, seconds: float) -> dict[str, float]:
    dice, words, clock = random.Random(SEED), questions(), FakeClock()
    before, began, number = 0.0, time.monotonic(), 0
    async with open_store(os.environ["BOT_STORE"]) as store:
        conversation = Conversation(load_brain(None), store, clock, thinking=thinking())
        with short_collections():
            for number in range(1, messages + 1):
                person = str(dice.randrange(PEOPLE))
                key = ConversationKey("web", person, person)
                said = _said(number, dice, words)
                await conversation.take(Update(str(number), key, clock.now(), **said))
                clock.moment += timedelta(seconds=1)
                elapsed = time.monotonic() - began
                if number % settled == 0:
                    await store.expire(clock.now())
                    _tell(number, elapsed)
                if number == settled:
                    before = resident_mib()
                if number > settled and elapsed > seconds:
                    break
    return {"messages": number, "grown_mib": resident_mib() - before, "now_mib": resident_mib()}


def _tell(number: int, elapsed: float) -> None:
    sys.stderr.write(f"{number} messages, {elapsed:.0f} s, {resident_mib():.1f} MiB\n")
    sys.stderr.flush()


def _said(number: int, dice: random.Random, words: list[str]) -> Mapping[str, str]:
    if number % ODD_ONE_IN == 0:
        return {"text": odd(dice, words)}
    if number % ASKED_ONE_IN == 0:
        return {"text": dice.choice(words)}
    return as_update(dice.choice(MOVES))


if __name__ == "__main__":
    use_one_heap()
    found = asyncio.run(grow(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])))
    sys.stdout.write(json.dumps(found))
