"""What Telegram posts: forged calls are refused, and 200 means stored."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable
from typing import Any

import pytest

from bot.adapters.delivery.health import Health
from bot.adapters.delivery.intake import Intake
from bot.adapters.telegram.incoming import webhook
from bot.adapters.telegram.incoming.webhook import Receiver
from bot.errors import StoreUnavailable

pytestmark = pytest.mark.asyncio

SECRET = "a-secret"
HEADERS = {"x-telegram-bot-api-secret-token": SECRET}
UPDATE = json.dumps({"update_id": 7, "message": {}}).encode()


class Handler:
    def __init__(self, problem: Exception | None = None, delay_s: float = 0.0) -> None:
        self.problem, self.delay_s = problem, delay_s
        self.accepted: list[Any] = []

    async def accept(self, update: Any) -> Awaitable[None] | None:
        await asyncio.sleep(self.delay_s)
        if self.problem:
            raise self.problem
        self.accepted.append(update)
        return None


def read(payload: Any) -> Any:
    """A library that knows messages and nothing else."""
    payload["message"]
    return payload


def receiver(handler: Handler) -> Receiver:
    found = Receiver(SECRET, Health("Telegram"))
    found.open(Intake(handler, read))
    return found


async def test_a_genuine_update_is_stored_and_acknowledged() -> None:
    handler = Handler()
    assert await receiver(handler).receive(HEADERS, UPDATE) == 200
    assert [update["update_id"] for update in handler.accepted] == [7]


@pytest.mark.parametrize("given", [None, "", "a-secreT", "a-secret ", "a", "密语", "ÿ"], ids=ascii)
async def test_a_forged_one_is_refused_before_it_is_read(given: str | None) -> None:
    handler = Handler()
    headers = {} if given is None else {"x-telegram-bot-api-secret-token": given}
    assert await receiver(handler).receive(headers, b"not even JSON") == 401
    assert await receiver(handler).receive(headers, UPDATE) == 401
    assert handler.accepted == []


PLAIN = {"content-type": "application/json", "host": "127.0.0.1:8080"}
"""As a Bot API server on this machine posts, which knows no secret."""


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param({}, id="as it is"),
        pytest.param({"content-type": "Application/JSON; charset=utf-8"}, id="with a charset"),
        pytest.param({"host": "localhost"}, id="localhost"),
        pytest.param({"host": "[::1]:8080"}, id="IPv6"),
        pytest.param({"host": "Bot.Example.CN"}, id="a name of the settings"),
    ],
)
async def test_without_a_secret_what_no_browser_sends_is_taken(headers: dict[str, str]) -> None:
    handler = Handler()
    assert await open_receiver(handler).receive(PLAIN | headers, UPDATE) == 200
    assert len(handler.accepted) == 1


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param({"content-type": "text/plain"}, id="a form without asking first"),
        pytest.param({"content-type": "text/plain; application/json"}, id="disguised"),
        pytest.param({"content-type": ""}, id="no type"),
        pytest.param({"origin": "https://evil.example"}, id="a page"),
        pytest.param({"origin": "null"}, id="a page without origin"),
        pytest.param({"sec-fetch-site": "same-origin"}, id="a page of this server"),
        pytest.param({"host": "evil.example:8080"}, id="a name made to lead here"),
        pytest.param({"host": "127.0.0.1.evil.example"}, id="a name that begins alike"),
        pytest.param({"host": "[::1"}, id="no name"),
        pytest.param({"host": ""}, id="without a name"),
    ],
)
async def test_without_a_secret_what_a_page_can_send_is_refused(headers: dict[str, str]) -> None:
    handler = Handler()
    assert await open_receiver(handler).receive(PLAIN | headers, UPDATE) == 403
    assert handler.accepted == []


async def test_with_a_secret_nothing_else_is_asked_for() -> None:
    strange = {"origin": "https://evil.example", "host": "evil.example"}
    assert await receiver(Handler()).receive(HEADERS | strange, UPDATE) == 200


def open_receiver(handler: Handler) -> Receiver:
    found = Receiver(None, Health("Telegram"), {"bot.example.cn"})
    found.open(Intake(handler, read))
    return found


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b"null", b"\xff", b'{"message": {}}', b'{"update_id": "7"}', b"[" * 100_000],
    ids=lambda body: repr(body[:12]),
)
async def test_what_is_no_update_is_a_bad_request(body: bytes) -> None:
    assert await receiver(Handler()).receive(HEADERS, body) == 400


async def test_what_the_library_cannot_read_is_let_go() -> None:
    handler = Handler()
    assert await receiver(handler).receive(HEADERS, b'{"update_id": 7}') == 200
    assert handler.accepted == []


async def test_a_fault_of_ours_does_not_make_telegram_repeat_for_ever() -> None:
    assert await receiver(Handler(ZeroDivisionError())).receive(HEADERS, UPDATE) == 200


async def test_what_was_not_stored_comes_again() -> None:
    assert await receiver(Handler(StoreUnavailable("out"))).receive(HEADERS, UPDATE) == 503


async def test_a_slow_store_does_not_hold_the_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webhook, "BUDGET_S", 0.01)
    handler = Handler(delay_s=0.05)
    assert await receiver(handler).receive(HEADERS, UPDATE) == 503
    await asyncio.sleep(0.1)
    assert len(handler.accepted) == 1, "what is under way goes on"


async def test_before_the_bot_is_ready_updates_stay_with_telegram() -> None:
    assert await Receiver(SECRET, Health("Telegram")).receive(HEADERS, UPDATE) == 503
