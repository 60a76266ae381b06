"""The wire: `/bot<token>/<method>`, parameters in, JSON out, and what goes wrong on purpose."""

from __future__ import annotations

import asyncio
import json
import re
import time
from typing import Any

from aiohttp import web

from tests.e2e.bot_api.faults import Fault, Faults
from tests.e2e.bot_api.ledger import Call, Ledger
from tests.e2e.bot_api.methods import execute
from tests.e2e.bot_api.params import Params
from tests.e2e.bot_api.polling import Polling
from tests.e2e.bot_api.refusals import Refused
from tests.e2e.bot_api.world import World

PAGE = b"<html><head><title>Bad Gateway</title></head><body>nginx</body></html>"
TOKEN = re.compile(r"\d+:[A-Za-z0-9_-]+")
MOST_BYTES = 50 * 1024 * 1024
Outcome = tuple[int, dict[str, Any]]


class Front:
    """Turns a request into a call, and a call into an entry of the ledger."""

    def __init__(self, world: World, token: str, ledger: Ledger) -> None:
        self.world = world
        self.token = token
        self.ledger = ledger
        self.faults = Faults()
        self.polling = Polling(world)

    def application(self) -> web.Application:
        app = web.Application(client_max_size=MOST_BYTES)
        app.router.add_route("*", "/bot{token:[^/]*}/{method}", self.handle)
        return app

    async def handle(self, request: web.Request) -> web.StreamResponse:
        started, method = time.monotonic(), request.match_info["method"]
        try:
            self._check(request.match_info["token"])
            params = Params.of(await _sent(request))
        except Refused as refusal:
            refused = self._note(method, Params(), (refusal.code, refusal.as_json()), started)
            return _answer(refused)
        call = await self.serve(method, params, started)
        return _cut(request) if call.fault.startswith("drop") else _answer(call)

    def _check(self, token: str) -> None:
        if token == self.token:
            return
        if TOKEN.fullmatch(token):
            raise Refused(401, "Unauthorized")
        raise Refused(404, "Not Found")

    async def serve(self, method: str, params: Params, started: float) -> Call:
        """Make a call and note it, with whatever trouble is due."""
        fault = self.faults.take(method, params)
        outcome = await self._outcome(method, params, fault)
        call = self._note(method, params, outcome, started, fault=fault.kind if fault else "")
        if fault and fault.kind == "slow":
            await asyncio.sleep(fault.delay_s)
        return call

    async def _outcome(self, method: str, params: Params, fault: Fault | None) -> Outcome:
        if fault and fault.kind == "drop before":
            return 0, {}
        try:
            if fault and fault.refusal:
                raise fault.refusal
            if method.lower() == "getupdates":
                return _ok(await self.polling.get_updates(params))
            return _ok(execute(self.world, method, params))
        except Refused as refusal:
            return refusal.code, refusal.as_json()

    def call(self, method: str, sent: dict[str, Any]) -> None:
        """A call that came as the answer of a webhook: made, noted, and told nobody."""
        started, params = time.monotonic(), Params()
        try:
            params = Params.of(sent)
            outcome = _ok(execute(self.world, method, params))
        except Refused as refusal:
            outcome = refusal.code, refusal.as_json()
        self._note(method, params, outcome, started, over="webhook")

    def _note(
        self,
        method: str,
        params: Params,
        outcome: Outcome,
        started: float,
        *,
        fault: str = "",
        over: str = "http",
    ) -> Call:
        call = Call(method, params, *outcome, started, time.monotonic(), fault, over)
        self.ledger.note(call)
        return call


def _ok(result: Any) -> Outcome:
    return 200, {"ok": True, "result": result}


async def _sent(request: web.Request) -> dict[str, Any]:
    sent: dict[str, Any] = dict(request.query)
    if not request.can_read_body:
        return sent
    if request.content_type == "application/json":
        body = json.loads(await request.read() or b"{}")
        return sent | (body if isinstance(body, dict) else {})
    return sent | {name: _value(value) for name, value in (await request.post()).items()}


def _value(value: Any) -> Any:
    if isinstance(value, web.FileField):
        return {"file_name": value.filename, "file_size": len(value.file.read())}
    return value.decode() if isinstance(value, bytes | bytearray) else value


def _cut(request: web.Request) -> web.StreamResponse:
    """Close the connection in the client's face."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response()


def _answer(call: Call) -> web.StreamResponse:
    body = PAGE if call.fault == "garble" else json.dumps(call.answer, ensure_ascii=False).encode()
    if call.fault == "cut short":
        body = body[:-1]
    return web.Response(status=call.status, body=body, content_type="application/json")
