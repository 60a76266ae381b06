"""Read events of any adapter, answer them once, and send the replies in order."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from nonebot.adapters import Bot, Event, Message

from bot.adapters.delivery.person_limit import PersonLimit, Verdict, limit_of
from bot.adapters.delivery.plain import plain_pages
from bot.adapters.delivery.splitting import Room
from bot.core.conversation import Conversation
from bot.core.dialogue.short_form import shorten
from bot.core.locks import KeyedLocks
from bot.core.model.reply import Reply, Text
from bot.core.model.spans import day_of
from bot.core.model.update import ConversationKey, Update
from bot.core.model.update import Event as Happened

MOST_ID = 200
HELP = "/help"
_IDS = ("message_id", "msg_id", "msgId", "id", "event_id")
"""Where adapters keep what names a message."""
_ALONE = ("Private", "Direct", "C2C")
"""What adapters call messages between two."""


class Answering:
    """Answers events; safe to call for many at once."""

    def __init__(self, conversation: Conversation, longest: int) -> None:
        self._conversation, self._room = conversation, Room(longest)
        self._locks: KeyedLocks[ConversationKey] = KeyedLocks()
        self._limits: dict[str, PersonLimit] = {}

    async def was_answered(self, bot: Bot, event: Event) -> bool:
        """Return whether this message has had its reply; never for what is not for the bot."""
        if event.get_type() != "message" or not event.is_tome():
            return False
        update = read(bot, event)
        return bool(update and await self._conversation.told(update.key, update.id))

    async def answer(self, bot: Bot, event: Event) -> None:
        """Answer a message and send the reply; nothing is sent for a repeat."""
        update = read(bot, event)
        if update is None:
            return
        verdict = self._limit(update.key.platform).judge(
            f"{update.key.chat}:{update.id}", update.key.user
        )
        if verdict is Verdict.NOTICE:
            await bot.send(event, self._conversation.pack.phrase("too_many"))
        if verdict is not Verdict.ANSWER:
            return
        async with self._locks.of(update.key):
            applied = await self._conversation.take(update)
            if not applied.is_repeat:
                await self._send(bot, event, self._shown(applied.reply, event))

    def _limit(self, platform: str) -> PersonLimit:
        if platform not in self._limits:
            self._limits[platform] = limit_of(self._conversation, platform)
        return self._limits[platform]

    def _shown(self, reply: Reply, event: Event) -> Reply:
        """Return what is shown of a reply: many read along in a group."""
        if not is_group(event):
            return reply
        pack, day = self._conversation.pack, day_of(self._conversation.clock.now())
        short = shorten(pack, reply, day)
        if short is None:
            return reply
        return replace(short, parts=(*short.parts, Text(pack.phrase("full_text_alone"))))

    async def _send(self, bot: Bot, event: Event, reply: Reply) -> None:
        for page in plain_pages(reply, self._room):
            await bot.send(event, as_message(event, page))


def as_message(event: Event, text: str) -> str | Message[Any]:
    """Return words as a message of the adapter, in which nothing of them is a code."""
    kind = type(event.get_message())
    segment = getattr(kind.get_segment_class(), "text", None)
    return kind(segment(text)) if segment else text


def is_group(event: Event) -> bool:
    """Return whether others read along.

    Sessions do not say it alone: Satori and KOOK have one of their own for each pair of people,
    Discord one for each person wherever it is.  The names of events do.
    """
    name = type(event).__name__
    if any(word in name for word in _ALONE):
        return False
    return "Guild" in name or event.get_session_id() != event.get_user_id()


def place_of(event: Event) -> str:
    """Return the session, and the channel where that is not in it."""
    session, channel = event.get_session_id(), str(getattr(event, "channel_id", None) or "")
    return session if channel in session else f"{session}/{channel}"


def read(bot: Bot, event: Event) -> Update | None:
    """Return what was said; `None` for what has no name or nobody who says it."""
    try:
        user, chat = event.get_user_id(), place_of(event)
        words = event.get_plaintext()
    except (NotImplementedError, ValueError):
        return None
    number = next((str(value) for name in _IDS if (value := getattr(event, name, None))), "")
    if not number or len(number) > MOST_ID:
        return None
    platform = "nonebot_" + bot.type.lower().replace(" ", "_")
    key, now = ConversationKey(platform, f"{bot.self_id}:{chat}", user), datetime.now(UTC)
    if words.strip():
        return Update(number, key, now, text=words.strip() if is_group(event) else words)
    if is_group(event) and not event.get_message():
        return Update(number, key, now, text=HELP)
    return Update(number, key, now, event=Happened.UNREADABLE)
