"""What a person in a private chat sees."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from bot.adapters.telegram import Options
from bot.app import Brain
from tests.e2e.bot_api import Message
from tests.fakes import FakeClock
from tests.unit.adapters.telegram.conftest import talking
from tests.unit.adapters.telegram.stage import SECRET, Stage, numbered, set_up

pytestmark = pytest.mark.asyncio


async def test_an_answer_ends_with_its_source_in_a_quote_and_has_no_preview(stage: Stage) -> None:
    message = await stage.asked(stage.api.user(), "四川二建在哪注册")
    assert message.text.startswith("四川：四川政务服务网「直通部门」")
    [line] = message.marked("blockquote")
    assert line.startswith("依据：二建注册整理")
    assert message.text.endswith(line)
    assert stage.calls("sendMessage")[0].params["link_preview_options"] == {"is_disabled": True}
    assert message.reply_to_id is None


async def test_an_address_can_be_copied(stage: Stage) -> None:
    message = await stage.asked(stage.api.user(), "四川二建在哪注册")
    copied = {button.label: button.copies for button in message.buttons if button.copies}
    assert copied == {"复制网址": "https://www.sczwfw.gov.cn/"}


async def test_a_link_without_data_is_named_and_shown(stage: Stage) -> None:
    message = await stage.asked(stage.api.user(), "浙江二建在哪注册")
    assert message.marked("text_link") == ["浙里办 · 浙江政务服务网"]
    assert "没有浙江的二建注册入口" in message.text


async def test_papers_come_as_words_that_every_app_shows(stage: Stage) -> None:
    message = await stage.asked(stage.api.user(), "初始注册要什么材料")
    assert "\n1. 注册建造师注册申请表" in message.text
    assert stage.calls("sendRichMessage") == []


async def test_papers_come_as_a_table_if_wanted_where_the_server_knows_tables(
    rich_stage: Stage,
) -> None:
    stage = rich_stage
    message = await stage.asked(stage.api.user(), "初始注册要什么材料")
    table, *_, sources = message.raw["rich_message"]["blocks"]
    assert (table["type"], table["caption"]) == (
        "table",
        "初始注册需提交的材料一共六样，第六样逾期的才交：",
    )
    assert [row[0]["text"] for row in table["cells"]] == ["1", "2", "3", "4", "5", "6"]
    assert sources["type"] == "paragraph"
    assert sources["text"].startswith("依据：二建注册整理")
    assert message.labels[:2] == ["依据详情", "一步步办"]


@pytest.mark.parametrize("answer", ["refused", "unknown"])
async def test_html_comes_instead_of_a_refused_table_and_is_then_sent_at_once(
    rich_stage: Stage, answer: str
) -> None:
    stage = rich_stage
    stage.api.options.rich = answer
    user = stage.api.user()
    for question in ("初始注册要什么材料", "增项要什么材料"):
        assert "\n1. " in (await stage.asked(user, question)).text
    assert len(stage.calls("sendRichMessage")) == 1


async def test_no_table_is_tried_with_a_library_that_has_none(brain: Brain) -> None:
    clock = FakeClock()
    conversation = talking(brain, clock)
    options, lacks = Options(SECRET, is_rich=True), frozenset({"sendRichMessage"})
    with set_up(conversation, lacks=lacks, options=options, clock=clock) as stage:
        await stage.asked(stage.api.user(), "初始注册要什么材料")
        assert stage.calls("sendRichMessage") == []


async def test_a_sticker_gets_a_friendly_line(stage: Stage) -> None:
    user = stage.api.user()
    user.sends("sticker")
    await stage.plays()
    assert stage.api.sent(user)[0].text.startswith("我只看得懂文字。")


@pytest.mark.parametrize(
    ("said", "seen"),
    [
        ("/start", "您好，我回答二级建造师注册的问题"),
        ("/help", "/ask 问题"),
        ("/ask 四川二建在哪注册", "四川政务服务网"),
        ("/ask", "请把问题写在命令后面"),
        ("/portal 四川", "四川政务服务网"),
        ("/portal@zhuce_bot　四川", "四川政务服务网"),
        ("/materials 增项", "增项注册需提交的材料"),
        ("/sources", "我的资料来自这些出处"),
        ("/settings", "现在没有记着您说过的地区和业务"),
        ("/privacy", "我不需要您的姓名"),
        ("/forgetme", "已经删除您在这里的对话记录"),
        ("/cancel", "现在没有正在进行的步骤"),
        ("/nosuchthing", "没有这个命令"),
    ],
)
async def test_every_command_says_something(one_stage: Stage, said: str, seen: str) -> None:
    assert seen in (await one_stage.asked(one_stage.api.user(), said)).text


@pytest.mark.parametrize(
    ("registration", "place"),
    [
        ("初始注册", "1/8"),
        ("增项注册", "1/8"),
        ("遗失补办", "1/7"),
        ("注销注册", "1/3"),
        ("企业名称变更", "1/3"),
    ],
)
async def test_a_card_shows_its_place_and_the_ways_on(
    stage: Stage, registration: str, place: str
) -> None:
    user = stage.api.user()
    first = await stage.asked(user, f"/steps {registration}")
    assert place in first.text
    assert first.labels == ["下一步", "材料", "全部步骤", "换一种", "结束"]
    user.presses("下一步")
    await stage.plays()
    second = user.chat.shown[-1]
    assert second.labels == ["下一步", "上一步", "材料", "全部步骤", "换一种", "结束"]


async def test_without_a_path_the_written_procedure_comes(stage: Stage) -> None:
    message = await stage.asked(stage.api.user(), "/steps 变更注册")
    assert message.text.startswith("资料里的流程图没有“变更注册”这一路")
    assert "1/" not in message.text.partition("\n")[0]


async def test_a_walk_goes_on_in_the_same_message(stage: Stage) -> None:
    user = stage.api.user()
    card = await stage.asked(user, "/steps 注销注册")
    seen = []
    for label in ("下一步", "上一步", "下一步", "下一步", "结束"):
        press = user.presses(label, on=card)
        await stage.plays()
        assert press.is_answered
        seen.append(user.chat.shown[-1].text)
    assert [place for text in seen for place in ("1/3", "2/3", "3/3") if place in text] == [
        "2/3",
        "1/3",
        "2/3",
        "3/3",
    ]
    assert "步骤到此结束" in seen[-1]
    assert [message.id for message in user.chat.shown if message.id == card.id] == [card.id]
    assert len(stage.api.sent(user)) == 1


async def test_pressing_twice_moves_once_and_both_presses_are_answered(stage: Stage) -> None:
    user = stage.api.user()
    card = await stage.asked(user, "/steps 注销注册")
    presses = [user.presses("下一步", on=card) for _ in range(2)]
    await stage.plays()
    assert [press.is_answered for press in presses] == [True, True]
    assert "2/3" in user.chat.shown[-1].text


async def test_a_card_that_is_gone_comes_anew(stage: Stage) -> None:
    user = stage.api.user()
    card = await stage.asked(user, "/steps 注销注册")
    press = user.presses("下一步", on=card)
    del user.chat.messages[card.id]
    await stage.plays()
    assert "2/3" in stage.api.sent(user)[-1].text
    assert press.is_answered


async def test_a_question_in_between_leaves_the_card_and_goes_on_under_the_answer(
    stage: Stage,
) -> None:
    user = stage.api.user()
    await stage.asked(user, "/steps 注销注册")
    answer = await stage.asked(user, "四川二建在哪注册")
    user.presses("下一步", on=answer)
    await stage.plays()
    assert "1/3" in answer.text
    assert "2/3" in stage.api.sent(user)[-1].text
    assert "四川政务服务网「直通部门」" in user.chat.shown[-2].text


async def test_other_buttons_answer_with_a_new_message(stage: Stage) -> None:
    user = stage.api.user()
    await stage.asked(user, "/portal")
    user.presses("安徽")
    await stage.plays()
    assert len(stage.api.sent(user)) == 2
    assert "安徽" in stage.api.sent(user)[-1].text


async def test_a_choice_can_be_taken_by_its_number(stage: Stage) -> None:
    user = stage.api.user()
    await stage.asked(user, "/portal")
    assert "重庆" in (await stage.asked(user, "2")).text


# Editing


async def test_an_edited_question_has_its_answer_edited(stage: Stage) -> None:
    user = stage.api.user()
    question = user.says("四川二建在哪注册")
    await stage.plays()
    user.edits(question, "云南二建在哪注册")
    await stage.plays()
    assert len(stage.api.sent(user)) == 1
    assert "云南" in user.chat.shown[-1].text


async def test_an_edit_without_new_words_changes_nothing(stage: Stage) -> None:
    user = stage.api.user()
    question = user.says("四川二建在哪注册")
    await stage.plays()
    before = len(stage.api.calls)
    user.edits(question, "四川二建在哪注册")
    await stage.plays()
    assert len(stage.api.calls) == before


async def test_a_reaction_after_a_restart_is_not_answered(stage: Stage) -> None:
    user = stage.api.user()
    question = user.says("四川二建在哪注册")
    await stage.plays()
    stage.handler = stage.new_handler()
    user.edits(question, "四川二建在哪注册")
    await stage.plays()
    assert len(stage.api.sent(user)) == 1


async def test_a_reaction_that_another_process_hears_is_not_answered(stage: Stage) -> None:
    user = stage.api.user()
    question = user.says("四川二建在哪注册")
    await stage.plays()
    user.edits(question, "四川二建在哪注册")
    [update] = stage.waiting()
    handlers = [stage.new_handler() for _ in range(3)]
    await asyncio.gather(*(one.handle(update) for one in handlers))
    assert len(stage.api.sent(user)) == 1


@pytest.mark.parametrize("is_restarted", [False, True])
async def test_a_reaction_moves_no_procedure(stage: Stage, is_restarted: bool) -> None:
    user = stage.api.user()
    await stage.asked(user, "/steps 初始注册")
    onward = user.says("下一步")
    await stage.plays()
    for way in ("下一步", "上一步"):
        back = user.says(way)
        await stage.plays()
    if is_restarted:
        stage.handler = stage.new_handler()
    user.edits(onward, "下一步")
    user.edits(back, "上一步")
    await stage.plays()
    cards = [message.text.partition("第 ")[2][:3] for message in stage.api.sent(user)]
    assert cards == ["1/8", "2/8", "3–7", "2/8"]
    assert "第 3–7/8" in (await stage.asked(user, "下一步")).text


async def test_words_that_come_back_are_answered_again(stage: Stage) -> None:
    user = stage.api.user()
    question = user.says("四川二建在哪注册")
    await stage.plays()
    for text in ("云南二建在哪注册", "四川二建在哪注册"):
        user.edits(question, text)
        updates = stage.waiting()
        for update in updates * 2:
            await stage.handler.handle(update)
    assert len(stage.api.sent(user)) == 1
    assert user.chat.shown[-1].text.startswith("四川：")
    assert len(stage.api.edits(user)) == 2


async def test_an_edit_of_what_nobody_can_edit_any_more_is_none(stage: Stage) -> None:
    user = stage.api.user()
    question = user.says("四川二建在哪注册")
    stage.waiting()
    user.edits(question, "四川二建在哪注册")
    stage.clock.moment = datetime.fromtimestamp(question.raw["date"], UTC) + timedelta(hours=49)
    await stage.plays()
    assert stage.api.calls == []


async def test_an_edited_question_from_before_a_restart_is_answered_anew(stage: Stage) -> None:
    user = stage.api.user()
    question = user.says("四川二建在哪注册")
    await stage.plays()
    stage.handler = stage.new_handler()
    user.edits(question, "云南二建在哪注册")
    await stage.plays()
    assert [("云南" in message.text) for message in stage.api.sent(user)] == [False, True]


async def test_an_answer_that_somebody_deleted_comes_anew(stage: Stage) -> None:
    user = stage.api.user()
    question = user.says("四川二建在哪注册")
    await stage.plays()
    del user.chat.messages[stage.api.sent(user)[0].id]
    user.edits(question, "云南二建在哪注册")
    await stage.plays()
    assert "云南" in stage.api.sent(user)[-1].text


# Buttons that do not fit


async def _pressed_with(stage: Stage, data: str) -> Message:
    user = stage.api.user()
    card = await stage.asked(user, "/portal")
    press = user.forges(data, card)
    await stage.plays()
    assert press.is_answered
    return stage.api.sent(user)[-1]


@pytest.mark.parametrize(
    "data",
    ["x", "e:portal-sichuan", "****2ba1AAAAAAAAe:portal-sichuan", "A" * 64, "四川"],
)
async def test_forged_data_is_answered_politely(stage: Stage, data: str) -> None:
    answer = await _pressed_with(stage, data)
    assert answer.text.startswith("这个按钮是以前的")
    assert answer.labels == ["各地注册网站"]


async def test_a_button_of_another_bot_secret_is_old(stage: Stage) -> None:
    user = stage.api.user()
    card = await stage.asked(user, "/portal")
    stage.options = Options(SECRET + b"!")
    stage.handler = stage.new_handler()
    user.presses("安徽", on=card)
    await stage.plays()
    assert stage.api.sent(user)[-1].text.startswith("这个按钮是以前的")


async def test_a_press_that_came_too_late_is_answered_in_the_chat_all_the_same(
    stage: Stage,
) -> None:
    user = stage.api.user()
    await stage.asked(user, "/portal")
    user.presses("安徽").expires()
    await stage.plays()
    assert "安徽" in stage.api.sent(user)[-1].text


# Links that open an answer


async def test_a_link_that_is_old_says_so_and_welcomes(stage: Stage) -> None:
    user = stage.api.user()
    user.starts("oAAAAABBBBBccc")
    await stage.plays()
    message = stage.api.sent(user)[0]
    assert message.text.startswith("这个链接里的内容现在找不到了")
    assert "您好" in message.text
    assert message.labels == ["各地注册网站"]


async def test_a_link_that_invites_to_ask_invites(stage: Stage) -> None:
    user = stage.api.user()
    user.starts("ask")
    await stage.plays()
    assert stage.api.sent(user)[0].text.startswith("请把问题写在命令后面")


# Too much at once


async def test_a_burst_of_twenty_is_answered_and_one_notice_stands_for_the_rest(
    stage: Stage,
) -> None:
    user = stage.api.user()
    for _ in range(30):
        user.says("谢谢")
    await stage.plays()
    texts = [message.text for message in stage.api.sent(user)]
    assert len(texts) == 21
    assert texts[20].startswith("您问得太快了")


async def test_a_minute_later_one_may_ask_again(stage: Stage) -> None:
    user = stage.api.user()
    for _ in range(25):
        user.says("谢谢")
    await stage.plays()
    stage.ticks.now += 61
    assert "四川" in (await stage.asked(user, "四川二建在哪注册")).text


async def test_copies_do_not_count_towards_the_burst(stage: Stage) -> None:
    user = stage.api.user()
    for _ in range(15):
        user.says("谢谢")
    updates = stage.waiting()
    for update in updates * 5:
        await stage.handler.handle(update)
    assert len(stage.api.sent(user)) == 15


async def test_one_person_s_burst_is_not_another_s(stage: Stage) -> None:
    noisy, quiet = stage.api.user("吵"), stage.api.user("静")
    for _ in range(30):
        noisy.says("谢谢")
    quiet.says("四川二建在哪注册")
    await stage.plays()
    assert len(stage.api.sent(quiet)) == 1


async def test_too_many_presses_are_told_on_the_button(stage: Stage) -> None:
    user = stage.api.user()
    await stage.asked(user, "/portal")
    presses = [user.presses("安徽") for _ in range(22)]
    await stage.plays()
    assert [press.notice for press in presses if press.notice] == [
        "您问得太快了，我先歇一下，一分钟后再问。"
    ] * 3
    assert all(press.is_answered for press in presses)


# Refusals of the platform


async def test_words_that_the_platform_will_not_have_as_html_go_out_plain(stage: Stage) -> None:
    stage.api.refuse("sendMessage", 400, "Bad Request: can't parse entities: Unsupported start tag")
    message = await stage.asked(stage.api.user(), "要什么材料")
    assert message.entities == []
    assert {"初始注册", "延续注册", "都不是"} <= numbered(message.text)


async def test_who_has_blocked_the_bot_is_left_alone_until_they_speak(stage: Stage) -> None:
    user = stage.api.user()
    user.says("四川二建在哪注册")
    user.blocks()
    await stage.plays()
    await stage.handler.close()
    assert await stage.conversation.unsent("telegram") == []
    user.unblocks()
    assert "四川" in (await stage.asked(user, "四川二建在哪注册")).text


async def test_ticking_changes_one_card_that_names_each_paper_once(stage: Stage) -> None:
    user, paper = stage.api.user(), "建造师执业资格证书"
    await stage.asked(user, "/steps 初始注册")
    for label in ("材料", "□ 2", "□ 4"):
        user.presses(label)
        await stage.plays()
    [card] = stage.api.sent(user)
    shown = user.chat.shown[-1]
    assert shown.id == card.id
    assert shown.text.startswith("材料，已备 2/6 样：")
    assert (shown.text.count(paper), f"2. 已备：{paper}" in shown.text) == (1, True)
    assert shown.labels == ["□ 1", "✓ 2", "□ 3", "✓ 4", "□ 5", "□ 6", "材料的说明", "回到第 1 步"]


async def test_what_is_ticked_in_words_is_answered_in_a_line(one_stage: Stage) -> None:
    user = one_stage.api.user()
    await one_stage.asked(user, "/steps 变更注册")
    await one_stage.asked(user, "材料")
    line = await one_stage.asked(user, "2")
    assert line.text.startswith("已备 1/4 样。还差：1. ")
    user.presses("□ 1", on=line)
    await one_stage.plays()
    assert user.chat.shown[-1].text.startswith("材料，已备 2/4 样：")
