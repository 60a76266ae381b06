"""The loopback Bot API breaks when it is told to, and both libraries notice."""

from __future__ import annotations

import asyncio
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import AbstractAsyncContextManager
from typing import Any

import aiogram.exceptions
import pytest
import telegram
import telegram.error

from tests.e2e.bot_api import BotApi
from tests.e2e.bot_api.clients import LIBRARIES, Client, connected

pytestmark = pytest.mark.asyncio

Connect = Callable[[], AbstractAsyncContextManager[Client]]


@pytest.fixture(autouse=True)
def no_warning_about_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    """PTB deprecates `retry_after` as a number, and warnings are errors here."""
    monkeypatch.setenv("PTB_TIMEDELTA", "true")


@pytest.fixture
def api() -> Iterator[BotApi]:
    with BotApi() as running:
        yield running


@pytest.fixture(params=LIBRARIES)
def connect(api: BotApi, request: pytest.FixtureRequest) -> Connect:
    return lambda: connected(api, request.param)


async def test_a_lost_answer_is_not_a_lost_message(api: BotApi, connect: Connect) -> None:
    wang = api.user()
    wang.says("四川")
    api.trouble("drop after", "sendMessage")
    async with connect() as client:
        await client.refused("sendMessage", chat_id=wang.id, text="门户")
    assert [message.text for message in api.sent(wang)] == ["门户"]


async def test_a_lost_call_has_no_effect(api: BotApi, connect: Connect) -> None:
    wang = api.user()
    wang.says("四川")
    api.trouble("drop before", "sendMessage", times=2)
    async with connect() as client:
        for _ in range(2):
            await client.refused("sendMessage", chat_id=wang.id, text="门户")
        assert api.sent(wang) == []
        await client.call("sendMessage", chat_id=wang.id, text="门户")
    assert len(api.sent(wang)) == 1


async def test_429_tells_how_long_to_wait(api: BotApi, connect: Connect) -> None:
    wang, li = api.user(), api.user()
    for person in (wang, li):
        person.says("四川")
    api.refuse("sendMessage", 429, retry_after=7, chat_id=wang.id)
    async with connect() as client:
        await client.call("sendMessage", chat_id=li.id, text="门户")
        error: Any = await client.refused("sendMessage", chat_id=wang.id, text="门户")
    seconds = error.retry_after
    assert (getattr(seconds, "total_seconds", lambda: seconds)(), api.sent(wang)) == (7, [])


@pytest.mark.parametrize("kind", ["refuse", "garble"])
async def test_a_broken_server_is_an_error(api: BotApi, connect: Connect, kind: str) -> None:
    async with connect() as client:
        if kind == "refuse":
            api.refuse("getChat", 502, "Bad Gateway")
        else:
            api.trouble("garble", "getChat")
        error = await client.refused("getChat", chat_id=1)
    assert type(error).__name__ in {"NetworkError", "TelegramServerError", "ClientDecodeError"}
    assert api.calls[-1].status == 502


async def test_a_slow_answer_comes_after_its_effect(api: BotApi, connect: Connect) -> None:
    wang = api.user()
    wang.says("四川")
    api.trouble("slow", "sendMessage", delay_s=0.1)
    async with connect() as client:
        sending = asyncio.create_task(client.call("sendMessage", chat_id=wang.id, text="门户"))
        await api.until(lambda: api.sent(wang))
        assert not sending.done()
        assert (await sending).text == "门户"


async def test_a_foreign_token_is_not_let_in(api: BotApi, connect: Connect) -> None:
    async with connect() as client:
        api.refuse("getChat", 401, "Unauthorized")
        error = await client.refused("getChat", chat_id=1)
    assert type(error).__name__ in {"InvalidToken", "TelegramUnauthorizedError"}
    assert status(f"{api.url}/bot123456789:of_somebody_else/getMe") == 401
    assert status(f"{api.url}/botnonsense/getMe") == 404


def status(address: str, body: str = "", **headers: str) -> int:
    request = urllib.request.Request(address, body.encode() or None, headers)
    try:
        with urllib.request.urlopen(request, timeout=5) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as refused:
        with refused:
            return refused.code


async def test_get_form_and_json_work_and_names_have_no_case(api: BotApi) -> None:
    wang = api.user()
    wang.says("四川")
    send = f"{api.url}/bot{api.token}/SENDMESSAGE"
    body = f'{{"chat_id": {wang.id}, "text": "c", "reply_markup": {{"inline_keyboard": []}}}}'
    assert status(f"{send}?chat_id={wang.id}&text=a") == 200
    assert status(send, f"chat_id={wang.id}&text=b") == 200
    assert status(send, body, **{"Content-Type": "application/json"}) == 200
    assert [message.text for message in api.sent(wang)] == ["a", "b", "c"]
    assert status(f"{api.url}/bot{api.token}/sendNothing") == 404


async def refusals(client: Client, count: int, chat_id: int) -> list[str]:
    """What the calls that were refused were refused with."""
    found = []
    for number in range(count):
        try:
            await client.call("sendMessage", chat_id=chat_id, text=str(number))
        except (telegram.error.RetryAfter, aiogram.exceptions.TelegramRetryAfter) as error:
            found.append(type(error).__name__)
    return found


@pytest.mark.parametrize(
    ("limits", "refused"),
    [
        ({"per_chat": 100, "overall": 100}, 5),
        ({"per_chat": 3, "overall": 100}, 22),
        ({"per_chat": 100, "overall": 24}, 5),
        ({"per_chat": 100, "overall": 10, "per_group": 99}, 15),
    ],
    ids=["20 a minute in a group", "in a chat", "the smaller counts", "overall"],
)
async def test_a_flood_is_held_back(
    api: BotApi, connect: Connect, limits: dict[str, int], refused: int
) -> None:
    api.limits_flood(**limits, per_chat_s=60, overall_s=60)
    group = api.group("二建", api.user())
    async with connect() as client:
        assert len(await refusals(client, 25, group.id)) == refused


async def test_a_window_of_the_flood_limits_passes(api: BotApi, connect: Connect) -> None:
    now = [0.0]
    api.limits_flood(clock=lambda: now[0])
    wang = api.user()
    wang.says("四川")
    async with connect() as client:
        assert len(await refusals(client, 2, wang.id)) == 1
        assert api.calls[-1].description == "Too Many Requests: retry after 1"
        now[0] = 1.0
        assert await refusals(client, 1, wang.id) == []


async def test_waiting_in_vain_tells_the_last_calls(api: BotApi, connect: Connect) -> None:
    async with connect() as client:
        await client.refused("sendMessage", chat_id=5, text="四")
        with pytest.raises(AssertionError, match="chat not found"):
            await api.until(api.sent, within_s=0.05)


async def test_no_fault_has_a_misspelt_name(api: BotApi) -> None:
    with pytest.raises(ValueError, match="drop after"):
        api.trouble("drop later", "sendMessage")


async def test_without_the_wire_a_call_is_noted_and_struck_the_same() -> None:
    api = BotApi()
    wang = api.user()
    wang.says("四川")
    api.refuse("sendMessage", 502, "Bad Gateway")
    first = await api.call("sendMessage", chat_id=wang.id, text="四")
    second = await api.call("sendMessage", chat_id=wang.id, text="四")
    api.close()
    assert (first.status, second.result["text"]) == (502, "四")
    assert len(api.sent(wang)) == 1
