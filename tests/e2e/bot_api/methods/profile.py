"""The bot's name, descriptions, commands and menu, each per language."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

from tests.e2e.bot_api.markup import units
from tests.e2e.bot_api.params import Params
from tests.e2e.bot_api.refusals import Refused, bad_request
from tests.e2e.bot_api.world import Json, World

COMMAND = re.compile(r"[a-z0-9_]{1,32}")
SCOPES = frozenset(
    {
        "default",
        "all_private_chats",
        "all_group_chats",
        "all_chat_administrators",
        "chat",
        "chat_administrators",
        "chat_member",
    }
)
# most units, name of the field
TEXTS = {"Name": (64, "name"), "Description": (512, "description")}
TEXTS["ShortDescription"] = (120, "short_description")


def _language(params: Params) -> str:
    code = params.text("language_code")
    if code and not re.fullmatch(r"[a-z]{2}", code):
        raise bad_request("invalid language code specified")
    return code


def _scope(params: Params) -> str:
    scope = params.object("scope") or {"type": "default"}
    if scope.get("type") not in SCOPES:
        raise bad_request("unsupported BotCommandScope specified")
    return json.dumps(scope, sort_keys=True)


def set_my_commands(world: World, params: Params) -> bool:
    commands = params.array("commands")
    if len(commands) > 100:
        raise bad_request("BOT_COMMANDS_TOO_MUCH")
    where = (_scope(params), _language(params))
    world.commands[where] = [_command(command) for command in commands]
    return True


def _command(command: Any) -> Json:
    name = str(command.get("command", "")).removeprefix("/")
    if not COMMAND.fullmatch(name):
        raise bad_request("BOT_COMMAND_INVALID")
    if not 1 <= units(str(command.get("description", "")).strip()) <= 256:
        raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
    kept: Json = command | {"command": name}
    return kept


def get_my_commands(world: World, params: Params) -> list[Json]:
    return world.commands.get((_scope(params), _language(params)), [])


def delete_my_commands(world: World, params: Params) -> bool:
    world.commands.pop((_scope(params), _language(params)), None)
    return True


def _setter(kind: str) -> Callable[[World, Params], bool]:
    most, name = TEXTS[kind]

    def set_text(world: World, params: Params) -> bool:
        if units(params.text(name)) > most:
            raise bad_request(f"{name.upper()}_TOO_LONG")
        world.texts[name, _language(params)] = params.text(name)
        return True

    return set_text


def _getter(kind: str) -> Callable[[World, Params], Json]:
    _, name = TEXTS[kind]

    def get_text(world: World, params: Params) -> Json:
        found = world.texts.get((name, _language(params))) or world.texts.get((name, ""))
        return {name: found or (world.bot["first_name"] if name == "name" else "")}

    return get_text


def set_menu(world: World, params: Params) -> bool:
    menu = params.object("menu_button") or {"type": "default"}
    if menu.get("type") not in {"default", "commands", "web_app"}:
        raise bad_request("unsupported menu button type specified")
    world.menus[params.integer("chat_id")] = menu
    return True


def get_menu(world: World, params: Params) -> Json:
    default = world.menus.get(0, {"type": "commands"})
    return world.menus.get(params.integer("chat_id"), default)


def get_me(world: World, _: Params) -> Json:
    return world.bot


def refuse_unknown(*_: Any) -> None:
    raise Refused(404, "Not Found: method not found")


METHODS = {
    "getMe": get_me,
    "setMyCommands": set_my_commands,
    "getMyCommands": get_my_commands,
    "deleteMyCommands": delete_my_commands,
    "setChatMenuButton": set_menu,
    "getChatMenuButton": get_menu,
    "setMyDefaultAdministratorRights": lambda _world, _params: True,
    "logOut": lambda _world, _params: True,
    "close": lambda _world, _params: True,
    **{f"setMy{kind}": _setter(kind) for kind in TEXTS},
    **{f"getMy{kind}": _getter(kind) for kind in TEXTS},
}
