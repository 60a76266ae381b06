"""Set what people see before they write: commands, descriptions, the menu button.

Each is compared with the server's and set only if it differs: these calls are limited, and people's
apps reload the commands after each of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from bot.adapters.telegram.ports import Caller
from bot.core.model.pack import Pack

IN_PRIVATE = (
    "ask",
    "portal",
    "materials",
    "steps",
    "deadline",
    "sources",
    "settings",
    "cancel",
    "privacy",
    "forgetme",
    "help",
    "start",
)
IN_GROUPS = ("ask", "portal", "materials", "steps", "help")
SCOPES: Mapping[str, tuple[str, ...]] = {
    "default": IN_PRIVATE,
    "all_private_chats": IN_PRIVATE,
    "all_group_chats": IN_GROUPS,
}
LANGUAGES: Mapping[str, str] = {"": "zh", "zh": "zh", "en": "en"}
"""Maps Telegram's language code, empty for everybody else, to the locale of our phrases."""
_TEXTS = {
    "Description": ("description", "bot_description"),
    "ShortDescription": ("short_description", "bot_short_description"),
}

Json = dict[str, Any]


async def set_menu(caller: Caller, pack: Pack) -> int:
    """Set what differs; return the number of changes.  Raises as the caller."""
    changed = 0
    for what, wanted in _wanted(pack):
        asked: Json = {key: wanted[key] for key in ("scope", "language_code") if key in wanted}
        found = await caller.call(f"getMy{what}", asked)
        if not _is_there(wanted, found):
            await caller.call(f"setMy{what}", wanted)
            changed += 1
    button = await caller.call("getChatMenuButton", {})
    if not isinstance(button, dict) or button.get("type") != "commands":
        await caller.call("setChatMenuButton", {"menu_button": {"type": "commands"}})
        changed += 1
    return changed


def _wanted(pack: Pack) -> Iterator[tuple[str, Json]]:
    """Yield what has to be set, with the parameters."""
    for code, locale in LANGUAGES.items():
        language = {"language_code": code} if code else {}
        for scope, names in SCOPES.items():
            commands = [_command(pack, name, locale) for name in names]
            yield "Commands", {"commands": commands, "scope": {"type": scope}, **language}
        for what, (key, phrase) in _TEXTS.items():
            yield what, {key: pack.phrase(phrase, locale), **language}


def _command(pack: Pack, name: str, locale: str) -> Json:
    return {"command": name, "description": pack.phrase(f"command_{name}", locale)}


def _is_there(wanted: Json, found: Any) -> bool:
    if "commands" in wanted:
        have = [(one["command"], one["description"]) for one in found or ()]
        return have == [(one["command"], one["description"]) for one in wanted["commands"]]
    key = next(key for key in wanted if key != "language_code")
    return isinstance(found, dict) and found.get(key) == wanted[key]
