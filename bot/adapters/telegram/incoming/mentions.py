"""Decide whether words in a group are addressed to the bot, and extract the question.

They are in three cases: a command of ours without another bot's name, a mention anywhere in the
text, a reply to a message of ours.  Everything else is other people's conversation.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.adapters.telegram.incoming.quotes import is_reply_to_us, quoted_by
from bot.adapters.telegram.incoming.update_types import Entity, Message
from bot.adapters.telegram.ports import BotIdentity
from bot.adapters.telegram.utf16 import cut_out
from bot.core.dialogue import commands
from bot.core.dialogue.commands import takes_argument

_NAMED = re.compile(r"\s*[/／][a-zA-Z]\w*@(\w+)", re.ASCII)
HELP = "/help"


def words_for_us(message: Message, me: BotIdentity) -> str | None:
    """Return what a person in a group says to the bot; `None` if it is not addressed to it."""
    text = message.text or message.caption or ""
    named = _NAMED.match(text)
    if named and named.group(1).lower() != me.username.lower():
        return None
    if commands.looks_like(text):
        return answering_reply(text, message, me) if commands.read(text) else None
    words = without_mentions(text, message.entities or message.caption_entities or (), me)
    if words is None:
        return text if text and is_reply_to_us(message, me) else None
    return words or _replied_words(message, me) or HELP


def without_mentions(text: str, entities: Sequence[Entity], me: BotIdentity) -> str | None:
    """Return the text without the bot's name; `None` if the name is not in it."""
    found = False
    for entity in sorted(entities, key=lambda entity: -entity.offset):
        if entity.type not in ("mention", "text_mention"):
            continue
        before, name, behind = cut_out(text, entity.offset, entity.length)
        if _is_our_name(name, entity, me):
            text, found = f"{before.rstrip()} {behind.lstrip()}".strip(), True
    return text if found else None


def _is_our_name(name: str, entity: Entity, me: BotIdentity) -> bool:
    if entity.type == "text_mention":
        return entity.user is not None and entity.user.id == me.id
    return name.lower() == f"@{me.username.lower()}"


def answering_reply(text: str, message: Message, me: BotIdentity) -> str:
    """Give a command without an argument the words of the message it replies to."""
    command = commands.read(text)
    if not command or command.argument or not takes_argument(command.name):
        return text
    words = _replied_words(message, me)
    return f"/{command.name} {words}" if words else text


def _replied_words(message: Message, me: BotIdentity) -> str:
    """Return what another person said in the message replied to, or the quoted part of it."""
    quoted = quoted_by(message, me)
    return "" if quoted is None or quoted.is_ours else quoted.part or quoted.words
