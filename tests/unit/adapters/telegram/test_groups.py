"""What a group sees: little, to the point, and nothing twice."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bot.adapters.telegram import Options
from bot.adapters.telegram.routes import MOST_A_MINUTE
from bot.app import Brain
from tests.fakes import FakeClock
from tests.unit.adapters.telegram.conftest import talking
from tests.unit.adapters.telegram.stage import LIBRARIES, SECRET, Stage, set_up

pytestmark = pytest.mark.asyncio
SICHUAN = (
    "四川：四川政务服务网「直通部门」 → 「住房城乡建设厅」 → 「个人服务」"
    " → 「二级注册建造师注册资格认定」 → 「申请」"
)


async def test_talk_of_others_is_left_alone(stage: Stage) -> None:
    user = stage.api.user()
    group = stage.api.group("群", user)
    for text in ("大家好", "四川二建在哪注册", "/ban 小李", "/help@other_bot"):
        user.says(text, group)
    await stage.plays()
    assert stage.api.calls == []


async def test_an_answer_is_short_and_leads_to_the_whole_in_private(stage: Stage) -> None:
    user = stage.api.user()
    group = stage.api.group("群", user)
    question = user.says("@zhuce_bot 初始注册要什么材料", group)
    await stage.plays()
    [message] = stage.api.sent(group)
    assert message.text == (
        "初始注册交六样：注册申请表、执业资格证书、身份证和学历证复印件、工程业绩证明、"
        "聘用合同或有效证明文件复印件；超过规定时间的加继续教育证明。\n\n"
        "依据：二建注册整理 初始注册/需提交的材料等 2 份"
        "（核对于 2021-12-08，2021 年资料，未复核）"
    )
    assert message.reply_to_id == question.id
    [button] = message.buttons
    assert button.label == "私聊看全文"
    user.follows(button.url)
    await stage.plays()
    assert stage.api.sent(user)[0].text.startswith(
        "初始注册需提交的材料一共六样，第六样逾期的才交：\n1. 注册建造师"
    )


async def test_an_answer_that_is_short_is_told_whole_with_its_buttons(stage: Stage) -> None:
    user = stage.api.user()
    message = await stage.asked(user, "@zhuce_bot 四川二建在哪注册", stage.api.group("群", user))
    assert message.text.startswith(f"{SICHUAN}\n\n四川政务服务网：https://www.sczwfw.gov.cn/")
    assert "依据详情" in message.labels
    assert "私聊看全文" not in message.labels


async def test_a_link_opens_the_answer_for_the_same_region(stage: Stage) -> None:
    user = stage.api.user()
    group = stage.api.group("群", user)
    message = await stage.asked(user, "@zhuce_bot 云南初始注册要什么材料", group)
    assert "云南的具体要求请以当地注册机构为准" in message.text
    user.follows(message.buttons[0].url)
    await stage.plays()
    assert "云南的具体要求请以当地注册机构为准" in stage.api.sent(user)[0].text
    assert "\n1. 注册建造师注册申请表" in stage.api.sent(user)[0].text


async def test_two_things_asked_at_once_are_both_behind_the_link(stage: Stage) -> None:
    user = stage.api.user()
    group = stage.api.group("群", user)
    message = await stage.asked(user, "@zhuce_bot 四川和重庆二建在哪注册", group)
    assert message.text.startswith("【四川】\n\n")
    assert "【重庆】\n\n" in message.text
    user.follows(message.buttons[0].url)
    await stage.plays()
    text = stage.api.sent(user)[0].text
    assert text.index("【四川】") < text.index("【重庆】")


async def test_what_is_short_already_keeps_its_buttons(stage: Stage) -> None:
    user = stage.api.user()
    group = stage.api.group("群", user)
    message = await stage.asked(user, "/portal", group)
    assert message.labels[:2] == ["安徽", "重庆"]


@pytest.mark.parametrize(
    "said",
    [
        "/portal 四川",
        "/portal@zhuce_bot 四川",
        "/portal　四川",
        "/portal   四川",
        "/portal 川",
        "/portal sichuan",
    ],
)
async def test_a_hint_command_is_understood_however_it_is_written(stage: Stage, said: str) -> None:
    user = stage.api.user()
    message = await stage.asked(user, said, stage.api.group("群", user))
    assert message.text.startswith(SICHUAN)


async def test_a_command_in_a_reply_answers_the_message_replied_to(stage: Stage) -> None:
    user, other = stage.api.user("问"), stage.api.user("别人")
    group = stage.api.group("群", user, other)
    said = other.says("我在四川，不知道去哪弄", group)
    assert "四川政务服务网" in (await stage.asked(user, "/portal", group, to=said)).text


async def test_answers_go_into_the_topic_they_were_asked_in(stage: Stage) -> None:
    user = stage.api.user()
    forum = stage.api.group("论坛", user, kind="forum")
    topic = forum.opens_topic("注册", user)
    await stage.plays()
    message = await stage.asked(user, "/portal 四川", forum, topic=topic)
    assert message.thread_id == topic


async def test_what_is_said_in_one_topic_is_no_context_in_another(stage: Stage) -> None:
    user = stage.api.user()
    forum = stage.api.group("论坛", user, kind="forum")
    first, second = (forum.opens_topic(name, user) for name in ("注册", "闲聊"))
    await stage.plays()
    await stage.asked(user, "@zhuce_bot 四川初始注册要什么材料", forum, topic=first)
    apart = await stage.asked(user, "@zhuce_bot 在哪办", forum, topic=second)
    assert "四川" not in apart.text
    stage.clock.forward(minutes=2)
    leaning = await stage.asked(user, "@zhuce_bot 在哪办", forum, topic=first)
    assert "四川" in leaning.text


async def test_a_procedure_belongs_to_its_topic(stage: Stage) -> None:
    user = stage.api.user()
    forum = stage.api.group("论坛", user, kind="forum")
    first, second = (forum.opens_topic(name, user) for name in ("注册", "闲聊"))
    await stage.plays()
    card = await stage.asked(user, "/steps 初始注册", forum, topic=first)
    assert "/8" not in (await stage.asked(user, "@zhuce_bot 下一步", forum, topic=second)).text
    user.presses("下一步", forum, on=card)
    await stage.plays()
    assert "第 2/" in stage.api.edits(forum)[0].message.text
    assert "第 3–7/" in (await stage.asked(user, "@zhuce_bot 下一步", forum, topic=first)).text


@pytest.mark.parametrize("said", ["/portal 四川", "/steps 注销注册", "/portal"])
async def test_a_topic_that_was_deleted_meanwhile_loses_no_answer(stage: Stage, said: str) -> None:
    user = stage.api.user()
    forum = stage.api.group("论坛", user, kind="forum")
    topic = forum.opens_topic("注册", user)
    user.says(said, forum, topic=topic)
    forum.deletes_topic(topic)
    await stage.plays()
    [message] = stage.api.sent(forum)
    assert (message.thread_id, message.reply_to_id) == (None, None)


async def test_a_closed_topic_neither_loses_the_answer_nor_silences_the_group(stage: Stage) -> None:
    user = stage.api.user()
    forum = stage.api.group("论坛", user, kind="forum")
    topic = forum.opens_topic("注册", user)
    question = user.says("/portal 四川", forum, topic=topic)
    forum.closes_topic(topic)
    await stage.plays()
    assert [message.thread_id for message in stage.api.sent(forum)] == [None]
    assert stage.api.sent(forum)[0].reply_to_id in (None, question.id)
    await stage.asked(user, "/portal 云南", forum)


async def test_an_answer_that_is_refused_in_every_form_is_not_dropped_silently(
    stage: Stage,
) -> None:
    user = stage.api.user()
    group = stage.api.group("群", user)
    stage.api.refuse("sendMessage", 400, "Bad Request: something is wrong", times=2)
    message = await stage.asked(user, "/portal 四川", group)
    assert message.text == "抱歉，这条回答在这里发不出来。请换个说法再问一次。"


async def test_the_answer_to_a_message_that_is_gone_comes_all_the_same(stage: Stage) -> None:
    user = stage.api.user()
    group = stage.api.group("群", user)
    question = user.says("/portal 四川", group)
    del group.messages[question.id]
    await stage.plays()
    assert stage.api.sent(group)[0].reply_to_id is None


# Buttons belong to somebody


async def test_a_button_of_somebody_else_says_so_and_does_nothing(stage: Stage) -> None:
    owner, other = stage.api.user("主"), stage.api.user("客")
    group = stage.api.group("群", owner, other)
    await stage.asked(owner, "/steps 注销注册", group)
    press = other.presses("下一步", group)
    await stage.plays()
    assert press.notice.startswith("这是别人的按钮")
    assert "1/3" in group.shown[-1].text
    owner.presses("下一步", group)
    await stage.plays()
    assert "2/3" in group.shown[-1].text


async def test_an_administrator_who_speaks_as_the_group_can_press(stage: Stage) -> None:
    boss = stage.api.user("群主")
    group = stage.api.group("群", boss)
    hidden = {
        "id": 1087968824,
        "is_bot": True,
        "first_name": "Group",
        "username": "GroupAnonymousBot",
    }
    with stage.api.world.lock:
        said = group.put({"from": hidden, "sender_chat": group.as_json, "text": "/steps 注销注册"})
        stage.api.emit("message", said)
    await stage.plays()
    boss.presses("下一步", group)
    await stage.plays()
    assert "2/3" in group.shown[-1].text


# The same again


async def test_the_same_answer_within_a_minute_is_pointed_to(stage: Stage) -> None:
    one, other = stage.api.user("一"), stage.api.user("二")
    group = stage.api.group("群", one, other)
    first = await stage.asked(one, "/portal 四川", group)
    again = await stage.asked(other, "@zhuce_bot 四川二建在哪注册", group)
    assert again.text == "刚才回答过同样的问题，请看上面这条。"
    assert again.reply_to_id == first.id


async def test_another_question_another_minute_another_topic_are_answered(stage: Stage) -> None:
    user = stage.api.user()
    forum = stage.api.group("论坛", user, kind="forum")
    topic = forum.opens_topic("注册", user)
    await stage.plays()
    await stage.asked(user, "/portal 四川", forum)
    assert "云南" in (await stage.asked(user, "/portal 云南", forum)).text
    assert "四川" in (await stage.asked(user, "/portal 四川", forum, topic=topic)).text
    stage.ticks.now += 61
    assert "四川" in (await stage.asked(user, "/portal 四川", forum)).text


async def test_if_the_earlier_answer_is_gone_it_is_given_again(stage: Stage) -> None:
    user = stage.api.user()
    group = stage.api.group("群", user)
    first = await stage.asked(user, "/portal 四川", group)
    del group.messages[first.id]
    assert (await stage.asked(user, "/portal 四川", group)).text.startswith(SICHUAN)


async def test_questions_back_are_never_pointed_to(stage: Stage) -> None:
    one, other = stage.api.user("一"), stage.api.user("二")
    group = stage.api.group("群", one, other)
    for user in (one, other):
        assert (await stage.asked(user, "/portal", group)).labels[0] == "安徽"


# Twenty a minute


async def test_beyond_the_limit_of_a_group_answers_wait_their_turn(stage: Stage) -> None:
    people = [stage.api.user(f"{n}") for n in range(MOST_A_MINUTE + 5)]
    group = stage.api.group("群", *people)
    for number, user in enumerate(people):
        user.says(f"/portal {['四川', '云南', '安徽', '重庆', '北京'][number % 5]}", group)
        stage.ticks.now += 0.01
    await stage.plays()
    assert len(stage.api.sent(group)) == MOST_A_MINUTE
    began = stage.ticks.now
    await stage.handler._delivery._queues.idle()
    assert len(stage.api.sent(group)) == MOST_A_MINUTE + 5
    assert 59 < stage.ticks.now - began < 61


async def test_who_asks_on_meanwhile_gets_the_last_answer_and_is_told(stage: Stage) -> None:
    people = [stage.api.user(f"{n}") for n in range(MOST_A_MINUTE)]
    eager = stage.api.user("急")
    group = stage.api.group("群", eager, *people)
    for user in people:
        user.says("/portal", group)
    for region in ("安徽", "重庆", "云南"):
        eager.says(f"/portal {region}", group)
    await stage.plays()
    await stage.handler._delivery._queues.idle()
    *_, last = stage.api.sent(group)
    assert len(stage.api.sent(group)) == MOST_A_MINUTE + 1
    assert last.text.startswith("（群里消息太多，您前面问的我略过了，只回答最后这一问）\n\n云南")
    await stage.handler.close()
    assert await stage.conversation.unsent("telegram") == []


async def test_what_waits_when_the_bot_stops_is_answered_after_the_start(stage: Stage) -> None:
    people = [stage.api.user(f"{n}") for n in range(MOST_A_MINUTE + 1)]
    group = stage.api.group("群", *people)
    for user in people:
        user.says("/portal", group)
    for update in stage.waiting():
        await stage.handler.handle(update)
    queues = stage.handler._delivery._queues
    assert len(stage.api.sent(group)) <= MOST_A_MINUTE + 1
    await stage.handler.close()
    stage.handler = stage.new_handler()
    await stage.handler.drain()
    assert queues is not stage.handler._delivery._queues
    assert len(stage.api.sent(group)) == MOST_A_MINUTE + 1


async def test_one_busy_group_does_not_hold_up_another(stage: Stage) -> None:
    user = stage.api.user()
    people = [stage.api.user(f"{n}") for n in range(MOST_A_MINUTE + 1)]
    busy, calm = stage.api.group("忙", *people), stage.api.group("闲", user)
    for one in people:
        one.says("/portal", busy)
    user.says("/portal", calm)
    await stage.plays()
    assert len(stage.api.sent(calm)) == 1


# Coming and going


async def test_a_new_group_is_told_what_the_bot_can_see(stage: Stage) -> None:
    user = stage.api.user()
    group = stage.api.foreign_group("新群", user)
    group.adds_bot(user)
    await stage.plays()
    assert "我只看得到命令" in stage.api.sent(group)[0].text


async def test_with_privacy_off_it_says_that_it_sees_everything(brain: Brain) -> None:
    clock = FakeClock()
    with set_up(talking(brain, clock), clock=clock, privacy=False) as stage:
        user = stage.api.user()
        group = stage.api.foreign_group("新群", user)
        group.adds_bot(user)
        await stage.plays()
        assert "看得到所有消息" in stage.api.sent(group)[0].text
        user.says("大家好", group)
        await stage.plays()
        assert len(stage.api.sent(group)) == 1


async def test_the_welcome_is_said_once(stage: Stage) -> None:
    user = stage.api.user()
    group = stage.api.foreign_group("新群", user)
    group.adds_bot(user)
    for update in stage.waiting() * 3:
        await stage.handler.handle(update)
    assert len(stage.api.sent(group)) == 1


async def test_a_group_that_became_a_supergroup_is_answered_there(stage: Stage) -> None:
    user = stage.api.user()
    group = stage.api.group("群", user, kind="group")
    user.says("/portal 四川", group)
    [update] = stage.waiting()
    new = group.becomes_supergroup(user)
    await stage.handler.handle(update)
    assert len(stage.api.sent(new)) == 1
    await stage.handler.close()
    assert await stage.conversation.unsent("telegram") == []


@pytest.mark.parametrize("how", ["removes_bot", "mutes_bot"])
async def test_where_the_bot_may_not_speak_it_drops_what_it_had_to_say(
    stage: Stage, how: str
) -> None:
    user = stage.api.user()
    group = stage.api.group("群", user)
    user.says("/portal 四川", group)
    getattr(group, how)(user)
    await stage.plays()
    await stage.handler.drain()
    await stage.handler.close()
    assert stage.api.sent(group) == []
    assert await stage.conversation.unsent("telegram") == []
    assert len(stage.calls("sendMessage")) <= 1


# For the asker's eyes only


@pytest.fixture(params=LIBRARIES)
def hiding(request: pytest.FixtureRequest, brain: Brain) -> Iterator[Stage]:
    clock, options = FakeClock(), Options(SECRET, is_ephemeral=True)
    conversation = talking(brain, clock)
    with set_up(conversation, request.param, clock=clock, options=options) as stage:
        yield stage


async def test_answers_for_one_pair_of_eyes_where_that_is_wanted(hiding: Stage) -> None:
    user = hiding.api.user()
    group = hiding.api.group("群", user)
    user.says("/portal 四川", group)
    await hiding.plays()
    [call] = hiding.calls("sendMessage")
    assert call.ok
    assert call.params["ephemeral_message_parameters"] == {"receiver_user_id": user.id}
    assert group.shown[-1].text == "/portal 四川"


async def test_a_card_for_one_pair_of_eyes_goes_on_in_its_place(hiding: Stage) -> None:
    user = hiding.api.user()
    group = hiding.api.group("群", user)
    user.says("/steps 注销注册", group)
    await hiding.plays()
    press = user.presses("下一步", group)
    await hiding.plays()
    assert press.is_answered
    [call] = hiding.calls("editEphemeralMessageText")
    assert call.ok
    assert "2/3" in call.params["text"]


async def test_in_private_nothing_is_hidden(hiding: Stage) -> None:
    await hiding.asked(hiding.api.user(), "四川二建在哪注册")
    assert "ephemeral_message_parameters" not in hiding.calls("sendMessage")[0].params


@pytest.mark.parametrize("server", ["refused", "unknown"])
async def test_where_the_server_cannot_hide_everybody_sees(hiding: Stage, server: str) -> None:
    hiding.api.options.ephemeral = server
    user = hiding.api.user()
    group = hiding.api.group("群", user)
    for region in ("四川", "云南"):
        user.says(f"/portal {region}", group)
    await hiding.plays()
    assert [message.text[:2] for message in hiding.api.sent(group)] == ["四川", "云南"]
