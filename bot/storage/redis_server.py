"""Connect to a Redis server: its address, its connections, the meaning of its errors.

A server that cannot be reached when the store is opened is no error: each turn tries again.
"""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Coroutine
from typing import Any, TypeVar
from urllib.parse import urlsplit

from redis import exceptions as rx
from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from bot.errors import SettingsError, StoreError, StoreUnavailable
from bot.redaction import hide_password
from bot.storage import DEADLINE_S
from bot.storage.deadline import CLOSE_TIMEOUT_S, DRIVER_TIMEOUT_S, CircuitBreaker, Deadline

log = logging.getLogger(__name__)
T = TypeVar("T")

CONNECTIONS = 10
"""Maximum of one process."""


def read_address(url: str) -> str:
    """Check and return the URL: `redis://user:password@host:port/number`, `rediss://` for TLS.

    Raises:
        SettingsError: the URL has another form; the password is not repeated.
    """
    try:
        parts = urlsplit(url)
        is_valid = bool(parts.hostname) and parts.port != 0 and not parts.query + parts.fragment
    except ValueError:
        is_valid = False
    if is_valid and re.fullmatch(r"/?[0-9]{0,9}", parts.path):
        return url
    expected = (
        "应写成 redis://:密码@主机:端口/库号，加密连接用 rediss://；"
        "密码里的特殊字符要写成 %40 这样的形式"
    )
    raise SettingsError("BOT_STORE", hide_password(url), expected)


class RedisServer:
    """Runs jobs against the server, each with a time limit."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._place = f"{parts.hostname}:{parts.port or 6379}/{parts.path.strip('/') or 0}"
        self._breaker = CircuitBreaker(self._probe)
        self.client: Redis = Redis.from_pool(_pool(url))

    async def run(self, job: Coroutine[Any, Any, T], deadline: Deadline | None = None) -> T:
        """Return what the job returns; pass on its errors that are not the driver's.

        Raises:
            StoreUnavailable: the server cannot be reached, or accepts nothing now.
            StoreError: any other error of the server.
        """
        try:
            return await self._breaker.within(deadline or Deadline(DEADLINE_S), job)
        except TimeoutError:
            message = f"会话库 {self._place} 在 {DEADLINE_S:g} 秒内没有做完；请再试"
            raise StoreUnavailable(message) from None
        except (rx.RedisError, OSError) as error:
            kind, problem = _problem(error)
            raise kind(f"会话库 {self._place} {problem}") from error

    async def _probe(self) -> None:
        """Probe on a new connection.

        Connections from before a silence may be dead, and each of them would cost a timeout.
        """
        await self.client.connection_pool.disconnect(inuse_connections=False)
        await self.client.ping()

    async def close(self) -> None:
        await self._breaker.close()
        try:
            async with asyncio.timeout(CLOSE_TIMEOUT_S):
                await self.client.aclose()
        except TimeoutError:
            log.warning("the connections of the store could not be closed in time")


def _pool(url: str) -> BlockingConnectionPool:
    return BlockingConnectionPool.from_url(
        url,
        max_connections=CONNECTIONS,
        timeout=DRIVER_TIMEOUT_S,  # for a free connection
        socket_connect_timeout=DRIVER_TIMEOUT_S,
        socket_timeout=DRIVER_TIMEOUT_S,
        # One retry, for a connection that died in the pool; scripts may run twice.
        retry=Retry(NoBackoff(), 1, supported_errors=(rx.ConnectionError,)),
        protocol=2,
        client_name="zhuce",
        decode_responses=True,
    )


_REFUSALS = (rx.AuthenticationError, rx.AuthorizationError, rx.NoPermissionError)


def _problem(error: Exception) -> tuple[type[StoreError], str]:
    if isinstance(error, _REFUSALS):
        return StoreError, "不让登录或没有权限；请检查用户名和密码"
    if isinstance(error, rx.ReadOnlyError):
        return StoreUnavailable, "现在只读；请检查它是不是备用服务器"
    if isinstance(error, rx.OutOfMemoryError):
        return StoreUnavailable, "内存满了；请调大 maxmemory"
    if str(error).startswith("MISCONF"):
        return StoreUnavailable, "写不了磁盘；请检查服务器的磁盘"
    if isinstance(error, rx.ConnectionError | rx.TimeoutError | OSError):
        return StoreUnavailable, "连不上；请检查服务器和网络，好了会自动恢复"
    before_values = re.split("['\"`]", str(error), maxsplit=1)[0].strip()
    return StoreError, f"出错：{before_values}"
