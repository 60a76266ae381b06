"""Bound what one connection may take: bytes of headers, time, and how many there are.

uvicorn bounds none of it: httptools takes headers of any length, h11 up to 64 KB for as long as
they take, and both wait without end for a request that was begun.  `limit_concurrency` counts
connections that say nothing like all others, and then refuses everybody.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from enum import Enum, auto
from functools import cache, partial
from ipaddress import ip_address, ip_network
from typing import TYPE_CHECKING, Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.protocols.utils import get_remote_addr

from bot.adapters.web.callers import person_at
from bot.adapters.web.conversation_ids import PLATFORM
from bot.adapters.web.errors import refuse
from bot.adapters.web.limits import LineLimits
from bot.adapters.web.middleware import WEBHOOK_BODY_BYTES
from bot.core.ports import Held, Meter, Uncounted

try:
    from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
except ImportError:  # the extra `fast` brings the parser in C
    HttpToolsProtocol = None  # type: ignore[assignment, misc]

END_OF_HEAD = b"\r\n\r\n"


class Phase(Enum):
    """What a connection waits for."""

    IDLE = auto()
    """The next request; uvicorn closes it after 5 s."""
    HEAD = auto()
    BODY = auto()
    ANSWER = auto()


class Door:
    """Counts the connections of a server and lets in what it can carry.

    At the limit the one that has waited longest for its headers goes, so that connections which
    say nothing keep nobody out.
    """

    def __init__(self, limits: LineLimits, meter: Meter | None = None) -> None:
        self.limits, self.meter = limits, meter or Uncounted()
        self._proxies = [ip_network(proxy, strict=False) for proxy in limits.proxies]
        self._persons: dict[Bounded, str] = {}
        self._of: Counter[str] = Counter()
        self.silent: dict[Bounded, None] = {}
        """Those whose headers are not complete, oldest first."""

    def admit(self, line: Bounded) -> bool:
        """Count a connection in, or return `False`: there are too many."""
        host = line.client[0] if line.client else ""
        person = person_at(host)
        is_too_many = self._of[person] >= self.limits.address_connections
        if is_too_many and not self._is_proxy(host):
            self.meter.held(Held.LIMITED, PLATFORM, "connections_of_one")
            return False
        if len(self._persons) >= self.limits.connections and not self._drop_one():
            self.meter.held(Held.LIMITED, PLATFORM, "connections")
            return False
        self._persons[line] = person
        self._of[person] += 1
        return True

    def leave(self, line: Bounded) -> None:
        """Count a connection out, if it was in."""
        person = self._persons.pop(line, None)
        self.silent.pop(line, None)
        if person is None:
            return
        self._of[person] -= 1
        if not self._of[person]:
            del self._of[person]

    def _is_proxy(self, host: str) -> bool:
        try:
            found = ip_address(host)
        except ValueError:
            return False
        return any(found in proxies for proxies in self._proxies)

    def _drop_one(self) -> bool:
        oldest = next(iter(self.silent), None)
        if oldest is None:
            return False
        self.leave(oldest)
        oldest.transport.abort()
        return True


if TYPE_CHECKING:
    _Protocol = H11Protocol
else:
    _Protocol = object


class Bounded(_Protocol):
    """Stands before a protocol of uvicorn in the bases of the classes below."""

    def __init__(self, door: Door, **named: Any) -> None:
        super().__init__(**named)
        self._door, self._limits = door, door.limits
        self._is_in = False
        self._phase = Phase.IDLE
        self._head = b""
        """What came of headers that are not complete; the parser gets them whole."""
        self._body_bytes = 0
        self._timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        self.transport, self.client = transport, get_remote_addr(transport)
        self._is_in = self._door.admit(self)
        if not self._is_in:
            transport.abort()
            return
        super().connection_made(transport)
        self._enter(Phase.HEAD)

    def connection_lost(self, exc: Exception | None) -> None:
        self._door.leave(self)
        self._stop_timer()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if not self._is_in or self.transport.is_closing():
            return
        if self._phase is Phase.IDLE:
            end = data.find(END_OF_HEAD)
            if 0 <= end <= self._limits.header_bytes:  # no need to wait, so no need of a timer
                self._parse(data)
                return
            self._enter(Phase.HEAD)
        if self._phase is Phase.HEAD:
            self._take_head(data)
        elif self._phase is Phase.BODY and self._is_wasted(data):
            self.transport.close()
        else:
            self._parse(data)

    def shutdown(self) -> None:
        """Finish what was asked; whose request is not there whole yet is not waited for."""
        if self._phase is Phase.BODY:
            self._refuse(503)
        else:
            super().shutdown()

    def _parse(self, data: bytes) -> None:
        super().data_received(data)
        self._look()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        self._look()

    def _take_head(self, data: bytes) -> None:
        """Keep headers until they are complete, so that those which never are cost no parsing."""
        before = len(self._head)
        self._head += data
        end = self._head.find(END_OF_HEAD, max(0, before - len(END_OF_HEAD)))
        if (len(self._head) if end < 0 else end) > self._limits.header_bytes:
            self._refuse(431)
        elif end >= 0:
            whole, self._head = self._head, b""
            self._parse(whole)

    def _is_wasted(self, data: bytes) -> bool:
        """Return whether more comes of a body that was answered already than may come at all."""
        self._body_bytes += len(data)
        return self.cycle.response_complete and self._body_bytes > WEBHOOK_BODY_BYTES

    def _look(self) -> None:
        """Notice what the connection waits for now."""
        if (phase := self._waits_for()) is not self._phase:
            self._enter(phase)

    def _waits_for(self) -> Phase:
        raise NotImplementedError

    def _next(self) -> Phase:
        """Return the phase of a connection whose last request is done with."""
        return Phase.HEAD if self._phase is Phase.HEAD else Phase.IDLE

    def _enter(self, phase: Phase) -> None:
        self._phase, self._body_bytes, self._head = phase, 0, b""
        self._stop_timer()
        self._door.silent.pop(self, None)
        if phase is Phase.HEAD:
            self._door.silent[self] = None
            self._timer = self.loop.call_later(self._limits.header_s, self._refuse, 408)
        elif phase is Phase.BODY:
            self._timer = self.loop.call_later(self._limits.body_s, self._refuse, 408)

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _refuse(self, status: int) -> None:
        """Say why, unless nothing was asked or an answer has begun, and hang up."""
        if self.transport.is_closing():
            return
        is_answering = self._phase is Phase.BODY and self.cycle.response_started
        is_asked = self._phase is Phase.BODY or self._head
        if is_asked and not is_answering:
            self._door.meter.held(Held.REFUSED, PLATFORM, str(status))
            self.transport.write(_as_bytes(status))
        self.transport.close()


class BoundedH11(Bounded, H11Protocol):
    """The parser in Python."""

    def _waits_for(self) -> Phase:
        state = self.conn.their_state
        if state is h11.SEND_BODY:
            return Phase.BODY
        return self._next() if state is h11.IDLE else Phase.ANSWER


if HttpToolsProtocol is not None:

    class BoundedHttpTools(Bounded, HttpToolsProtocol):  # type: ignore[misc]  # two kinds of cycle
        """The parser in C."""

        _read = Phase.HEAD
        """How far the request has been read."""

        def on_message_begin(self) -> None:
            self._read = Phase.HEAD
            super().on_message_begin()

        def on_headers_complete(self) -> None:
            self._read = Phase.BODY
            super().on_headers_complete()

        def on_message_complete(self) -> None:
            self._read = Phase.ANSWER
            super().on_message_complete()

        def _waits_for(self) -> Phase:
            if self._read is not Phase.ANSWER:
                return self._read
            return self._next() if self.cycle.response_complete else Phase.ANSWER


def protocol(limits: LineLimits, meter: Meter | None = None) -> Callable[..., asyncio.Protocol]:
    """Return what makes the connections of one server."""
    door = Door(limits, meter)
    return partial(BoundedH11 if HttpToolsProtocol is None else BoundedHttpTools, door)


@cache
def _as_bytes(status: int) -> bytes:
    answer = refuse(status, headers={"Connection": "close"})
    head = b"".join(name + b": " + value + b"\r\n" for name, value in answer.raw_headers)
    return b"HTTP/1.1 %d \r\n" % status + head + b"\r\n" + bytes(answer.body)
