"""What was said is forgotten everywhere, and what was answered is not answered again."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from uuid import uuid4

import pytest

from tests.e2e.test_serve import Server, serving
from tests.servers import STORES

TIMES = 10
FLUSHED_S = 3.0
"""Longer than a process keeps its notes to itself."""


@contextmanager
def two_processes(kind: str, folder: Path) -> Iterator[tuple[Server, Server, str, str]]:
    """Two of them that share store and journal; the addresses of both."""
    with ExitStack() as stack:
        store = stack.enter_context(STORES[kind](folder))
        journal = store if kind == "postgres" else f"sqlite:///{folder / 'journal.db'}"
        shared = {"BOT_STORE": store, "BOT_JOURNAL": journal, "BOT_LOG_LEVEL": "debug"}
        for name in ("one", "other"):
            (folder / name).mkdir()
        one, other = (
            stack.enter_context(serving(folder / name, **shared)) for name in ("one", "other")
        )
        yield one, other, store, journal


def raw_files(folder: Path) -> str:
    """All that lies in the folder: databases, their logs, what both processes wrote."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert any(path.name == "log" for path in files)
    return "".join(path.read_bytes().decode(errors="replace") for path in files)


async def rows_of_postgres(url: str) -> str:
    asyncpg = pytest.importorskip("asyncpg")
    connection = await asyncpg.connect(url)
    tables = await connection.fetch(
        "SELECT table_name FROM information_schema.tables WHERE table_name LIKE 'zhuce_%'"
    )
    assert len(tables) > 5
    rows = [await connection.fetch(f"SELECT t::text FROM {name} AS t") for (name,) in tables]
    await connection.close()
    return repr(rows)


async def values_of_redis(url: str) -> str:
    from redis.asyncio import Redis

    async with Redis.from_url(url) as client:
        keys = [key async for key in client.scan_iter("zhuce:*")]
        dumps = [await client.dump(key) for key in keys]
        return b"".join([*keys, *dumps]).decode(errors="replace")


def everything(kind: str, folder: Path, store: str) -> str:
    found = raw_files(folder)
    if kind == "postgres":
        found += asyncio.run(rows_of_postgres(store))
    if kind == "redis":
        found += asyncio.run(values_of_redis(store))
    return found


@pytest.mark.parametrize("kind", STORES)
def test_words_said_to_one_process_and_forgotten_at_another_are_nowhere(
    tmp_path: Path, kind: str
) -> None:
    mark = "".join(random.choices("abcdefghijkmnpqrstuvwxyz", k=12))
    with two_processes(kind, tmp_path) as (one, other, store, _):
        for number in range(TIMES):
            person = f"{uuid4()}"
            one.says(f"雪豹{mark}要坐火箭去吃面 {number}", person, id="a")
            one.says(f"四川二建在哪注册，{mark}", person, id="b")
            assert "已经删除" in other.says("/forgetme", person, id="c")["text"]
        time.sleep(FLUSHED_S)
        left = everything(kind, tmp_path, store)
    left += raw_files(tmp_path)
    assert mark not in left


@pytest.mark.parametrize("kind", STORES)
def test_forgetting_is_answered_once_and_nothing_of_before_again(tmp_path: Path, kind: str) -> None:
    with two_processes(kind, tmp_path) as (one, other, _, _):
        person = f"{uuid4()}"
        first = one.says("四川二建在哪注册", person, id="a")
        assert first["status"] == "answered"
        copies = [each.says("/forgetme", person, id="b") for each in (one, other, one)]
        assert copies == [copies[0]] * 3
        again = [each.says("四川二建在哪注册", person, id="a") for each in (one, other)]
        assert [reply["text"] for reply in again] == [copies[0]["text"]] * 2
        assert other.says("四川二建在哪注册", person, id="new")["status"] == "answered"
