"""Read everything that a Redis store keeps for a backup, and put it back.

Redis has no view of one moment: people are read first and the indexes after them, so that an index
never lacks what was read.  What an index names and nobody has is passed over and expires.

Left out are the processes that run now and what waits to be sent: it may have been sent since, and
a reply of yesterday is better not sent than sent twice.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable
from typing import Any

from bot.storage.redis_server import RedisServer

Record = tuple[str, str, Any, int]
"""Key, kind, content, milliseconds to live (-1: for ever)."""
SLICE = 500


class RedisCopier:
    """Implements `bot.storage.backups.Copier`; each call to the server has the usual deadline."""

    def __init__(
        self, server: RedisServer, prefix: str, people: str, indexes: Iterable[str]
    ) -> None:
        """`prefix` is that of all keys, `people` that of theirs, `indexes` are keys of one each."""
        self._server, self._client = server, server.client
        self._prefix, self._people, self._indexes = prefix, people, tuple(indexes)

    @property
    def form(self) -> str:
        return f"Redis {self._prefix}"

    async def read(self, write: Callable[[Record], object]) -> None:
        async for key in self._keys(f"{self._people}*"):
            await self._hand_over(key, write)
        for key in self._indexes:
            await self._hand_over(key, write)

    async def _hand_over(self, key: str, write: Callable[[Record], object]) -> None:
        record = await self._server.run(self._record(key))
        if record is not None:
            write(record)

    async def replace(self, records: Iterable[Record]) -> None:
        async for key in self._keys(f"{self._prefix}*"):
            await self._server.run(self._delete(key))
        for record in records:
            await self._server.run(self._write(*record))

    async def _keys(self, pattern: str) -> AsyncIterator[str]:
        cursor = 0
        while True:
            cursor, keys = await self._server.run(self._scan(cursor, pattern))
            for key in keys:
                yield key
            if not cursor:
                return

    async def _scan(self, cursor: int, pattern: str) -> tuple[int, list[str]]:
        found, keys = await self._client.scan(cursor, match=pattern, count=SLICE)
        return int(found), [str(key) for key in keys]

    async def _record(self, key: str) -> Record | None:
        kind = str(await self._client.type(key))
        content = await self._content(key, kind)
        lives_ms = int(await self._client.pttl(key))
        # It may have gone between the calls.
        return (key, kind, content, lives_ms) if content else None

    async def _content(self, key: str, kind: str) -> Any:
        match kind:
            case "hash":
                return await self._client.hgetall(key)
            case "zset":
                return await self._client.zrange(key, 0, -1, withscores=True)
            case "string":
                return await self._client.get(key)
            case _:
                return None

    async def _delete(self, key: str) -> None:
        await self._client.unlink(key)

    async def _write(self, key: str, kind: str, content: Any, lives_ms: int) -> None:
        async with self._client.pipeline(transaction=True) as pipeline:
            match kind:
                case "hash":
                    pipeline.hset(key, mapping=content)
                case "zset":
                    pipeline.zadd(key, dict(content))
                case _:
                    pipeline.set(key, content)
            if lives_ms > 0:
                pipeline.pexpire(key, lives_ms)
            await pipeline.execute()
