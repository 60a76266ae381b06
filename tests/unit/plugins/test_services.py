"""Endpoints are mounted as they are declared; a service that fails begins anew, or ends all."""

from __future__ import annotations

import asyncio

import pytest
from starlette.testclient import TestClient

from bot import app
from bot.adapters.web.middleware import WEBHOOK_BODY_BYTES
from bot.core.conversation import Conversation
from bot.errors import SettingsError, StoreUnavailable
from bot.plugins import Answering, Endpoint, Request, Response
from bot.runtime import services as services_module
from bot.runtime.metrics import Metrics
from bot.runtime.services import Services
from bot.settings import Settings
from bot.storage.memory import MemoryStore
from tests.fakes import FakeClock


async def echo(request: Request) -> Response:
    told = f"{request.method} {request.query.get('echostr')} {request.headers['X-Sign']}"
    headers = {"x-body": request.body.hex(), "x-url": request.url}
    return Response(201, told.encode(), "application/xml", headers)


async def out(_: Request) -> Response:
    raise StoreUnavailable("the store is out")


def client(brain: app.Brain, *endpoints: Endpoint) -> TestClient:
    conversation = Conversation(brain, MemoryStore(), FakeClock())
    services = Services({"shop": Answering(*endpoints)})
    return TestClient(app.web_app(Settings(), conversation, services))


def test_an_endpoint_gets_the_request_as_it_came_and_answers_in_its_own_way(
    brain: app.Brain,
) -> None:
    web = client(brain, Endpoint(echo, "/verify", ("GET", "POST")))
    for method, body in (("GET", b""), ("POST", b"\xff\x00<xml>")):
        found = web.request(
            method, "/webhooks/shop/verify?echostr=a%20b", content=body, headers={"x-sign": "1"}
        )
        assert (found.status_code, found.text) == (201, f"{method} a b 1")
        assert found.headers["content-type"] == "application/xml"
        assert bytes.fromhex(found.headers["x-body"]) == body
        assert found.headers["x-url"] == "http://testserver/webhooks/shop/verify"
    assert web.put("/webhooks/shop/verify").status_code == 405
    assert web.post("/webhooks/shop").status_code == 404


def test_while_the_store_is_out_the_platform_is_told_to_come_again(brain: app.Brain) -> None:
    assert client(brain, Endpoint(out)).post("/webhooks/shop").status_code == 503


async def refuse(_: Request) -> Response:
    return Response(401)


def test_what_a_platform_sends_and_is_refused_is_counted_by_its_name(brain: app.Brain) -> None:
    metrics = Metrics()
    conversation = Conversation(brain, MemoryStore(), FakeClock(), meter=metrics)
    services = Services({"shop": Answering(Endpoint(refuse, "/verify"))})
    web = TestClient(app.web_app(Settings(), conversation, services, metrics=metrics))
    found = [web.post(f"/webhooks/{path}").status_code for path in ("shop/verify", "nobody")]
    assert found == [401, 404]
    too_long = {"content": b"x" * (WEBHOOK_BODY_BYTES + 1)}
    web.post("/webhooks/shop/verify", **too_long)
    web.post("/webhooks/nobody", **too_long)
    shown = web.get("/metrics").text
    assert 'zhuce_refused_total{platform="shop",reason="401"} 1.0' in shown
    assert 'zhuce_refused_total{platform="shop",reason="413"} 1.0' in shown
    assert 'zhuce_adapter_up{platform="shop"} 1.0' in shown
    assert "nobody" not in shown


class Failing(Answering):
    """Fails as often as told, then works."""

    def __init__(self, *failures: Exception) -> None:
        super().__init__()
        self.failures, self.runs = list(failures), 0

    async def run(self) -> None:
        self.runs += 1
        if self.failures:
            raise self.failures.pop(0)
        await super().run()


@pytest.mark.asyncio
async def test_a_service_that_fails_begins_anew_and_the_others_go_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(services_module, "RETRY_S", 0.05)
    failing, other = Failing(ValueError("a fault")), Failing()
    services = Services({"shop": failing, "other": other})
    ended = asyncio.Event()
    async with services.running(ended.set):
        await asyncio.sleep(0.01)
        assert services.troubles() == ("shop：程序出错，见日志",)
        await asyncio.sleep(0.2)
        assert (failing.runs, other.runs, services.troubles()) == (2, 1, ())
        assert not ended.is_set()


@pytest.mark.asyncio
async def test_a_service_that_cannot_go_on_ends_the_program_with_its_sentence() -> None:
    services = Services({"shop": Failing(SettingsError("BOT_SHOP", None, "…")), "other": Failing()})
    ended = asyncio.Event()
    with pytest.raises(SettingsError, match="BOT_SHOP"):
        async with services.running(ended.set):
            await asyncio.wait_for(ended.wait(), 5)
