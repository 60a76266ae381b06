"""Damage requests, reproducibly."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace

from bot.plugins import Request

_PIECES = (
    b"\x00",
    b"\xff",
    b'"',
    b"{",
    b"]",
    b"<",
    b"&",
    b"]]>",
    b"null",
    b"-1",
    b"1e999",
    b"\xe2",
)


def damaged_bodies(body: bytes, count: int, seed: int = 7) -> Iterator[bytes]:
    """Yield that many bodies, each with one to four faults, none as it was."""
    chance = random.Random(seed)  # noqa: S311  no secret is made of it
    yielded = 0
    while yielded < count:
        damaged = body
        for _ in range(chance.randint(1, 4)):
            damaged = _once(damaged, chance)
        if damaged != body:
            yielded += 1
            yield damaged


def damaged_frames(request: Request) -> Iterator[Request]:
    """Yield the request with each header and each part of the query missing, empty or garbled."""
    for name in request.headers:
        for value in _garbled(request.headers[name]):
            kept = {n: v for n, v in request.headers.items() if n != name}
            yield replace(request, headers=kept if value is None else kept | {name: value})
    for name in request.query:
        for value in _garbled(request.query[name]):
            kept = {n: v for n, v in request.query.items() if n != name}
            yield replace(request, query=kept if value is None else kept | {name: value})


def _garbled(value: str) -> Iterator[str | None]:
    yield from (None, "", value[:-1], value + "0", "ÿ" * 8, "9" * 400, "-1", "\x00")


def _once(body: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(body) + 1)
    end = min(len(body), at + chance.randint(1, 12))
    match chance.randrange(5):
        case 0:
            return body[:at] + body[end:]
        case 1:
            return body[:at]
        case 2:
            return body[:at] + body[at:end] * 2 + body[end:]
        case 3:
            return body[:at] + chance.choice(_PIECES) + body[at:]
        case _:
            return body[:at] + bytes([chance.randrange(256)]) + body[at + 1 :]
