"""Commands and descriptions, set by both libraries."""

from __future__ import annotations

from typing import Any

import pytest
import telegram.error

from tests.e2e.bot_api import BotApi
from tests.e2e.bot_api.clients import Client
from tests.e2e.test_bot_api.asking import told

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_commands_are_kept_per_scope_and_language(client: Client) -> None:
    commands = [{"command": "portal", "description": "注册入口"}]
    if client.library == "ptb":
        commands = [telegram.BotCommand("portal", "注册入口")]
    await client.call("setMyCommands", commands=commands, language_code="zh")
    found = await client.call("getMyCommands", language_code="zh")
    assert [(one.command, one.description) for one in found] == [("portal", "注册入口")]
    assert len(await client.call("getMyCommands", language_code="en")) == 0
    await client.call("deleteMyCommands", language_code="zh")
    assert len(await client.call("getMyCommands", language_code="zh")) == 0


@pytest.mark.parametrize(
    ("names", "description", "language", "sentence"),
    [
        (["四川"], "四", "zh", "BOT_COMMAND_INVALID"),
        (["Portal"], "四", "zh", "BOT_COMMAND_INVALID"),
        (["a" * 33], "四", "zh", "BOT_COMMAND_INVALID"),
        (["a"], "四" * 257, "zh", "BOT_COMMAND_DESCRIPTION_INVALID"),
        (["a"], " ", "zh", "BOT_COMMAND_DESCRIPTION_INVALID"),
        ([f"c{n}" for n in range(101)], "四", "zh", "BOT_COMMANDS_TOO_MUCH"),
        (["a"], "四", "zh-hans", "invalid language code specified"),
    ],
)
async def test_wrong_commands_are_refused(
    api: BotApi, client: Client, names: list[str], description: str, language: str, sentence: str
) -> None:
    commands: Any = [{"command": name, "description": description} for name in names]
    if client.library == "ptb":
        commands = [telegram.BotCommand(name, description) for name in names]
    found = await told(api, client, "setMyCommands", commands=commands, language_code=language)
    assert found == f"Bad Request: {sentence}"


async def test_descriptions_have_a_length(api: BotApi, client: Client) -> None:
    await client.call("setMyDescription", description="四" * 512)
    await client.call("setMyShortDescription", short_description="四" * 120)
    kept = await client.call("getMyShortDescription", language_code="en")
    assert kept.short_description == "四" * 120
    found = await told(api, client, "setMyDescription", description="四" * 513)
    assert found == "Bad Request: DESCRIPTION_TOO_LONG"
    found = await told(api, client, "setMyShortDescription", short_description="四" * 121)
    assert found == "Bad Request: SHORT_DESCRIPTION_TOO_LONG"


async def test_the_bot_says_what_it_may(client: Client) -> None:
    me = await client.call("getMe")
    assert (
        me.username,
        me.can_read_all_group_messages,
        me.supports_inline_queries,
        me.supports_guest_queries,
    ) == ("zhuce_bot", False, True, True)
