"""Answer on whatever NoneBot2 reaches, with the same conversation as `zhuce serve`.

A repeat of an update is stopped before any plugin sees it; updates of one conversation are answered
and sent one after another.  What a newcomer would get wrong: NoneBot acknowledges before it calls
plugins, so what a crash interrupts here is not delivered again.
"""

from __future__ import annotations

from nonebot import get_driver, get_plugin_config, on_message
from nonebot.adapters import Bot, Event
from nonebot.exception import IgnoredException
from nonebot.message import event_preprocessor
from nonebot.plugin import PluginMetadata
from nonebot.rule import to_me

from bot import embedded
from nonebot_plugin_zhuce.answering import Answering
from nonebot_plugin_zhuce.config import Config

__plugin_meta__ = PluginMetadata(
    name="二建注册问答",
    description="回答二级建造师注册的问题，带着办手续，每条都有出处和核对日期",
    usage="群里 @ 它或单独问，例如：四川二建在哪注册",
    type="application",
    config=Config,
    homepage="https://pypi.org/project/zhuce/",
)

config = get_plugin_config(Config)
conversation = embedded(config.zhuce_store, config.zhuce_knowledge, config.zhuce_journal)
answering = Answering(conversation, config.zhuce_longest)
driver = get_driver()
driver.on_startup(conversation.open)
driver.on_shutdown(conversation.close)
asked = on_message(to_me(), priority=config.zhuce_priority, block=False)


@event_preprocessor
async def stop_repeats(bot: Bot, event: Event) -> None:
    """Let no plugin see what was answered before."""
    if await answering.was_answered(bot, event):
        raise IgnoredException("it was answered before")


@asked.handle()
async def answer(bot: Bot, event: Event) -> None:
    await answering.answer(bot, event)


__all__ = ["Config"]
