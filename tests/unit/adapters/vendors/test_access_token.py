"""A token is fetched once, renewed before it ends, and replaced when the platform drops it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import datetime

import pytest

from bot.adapters.vendors.access_token import AHEAD_S, PAUSE_S, AccessToken, SharedTokens
from bot.errors import DeliveryFailed, StoreUnavailable


@dataclass
class Platform:
    now: float = 0.0
    fetched: int = 0
    outcomes: list[float | None] = field(default_factory=list)
    """How long the next tokens are good for; `None` fails."""

    async def fetch(self) -> tuple[str, float]:
        await asyncio.sleep(0)
        self.fetched += 1
        life = self.outcomes.pop(0) if self.outcomes else 7200.0
        if life is None:
            raise DeliveryFailed("busy")
        return f"token-{self.fetched}", life


@pytest.mark.asyncio
async def test_many_who_ask_at_once_cause_one_fetch() -> None:
    platform = Platform()
    token = AccessToken(platform.fetch, lambda: platform.now)
    assert set(await asyncio.gather(*(token.get() for _ in range(50)))) == {"token-1"}
    assert platform.fetched == 1


@pytest.mark.asyncio
async def test_it_is_renewed_before_its_end_and_the_old_one_serves_meanwhile() -> None:
    platform = Platform(outcomes=[7200.0, None, 7200.0])
    token = AccessToken(platform.fetch, lambda: platform.now)
    told = []
    for platform.now in (0.0, 7200 - AHEAD_S - 1, 7200 - AHEAD_S, 7200 - AHEAD_S + PAUSE_S):
        told.append(await token.get())
    assert (told, platform.fetched) == (["token-1"] * 3 + ["token-3"], 3)


@pytest.mark.asyncio
async def test_without_a_good_token_the_failure_is_told() -> None:
    platform = Platform(outcomes=[None])
    token = AccessToken(platform.fetch, lambda: platform.now)
    with pytest.raises(DeliveryFailed):
        await token.get()
    assert await token.get() == "token-2"


@pytest.mark.asyncio
async def test_a_token_that_the_platform_dropped_is_replaced_once() -> None:
    platform = Platform()
    token = AccessToken(platform.fetch, lambda: platform.now)
    first = await token.get()
    token.drop(first)
    second = await token.get()
    token.drop(first)
    assert (first, second, await token.get()) == ("token-1", "token-2", "token-2")


@dataclass
class Shelf:
    kept: dict[str, str] = field(default_factory=dict)
    is_out: bool = False

    async def shared(self, name: str) -> str | None:
        if self.is_out:
            raise StoreUnavailable("out")
        return self.kept.get(name)

    async def share(self, name: str, value: str, until: datetime) -> None:
        if self.is_out:
            raise StoreUnavailable("out")
        self.kept[name] = value


@pytest.mark.asyncio
async def test_processes_share_a_token_that_the_store_cannot_read() -> None:
    platform, shelf = Platform(), Shelf()

    def process(secret: str = "secret") -> AccessToken:
        others = SharedTokens(shelf, "wechat:wx1", secret)
        return AccessToken(platform.fetch, lambda: platform.now, others)

    one, two = process(), process()
    assert [await one.get(), await two.get()] == ["token-1", "token-1"]
    assert "token-1" not in str(shelf.kept)
    assert await process("another").get() == "token-2"  # what it cannot open it does not use
    platform.now = 7200 - AHEAD_S
    assert [await two.get(), await one.get(), platform.fetched] == ["token-3", "token-3", 3]
    shelf.is_out = True
    assert [await process().get(), platform.fetched] == ["token-4", 4]
