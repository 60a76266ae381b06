"""What platforms on loopback have in common whose robots hold a socket and send by HTTP."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count

from aiohttp import web

from tests.e2e.tencent.loopback import Json, Loopback


@dataclass
class Gateway(Loopback):
    seen: list[str] = field(default_factory=list)
    """What was written, in all channels."""
    connections: int = 0

    def __post_init__(self) -> None:
        super().__post_init__()
        self._ids = count(1)
        self._socket: web.WebSocketResponse | None = None

    def message(self, user: str, words: str, group: str = "", *, is_named: bool = True) -> Json:
        """What somebody says, alone or in a group; `user` and `group` are numbers."""
        raise NotImplementedError

    def framed(self, event: Json) -> Json:
        """An event as it goes over the socket."""
        raise NotImplementedError

    def delivers(self, event: Json, copies: int = 1) -> None:
        assert self._socket
        for _ in range(copies):
            self.do(self._socket.send_json(self.framed(event)))

    def after(self, act: Callable[[], object], quiet_s: float = 1.0) -> list[str]:
        """What is written after something was done, until it is quiet."""
        before = len(self.seen)
        act()
        self.wait(lambda: len(self.seen) > before, 30)
        known = -1
        while known != len(self.seen):
            known = len(self.seen)
            time.sleep(quiet_s)
        return self.seen[before:]
