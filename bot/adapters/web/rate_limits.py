"""Count requests for each address, conversation and key; refuse those beyond the rate with 429.

They are counted here, or by the library `limits` in Redis, where all processes see them: 0.3 ms a
request.  What a newcomer would get wrong: `limits` has storages in memory as well, which were
measured (5.8, 10,000 people, one core): the asynchronous one takes 30 to 1,200 µs of CPU a hit,
because it looks through all keys, and keeps keys without bound; the threaded one starts a thread a
hit.  `SlidingWindow` takes 1 µs and is bounded, so `limits` is imported for Redis only.
"""

from __future__ import annotations

import logging
import math
import re
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Literal, NamedTuple

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


_RATE = re.compile(r"([0-9]+)/(second|minute|hour|day)")
_SECONDS = {"second": 1, "minute": 60, "hour": 3600, "day": 86_400}


class Rate(NamedTuple):
    """So many requests in so many seconds."""

    most: int
    period_s: int

    @classmethod
    def read(cls, text: str) -> Rate:
        """Read the form `30/minute`.

        Raises:
            ValueError: it has another form.
        """
        found = _RATE.fullmatch(text)
        if not found:
            raise ValueError(f"{text!r} is no rate such as 30/minute")
        return cls(int(found[1]), _SECONDS[found[2]])


class RateLimits:
    """Counts and refuses; while Redis is away, each process counts by itself."""

    def __init__(self, limits: Limits, meter: Meter | None = None) -> None:
        """Read the rates.

        Raises:
            ValueError: a rate has another form than `30/minute`.
        """
        rates = {"address": limits.address, "conversation": limits.conversation, "key": limits.key}
        self._rates = {whose: Rate.read(rate) for whose, rate in rates.items() if rate}
        self._here = {
            whose: SlidingWindow(*rate, time.monotonic) for whose, rate in self._rates.items()
        }
        self._shared = None if limits.store == "memory://" else InRedis(limits.store)
        self._shared_from = 0.0
        self._meter = meter or Uncounted()

    async def wait_s(self, whose: Whose, who: str) -> int:
        """Count one request; return 0, or in how many seconds it would be taken, at least 1."""
        window = self._here.get(whose)
        wait_s = await self._wait_s(window, whose, who) if window else 0
        if wait_s:
            self._meter.held(Held.LIMITED, PLATFORM, whose)
        return wait_s

    async def _wait_s(self, window: SlidingWindow, whose: Whose, who: str) -> int:
        if self._shared and time.monotonic() >= self._shared_from:
            try:
                return await self._shared.wait_s(self._rates[whose], whose, who)
            except self._shared.error as error:
                self._shared_from = time.monotonic() + REDIS_PAUSE_S
                log.warning("requests are counted here, the shared count is out: %r", error)
        if (wait_s := window.wait_s(who)) > 0:
            return math.ceil(wait_s)
        window.count(who)
        return 0

    async def close(self) -> None:
        """Close the connections to Redis."""
        if self._shared:
            await self._shared.close()


class InRedis:
    """Counts in a Redis server, by the library `limits`."""

    def __init__(self, url: str) -> None:
        from limits import RateLimitItemPerSecond  # noqa: PLC0415  imported for Redis only
        from limits.aio.storage import RedisStorage  # noqa: PLC0415
        from limits.aio.strategies import MovingWindowRateLimiter  # noqa: PLC0415
        from limits.errors import StorageError  # noqa: PLC0415

        self.error: type[Exception] = StorageError
        self._item = RateLimitItemPerSecond
        self._pool = _pool(url)
        storage = RedisStorage(
            f"async+{url}",
            wrap_exceptions=True,
            implementation="redispy",
            key_prefix="zhuce:limits",
            connection_pool=self._pool,  # type: ignore[arg-type]  # documented, not in its type
        )
        self._limiter = MovingWindowRateLimiter(storage)

    async def wait_s(self, rate: Rate, *who: str) -> int:
        """As `RateLimits.wait_s`.

        Raises:
            StorageError: the server is away; `error` is this class.
        """
        item = self._item(rate.most, rate.period_s)
        if await self._limiter.hit(item, *who):
            return 0
        stats = await self._limiter.get_window_stats(item, *who)
        return max(1, math.ceil(stats.reset_time - time.time()))

    async def close(self) -> None:
        with suppress(OSError):
            await self._pool.aclose()


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
