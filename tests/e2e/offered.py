"""Messages offered to one or several addresses at fixed moments, whoever is still waiting."""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import cycle

import aiohttp
import yaml

from tests.conftest import KNOWLEDGE

UNLIMITED = {
    "BOT_HTTP__ADDRESS_RATE": "",
    "BOT_HTTP__CONVERSATION_RATE": "",
    "BOT_HTTP__TURNS": "4000",
    "BOT_HTTP__ADDRESS_CONNECTIONS": "900",
}
"""All come from this machine."""
PEOPLE = 500
P99_S, LONGEST_S = 0.25, 2.5
RATES = (25, 50, 100, 150, 200, 250, 300, 400)
LIMIT_S = 6
"""How long each rate is offered while the limit is looked for."""


@dataclass(frozen=True)
class Offered:
    """What became of messages that were offered so many a second; times in seconds."""

    rate: int
    seconds: int
    reached: float
    took: Sequence[float]
    refused: int

    @property
    def answered(self) -> int:
        return len(self.took)

    @property
    def p99(self) -> float:
        return self.took[-max(1, len(self.took) // 100)]

    @property
    def is_in_time(self) -> bool:
        return self.p99 <= P99_S and self.took[-1] <= LONGEST_S and not self.refused

    def __str__(self) -> str:
        return (
            f"{self.rate} a second offered for {self.seconds} s, {self.reached:.0f} reached: p50 "
            f"{statistics.median(self.took) * 1000:.0f} ms, p99 {self.p99 * 1000:.0f} ms, "
            f"longest {self.took[-1]:.2f} s, {self.refused} refused"
        )


async def offered(
    addresses: Sequence[str], words: Sequence[str], rate: int, seconds: int
) -> Offered:
    """Each message goes to the next address; what was answered 200 counts as not refused."""
    took, refused, turn = list[float](), 0, cycle(addresses)
    connector = aiohttp.TCPConnector(limit=500)
    async with aiohttp.ClientSession(connector=connector) as http:

        async def ask(number: int, due: float) -> None:
            nonlocal refused
            text, url = words[number % len(words)], f"{next(turn)}/api/v1/messages"
            person = f"p{number % PEOPLE}"
            message = {"conversation": person, "id": f"{due}", "text": text}
            async with http.post(url, json=message) as answer:
                await answer.read()
            took.append(time.monotonic() - due)
            refused += answer.status != 200

        began = time.monotonic()
        async with asyncio.TaskGroup() as group:
            for number in range(seconds * rate):
                due = began + number / rate
                await asyncio.sleep(max(0.0, due - time.monotonic()))
                group.create_task(ask(number, due))
        elapsed = time.monotonic() - began
    return Offered(rate, seconds, len(took) / elapsed, sorted(took), refused)


async def limit_of(
    addresses: Sequence[str], words: Sequence[str], rate: int, *, is_in_time: bool
) -> str:
    """Say which rate is the highest in time: more is offered, or less if this was too much."""
    best = rate if is_in_time else 0
    higher = [one for one in RATES if one > rate]
    lower = [one for one in RATES if one < rate][::-1]
    for one in higher if is_in_time else lower:
        await asyncio.sleep(1)
        found = await offered(addresses, words, one, LIMIT_S)
        if found.is_in_time:
            best = one
        if found.is_in_time != is_in_time:
            break
    return f"in time up to {best} a second" if best else "at no rate in time"


def questions() -> list[str]:
    """Of the pack's own tests."""
    found = [
        asked["q"]
        for path in sorted((KNOWLEDGE / "tests").glob("*.yaml"))
        for asked in yaml.safe_load(path.read_text("utf-8"))["questions"]
        if "q" in asked
    ]
    assert len(found) > 50
    return found
