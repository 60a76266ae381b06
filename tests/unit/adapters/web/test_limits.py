"""Who may ask how often, and how many at once."""

from __future__ import annotations

import asyncio
import os
import time
from typing import Any

import httpx2 as httpx
import pytest
from limits import parse
from starlette.testclient import TestClient

from bot.adapters.web.callers import person_at
from bot.adapters.web.fair_turns import SHARE, BusyError, FairTurns
from bot.adapters.web.limits import PER_ADDRESS, TURNS, Limits
from bot.adapters.web.rate_limits import RateLimits
from bot.core.model.reply import Reply
from bot.core.model.update import Update
from bot.storage import DEADLINE_S
from bot.storage.deadline import COMMIT_GRACE_S
from tests.servers import REDIS, server
from tests.unit.adapters.web.test_api import MESSAGES, Parrot, client_of, closed, refusal

KEY = "a key of sixteen letters"


def says(web: TestClient, conversation: str = "c", **headers: str) -> httpx.Response:
    body = {"conversation": conversation, "text": "a"}
    return web.post(MESSAGES, json=body, headers=headers)


def statuses(web: TestClient, count: int, conversation: str = "c", **headers: str) -> list[int]:
    return [says(web, conversation, **headers).status_code for _ in range(count)]


def limited(**rates: Any) -> TestClient:
    return client_of(Parrot(), limits=Limits(**{"address": "", "conversation": ""} | rates))


def test_an_address_within_its_rate_is_not_turned_away_while_a_store_is_silent() -> None:
    """They wait for the store in its share of places, until the store is known to be out."""
    rate = parse(PER_ADDRESS)
    waiting = rate.amount / rate.get_expiry() * (DEADLINE_S + COMMIT_GRACE_S)
    assert waiting <= TURNS // SHARE


def test_an_address_that_asks_too_often_is_told_when_to_come_back() -> None:
    web = limited(address="2/minute")
    assert statuses(web, 2) == [200, 200]

    refused = says(web)

    assert refused.status_code == 429
    assert refused.headers["retry-after"] == "60"
    assert refusal(refused) == "您发得太快了，请过 60 秒再试。"
    assert refused.headers["x-content-type-options"] == "nosniff"


def test_a_refused_request_is_not_read() -> None:
    web = limited(address="1/minute")
    says(web)
    assert web.post(MESSAGES, content=b"no json").status_code == 429


def test_after_a_while_the_address_may_ask_again() -> None:
    web = limited(address="1/second")
    assert statuses(web, 2) == [200, 429]
    time.sleep(1.01)
    assert statuses(web, 1) == [200]


def test_health_and_page_are_not_counted() -> None:
    web = limited(address="1/minute")
    assert [web.get(path).status_code for path in ("/healthz", "/readyz", "/") * 3] == [200] * 9


def test_a_conversation_has_a_rate_of_its_own() -> None:
    web = limited(conversation="2/minute")
    assert statuses(web, 3, "one") == [200, 200, 429]
    assert statuses(web, 1, "other") == [200]


def test_a_program_with_the_key_does_not_count_for_its_address() -> None:
    limits = Limits(address="1/minute", conversation="", key="3/minute")
    web = client_of(Parrot(), gate=closed(KEY), limits=limits)
    bearer = {"Authorization": f"Bearer {KEY}"}
    assert statuses(web, 4, **bearer) == [200, 200, 200, 429]
    assert statuses(web, 2, Authorization="Bearer another") == [401, 429]


@pytest.mark.parametrize(
    ("host", "person"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("nonsense, or more of it", "unknown"),
    ],
)
def test_a_person_is_known_by_address(host: str, person: str) -> None:
    assert person_at(host) == person


@pytest.mark.asyncio
async def test_processes_count_together_in_redis() -> None:
    with server(REDIS) as url:
        name, limits = os.urandom(8).hex(), Limits(address="3/minute", store=url)
        both = RateLimits(limits), RateLimits(limits)
        waits = [await one.wait_s("address", name) for one in both * 2]
        await asyncio.gather(*(one.close() for one in both))
    assert waits[:3] == [0, 0, 0]
    assert 55 <= waits[3] <= 60


@pytest.mark.asyncio
async def test_without_redis_each_process_counts_and_nobody_waits() -> None:
    rates, begun = (
        RateLimits(Limits(address="2/minute", store="redis://127.0.0.1:1/0")),
        time.time(),
    )
    waits = [await rates.wait_s("address", "one") for _ in range(3)]
    await rates.close()
    assert (waits[:2], waits[2] > 0) == ([0, 0], True)
    assert time.time() - begun < 1


class SlowParrot(Parrot):
    """Says nothing until it may; tells who was being answered at the same time."""

    def __init__(self) -> None:
        super().__init__()
        self.may_speak = asyncio.Event()
        self.most, self.running = 0, 0

    async def handle(self, update: Update) -> Reply:
        self.running += 1
        self.most = max(self.most, self.running)
        await self.may_speak.wait()
        self.running -= 1
        return await super().handle(update)


@pytest.mark.asyncio
async def test_what_is_too_much_at_once_is_refused_and_the_rest_answered() -> None:
    parrot = SlowParrot()
    app = client_of(parrot, limits=Limits(address="", conversation="", turns=8)).app

    async def says_at(address: str) -> int:
        transport = httpx.ASGITransport(app, client=(address, 1))
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            body = {"conversation": address, "text": "a"}
            answer = await client.post(MESSAGES, json=body)
            assert ("retry-after" in answer.headers) == (answer.status_code != 200)
            return answer.status_code

    asked = [asyncio.create_task(says_at(f"192.0.2.{n // 3}")) for n in range(18)]
    await asyncio.sleep(0.3)
    parrot.may_speak.set()
    found = [await one for one in asked]
    # Of each three the third is too many for its address; after four times two no place is left.
    assert found == [200, 200, 429] * 3 + [200, 200] + [503] * 7


@pytest.mark.asyncio
async def test_one_caller_holds_two_turns_however_many_wait() -> None:
    turns, running, most = FairTurns(64), 0, 0

    async def take(caller: str) -> None:
        nonlocal running, most
        async with turns.of(caller):
            running += 1
            most = max(most, running)
            await asyncio.sleep(0.01)
            running -= 1

    await asyncio.gather(*(take("one") for _ in range(16)))
    assert most == 2
    with pytest.raises(BusyError):
        await asyncio.gather(*(take("one") for _ in range(17)))
    await asyncio.sleep(0.2)
    assert (turns._places, turns._running) == ({}, {})


def test_a_rate_that_cannot_be_read_is_refused_at_the_start() -> None:
    with pytest.raises(ValueError, match="often"):
        limited(address="often")
