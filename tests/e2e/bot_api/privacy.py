"""Which messages of a group reach the bot.

With privacy mode on (BotFather's default), these do: what starts with a slash unless it names
another bot, a mention of the bot, a reply to one of its messages, messages sent through it, and
service messages. A command without a name reaches only the bot that spoke last. Administrators
and bots with privacy mode off get everything. (core.telegram.org/bots/features#privacy-mode and
BotFather's own words for the switch, which name mentions.)
"""

from __future__ import annotations

from tests.e2e.bot_api import detection
from tests.e2e.bot_api.world import PRESENT, Chat, Json


def reaches(chat: Chat, message: Json, bot: Json) -> bool:
    if chat.bot_status not in PRESENT:
        return False
    if not chat.is_group or chat.bot_status == "administrator":
        return True
    return bool(bot["can_read_all_group_messages"]) or is_for(chat, message, bot)


def is_for(chat: Chat, message: Json, bot: Json) -> bool:
    text = message.get("text") or message.get("caption") or ""
    name = bot["username"].lower()
    return (
        (message.get("reply_to_message") or {}).get("from", {}).get("id") == bot["id"]
        or (message.get("via_bot") or {}).get("id") == bot["id"]
        or name in detection.mentions(text)
        or _is_command_for(chat, text, name)
    )


def _is_command_for(chat: Chat, text: str, name: str) -> bool:
    named = [command.partition("@")[2] for command in detection.commands(text)]
    if any(named):
        return name in named
    return text.startswith("/") and not chat.another_bot_spoke_last
