"""One server and one connection of each library for the tests of a module that break nothing."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio

from tests.e2e.bot_api import BotApi, User
from tests.e2e.bot_api.clients import LIBRARIES, Client, connected


@pytest.fixture(scope="module")
def api() -> Iterator[BotApi]:
    with BotApi() as running:
        yield running


@pytest_asyncio.fixture(loop_scope="module", scope="module", params=LIBRARIES)
async def client(api: BotApi, request: pytest.FixtureRequest) -> AsyncIterator[Client]:
    async with connected(api, request.param) as connection:
        yield connection


@pytest.fixture
def wang(api: BotApi) -> User:
    """Somebody whom the bot may write to."""
    person = api.user()
    person.says("你好")
    return person
