"""Commands, descriptions and menu: set once, and again only when they differ."""

from __future__ import annotations

import pytest

from bot.adapters.telegram.outgoing.menu import IN_PRIVATE, LANGUAGES, SCOPES
from bot.core.dialogue.commands import NAMES
from tests.unit.adapters.telegram.stage import Stage

pytestmark = pytest.mark.asyncio


def changes(stage: Stage) -> list[str]:
    return [call.method for call in stage.api.calls if call.method.startswith("set")]


async def test_the_first_start_sets_everything_for_each_language(one_stage: Stage) -> None:
    await one_stage.handler.prepare()
    assert all(call.ok for call in one_stage.api.calls)
    made = changes(one_stage)
    assert made.count("setMyCommands") == len(SCOPES) * len(LANGUAGES) == 9
    # A language without a text of its own is shown that of everybody, so zh needs none.
    assert made.count("setMyDescription") == made.count("setMyShortDescription") == 2


async def test_the_next_start_changes_nothing(one_stage: Stage) -> None:
    await one_stage.handler.prepare()
    before = len(changes(one_stage))
    await one_stage.new_handler().prepare()
    assert len(changes(one_stage)) == before


async def test_only_what_differs_is_set_again(one_stage: Stage) -> None:
    await one_stage.handler.prepare()
    before = len(changes(one_stage))
    caller = one_stage.handler._caller
    await caller.call("setMyDescription", {"description": "别的", "language_code": "en"})
    await one_stage.handler.prepare()
    assert changes(one_stage)[before:] == ["setMyDescription", "setMyDescription"]


async def test_groups_are_offered_what_makes_sense_there(one_stage: Stage) -> None:
    await one_stage.handler.prepare()
    shown = {
        (call.params["scope"]["type"], call.params.get("language_code", "")): [
            command["command"] for command in call.params["commands"]
        ]
        for call in one_stage.calls("setMyCommands")
    }
    assert shown["all_group_chats", ""] == ["ask", "portal", "materials", "steps", "help"]
    assert shown["all_private_chats", "en"] == list(IN_PRIVATE)


async def test_every_command_is_in_the_private_menu() -> None:
    assert set(IN_PRIVATE) == set(NAMES)


async def test_english_is_spoken_to_those_who_set_it(one_stage: Stage) -> None:
    await one_stage.handler.prepare()
    told = {
        call.params.get("language_code", ""): call for call in one_stage.calls("setMyDescription")
    }
    assert told["en"].params["description"].startswith("Answers questions about registering")
    assert told[""].params["description"].startswith("二级建造师注册问答")
