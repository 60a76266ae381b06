"""Count requests for each address, conversation and key; refuse those beyond the rate with 429.

The library `limits` counts, in Redis or here.  Its own memory storages were measured (5.8, 10,000
people, one core): the asynchronous one takes 30 to 1,200 µs of CPU a hit, because it looks through
all keys, and keeps keys without bound; the threaded one starts a thread a hit, 160 to 640 µs.
`Windows` below takes 10 µs and is bounded.  Redis takes 0.3 ms.
"""

from __future__ import annotations

import logging
import math
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Literal

from limits import RateLimitItem, parse
from limits.aio.storage import MovingWindowSupport, Storage
from limits.aio.strategies import MovingWindowRateLimiter
from limits.errors import StorageError
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from bot.adapters.delivery.sliding_window import SlidingWindow
from bot.adapters.web.callers import address_of
from bot.adapters.web.conversation_ids import PLATFORM, Gate, bearer_of
from bot.adapters.web.errors import Json, Sentence, refuse
from bot.adapters.web.limits import Limits
from bot.adapters.web.middleware import path_of
from bot.core.ports import Held, Meter, Uncounted

if TYPE_CHECKING:
    from redis.asyncio import BlockingConnectionPool

log = logging.getLogger(__name__)

Whose = Literal["address", "conversation", "key"]

API = "/api/"
TOOLS = "/mcp"
REDIS_TIMEOUT_S = 0.3
"""Nobody waits longer to be counted; then this process counts by itself."""
REDIS_PAUSE_S = 5.0
"""How long a server that failed is left alone."""
REDIS_CONNECTIONS = 10
_ZH = "您发得太快了，请过 {wait_s} 秒再试。"
_EN = "You ask too often; try again in {wait_s} seconds."


class Windows(Storage, MovingWindowSupport):
    """Counts in this process: exact, bounded, and nothing to clear up."""

    STORAGE_SCHEME = None

    def __init__(self) -> None:
        super().__init__()
        self._windows: dict[tuple[int, int], SlidingWindow] = {}

    async def acquire_entry(self, key: str, limit: int, expiry: int, amount: int = 1) -> bool:  # noqa: ARG002  every hit costs one
        window = self._of(limit, expiry)
        if window.wait_s(key) > 0:
            return False
        window.count(key)
        return True

    async def get_moving_window(self, key: str, limit: int, expiry: int) -> tuple[float, int]:
        """Return when the oldest event happened, by the clock, and how many there were."""
        wait_s = self._of(limit, expiry).wait_s(key)
        return time.time() + wait_s - expiry, limit if wait_s > 0 else 0

    def _of(self, limit: int, expiry: int) -> SlidingWindow:
        window = self._windows.get((limit, expiry))
        if window is None:
            window = self._windows[limit, expiry] = SlidingWindow(limit, expiry, time.monotonic)
        return window

    @property
    def base_exceptions(self) -> type[Exception]:
        return StorageError

    async def clear(self, key: str) -> None:
        raise NotImplementedError

    async def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        raise NotImplementedError

    async def get(self, key: str) -> int:
        raise NotImplementedError

    async def get_expiry(self, key: str) -> float:
        raise NotImplementedError

    async def check(self) -> bool:
        return True

    async def reset(self) -> int | None:
        raise NotImplementedError


class RateLimits:
    """Counts and refuses; while Redis is away, each process counts by itself."""

    def __init__(self, limits: Limits, meter: Meter | None = None) -> None:
        """Read the rates.

        Raises:
            ValueError: a rate has another form than `30/minute`.
        """
        rates = {"address": limits.address, "conversation": limits.conversation, "key": limits.key}
        self._rates = {whose: parse(rate) for whose, rate in rates.items() if rate}
        self._here = MovingWindowRateLimiter(Windows())
        self._pool = _pool(limits.store) if limits.store != "memory://" else None
        self._shared = _shared(limits.store, self._pool) if self._pool else None
        self._shared_from = 0.0
        self._meter = meter or Uncounted()

    async def wait_s(self, whose: Whose, who: str) -> int:
        """Count one request; return 0, or in how many seconds it would be taken, at least 1."""
        rate = self._rates.get(whose)
        wait_s = await self._wait_s(rate, whose, who) if rate else 0
        if wait_s:
            self._meter.held(Held.LIMITED, PLATFORM, whose)
        return wait_s

    async def _wait_s(self, rate: RateLimitItem, whose: Whose, who: str) -> int:
        if self._shared and time.monotonic() >= self._shared_from:
            try:
                return await _wait_s(self._shared, rate, whose, who)
            except StorageError as error:
                self._shared_from = time.monotonic() + REDIS_PAUSE_S
                log.warning("requests are counted here, the shared count is out: %r", error)
        return await _wait_s(self._here, rate, whose, who)

    async def close(self) -> None:
        """Close the connections to Redis."""
        if self._pool:
            with suppress(OSError):
                await self._pool.aclose()


async def _wait_s(limiter: MovingWindowRateLimiter, rate: RateLimitItem, *who: str) -> int:
    if await limiter.hit(rate, *who):
        return 0
    stats = await limiter.get_window_stats(rate, *who)
    return max(1, math.ceil(stats.reset_time - time.time()))


def _pool(url: str) -> BlockingConnectionPool:
    from redis.asyncio import BlockingConnectionPool  # noqa: PLC0415  an extra of its own

    return BlockingConnectionPool.from_url(
        url,
        max_connections=REDIS_CONNECTIONS,
        timeout=REDIS_TIMEOUT_S,
        socket_timeout=REDIS_TIMEOUT_S,
        socket_connect_timeout=REDIS_TIMEOUT_S,
        client_name="zhuce-limits",
    )


def _shared(url: str, pool: BlockingConnectionPool) -> MovingWindowRateLimiter:
    from limits.aio.storage import RedisStorage  # noqa: PLC0415  needs the extra redis

    return MovingWindowRateLimiter(
        RedisStorage(
            f"async+{url}",
            wrap_exceptions=True,
            implementation="redispy",
            key_prefix="zhuce:limits",
            connection_pool=pool,  # type: ignore[arg-type]  # documented, and not in its type
        )
    )


def too_often(wait_s: int) -> Json:
    """Return 429 with a sentence and `Retry-After`."""
    sentence = Sentence(_ZH.format(wait_s=wait_s), _EN.format(wait_s=wait_s))
    return refuse(429, sentence, headers={"Retry-After": str(wait_s)})


class CallerLimit:
    """Counts requests to the API for their address or, if they bear it, for the key.

    Nothing of a request that is refused is read.  Health checks, the page and what platforms post
    are not counted.
    """

    def __init__(self, app: ASGIApp, rates: RateLimits, gate: Gate) -> None:
        self._app, self._rates, self._gate = app, rates, gate

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not _is_counted(scope):
            await self._app(scope, receive, send)
            return
        if self._gate.key is not None and self._bears_key(scope):
            wait_s = await self._rates.wait_s("key", "")
        else:
            wait_s = await self._rates.wait_s("address", address_of(scope))
        await (too_often(wait_s) if wait_s else self._app)(scope, receive, send)

    def _bears_key(self, scope: Scope) -> bool:
        bearer = bearer_of(Headers(scope=scope).get("authorization", ""))
        return bearer is not None and self._gate.is_key(bearer)


def _is_counted(scope: Scope) -> bool:
    path = path_of(scope)
    return path.startswith(API) or path == TOOLS
