"""What stores on servers must do besides: outages, stalls, traces that are left."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta

import pytest
import pytest_asyncio

from bot.core.model.session import SESSION_LIFE
from bot.core.model.update import ConversationKey
from bot.core.ports import SessionStore
from bot.errors import StoreError, StoreUnavailable
from bot.storage import open_store
from bot.storage.retention import CLAIM_LIFE
from tests.contract.test_session_store import NOW, SECOND, count, new_key, refuse, texts
from tests.servers import POSTGRES, REDIS, Line, line, server

asyncpg = pytest.importorskip("asyncpg")
Redis = pytest.importorskip("redis.asyncio").Redis
keys = pytest.importorskip("bot.storage.redis_store")

pytestmark = pytest.mark.asyncio

SERVERS = {"postgres": POSTGRES, "redis": REDIS}
PATIENCE_S = 2.5
RECOVERY_S = 5.0


@pytest.fixture(params=SERVERS)
def url(request: pytest.FixtureRequest) -> Iterator[str]:
    with server(SERVERS[request.param]) as place:
        yield place


@pytest_asyncio.fixture
async def between(url: str) -> AsyncIterator[Line]:
    async with line(url) as ours:
        yield ours


async def is_out(store: SessionStore, key: ConversationKey) -> float:
    """How long it took a turn to be refused."""
    began = time.monotonic()
    with pytest.raises(StoreUnavailable):
        await store.transact(key, "during", NOW, count)
    return time.monotonic() - began


async def is_back(store: SessionStore) -> None:
    async with asyncio.timeout(RECOVERY_S):
        while True:
            with suppress(StoreUnavailable):
                return await store.ping()
            await asyncio.sleep(0.1)


async def test_an_outage_is_told_in_time_and_ends_by_itself(between: Line) -> None:
    key = new_key()
    async with open_store(between.url) as store:
        await store.transact(key, "before", NOW, count)
        await between.cut()
        assert await is_out(store, key) < PATIENCE_S
        await between.mend()
        assert texts(await store.transact(key, "after", NOW, count)) == ("第 2 句", 2, False)


async def test_a_server_that_goes_silent_is_told_in_time(between: Line) -> None:
    key = new_key()
    async with open_store(between.url) as store:
        await store.transact(key, "before", NOW, count)
        await asyncio.gather(*(store.ping() for _ in range(15)))
        await between.lose()
        took = await asyncio.gather(*(is_out(store, key) for _ in range(5)))
        assert max(took) < PATIENCE_S
        assert await is_out(store, key) < 0.5
        await between.mend()
        await is_back(store)
        # Of the connections that nobody has used since, none is waited for.
        afterwards = [store.transact(new_key(), "after", NOW, count) for _ in range(15)]
        assert {one.version for one in await asyncio.gather(*afterwards)} == {1}
        assert texts(await store.transact(key, "after", NOW, count)) == ("第 2 句", 2, False)


async def test_a_connection_that_died_unnoticed_costs_nobody_a_turn(between: Line) -> None:
    key = new_key()
    async with open_store(between.url) as store:
        await store.transact(key, "before", NOW, count)
        await between.cut()
        await between.mend()
        assert texts(await store.transact(key, "after", NOW, count)) == ("第 2 句", 2, False)


async def test_a_store_can_be_opened_before_its_server_is_there(between: Line) -> None:
    await between.cut()
    async with open_store(between.url) as store:
        with pytest.raises(StoreUnavailable):
            await store.ping()
        await between.mend()
        await store.ping()
        assert (await store.transact(new_key(), "a", NOW, count)).version == 1


async def test_errors_of_the_line_tell_the_place_and_no_password(between: Line) -> None:
    await between.cut()
    scheme, _, rest = between.url.partition("://")
    with_password = f"{scheme}://bot:hunter2hunter2@{rest.rpartition('@')[2]}"
    async with open_store(with_password) as store:
        with pytest.raises(StoreUnavailable, match=r"127\.0\.0\.1:\d+.*连不上") as caught:
            await store.ping()
    assert "hunter2" not in f"{caught.value}{caught.value.__cause__!r}"


STALLED = """
import asyncio, os, signal, sys
from bot.storage import open_store
from bot.core.model.update import ConversationKey
from tests.contract.test_session_store import NOW, count

stops = [signal.SIGSTOP]

def work(session):
    if stops:
        os.write(1, b"working\\n")
        os.kill(os.getpid(), stops.pop())
    return count(session)

async def main(url, *key):
    async with open_store(url) as store:
        await store.load(ConversationKey(*key), NOW)
        done = await store.transact(ConversationKey(*key), "of the stalled", NOW, work)
        os.write(1, f"{done.reply.as_text()} {done.version}\\n".encode())

asyncio.run(main(*sys.argv[1:]))
"""


@asynccontextmanager
async def stalled(url: str, key: ConversationKey) -> AsyncIterator[asyncio.subprocess.Process]:
    """A process that stands still in the middle of its turn."""
    names = (key.platform, key.chat, key.user)
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", STALLED, url, *names, stdout=asyncio.subprocess.PIPE
    )
    try:
        assert process.stdout is not None
        assert await asyncio.wait_for(process.stdout.readline(), 20) == b"working\n"
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def test_who_stalls_holds_up_nobody_and_overwrites_nothing(url: str) -> None:
    key = new_key()
    async with open_store(url) as store:
        await store.transact(key, "a", NOW, count)
        async with stalled(url, key) as process:
            for update_id in ("b", "c"):
                await store.transact(key, update_id, NOW, count)
            await asyncio.sleep(1.5)  # longer than a transaction may stand idle
            assert texts(await store.transact(key, "d", NOW, count)) == ("第 4 句", 4, False)
            os.kill(process.pid, signal.SIGCONT)
            said, _ = await asyncio.wait_for(process.communicate(), 20)
        assert said.decode() == "第 5 句 5\n"
        assert texts(await store.transact(key, "b", NOW, refuse)) == ("第 2 句", 2, True)


async def test_a_row_that_somebody_holds_is_told_in_time() -> None:
    key = new_key()
    with server(POSTGRES) as url:
        async with open_store(url) as store:
            await store.transact(key, "a", NOW, count)
            other = await asyncpg.connect(url)
            async with other.transaction():
                await other.execute('UPDATE zhuce_sessions SET v = v WHERE "user" = $1', key.user)
                assert await is_out(store, key) < PATIENCE_S
            await other.close()
            assert (await store.transact(key, "b", NOW, count)).version == 2


async def everything(url: str) -> str:
    """All that the server holds, as one text."""
    if not url.startswith("postgresql"):
        return await everything_in_redis(url)
    connection = await asyncpg.connect(url)
    tables = await connection.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    rows = [
        await connection.fetch(f'SELECT t::text FROM "{table["tablename"]}" AS t')
        for table in tables
    ]
    await connection.close()
    return repr(rows)


async def everything_in_redis(url: str) -> str:
    async with Redis.from_url(url) as client:
        keys = [key async for key in client.scan_iter()]
        return repr([(key, await contents(client, key)) for key in keys])


async def contents(client: Redis, key: bytes) -> object:
    match await client.type(key):
        case b"hash":
            return await client.hgetall(key)
        case b"zset":
            return await client.zrange(key, 0, -1)
        case _:
            return await client.get(key)


async def talk(store: SessionStore, key: ConversationKey, turns: int = 30) -> None:
    group = ConversationKey(key.platform, f"群 {key.chat}", key.user)
    for n in range(turns):
        await store.transact((key, group)[n % 2], str(n), NOW, count)
    await store.mark_sent([(key, "0"), (group, "1")])


async def test_a_forgotten_person_leaves_no_trace(url: str) -> None:
    key = new_key()
    async with open_store(url) as store:
        await talk(store, key)
        assert key.user in await everything(url)
        assert await store.forget(key.platform, key.user) == 2
        assert key.user not in await everything(url)


async def test_what_expires_leaves_no_trace(url: str) -> None:
    key = new_key()
    async with open_store(url) as store:
        await talk(store, key)
        await store.expire(NOW + max(SESSION_LIFE, CLAIM_LIFE) + SECOND)
        assert key.user not in await everything(url)


async def test_claims_expire_before_sessions(url: str) -> None:
    key = new_key()
    async with open_store(url) as store:
        await talk(store, key)
        assert await store.expire(NOW + CLAIM_LIFE + SECOND) == 0
        assert await store.unsent(key.platform) == []
        assert (await store.transact(key, "0", NOW + CLAIM_LIFE + SECOND, count)).version == 16


async def test_a_newer_record_is_refused_and_not_overwritten(url: str) -> None:
    key = new_key()
    async with open_store(url) as store:
        await store.transact(key, "a", NOW, count)
        await make_newer(url, key)
        with pytest.raises(StoreError, match="格式是 99"):
            await store.transact(key, "b", NOW, count)
        assert await store.unsent(key.platform) == []
    assert "of the future" in await everything(url)


async def make_newer(url: str, key: ConversationKey) -> None:
    if url.startswith("postgresql"):
        connection = await asyncpg.connect(url)
        for table, column in (("sessions", "record"), ("updates", "reply")):
            await connection.execute(
                f"UPDATE zhuce_{table} SET v = 99, {column} = 'of the future' WHERE \"user\" = $1",
                key.user,
            )
        await connection.close()
        return
    async with Redis.from_url(url) as client:
        person = f"{keys.PERSON}{key.platform}:{key.user}"
        for field in await client.hkeys(person):
            await client.hset(person, field, "1 1795000000000000 99 of the future")


async def test_every_key_in_redis_goes_by_itself() -> None:
    key = new_key()
    with server(REDIS) as url:
        async with open_store(url) as store:
            await talk(store, key)
        async with Redis.from_url(url) as client:
            names = [keys.SESSIONS, keys.UPDATES, keys.COUNTER, f"{keys.UNSENT}{key.platform}"]
            names.append(f"{keys.PERSON}{key.platform}:{key.user}")
            lives = [await client.pttl(name) for name in names]
    longest = (SESSION_LIFE + timedelta(days=1)) // timedelta(milliseconds=1)
    assert all(longest - 60_000 < life <= longest for life in lives)


async def test_a_wrong_password_is_no_outage() -> None:
    with server(REDIS) as url:
        wrong = url.replace("redis://", "redis://bot:hunter2hunter2@")
        with pytest.raises(StoreError, match=r"不让登录.*请检查用户名和密码") as caught:
            async with open_store(wrong):
                pass
    assert not isinstance(caught.value, StoreUnavailable)
    assert "hunter2" not in f"{caught.value}{caught.value.__cause__!r}"


async def test_a_number_that_the_server_does_not_have_is_no_outage() -> None:
    with server(REDIS) as url, pytest.raises(StoreError, match="DB index is out") as caught:
        async with open_store(url.rpartition("/")[0] + "/999999"):
            pass
    assert not isinstance(caught.value, StoreUnavailable)
