"""One turn at a time: choices, commands, moves through a procedure, and what is remembered."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from bot.core.dialogue.decide import decide, take_turn
from bot.core.dialogue.hear import Words, offered_value
from bot.core.model.pack import Pack
from bot.core.model.reply import Reason, Reply, Status
from bot.core.model.scope import Scope
from bot.core.model.session import Context, Session, Walk
from bot.core.model.turn import Turn
from bot.core.model.understanding import Understanding
from bot.core.model.update import ConversationKey, Event, Update
from bot.core.ports import Brain
from tests.fakes import (
    NOON,
    ScriptedUnderstander,
    candidate,
    labels_of,
    slot,
    understood,
)
from tests.tiny import portal, tiny_pack

KEY = ConversationKey("test", "chat", "user")
PACK = tiny_pack()
LIMITS = understood(candidate("limits", 0.9))
INITIAL = understood(
    candidate("initial-materials", 0.9),
    slots=(slot("registration", "初始注册"), slot("aspect", "材料")),
)
BRAIN = Brain(PACK, ScriptedUnderstander())
SCRIPT = {"期限": LIMITS, "初始材料": INITIAL, "谢谢": understood(candidate("thanks", 0.9))}


def told(
    session: Session,
    text: str | None = None,
    *,
    press: str | None = None,
    now: datetime = NOON,
    pack: Pack = PACK,
    script: dict[str, Understanding] | None = None,
    as_of: date | None = None,
) -> Turn:
    update = Update("1", KEY, now, text=text, press=press)
    brain = Brain(pack, ScriptedUnderstander(script or SCRIPT))
    return take_turn(brain, session, update, now, as_of)


def after(*texts: str, pack: Pack = PACK) -> Session:
    session = Session()
    for text in texts:
        session = told(session, text, pack=pack).session
    return session


def verdict(reply: Reply) -> tuple[Status, Reason | None, str | None]:
    return reply.status, reply.reason, reply.answers[0].entry if reply.answers else None


OFFERED = Session(
    offered=(("初始注册", "e:initial-materials"), ("期限", "e:limits"), ("都不是", "none"))
)


@pytest.mark.parametrize(
    ("said", "value"),
    [
        pytest.param("2", "e:limits", id="number"),
        pytest.param(" 2 ", "e:limits", id="number with spaces"),
        pytest.param("2.", "e:limits", id="number with a dot"),
        pytest.param("2、", "e:limits", id="number with a Chinese comma"),
        pytest.param("2）", "e:limits", id="number with a bracket"),
        pytest.param("２", "e:limits", id="full-width number"),
        pytest.param("期限", "e:limits", id="label"),
        pytest.param("期限。", "e:limits", id="label with a full stop"),
        pytest.param("0", None, id="zero"),
        pytest.param("4", None, id="number too high"),
        pytest.param("-1", None, id="negative number"),
        pytest.param("9" * 5000, None, id="endless number"),
        pytest.param("²", None, id="superscript"),
        pytest.param("期", None, id="part of a label"),
        pytest.param("下一步", None, id="a move without a procedure"),
        pytest.param("", None, id="nothing"),
    ],
)
def test_a_choice_can_be_named_by_number_or_label(said: str, value: str | None) -> None:
    assert offered_value(OFFERED, said) == value


@pytest.mark.parametrize(
    "how",
    [
        pytest.param({"text": "1"}, id="number"),
        pytest.param({"text": "初始注册"}, id="label"),
        pytest.param({"press": "e:initial-materials"}, id="press"),
    ],
)
def test_every_way_of_choosing_gets_the_same_answer(how: dict[str, str]) -> None:
    reply = told(OFFERED, **how).reply
    assert verdict(reply) == (Status.ANSWERED, None, "initial-materials")


@pytest.mark.parametrize(
    "value",
    [
        pytest.param("", id="empty"),
        pytest.param("e:", id="no entry"),
        pytest.param("e:gone", id="an entry that is gone"),
        pytest.param("r:火星", id="unknown region"),
        pytest.param("r:", id="no region"),
        pytest.param("regions:0", id="page zero"),
        pytest.param("regions:99", id="page too high"),
        pytest.param("regions:-1", id="negative page"),
        pytest.param("regions:²", id="odd digit"),
        pytest.param("regions:" + "9" * 5000, id="endless page"),
        pytest.param("p:gone#初始注册", id="a procedure that is gone"),
        pytest.param("p:walk", id="no registration"),
        pytest.param("p:walk#遗失补办", id="a registration it does not know"),
        pytest.param("w:next", id="a step with no procedure under way"),
        pytest.param("w:jump", id="an unknown move"),
        pytest.param("x:1", id="an unknown kind"),
        pytest.param("四川二建在哪注册", id="words"),
        pytest.param("\ud800\0", id="broken characters"),
    ],
)
def test_an_old_or_forged_press_explains_itself_and_offers_a_way_on(value: str) -> None:
    reply = told(Session(), press=value).reply
    assert verdict(reply) == (Status.CLARIFY, Reason.AMBIGUOUS, None)
    assert labels_of(reply) == ["各地网站"]
    assert reply.as_text().startswith("按钮是以前的")


def test_a_press_into_a_procedure_that_is_gone_explains_itself() -> None:
    session = Session(walk=Walk("gone", "初始注册", ("apply",)))
    assert told(session, press="w:next").reply.as_text().startswith("按钮是以前的")


def test_a_step_that_is_gone_counts_as_the_first() -> None:
    session = Session(walk=Walk("walk", "初始注册", ("gone",)))
    assert "第 1/3 步" in told(session, press="w:here").reply.as_text()


def test_a_button_of_an_earlier_card_does_not_skip_a_step() -> None:
    """Tapped twice on a slow line, 下一步 of the first card must not end on the third."""
    first = told(Session(), "/steps 初始", script={"初始": INITIAL})
    value = first.reply.choices[0].value
    second = told(first.session, press=value)
    again = told(second.session, press=value)
    assert "第 2/3 步" in again.reply.as_text()


def test_the_context_counts_for_ten_minutes_and_then_is_gone() -> None:
    session, contexts = after("初始材料"), []
    for minutes in (10, 11):
        listener = ScriptedUnderstander()
        now = NOON + timedelta(minutes=minutes)
        take_turn(Brain(PACK, listener), session, Update("2", KEY, now, text="那流程呢"), now)
        contexts += listener.contexts
    assert contexts == [{"registration": "初始注册", "aspect": "材料"}, {}]


@pytest.mark.parametrize("between", ["谢谢", "听不懂", "/help", "/privacy", "/sources"])
def test_small_talk_and_asides_keep_the_context(between: str) -> None:
    session = after("初始材料", between)
    assert session.context.slots == {"registration": "初始注册", "aspect": "材料"}


def test_the_answered_entry_fills_what_the_words_left_out() -> None:
    only_aspect = understood(candidate("initial-materials", 0.9), slots=(slot("aspect", "材料"),))
    session = told(Session(), "材料", script={"材料": only_aspect}).session
    assert session.context.slots == {"registration": "初始注册", "aspect": "材料"}


def test_a_region_picked_answers_the_question_that_was_open() -> None:
    both = understood(
        candidate("portal-sichuan", 0.9),
        slots=(slot("region", "四川", "重庆"), slot("aspect", "入口")),
    )
    session = told(Session(), "川渝", script={"川渝": both}).session
    assert verdict(told(session, "重庆").reply) == (Status.ANSWERED, None, "portal-chongqing")


def test_a_region_without_data_picked_is_admitted() -> None:
    reply = told(Session(), press="r:浙江").reply
    assert verdict(reply) == (Status.ABSTAINED, Reason.NO_DATA_FOR_REGION, None)


def test_none_of_these_asks_for_other_words() -> None:
    reply = told(OFFERED, "都不是").reply
    assert (verdict(reply), labels_of(reply)) == (
        (Status.CLARIFY, Reason.AMBIGUOUS, None),
        ["各地网站"],
    )


def test_regions_are_turned_page_by_page() -> None:
    pack = tiny_pack(*(portal(f"p{n}", f"第{n}省", "网站") for n in range(8)))
    first = told(Session(), "/portal", pack=pack)
    second = told(first.session, "更多省份", pack=pack)
    assert labels_of(first.reply)[-1] == "更多省份"
    assert labels_of(second.reply) == ["第6省", "第7省"]


# Procedures


def test_a_card_says_where_one_stands_who_acts_and_what_may_go_wrong() -> None:
    session = after("/steps 初始材料")
    assert told(session, "下一步").reply.as_text() == (
        "以下是四川的流程\n\n流程 · 初始注册\n第 2/3 步\n办理人：中心\n受理\n\n"
        "如果不符合：告知原因\n\n依据：四川整理 流程（核对于 2021-12-08，2021 年资料）\n\n"
        "1. 下一步\n2. 不符合\n3. 上一步\n4. 材料\n5. 全部步骤\n6. 换一种\n7. 结束"
    )


def test_the_first_card_has_no_way_back_and_shows_its_notes() -> None:
    reply = told(Session(), "/steps 初始材料").reply
    assert labels_of(reply) == ["下一步", "材料", "全部步骤", "换一种", "结束"]
    assert "先备齐材料" in reply.as_text()


def test_the_last_card_says_so_and_leads_no_further() -> None:
    reply = told(after("/steps 初始材料", "下一步"), "下一步").reply
    assert ("最后一步。" in reply.as_text(), labels_of(reply)) == (
        True,
        ["上一步", "材料", "全部步骤", "换一种", "结束"],
    )


def test_going_on_from_the_last_card_ends_the_procedure() -> None:
    turn = told(after("/steps 初始材料", "下一步", "下一步"), "下一步")
    assert turn.reply.as_text() == (
        "初始注册结束\n\n3 步走完：发证。\n\n初始材料的短答\n\n1. 核对清单\n2. 路线图\n3. 重新开始"
    )
    assert turn.session.walk is None


def test_going_back_from_the_first_card_stays_there() -> None:
    assert "第 1/3 步" in told(after("/steps 初始材料"), "上一步").reply.as_text()


def test_positions_are_kept_by_the_ids_of_steps() -> None:
    assert after("/steps 初始材料", "下一步").walk == Walk("walk", "初始注册", ("apply", "accept"))


def test_a_question_in_the_middle_is_answered_and_the_card_shown_again() -> None:
    reply = told(after("/steps 初始材料", "下一步"), "期限").reply
    assert verdict(reply)[2] == "limits"
    assert reply.as_text().index("三年内。") < reply.as_text().index("第 2/3 步")
    assert labels_of(reply)[0] == "下一步"


def test_after_a_second_question_the_card_is_a_choice() -> None:
    reply = told(after("/steps 初始材料", "下一步", "期限"), "期限").reply
    assert "中心\n受理" not in reply.as_text()
    assert labels_of(reply) == ["继续办理（第 2/3 步）"]


def test_after_a_move_a_question_shows_the_card_again() -> None:
    session = after("/steps 初始材料", "期限", "下一步")
    assert "第 2/3 步" in told(session, "期限").reply.as_text()


@pytest.mark.parametrize("said", ["继续", "继续办理（第 2/3 步）", "1"])
def test_the_procedure_goes_on_where_it_was_left(said: str) -> None:
    session = after("/steps 初始材料", "下一步", "期限", "期限")
    assert "第 2/3 步" in told(session, said).reply.as_text()


def test_small_talk_and_refusals_in_the_middle_offer_the_way_back_too() -> None:
    session = after("/steps 初始材料")
    replies = [told(session, text).reply for text in ("谢谢", "听不懂")]
    assert [labels_of(reply)[-1] for reply in replies] == ["继续办理（第 1/3 步）"] * 2


def test_an_answer_chosen_in_the_middle_is_followed_by_the_card_too() -> None:
    reply = told(after("/steps 初始材料"), press="e:limits").reply
    assert (verdict(reply)[2], labels_of(reply)[0]) == ("limits", "下一步")


@pytest.mark.parametrize("said", ["结束", "/cancel", "取消"])
def test_a_procedure_can_be_left(said: str) -> None:
    assert told(after("/steps 初始材料", "下一步"), said).session.walk is None


def test_cancelling_nothing_says_so() -> None:
    assert told(Session(), "/cancel").reply.as_text() == "没有步骤"


def test_a_registration_without_a_path_gets_its_written_procedure() -> None:
    change = understood(slots=(slot("registration", "变更注册"),))
    turn = told(Session(), "/steps 变更", script={"变更": change})
    assert turn.reply.as_text().startswith("图里没有变更注册\n\n先找新单位。")
    assert turn.session.walk is None


def test_steps_of_nothing_asks_which() -> None:
    assert labels_of(told(Session(), "/steps").reply) == ["初始注册", "增项注册", "变更注册"]


def test_steps_of_what_no_procedure_knows_asks_which() -> None:
    unknown = understood(slots=(slot("registration", "遗失补办"),))
    reply = told(Session(), "/steps 补办", script={"补办": unknown}).reply
    assert labels_of(reply) == ["初始注册", "增项注册", "变更注册"]


def test_the_person_of_the_procedures_own_province_is_not_told_whose_it_is() -> None:
    here = Session(context=Context({"region": "四川"}, None, NOON))
    assert not told(here, press="p:walk#初始注册").reply.as_text().startswith("以下是四川的流程")


# Commands


@pytest.mark.parametrize(
    ("command", "text"),
    [
        ("/start", "欢迎\n\n1. 各地网站"),
        ("/help", "用法"),
        ("/ask", "问什么？"),
        ("/privacy", "隐私"),
        ("/settings", "没记着，10 分钟\n\n群里点名才说话"),
        ("/forgetme", "已删除"),
        ("/portal", "哪个省？\n\n1. 四川\n2. 重庆"),
        ("/materials", "哪一种注册？\n\n1. 初始注册\n2. 增项注册"),
    ],
)
def test_a_command_without_an_argument_says_this(command: str, text: str) -> None:
    assert told(Session(), command).reply.as_text() == text


def test_sources_lists_every_document_with_its_date() -> None:
    assert told(Session(), "/sources").reply.as_text() == (
        "出处：\n· 四川整理（核对于 2021-12-08）\n· 管理规定（核对于 2026-11-01）"
    )


@pytest.mark.parametrize(
    ("command", "context"), [("/portal", {"aspect": "入口"}), ("/materials", {"aspect": "材料"})]
)
def test_a_command_says_which_aspect_its_argument_is_about(
    command: str, context: dict[str, str]
) -> None:
    listener, session = ScriptedUnderstander(), after("初始材料")
    update = Update("2", KEY, NOON, text=f"{command} 四川")
    take_turn(Brain(PACK, listener), session, update, NOON)
    assert listener.contexts == [context]


def test_forgetting_leaves_nothing_of_the_session() -> None:
    session = told(after("/steps 初始材料", "期限"), "/forgetme").session
    assert replace(session, pack_version="") == Session()


def test_an_unknown_command_is_taken_as_words() -> None:
    listener = ScriptedUnderstander({"/nonsense 期限": LIMITS})
    update = Update("1", KEY, NOON, text="/nonsense 期限")
    turn = take_turn(Brain(PACK, listener), Session(), update, NOON)
    assert turn.reply.answers[0].entry == "limits"


@pytest.mark.parametrize("command", ["/nonsense", "／nonsense", "/nonsense 天气", "/portals"])
def test_an_unknown_command_that_means_nothing_else_is_said_to_be_unknown(command: str) -> None:
    assert told(Session(), command).reply.as_text() == "没有这个命令"


def test_a_question_behind_a_command_is_answered_as_without_it() -> None:
    listener, session = ScriptedUnderstander(), after("初始材料")
    update = Update("2", KEY, NOON, text="/ask 期限")
    take_turn(Brain(PACK, listener), session, update, NOON)
    assert listener.contexts == [{"registration": "初始注册", "aspect": "材料"}]
    assert told(Session(), "/ask 期限").reply.answers[0].entry == "limits"


def test_settings_show_what_is_remembered_and_how_to_clear_it() -> None:
    turn = told(after("初始材料"), "/settings")
    assert turn.reply.as_text().startswith("记着初始注册、材料，10 分钟")
    cleared = told(turn.session, "忘掉")
    assert cleared.reply.as_text() == "忘掉了"
    assert cleared.session.context == Context()


def test_a_start_that_no_adapter_understood_says_that_the_link_is_old() -> None:
    assert told(Session(), "/start abc").reply.as_text() == "链接失效\n\n欢迎\n\n1. 各地网站"


# Events


@pytest.mark.parametrize(
    ("event", "text"),
    [
        (Event.UNREADABLE, "只懂文字"),
        (Event.VOICE, "听不了"),
        (Event.PICTURE, "看不了"),
        (Event.ADDED, "只看点名的"),
        (Event.ADDED_HEARING_ALL, "看得到全部"),
    ],
)
def test_an_event_is_answered_and_changes_nothing(event: Event, text: str) -> None:
    session = after("初始材料")
    turn = take_turn(BRAIN, session, Update("2", KEY, NOON, event=event), NOON)
    assert turn.reply.as_text() == text
    assert turn.session.context == session.context


# Links


def opened(value: str, session: Session | None = None) -> Reply:
    return told(session or Session(), press=value).reply


def test_a_link_opens_the_whole_answer_wherever_one_was_before() -> None:
    here = Session(context=Context({"region": "重庆"}, None, NOON))
    assert opened("o:initial-materials#四川", here).answers[0].slots == {
        "registration": "初始注册",
        "aspect": "材料",
        "region": "四川",
    }
    assert "region" not in opened("o:initial-materials#", here).answers[0].slots


def test_a_link_to_several_answers_opens_them_under_their_headings() -> None:
    reply = opened("o:portal-sichuan#四川,portal-chongqing#重庆")
    assert [answer.entry for answer in reply.answers] == ["portal-sichuan", "portal-chongqing"]
    assert [text for text in ("【四川】", "【重庆】") if text in reply.as_text()] == [
        "【四川】",
        "【重庆】",
    ]


@pytest.mark.parametrize(
    "value",
    [
        "o:",
        "o:nothing#",
        "o:limits#nowhere",
        "o:limits",
        "o:limits#,nothing#",
        "context:all",
        "old",
    ],
)
def test_what_is_behind_a_link_or_button_no_more_explains_itself(value: str) -> None:
    expected = "三年内。" if value == "o:limits" else "按钮是以前的"
    assert opened(value).as_text().startswith(expected)


# Days


@pytest.mark.parametrize(
    ("now", "status"),
    [
        pytest.param(
            datetime(2024, 6, 30, 15, 59, tzinfo=UTC),
            Status.ANSWERED,
            id="before midnight in China",
        ),
        pytest.param(
            datetime(2024, 6, 30, 16, 0, tzinfo=UTC), Status.ABSTAINED, id="midnight there"
        ),
    ],
)
def test_the_day_is_that_of_the_people_who_file(now: datetime, status: Status) -> None:
    offer = {"缓交": understood(candidate("offer", 0.9))}
    assert told(Session(), "缓交", now=now, script=offer).reply.status is status


def test_as_of_travels_in_time() -> None:
    offer = {"缓交": understood(candidate("offer", 0.9))}
    turn = told(Session(), "缓交", script=offer, as_of=date(2024, 5, 1))
    assert turn.reply.as_text().startswith("可以缓交。")


def test_text_without_an_understanding_is_the_callers_mistake() -> None:
    with pytest.raises(ValueError, match="'期限' was not understood"):
        decide(Scope(PACK, NOON.date(), {}), Session(), Words("期限"), None)


def test_the_session_says_which_pack_it_was_made_with() -> None:
    assert after("期限").pack_version == "0123456789ab"


def test_deciding_twice_gives_the_same_turn() -> None:
    session = after("/steps 初始材料", "期限")
    assert told(session, "继续") == told(session, "继续")


@pytest.mark.parametrize("text", ["很" * 3000, "/help" + " " * 3000, "/ask " + "很" * 3000])
def test_who_sends_too_much_is_told_that_the_middle_is_not_read(text: str) -> None:
    assert told(Session(), text).reply.as_text().startswith("太长了")


def test_nothing_is_said_about_a_text_of_ordinary_length() -> None:
    assert "太长了" not in told(Session(), "很" * 2000).reply.as_text()
