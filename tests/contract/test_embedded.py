"""A conversation in a program of somebody else's over each store that outlives its process."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from bot import ConversationKey, Embedded, Update
from bot.core.ports import Brain
from tests.fakes import NOON, FakeClock
from tests.servers import STORES


@pytest.fixture(params=STORES)
def conversation(
    request: pytest.FixtureRequest, tmp_path: Path, brain: Brain
) -> Iterator[Embedded]:
    with STORES[request.param](tmp_path) as url:
        yield Embedded(lambda: brain, url, FakeClock())


@pytest.fixture
def key() -> ConversationKey:
    return ConversationKey("script", "desk", uuid4().hex)


async def answer(conversation: Embedded, key: ConversationKey, text: str) -> str:
    return (await conversation.handle(Update(uuid4().hex, key, NOON, text=text))).as_text()


def test_each_run_goes_on_where_the_last_ended(
    conversation: Embedded, key: ConversationKey
) -> None:
    asyncio.run(answer(conversation, key, "要什么材料"))
    assert "注册建造师变更注册申请表" in asyncio.run(answer(conversation, key, "变更注册"))


def test_opened_again_it_goes_on_where_it_was_closed(
    conversation: Embedded, key: ConversationKey
) -> None:
    async def talk(text: str) -> str:
        async with conversation:
            return await answer(conversation, key, text)

    asyncio.run(talk("要什么材料"))
    assert "注册建造师变更注册申请表" in asyncio.run(talk("变更注册"))
