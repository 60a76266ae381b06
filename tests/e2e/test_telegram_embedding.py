"""The examples of docs/howto/embed-telegram.md, run: our bot among handlers of somebody else's."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from bot import app
from tests.docs.markdown import ROOT, blocks
from tests.e2e.bot_api import BotApi, User
from tests.e2e.telegram import words

pytestmark = pytest.mark.asyncio
PTB, AIOGRAM = blocks(ROOT / "docs" / "howto" / "embed-telegram.md", "python")
Open = Callable[[BotApi], Any]


def example(body: str) -> dict[str, Any]:
    names: dict[str, Any] = {}
    exec(body, names)
    return names


@asynccontextmanager
async def ptb_application(api: BotApi) -> AsyncIterator[None]:
    application = example(PTB.body)["build"](api.token, api.url)
    async with application:
        await application.post_init(application)
        await application.start()
        await application.updater.start_polling(poll_interval=0)
        yield
        await application.updater.stop()
        await application.stop()
    await application.post_shutdown(application)


@asynccontextmanager
async def aiogram_dispatcher(api: BotApi) -> AsyncIterator[None]:
    from aiogram import Bot
    from aiogram.client.session.aiohttp import AiohttpSession
    from aiogram.client.telegram import TelegramAPIServer

    dispatcher = example(AIOGRAM.body)["build"]()
    bot = Bot(api.token, AiohttpSession(api=TelegramAPIServer.from_base(api.url)))
    polling = asyncio.create_task(dispatcher.start_polling(bot, handle_signals=False))
    yield
    await dispatcher.stop_polling()
    await polling


@pytest.fixture(params=[ptb_application, aiogram_dispatcher], ids=["ptb", "aiogram"])
def application(
    request: pytest.FixtureRequest,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    brain: app.Brain,
) -> Open:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(app, "load_brain", lambda _: brain)
    found: Open = request.param
    return found


async def told(api: BotApi, person: User, count: int) -> list[str]:
    await api.until(lambda: len(api.sent(person)) >= count, 10)
    return [words(message) for message in api.sent(person)]


async def test_foreign_handlers_come_first_and_the_bot_answers_the_rest(
    application: Open,
) -> None:
    with BotApi() as api:
        async with application(api):
            person = api.user()
            person.says("/hours")
            person.says("四川二建在哪注册")
            first, second = await told(api, person, 2)
    assert first == "窗口周一到周五 9:00 到 17:00"
    assert "四川政务服务网" in second


async def test_buttons_of_the_bot_work_and_those_of_others_are_left_alone(
    application: Open,
) -> None:
    with BotApi() as api:
        async with application(api):
            person = api.user()
            person.says("/steps 初始注册")
            await told(api, person, 1)
            foreign = person.forges("foreign-button", api.sent(person)[-1])
            press = person.presses("下一步")
            await api.until(lambda: api.edits(person) and press.is_answered, 10)
        assert "2/8" in words(api.edits(person)[-1].message)
        assert not foreign.is_answered


async def test_in_groups_only_what_is_meant_for_the_bot_is_taken(application: Open) -> None:
    with BotApi(privacy=False) as api:
        async with application(api):
            person = api.user()
            group = api.group("群", person)
            person.says("今天吃什么", group)
            person.says(f"@{api.username} 四川二建在哪注册", group)
            await api.until(lambda: api.sent(group), 10)
        assert ["四川" in words(message) for message in api.sent(group)] == [True]


async def test_the_menu_of_the_application_is_not_touched(application: Open) -> None:
    with BotApi() as api:
        async with application(api):
            person = api.user()
            person.says("/start")
            await told(api, person, 1)
        assert [call.method for call in api.calls if call.method.startswith("setMy")] == []


async def test_an_update_that_comes_twice_is_answered_once(application: Open) -> None:
    with BotApi() as api:
        async with application(api):
            person = api.user()
            api.hold()
            person.says("四川二建在哪注册")
            api.deliver(copies=(4, 4), seed=1)
            await told(api, person, 1)
            await api.until(lambda: not api.pending, 10)
            person.says("谢谢")
            seen = await told(api, person, 2)
    assert len(seen) == 2
