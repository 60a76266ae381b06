"""An HTTP API on a free port, with access tokens and faults; and the caller of a callback."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from functools import cache
from types import TracebackType
from typing import Any, Self

import httpx
from aiohttp import web

from tests.workers import free_port

START_S = 10.0
PATIENCE_S = 5.0
TIMES = 3
Json = dict[str, Any]


Push = Callable[[str, Json, str], httpx.Response]
"""Calls an address with a query and a body."""


@cache
def shared_client() -> httpx.Client:
    """One for all: each reads the certificates of the machine when it is made.

    It keeps no connection: nobody closes those that are left when the tests end.
    """
    limits = httpx.Limits(max_connections=64, max_keepalive_connections=0)
    return httpx.Client(timeout=PATIENCE_S, limits=limits)


def over_http(url: str, query: Json, body: str) -> httpx.Response:
    return shared_client().post(url, params=query, content=body.encode())


@dataclass(frozen=True)
class Call:
    path: str
    body: Json
    outcome: Json


@dataclass
class Loopback:
    """Serves `routes` in a thread; every call is kept."""

    life_s: float = 7200.0
    """How long a token is good for."""
    calls: list[Call] = field(default_factory=list)
    faults: list[Json | int] = field(default_factory=list)
    """What the next calls get instead: an error, or a status."""
    tokens: dict[str, float] = field(default_factory=dict)
    """The end of each token."""
    port: int = field(default_factory=free_port)
    push: Push = over_http
    now: Callable[[], float] = time.time
    """The clock of the platform."""

    def __post_init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._runner: web.AppRunner | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def routes(self) -> dict[tuple[str, str], Callable[[web.Request], Awaitable[Any]]]:
        raise NotImplementedError

    def __enter__(self) -> Self:
        self._thread.start()
        self.do(self._start())
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        assert self._runner
        self.do(self._runner.cleanup())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(START_S)
        self.close()

    def close(self) -> None:
        """For one that was never entered, because nothing of ours calls it."""
        self._loop.close()

    def do(self, work: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(START_S)

    async def _start(self) -> None:
        app = web.Application()
        for (method, path), answer in self.routes().items():
            app.router.add_route(method, path, answer)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.01)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self.port).start()

    async def front_page(self, request: web.Request) -> web.Response:
        """Whatever it is, it has a date."""
        return web.Response()

    def token(self) -> Json:
        """The token in force; another one only in the last five minutes of its life, or none."""
        now = time.monotonic()
        for token, end in self.tokens.items():
            if end - now > min(300.0, self.life_s / 2):
                return {"access_token": token, "expires_in": round(end - now)}
        token = f"token-{len(self.tokens)}-canary"
        self.tokens[token] = now + self.life_s
        return {"access_token": token, "expires_in": round(self.life_s)}

    async def answered(
        self, request: web.Request, take: Callable[[Json], Json], *, needs_token: bool = True
    ) -> web.Response:
        """Make one call of it: faults first, then the token, then the call itself."""
        body = await request.json() if request.can_read_body else dict(request.query)
        fault = self.faults.pop(0) if self.faults and needs_token else None
        if isinstance(fault, int):
            self.calls.append(Call(request.path, body, {"status": fault}))
            return web.Response(status=fault, headers={"Retry-After": "1"})
        outcome = fault or (self._bad_token(request) if needs_token else None) or take(body)
        self.calls.append(Call(request.path, body, outcome))
        return web.json_response(outcome)

    def _bad_token(self, request: web.Request) -> Json | None:
        end = self.tokens.get(request.query.get("access_token", ""), 0.0)
        return None if end > time.monotonic() else {"errcode": 42001, "errmsg": "expired"}

    def end_tokens(self) -> None:
        """Before their time, as after a leak."""
        self.tokens = dict.fromkeys(self.tokens, 0.0)

    def note(self, path: str, body: Json, outcome: Json) -> None:
        self.calls.append(Call(path, body, outcome))

    def called(self, path: str) -> list[Call]:
        return [call for call in self.calls if call.path == path]

    def wait(self, is_so: Callable[[], object], within_s: float = 10.0) -> None:
        deadline = time.monotonic() + within_s
        while not is_so():
            assert time.monotonic() < deadline, [call.path for call in self.calls]
            time.sleep(0.01)


def pushed(push: Push, url: str, query: Json, body: str) -> list[httpx.Response | None]:
    """Call as the platform does until it is taken: what came of each try, `None` for no answer."""
    tried: list[httpx.Response | None] = []
    while len(tried) < TIMES:
        try:
            answer = push(url, query, body)
        except httpx.HTTPError:
            tried.append(None)
            continue
        tried.append(answer)
        if answer.is_success:
            break
    return tried


def joined(messages: Sequence[str]) -> str:
    """Messages as one text; one that was divided within a list ends with a new line."""
    told = ""
    for message in filter(None, messages):
        told += ("" if not told or told.endswith("\n") else "\n\n") + message
    return told
