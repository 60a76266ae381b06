"""The plugin by nonebug, which calls what is behind an adapter and compares what is sent."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from itertools import count

import nonebot
import pytest
from nonebot.adapters.discord import DirectMessageCreateEvent, GuildMessageCreateEvent
from nonebot.adapters.onebot.v11 import Adapter, Bot, Message, MessageSegment, PrivateMessageEvent
from nonebug import App

from bot.core.model.update import ConversationKey, Update

QUESTION, SELF = "四川二建在哪注册", 10001
IDS = count(1)


def said(words: str) -> PrivateMessageEvent:
    return PrivateMessageEvent.model_validate(
        {
            "time": int(time.time()),
            "self_id": SELF,
            "post_type": "message",
            "message_type": "private",
            "sub_type": "friend",
            "message_id": next(IDS),
            "user_id": 1,
            "message": Message(words),
            "raw_message": words,
            "font": 0,
            "sender": {"user_id": 1},
            "to_me": True,
        }
    )


async def told(words: str) -> Message:
    """What the conversation says to somebody else."""
    from nonebot_plugin_zhuce import conversation

    key = ConversationKey("another", "1", "1")
    reply = await conversation.handle(Update(f"u{next(IDS)}", key, datetime.now(UTC), text=words))
    return Message(MessageSegment.text(reply.as_text()))


@pytest.mark.parametrize("copies", range(1, 6))
async def test_a_message_is_answered_once_however_often_it_comes(app: App, copies: int) -> None:
    answer, event = await told(QUESTION), said(QUESTION)
    async with app.test_matcher() as context:
        bot = context.create_bot(base=Bot, adapter=nonebot.get_adapter(Adapter), self_id=str(SELF))
        context.receive_event(bot, event)
        context.should_call_send(event, answer, result=None, bot=bot)
        for _ in range(copies - 1):
            context.receive_event(bot, event)


def test_on_discord_a_channel_of_a_guild_is_a_group_and_not_the_chat_with_one_person() -> None:
    from nonebot_plugin_zhuce.answering import is_group, place_of

    author = {"id": "7", "username": "x", "discriminator": "0", "avatar": None}
    said = {
        "id": "1",
        "author": author,
        "content": "x",
        "timestamp": "2026-11-29T00:00:00+00:00",
        "edited_timestamp": None,
        "tts": False,
        "mention_everyone": False,
        "mentions": [],
        "mention_roles": [],
        "attachments": [],
        "embeds": [],
        "pinned": False,
        "type": 0,
    }
    alone = DirectMessageCreateEvent.model_validate(said | {"channel_id": "10"})
    member = {"roles": [], "joined_at": said["timestamp"], "deaf": False, "mute": False, "flags": 0}
    guild = {"guild_id": "3", "channel_id": "11", "member": member}
    among = GuildMessageCreateEvent.model_validate(said | guild)
    assert [is_group(alone), is_group(among)] == [False, True]
    assert place_of(alone) != place_of(among)
