"""The store goes away under load and comes back: nobody is left without an answer meanwhile."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any
from uuid import uuid4

import aiohttp
import pytest

from tests.e2e.test_serve import Server, serving
from tests.servers import STORES, Line, line
from tests.unfolded import unfolded_pack
from tests.walk import QUESTION, Place, as_update, read, wander
from tests.workers import SHARE, SOAK

SHORT_S = {"cut": 0.6, "lose": 3.0}
"""How long each kind of outage lasts in short; see `tests.servers.Line`."""
LONG_S = 30.0
LONG = {
    "postgres": ("cut", "hang_up", "silence", "lose") * 2 + ("cut", "lose"),
    "redis": ("cut", "hang_up", "silence", "lose") * 2 + ("hang_up", "silence"),
}
"""Twenty in full, those of one server beside those of the other."""
PEOPLE = 20 if SOAK else 6
"""In short: what two slow cores carry beside other tests, twice a second each at two servers."""
PAUSE_S = 0.5
"""Between an answer and the next words of the same person."""
PATIENCE_S = 2.5 if SOAK else 4.0
"""The promise, and more where other tests may be running beside this one."""
RECOVERY_S = 5.0


@dataclass(frozen=True)
class Heard:
    """One answer: when it was asked for, when it came, and whether it was a step put off."""

    said_at: float
    at: float
    is_put_off: bool = False


@dataclass
class Person:
    """Asks and walks at once in one chat; a step that is put off is said again until stored."""

    http: aiohttp.ClientSession
    name: str
    seed: int
    answers: list[Heard] = field(default_factory=list)
    steps: list[Heard] = field(default_factory=list)

    async def ask(self) -> None:
        for number in count():
            said_at = time.monotonic()
            reply = await self._says(f"question {number}", QUESTION)
            self.answers.append(Heard(said_at, time.monotonic()))
            assert reply["entry"] == "portal-sichuan", reply
            await asyncio.sleep(PAUSE_S)

    async def walk(self) -> None:
        here = Place()
        for number, move in enumerate(move for move in wander(self.seed) if move != QUESTION):
            here = here.after(move)
            is_put_off = True
            while is_put_off:
                is_put_off = await self._is_put_off(f"step {number}", move, here)
                await asyncio.sleep(PAUSE_S)

    async def _is_put_off(self, update: str, move: str, place: Place) -> bool:
        said_at = time.monotonic()
        reply = await self._says(update, move)
        is_put_off = "请稍后再试" in reply["text"]
        self.steps.append(Heard(said_at, time.monotonic(), is_put_off))
        assert is_put_off or read(reply["text"])[0] == place.step, (move, place, reply)
        return is_put_off

    async def _says(self, update: str, move: str) -> Any:
        message = {"conversation": self.name, "id": update, **as_update(move)}
        async with self.http.post("/api/v1/messages", json=message) as answer:
            assert answer.status == 200
            return await answer.json()


@asynccontextmanager
async def crowd(server: Server) -> AsyncIterator[Sequence[Person]]:
    """People who talk without pause; whatever they do not like ends the test."""
    connector = aiohttp.TCPConnector(limit=0)
    address = f"http://127.0.0.1:{server.port}"
    async with aiohttp.ClientSession(address, connector=connector) as http:
        people = [Person(http, f"{uuid4().hex}", seed) for seed in range(PEOPLE)]
        async with asyncio.TaskGroup() as living:
            tasks = [
                living.create_task(doing)
                for person in people
                for doing in (person.ask(), person.walk())
            ]
            yield people
            for task in tasks:
                task.cancel()


@dataclass(frozen=True)
class Outage:
    """What people noticed of it; times in seconds."""

    way: str
    answered: int
    put_off: int
    longest: float
    recovery: float
    """Until everybody had gone a step after the store was back."""

    def __str__(self) -> str:
        return (
            f"{self.way}: {self.answered} questions answered, {self.put_off} steps put off, "
            f"the longest wait {self.longest:.2f} s, back after {self.recovery:.2f} s"
        )


async def outage(server: Server, between: Line, people: Sequence[Person], way: str) -> Outage:
    begun = time.monotonic()
    await getattr(between, way)()
    await asyncio.sleep(max(3.0, LONG_S * SHARE) if SOAK else SHORT_S[way])
    assert await status(server) == "degraded"
    back = time.monotonic()
    await between.mend()
    while None in (steps := [first_step(person, back) for person in people]):
        assert time.monotonic() - back < 2 * RECOVERY_S
        await asyncio.sleep(0.05)
    while await status(server) != "ready":
        assert time.monotonic() - back < RECOVERY_S
        await asyncio.sleep(0.05)
    answers = [one for person in people for one in person.answers if begun <= one.at]
    walked = [one for person in people for one in person.steps if begun <= one.at]
    return Outage(
        way,
        answered=sum(one.at < back for one in answers),
        put_off=sum(one.is_put_off for one in walked),
        longest=max(one.at - one.said_at for one in answers + walked),
        recovery=max(filter(None, steps)) - back,
    )


def first_step(person: Person, since: float) -> float | None:
    """When the person was first shown a step after that moment."""
    steps = (one.at for one in person.steps if one.at >= since and not one.is_put_off)
    return next(steps, None)


async def status(server: Server) -> str:
    found = await asyncio.to_thread(server.get, "/readyz")
    return str(found.json["status"])


async def outages(server: Server, between: Line, ways: Iterable[str]) -> list[Outage]:
    async with crowd(server) as people:
        await asyncio.sleep(2 * PAUSE_S)
        return [await outage(server, between, people, way) for way in ways]


@pytest.mark.asyncio
async def test_an_outage_under_load_silences_nobody_and_ends_by_itself(
    tmp_path: Path, figures: Callable[[str], None]
) -> None:
    pack = unfolded_pack(tmp_path / "pack")
    kinds = ("postgres", "redis")
    # One after the other: two servers and two crowds at once measure the machine, not the store.
    found = [await _outages(kind, tmp_path / kind, pack) for kind in kinds]
    for kind, each in zip(kinds, found, strict=True):
        figures(told(kind, each))
    for each in found:
        assert all(one.answered and one.put_off for one in each)
        assert max(one.longest for one in each) < PATIENCE_S
        assert max(one.recovery for one in each) < RECOVERY_S


async def _outages(kind: str, folder: Path, pack: Path) -> list[Outage]:
    await asyncio.to_thread(folder.mkdir)
    with STORES[kind](folder) as url, ExitStack() as stack:
        async with line(url) as between:
            serve = serving(
                folder,
                BOT_STORE=between.url,
                BOT_HTTP__ADDRESS_RATE="",
                BOT_HTTP__CONVERSATION_RATE="",
                BOT_HTTP__TURNS="400",
                BOT_KNOWLEDGE=str(pack),
            )
            server = await asyncio.to_thread(stack.enter_context, serve)
            found = await outages(server, between, LONG[kind] if SOAK else SHORT_S)
            stack.close()
    return found


def told(kind: str, found: Sequence[Outage]) -> str:
    """The worst of each kind of outage."""
    ways = dict.fromkeys(one.way for one in found)
    worst = [
        f"{sum(one.way == way for one in found)} x {way} {longest(found, way):.2f} s, back after "
        f"{max(one.recovery for one in found if one.way == way):.2f} s"
        for way in ways
    ]
    answered, put_off = sum(one.answered for one in found), sum(one.put_off for one in found)
    return (
        f"{kind}: {len(found)} outages, {answered} questions answered, {put_off} steps put off; "
        f"longest wait {', '.join(worst)}"
    )


def longest(found: Sequence[Outage], way: str) -> float:
    return max(one.longest for one in found if one.way == way)
