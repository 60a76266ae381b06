"""Recorded payloads, read through both libraries."""

from __future__ import annotations

from typing import Any

import pytest

from bot.adapters.telegram import BotIdentity
from bot.adapters.telegram.incoming.updates import (
    Chosen,
    Heard,
    Left,
    Moved,
    Press,
    Seen,
    Typing,
    read,
)
from bot.adapters.telegram.routes import Route
from bot.core.model.update import ConversationKey, Event, Position
from tests.unit.adapters.telegram.stage import LIBRARIES

ME = BotIdentity(99, "zhuce_bot")
WANG = {"id": 7, "is_bot": False, "first_name": "王"}
LI = {"id": 8, "is_bot": False, "first_name": "李"}
US = {"id": 99, "is_bot": True, "first_name": "助手", "username": "zhuce_bot"}
PRIVATE = {"id": 7, "type": "private", "first_name": "王"}
SERVICE = {"id": 777000, "is_bot": False, "first_name": "Telegram"}
GROUP = {"id": -100, "type": "supergroup", "title": "群"}
DATE = 1795320000
MENTION = ("mention", 0, 10)
STICKER = {
    "file_id": "f",
    "file_unique_id": "u",
    "type": "regular",
    "width": 1,
    "height": 1,
    "is_animated": False,
    "is_video": False,
}


def message(chat: dict[str, Any] = PRIVATE, **content: Any) -> dict[str, Any]:
    return {"message_id": 5, "date": DATE, "chat": chat, "from": WANG, **content}


def in_group(text: str, *entities: tuple[str, int, int], **more: Any) -> dict[str, Any]:
    marked = [{"type": kind, "offset": at, "length": long} for kind, at, long in entities]
    return message(GROUP, text=text, entities=marked, **more)


@pytest.fixture(params=LIBRARIES)
def seen(request: pytest.FixtureRequest) -> Any:
    def seen(kind: str, payload: dict[str, Any], me: BotIdentity = ME) -> Seen | None:
        return read(LIBRARIES[request.param]({"update_id": 1000, kind: payload}), me)  # type: ignore[arg-type]

    return seen


def words(found: Seen | None) -> str | None:
    if found is None:
        return None
    assert isinstance(found, Heard)
    return found.update.text


# Private


def test_words_in_private_are_an_update_of_their_own(seen: Any) -> None:
    found = seen("message", message(text="四川二建在哪注册"))
    assert found.route == Route(7, 7, asked=5)
    update = found.update
    assert (found.name, found.number) == ("99:1000", 1000)
    assert update.id.startswith("99:m5:")
    assert update.key == ConversationKey("telegram", "7", "7")
    assert (update.text, update.at.timestamp(), update.route) == ("四川二建在哪注册", DATE, "q5")


def test_a_caption_counts_as_words(seen: Any) -> None:
    photo = [{"file_id": "f", "file_unique_id": "u", "width": 1, "height": 1}]
    assert words(seen("message", message(photo=photo, caption="这个要交吗"))) == "这个要交吗"


def test_an_edited_message_says_that_it_is_one(seen: Any) -> None:
    found = seen("edited_message", message(text="改了", edit_date=DATE + 9))
    assert (found.is_edited, found.update.text) == (True, "改了")


def test_the_same_words_of_a_message_have_one_name_and_others_another(seen: Any) -> None:
    first = seen("message", message(text="问"))
    reacted = seen("edited_message", message(text="问"))
    edited = seen("edited_message", message(text="问吗", edit_date=DATE + 9))
    second = seen("message", message(text="问", message_id=6))
    names = [found.update.id for found in (first, reacted, edited, second)]
    assert names[0] == names[1]
    assert len(set(names)) == 3


def test_a_message_without_a_number_is_named_after_its_update(seen: Any) -> None:
    found = seen("message", in_group("/portal 四川", message_id=0, ephemeral_message_id=3))
    assert found.update.id == "99:1000"


FILE = {"file_id": "f", "file_unique_id": "u"}
PLACE = {"latitude": 30.6, "longitude": 104.1}


@pytest.mark.parametrize(
    ("content", "event"),
    [
        pytest.param({"sticker": STICKER}, Event.UNREADABLE, id="sticker"),
        pytest.param({"voice": FILE | {"duration": 3}}, Event.VOICE, id="voice"),
        pytest.param({"photo": [FILE | {"width": 9, "height": 9}]}, Event.PICTURE, id="photo"),
        pytest.param(
            {"contact": {"phone_number": "1", "first_name": "王"}}, Event.UNREADABLE, id="contact"
        ),
        pytest.param({"dice": {"emoji": "🎲", "value": 3}}, Event.UNREADABLE, id="dice"),
    ],
)
def test_what_has_no_words_is_an_event_in_private_and_nothing_in_groups(
    seen: Any, content: dict[str, Any], event: Event
) -> None:
    assert seen("message", message(**content)).update.event is event
    assert seen("message", message(GROUP, **content)) is None


def test_a_location_is_a_position_once_and_in_private_only(seen: Any) -> None:
    update = seen("message", message(location=PLACE)).update
    assert (update.position, update.event) == (Position(30.6, 104.1), None)
    assert seen("message", message(GROUP, location=PLACE)) is None
    assert seen("edited_message", message(location=PLACE)) is None


def test_a_pinned_question_is_heard_in_its_own_name_if_it_names_the_bot(seen: Any) -> None:
    asked = in_group("@zhuce_bot 四川在哪注册", MENTION, message_id=77)
    pinned = seen("message", message(GROUP, pinned_message=asked) | {"from": LI})
    assert pinned.update == seen("message", asked).update
    for text, *marked in (("/help",), ("四川在哪注册",), ("@other 四川", ("mention", 0, 6))):
        other = in_group(text, *marked, message_id=77)
        assert seen("message", message(GROUP, pinned_message=other)) is None


def test_a_pinned_question_of_long_ago_and_one_that_cannot_be_seen_are_let_be(seen: Any) -> None:
    asked = in_group("@zhuce_bot 四川在哪注册", MENTION, message_id=77)
    old = asked | {"date": asked["date"] - 3 * 86_400}
    gone = {"message_id": 77, "date": 0, "chat": GROUP}
    for pinned in (old, gone):
        assert seen("message", message(GROUP, pinned_message=pinned)) is None


@pytest.mark.parametrize(
    "content",
    [
        pytest.param({"pinned_message": message(text="旧")}, id="pinned"),
        pytest.param({"new_chat_title": "新名"}, id="title"),
        pytest.param({"left_chat_member": LI}, id="somebody left"),
    ],
)
def test_service_messages_are_not_answered(seen: Any, content: dict[str, Any]) -> None:
    assert seen("message", message(**content)) is None
    assert seen("message", message(GROUP, **content)) is None


def test_what_the_bot_itself_posted_inline_is_not_answered(seen: Any) -> None:
    assert seen("message", message(text="一个答案", via_bot=US)) is None


def test_other_bots_are_not_answered(seen: Any) -> None:
    robot = {"id": 5, "is_bot": True, "first_name": "别的"}
    assert seen("message", in_group("/portal 四川") | {"from": robot}) is None


def test_channels_are_left_alone(seen: Any) -> None:
    channel = {"id": -200, "type": "channel", "title": "频道"}
    assert seen("channel_post", message(channel, text="/portal 四川")) is None


# Groups


@pytest.mark.parametrize(
    ("said", "left"),
    [
        pytest.param(in_group("大家好"), None, id="talk of others"),
        pytest.param(in_group("/portal 四川"), "/portal 四川", id="command"),
        pytest.param(in_group("/portal@zhuce_bot 四川"), "/portal@zhuce_bot 四川", id="our name"),
        pytest.param(in_group("/portal@ZHUCE_bot 四川"), "/portal@ZHUCE_bot 四川", id="capitals"),
        pytest.param(in_group("/portal@other_bot 四川"), None, id="another bot's name"),
        pytest.param(in_group("／portal　四川"), "／portal　四川", id="full width"),
        pytest.param(in_group("/ban 四川"), None, id="unknown command"),
        pytest.param(in_group("/ban@zhuce_bot 四川"), None, id="unknown command with our name"),
        pytest.param(
            in_group("@zhuce_bot 四川在哪注册", ("mention", 0, 10)),
            "四川在哪注册",
            id="mention first",
        ),
        pytest.param(
            in_group("四川在哪 @zhuce_bot 注册", ("mention", 5, 10)),
            "四川在哪 注册",
            id="in the middle",
        ),
        pytest.param(
            in_group("🏗🏗四川 @ZhuCe_Bot", ("mention", 7, 10)), "🏗🏗四川", id="behind wide characters"
        ),
        pytest.param(in_group("问 @zhuce_bot2", ("mention", 2, 11)), None, id="a longer name"),
        pytest.param(in_group("问 @li 呢", ("mention", 2, 3)), None, id="another person"),
        pytest.param(in_group("@zhuce_bot", ("mention", 0, 10)), "/help", id="our name alone"),
    ],
)
def test_in_a_group_only_what_is_meant_for_us_is_heard(
    seen: Any, said: dict[str, Any], left: str | None
) -> None:
    assert words(seen("message", said)) == left


def test_a_mention_by_picking_us_from_a_list_counts(seen: Any) -> None:
    entity = {"type": "text_mention", "offset": 0, "length": 2, "user": US}
    said = message(GROUP, text="助手 四川在哪注册", entities=[entity])
    assert words(seen("message", said)) == "四川在哪注册"


def test_a_reply_to_our_message_is_meant_for_us(seen: Any) -> None:
    ours = message(GROUP, text="哪个省？") | {"from": US}
    theirs = message(GROUP, text="哪个省？") | {"from": LI}
    assert words(seen("message", in_group("四川", reply_to_message=ours))) == "四川"
    assert seen("message", in_group("四川", reply_to_message=theirs)) is None


def test_in_a_topic_that_we_opened_nobody_replies_to_us_unasked(seen: Any) -> None:
    opened = {"forum_topic_created": {"name": "注册", "icon_color": 7322096}}
    root = message(GROUP, **opened) | {"from": US}
    said = in_group("大家好", reply_to_message=root, message_thread_id=5, is_topic_message=True)
    assert seen("message", said) is None


@pytest.mark.parametrize(
    ("said", "replied", "left"),
    [
        ("/portal", "我在四川", "/portal 我在四川"),
        ("/materials@zhuce_bot", "我要增项", "/materials 我要增项"),
        ("/portal 云南", "我在四川", "/portal 云南"),
        ("/help", "我在四川", "/help"),
    ],
)
def test_a_command_without_words_takes_those_it_replies_to(
    seen: Any, said: str, replied: str, left: str
) -> None:
    other = message(GROUP, text=replied) | {"from": LI}
    assert words(seen("message", in_group(said, reply_to_message=other))) == left


def test_of_a_quoted_message_only_the_quote_is_taken(seen: Any) -> None:
    other = message(GROUP, text="我在四川，他在云南") | {"from": LI}
    quote = {"text": "他在云南", "position": 5, "is_manual": True}
    said = in_group("/portal", reply_to_message=other, quote=quote)
    assert words(seen("message", said)) == "/portal 他在云南"


def test_a_mention_alone_answers_the_message_it_replies_to(seen: Any) -> None:
    other = message(GROUP, text="四川在哪注册") | {"from": LI}
    said = in_group("@zhuce_bot", ("mention", 0, 10), reply_to_message=other)
    assert words(seen("message", said)) == "四川在哪注册"


def test_the_route_leads_back_into_the_topic(seen: Any) -> None:
    found = seen("message", in_group("/help", message_thread_id=33, is_topic_message=True))
    assert found.route == Route(-100, 7, is_group=True, thread=33, asked=5)
    assert found.update.route == "g;t33;q5"


def test_a_thread_of_replies_is_no_topic(seen: Any) -> None:
    assert seen("message", in_group("/help", message_thread_id=33)).route.thread is None


def test_who_speaks_as_the_group_is_answered_as_nobody_in_particular(seen: Any) -> None:
    group_bot = {"id": 1087968824, "is_bot": True, "first_name": "Group"}
    found = seen("message", in_group("/help") | {"from": group_bot, "sender_chat": GROUP})
    assert (found.route.is_anonymous, found.route.person) == (True, -100)


def test_what_a_channel_forwards_into_its_group_is_answered_if_it_names_the_bot(
    seen: Any,
) -> None:
    assert seen("message", in_group("/help", is_automatic_forward=True)) is None
    named = in_group("@zhuce_bot 四川在哪", MENTION, is_automatic_forward=True)
    found = seen("message", named | {"from": SERVICE})
    assert (found.update.text, found.route.is_anonymous) == ("四川在哪", True)


def test_a_mention_under_the_note_of_a_pinned_question_asks_that_question(seen: Any) -> None:
    note = message(GROUP, pinned_message=in_group("四川在哪注册", message_id=77))
    asked = in_group("@zhuce_bot", MENTION, reply_to_message=note)
    assert seen("message", asked).update.text == "四川在哪注册"


# Everything else


def test_a_press_tells_who_where_and_on_what(seen: Any) -> None:
    on = in_group("卡片", message_thread_id=33, is_topic_message=True) | {"from": US}
    query = {"id": "q1", "from": LI, "chat_instance": "1", "message": on, "data": "abc"}
    assert seen("callback_query", query) == Press(
        "q1", "abc", 8, "99:1000", Route(-100, 8, is_group=True, thread=33, edits=(5,))
    )


def test_a_press_on_a_message_that_is_too_old_still_has_its_chat(seen: Any) -> None:
    old = {"chat": PRIVATE, "message_id": 5, "date": 0}
    query = {"id": "q1", "from": WANG, "chat_instance": "1", "message": old, "data": "abc"}
    assert seen("callback_query", query).route == Route(7, 7, edits=(5,))


def test_a_press_under_an_inline_message_has_no_chat(seen: Any) -> None:
    query = {"id": "q1", "from": WANG, "chat_instance": "1", "inline_message_id": "x", "data": "a"}
    assert seen("callback_query", query) == Press("q1", "a", 7, "99:1000", None)


def test_typing_and_choosing_inline(seen: Any) -> None:
    typing = {"id": "i1", "from": WANG, "query": "四川", "offset": "10"}
    assert seen("inline_query", typing) == Typing("i1", "四川", "10")
    chosen = {"result_id": "r1", "from": WANG, "query": "四川"}
    assert seen("chosen_inline_result", chosen) == Chosen("r1", "99:1000")


def test_a_guest_is_answered_through_its_query(seen: Any) -> None:
    said = in_group("@zhuce_bot 四川在哪注册", ("mention", 0, 10), guest_query_id="g-1_x")
    found = seen("guest_message", said)
    assert (found.update.text, found.route.guest) == ("四川在哪注册", "g-1_x")


def member(old: dict[str, Any], new: dict[str, Any], chat: dict[str, Any] = GROUP) -> Any:
    return {
        "chat": chat,
        "from": WANG,
        "date": DATE,
        "old_chat_member": {"user": US, **old},
        "new_chat_member": {"user": US, **new},
    }


OUT, IN = {"status": "left"}, {"status": "member"}
KICKED = {"status": "kicked", "until_date": 0}
SENDING = "audios documents photos videos video_notes voice_notes polls other_messages"
DOING = "add_web_page_previews change_info invite_users pin_messages manage_topics edit_tag"
RULING = "manage_chat delete_messages manage_video_chats restrict_members promote_members"
TELLING = "post_stories edit_stories delete_stories send_welcome_messages change_info invite_users"


def no_rights(words: str, prefix: str = "can_") -> dict[str, bool]:
    return {prefix + word: False for word in words.split()}


MUTED = {
    "status": "restricted",
    "is_member": True,
    "until_date": 0,
    "can_send_messages": False,
    "can_react_to_messages": False,
    **no_rights(SENDING, "can_send_"),
    **no_rights(DOING),
}
ADMINISTRATOR = {
    "status": "administrator",
    "can_be_edited": False,
    "is_anonymous": False,
    **no_rights(RULING),
    **no_rights(TELLING),
}


@pytest.mark.parametrize(
    ("new", "me", "event"),
    [
        pytest.param(IN, ME, Event.ADDED, id="with group privacy"),
        pytest.param(
            IN,
            BotIdentity(99, "zhuce_bot", can_read_all_group_messages=True),
            Event.ADDED_HEARING_ALL,
            id="without",
        ),
        pytest.param(ADMINISTRATOR, ME, Event.ADDED_HEARING_ALL, id="as administrator"),
    ],
)
def test_being_added_says_what_the_bot_will_hear(
    seen: Any, new: dict[str, Any], me: BotIdentity, event: Event
) -> None:
    assert seen("my_chat_member", member(OUT, new), me).update.event is event


@pytest.mark.parametrize("new", [OUT, KICKED, MUTED], ids=["left", "kicked", "muted"])
def test_being_out_or_muted_is_noticed(seen: Any, new: dict[str, Any]) -> None:
    assert seen("my_chat_member", member(IN, new)) == Left(-100)


def test_being_blocked_is_noticed_and_coming_back_is_not_greeted(seen: Any) -> None:
    assert seen("my_chat_member", member(IN, KICKED, PRIVATE)) == Left(7)
    assert seen("my_chat_member", member(KICKED, IN, PRIVATE)) is None


def test_a_change_of_rights_is_no_welcome(seen: Any) -> None:
    assert seen("my_chat_member", member(IN, ADMINISTRATOR)) is None


def test_a_group_that_moved_tells_where_to(seen: Any) -> None:
    group = {"id": -4, "type": "group", "title": "群"}
    assert seen("message", message(group, migrate_to_chat_id=-100500)) == Moved(-4, -100500)
