"""Addresses of servers: what is taken, what is refused, and that no password is told."""

from __future__ import annotations

import sys

import pytest

from bot.errors import SettingsError, StoreError, StoreUnavailable
from bot.storage import open_store
from tests.servers import POSTGRES, server

asyncpg, rx = pytest.importorskip("asyncpg"), pytest.importorskip("redis.exceptions")
postgres = pytest.importorskip("bot.storage.postgres")
redis = pytest.importorskip("bot.storage.redis_server")


def test_the_parts_of_a_postgres_address() -> None:
    found = postgres.read_address("postgresql://bot:p%40ss%2F@db.example.cn:5433/zhuce")
    assert (found.username, found.password) == ("bot", "p@ss/")
    assert (found.host, found.port, found.database) == ("db.example.cn", 5433, "zhuce")


@pytest.mark.parametrize(
    "url",
    [
        "redis://127.0.0.1",
        "redis://127.0.0.1:6379/15",
        "redis://:p%40ss@127.0.0.1/",
        "rediss://bot:pass@redis.example.cn:6380/0",
        "redis://[::1]:6379",
    ],
)
def test_a_redis_address_is_taken_as_it_is(url: str) -> None:
    assert redis.read_address(url) == url


@pytest.mark.asyncio
@pytest.mark.parametrize(
    "url",
    [
        "postgresql://",
        "postgresql:///zhuce",
        "postgresql://bot:hunter2@host",
        "postgresql://bot:hunter2@host/",
        "postgresql://bot:hunter2@host:port/zhuce",
        "postgresql://bot:hunter2@[host/zhuce",
        "postgresql://bot:hunter2@host/zhuce?sslmod=require",
        "postgresql://bot:hunter2@host/zhuce?sslmode=maybe",
        "postgresql://bot@host/zhuce?password=hunter2",
        "postgresql://bot:p@ss/hunter2@host",
        "redis://",
        "redis:///0",
        "redis://:hunter2@host:port/0",
        "redis://:hunter2@host:0/0",
        "redis://:hunter2@host/zero",
        "redis://:hunter2@[host/0",
        "redis://:hunter2@host/0?db=1",
        "redis://:hunter#2hunter2@host/0",
        "redis://:hunter/hunter2@host/0",
    ],
)
async def test_a_wrong_address_says_how_it_is_written_and_tells_no_password(url: str) -> None:
    with pytest.raises(SettingsError, match=r"应写成 (postgresql|redis)://") as caught:
        async with open_store(url):
            pass
    assert "hunter" not in str(caught.value)


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("url", "driver", "module", "extra"),
    [
        ("postgresql://bot:hunter2@host/zhuce", "asyncpg", "postgres", "postgres"),
        ("redis://:hunter2@host/0", "redis", "redis_server", "redis"),
        ("rediss://:hunter2@host/0", "redis", "redis_server", "redis"),
    ],
)
async def test_a_missing_driver_names_its_extra(
    monkeypatch: pytest.MonkeyPatch, url: str, driver: str, module: str, extra: str
) -> None:
    monkeypatch.delitem(sys.modules, f"bot.storage.{module}")
    monkeypatch.setitem(sys.modules, driver, None)
    with pytest.raises(SettingsError, match=rf"{driver}.*pip install 'zhuce\[{extra}\]'") as caught:
        async with open_store(url):
            pass
    assert "hunter2" not in str(caught.value)


@pytest.mark.asyncio
async def test_a_database_that_does_not_exist_says_so() -> None:
    with server(POSTGRES) as url:
        wrong = url.rpartition("/")[0] + "/no_such_database"
        with pytest.raises(StoreError, match=r"no_such_database 没有这个数据库；请先用 createdb"):
            async with open_store(wrong):
                pass


@pytest.mark.parametrize(
    ("error", "kind", "words"),
    [
        (asyncpg.InvalidPasswordError("for bot"), StoreError, "检查用户名和密码"),
        (asyncpg.InsufficientPrivilegeError("no"), StoreError, "请让管理员授权"),
        (asyncpg.CannotConnectNowError("starting"), StoreUnavailable, "正在停止或启动"),
        (asyncpg.TooManyConnectionsError("too many"), StoreUnavailable, "连接数用完了"),
        (asyncpg.DiskFullError("full"), StoreUnavailable, "资源不足"),
        (ConnectionResetError(), StoreUnavailable, "连不上"),
        (asyncpg.DivisionByZeroError("x"), StoreError, "出错：DivisionByZeroError 22012"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else "",
)
def test_what_postgres_says_becomes_a_sentence(
    error: Exception, kind: type[StoreError], words: str
) -> None:
    ours = postgres._as_store_error(error, "db/zhuce")
    assert (type(ours), words in str(ours)) == (kind, True), str(ours)


@pytest.mark.parametrize(
    ("error", "kind", "words"),
    [
        (rx.ReadOnlyError("replica"), StoreUnavailable, "只读"),
        (rx.OutOfMemoryError("full"), StoreUnavailable, "内存满了"),
        (rx.ResponseError("MISCONF Redis is configured"), StoreUnavailable, "写不了磁盘"),
        (rx.BusyLoadingError("loading"), StoreUnavailable, "连不上"),
        (rx.NoPermissionError("acl"), StoreError, "没有权限"),
        (rx.ResponseError("unknown command"), StoreError, "出错：unknown command"),
        (rx.ResponseError("unknown command 'SAY', with args 'words'"), StoreError, "command"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else "",
)
def test_what_redis_says_becomes_a_sentence(
    error: Exception, kind: type[StoreError], words: str
) -> None:
    found, problem = redis._problem(error)
    assert (found, words in problem) == (kind, True), problem
    assert "'words'" not in problem
