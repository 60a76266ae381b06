"""People who speak as a channel in a group, and channels themselves."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bot.adapters.telegram import Options
from bot.adapters.telegram.incoming.kinds import kinds_of_updates
from bot.adapters.telegram.ports import Extra
from bot.app import Brain
from tests.fakes import FakeClock
from tests.unit.adapters.telegram.conftest import talking
from tests.unit.adapters.telegram.stage import LIBRARIES, SECRET, Stage, set_up

pytestmark = pytest.mark.asyncio


@pytest.fixture(params=LIBRARIES)
def admin(request: pytest.FixtureRequest, brain: Brain) -> Iterator[Stage]:
    """A bot that is to answer in channels."""
    clock, options = FakeClock(), Options(SECRET, extras=(Extra.CHANNELS,))
    with set_up(talking(brain, clock), request.param, clock=clock, options=options) as found:
        found.api.world.updates.allow(kinds_of_updates(options.extras))
        yield found


async def test_who_writes_as_a_channel_is_answered_like_an_anonymous_admin(stage: Stage) -> None:
    user = stage.api.user()
    group = stage.api.group("群", user)
    question = group.says_as(stage.api.channel(), "/steps 注销注册")
    await stage.plays()
    [card] = stage.api.sent(group)
    assert card.reply_to_id == question.id
    user.presses("下一步", group)
    await stage.plays()
    assert "2/3" in group.shown[-1].text
    group.says_as(stage.api.channel(), "@zhuce_bot 下一步")
    await stage.plays()
    assert "3/3" in stage.api.sent(group)[-1].text


async def test_what_a_channel_says_to_others_is_left_alone(stage: Stage) -> None:
    group = stage.api.group("群", stage.api.user())
    group.promotes_bot(stage.api.user())
    group.says_as(stage.api.channel(), "四川二建在哪注册")
    await stage.plays()
    assert stage.api.calls == []


async def test_posts_are_left_alone_unless_the_operator_wants_them(stage: Stage) -> None:
    stage.api.channel().posts("/portal 四川")
    await stage.plays()
    assert stage.api.calls == []


async def test_a_command_in_a_channel_is_answered_there(admin: Stage) -> None:
    channel = admin.api.channel()
    post = channel.posts("/portal 四川")
    await admin.plays()
    [answer] = admin.api.sent(channel)
    assert answer.text.startswith("四川：")
    assert answer.reply_to_id == post.id


async def test_other_posts_are_no_questions(admin: Stage) -> None:
    channel = admin.api.channel()
    for text in ("四川二建在哪注册", "/portal@other_bot 四川", "/ban 四川", "@zhuce_bot 四川"):
        channel.posts(text)
    await admin.plays()
    assert admin.api.calls == []


async def test_readers_of_a_channel_press_its_buttons(admin: Stage) -> None:
    reader, channel = admin.api.user("读者"), admin.api.channel()
    channel.posts("/portal")
    await admin.plays()
    press = reader.presses("安徽", channel)
    await admin.plays()
    assert press.is_answered
    assert admin.api.sent(channel)[-1].text.startswith("安徽")


async def test_a_channel_that_takes_no_posts_of_ours_is_left(admin: Stage) -> None:
    channel = admin.api.channel()
    for _ in range(2):
        channel.posts("/portal 四川")
    refusal = "Bad Request: need administrator rights in the channel chat"
    admin.api.refuse("sendMessage", 400, refusal)
    await admin.plays()
    await admin.handler.close()
    assert await admin.conversation.unsent("telegram") == []
