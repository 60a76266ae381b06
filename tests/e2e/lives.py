"""Processes that walk 初始注册 through a store, forked from one that has read the pack.

Reading the pack takes longer than such a process lives.  `python -m tests.e2e.lives` takes one
order a line, a JSON list of the name of a function below and its arguments, and answers each with
an `Account`.  It has one thread and opens no store, so that forking it is safe; those it forks do.
"""

from __future__ import annotations

import asyncio
import gc
import json
import os
import random
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from functools import partial
from itertools import islice
from pathlib import Path
from typing import IO

import alembic.command  # noqa: F401 - so that no life has to import it

from bot.app import Brain, SystemClock, load_brain
from bot.core.conversation import Conversation
from bot.core.model.update import ConversationKey, Update
from bot.storage import open_store, postgres, redis_store, sql_store, sqlite  # noqa: F401
from tests.unfolded import unfolded_pack
from tests.walk import BACK, BEGIN, NEXT, PAPERS, Account, Told, account, as_update, read, wander

SEED = 20261122
LONGEST_S = 0.05
"""How long a life goes on at most once it is under way."""
LONGEST_LIFE_S = 900
"""What takes longer is stuck, and is ended."""
MOST_TURNS = 200_000
AT_ONCE = 20
STALL_S = 1.6
"""Longer than a transaction may stand idle (`bot.storage.postgres.STALL_S`)."""
IN_COMMON = ("one", "two")
"""Who several processes walk as."""


class Walker:
    """Talks to the bot over a store of its own and writes down what it was told."""

    def __init__(self, conversation: Conversation, platform: str, diary: int) -> None:
        self._conversation, self._platform, self._diary = conversation, platform, diary

    async def says(self, user: str, update: str, move: str) -> None:
        """Until it is stored, as a platform goes on delivering it."""
        key = ConversationKey(self._platform, "chat", user)
        said = Update(update, key, datetime.now(UTC), **as_update(move))
        while True:
            applied = await self._conversation.take(said)
            if applied.version:
                break
            await asyncio.sleep(0.05)
        told = user, update, move, applied.version, *read(applied.reply.as_text())
        os.write(self._diary, json.dumps(told).encode() + b"\n")

    async def says_all(self, messages: Iterable[tuple[str, str, str]]) -> None:
        """A few at once."""
        room = asyncio.Semaphore(AT_ONCE)

        async def says(message: tuple[str, str, str]) -> None:
            async with room:
                await self.says(*message)

        await asyncio.gather(*map(says, messages))

    async def vanishes(self, user: str) -> None:
        await self._conversation.forget(self._platform, user)


Deeds = Callable[[Walker], Awaitable[None]]


@dataclass(frozen=True)
class Life:
    """A forked process and its diary, which survives it."""

    pid: int
    diary: IO[bytes]

    @property
    def size(self) -> int:
        return os.fstat(self.diary.fileno()).st_size

    def told(self) -> list[Told]:
        lines = os.pread(self.diary.fileno(), self.size, 0).splitlines()
        return [Told(*json.loads(line)) for line in lines]

    def ended(self) -> int:
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])


@dataclass(frozen=True)
class Nursery:
    """Where the lives of one order begin."""

    brain: Brain
    url: str
    platform: str

    def born(self, deeds: Deeds) -> Life:
        """A process that does this and nothing else."""
        diary = tempfile.TemporaryFile()  # noqa: SIM115 - it goes with the `Life`
        pid = os.fork()
        if pid:
            return Life(pid, diary)
        signal.alarm(LONGEST_LIFE_S)
        code = 1
        try:
            asyncio.run(self._live(deeds, diary.fileno()))
            code = 0
        except BaseException:  # noqa: BLE001 - nothing of the parent's may run in here
            traceback.print_exc()
        os._exit(code)

    def accounted(self, told: Iterable[Told]) -> Account:
        """What came of the order; the store is left as it was found."""
        everything = list(told)
        self.lived(partial(_forget, {one.user for one in everything}))
        return account(everything)

    def lived(self, *each: Deeds) -> list[Told]:
        """What processes that live at the same time were told."""
        lives = [self.born(deeds) for deeds in each]
        codes = [life.ended() for life in lives]
        assert not any(codes), codes
        return [told for life in lives for told in life.told()]

    async def _live(self, deeds: Deeds, diary: int) -> None:
        async with open_store(self.url) as store:
            brain = self.brain
            conversation = Conversation(brain, store, SystemClock())
            await deeds(Walker(conversation, self.platform, diary))


def die(nursery: Nursery, times: int) -> Account:
    """One walk in many lives, each killed at any moment; each goes on with what got no reply.

    In a last one everything that was acknowledged is said again.
    """
    dice = random.Random(SEED)
    walk = [("one", str(n), move) for n, move in enumerate(islice(wander(SEED), MOST_TURNS))]
    told: list[Told] = []
    for number in range(times):
        life = nursery.born(partial(_walk, walk[len(told) :]))
        if number % 5:  # else it may not even have opened the store
            _wait_for_words_of(life)
        time.sleep(dice.uniform(0.0, LONGEST_S))
        os.kill(life.pid, signal.SIGKILL)
        assert life.ended() == -signal.SIGKILL
        told += life.told()
    return nursery.accounted(told + nursery.lived(partial(_walk, walk[: len(told)])))


def _wait_for_words_of(life: Life) -> None:
    while not life.size:
        gone = os.waitid(os.P_PID, life.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT)
        assert gone is None
        time.sleep(0.001)


async def _forget(users: Iterable[str], walker: Walker) -> None:
    for user in users:
        await walker.vanishes(user)


async def _walk(moves: Sequence[tuple[str, str, str]], walker: Walker) -> None:
    for move in moves:
        await walker.says(*move)


def together(nursery: Nursery, users: int, processes: int) -> Account:
    """Twenty messages of each user at once, each delivered to two of the processes."""
    # First everybody to the middle, from where the twenty lead off the chart in no order.
    begin = [(str(user), "0", BEGIN) for user in range(users)]
    middle = [(str(user), "1", "第 4 步") for user in range(users)]
    told = nursery.lived(partial(_all, begin)) + nursery.lived(partial(_all, middle))
    shares = [partial(_all, _share(users, which, processes)) for which in range(processes)]
    return nursery.accounted(told + nursery.lived(*shares))


async def _all(messages: Sequence[tuple[str, str, str]], walker: Walker) -> None:
    await walker.says_all(messages)


def _share(users: int, which: int, processes: int) -> list[tuple[str, str, str]]:
    moves = [NEXT] * 4 + [BACK] * 3 + [PAPERS[number % len(PAPERS)] for number in range(13)]
    mine = [
        (str(user), f"{number}-{move}", move)
        for user in range(users)
        for number, move in enumerate(moves)
        for copy in range(2)
        if (number + copy) % processes == which
    ]
    # All have nearly the same order, so that they meet.
    dice = random.Random(which)
    return sorted(mine, key=lambda message: int(message[0]) + dice.uniform(0, 3))


def stall(nursery: Nursery, pauses: int) -> Account:
    """Three walk as the same people; one or another of them stands still for a while.

    Every twentieth pause is a long one, in which the others must go on.
    """
    dice, held_up = random.Random(SEED), 0
    lives = [nursery.born(partial(_to_and_fro, which)) for which in range(3)]
    for life in lives:
        _wait_for_words_of(life)
    for number in range(pauses):
        stopped, *others = dice.sample(lives, k=3)
        is_long = number % 20 == 0
        os.kill(stopped.pid, signal.SIGSTOP)
        before = {other: other.size for other in others}
        time.sleep(STALL_S if is_long else dice.uniform(0.0, 0.1))
        held_up += is_long and any(other.size == size for other, size in before.items())
        os.kill(stopped.pid, signal.SIGCONT)
        time.sleep(dice.uniform(0.0, 0.02))
    for life in lives:
        os.kill(life.pid, signal.SIGTERM)
    assert [life.ended() for life in lives] == [0, 0, 0]
    found = nursery.accounted(told for life in lives for told in life.told())
    return replace(found, held_up=held_up)


async def _to_and_fro(which: int, walker: Walker) -> None:
    """Until SIGTERM. Each of the three is one step ahead at most, so they stay on the chart."""
    stopping = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopping.set)
    dice, number = random.Random(which), 0
    for user in IN_COMMON:
        await walker.says(user, "begin", BEGIN)
        await walker.says(user, "middle", "第 4 步")
    while not stopping.is_set():
        user = dice.choice(IN_COMMON)
        for move in (NEXT, dice.choice(PAPERS), BACK):
            number += 1
            await walker.says(user, f"{which}-{number}", move)


ORDERS: dict[str, Callable[..., Account]] = {"die": die, "together": together, "stall": stall}


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        brain = load_brain(unfolded_pack(Path(folder) / "pack"))
    gc.collect()
    gc.freeze()
    for line in sys.stdin:
        name, url, platform, *arguments = json.loads(line)
        found = ORDERS[name](Nursery(brain, url, platform), *arguments)
        sys.stdout.write(json.dumps(asdict(found)) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
