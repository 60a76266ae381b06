"""People, groups and queries of the loopback Bot API, met through both real libraries."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import Any

import aiogram.exceptions
import pytest
import pytest_asyncio
import telegram.error

from tests.e2e.bot_api import BotApi, User
from tests.e2e.bot_api.clients import LIBRARIES, Client, connected

pytestmark = pytest.mark.asyncio(loop_scope="module")
TOO_OLD = "Bad Request: query is too old and response timeout expired or query ID is invalid"


@pytest.fixture(scope="module")
def api() -> Iterator[BotApi]:
    with BotApi() as running:
        yield running


@pytest_asyncio.fixture(loop_scope="module", scope="module", params=LIBRARIES)
async def client(api: BotApi, request: pytest.FixtureRequest) -> AsyncIterator[Client]:
    async with connected(api, request.param) as connection:
        yield connection


@pytest.fixture
def wang(api: BotApi) -> User:
    person = api.user()
    person.says("你好")
    return person


async def told(api: BotApi, client: Client, method: str, **params: Any) -> str:
    await client.refused(method, **params)
    return api.calls[-1].description


def newest(api: BotApi) -> dict[str, Any]:
    """The last update that waits for the bot."""
    return list(api.world.updates.pending.values())[-1]


# Where the bot may not write


async def refused_in(api: BotApi, client: Client, chat_id: int) -> str:
    return await told(api, client, "sendMessage", chat_id=chat_id, text="四")


async def test_a_chat_that_does_not_exist_is_not_found(api: BotApi, client: Client) -> None:
    assert await refused_in(api, client, 5) == "Bad Request: chat not found"


async def test_nobody_is_written_to_first(api: BotApi, client: Client) -> None:
    found = await refused_in(api, client, api.user().id)
    assert found == "Forbidden: bot can't initiate conversation with a user"


async def test_who_blocks_the_bot_is_not_reached(api: BotApi, client: Client, wang: User) -> None:
    wang.blocks()
    change = newest(api)["my_chat_member"]
    assert change["new_chat_member"]["status"] == "kicked"
    assert await refused_in(api, client, wang.id) == "Forbidden: bot was blocked by the user"
    wang.starts()
    await client.call("sendMessage", chat_id=wang.id, text="四")


@pytest.mark.parametrize(
    ("kind", "sentence"),
    [
        ("group", "Forbidden: bot was kicked from the group chat"),
        ("supergroup", "Forbidden: bot was kicked from the supergroup chat"),
    ],
)
async def test_a_group_that_removed_the_bot_is_closed_to_it(
    api: BotApi, client: Client, wang: User, kind: str, sentence: str
) -> None:
    group = api.group("二建", wang, kind=kind)
    group.removes_bot(wang)
    assert await refused_in(api, client, group.id) == sentence
    group.adds_bot(wang)
    await client.call("sendMessage", chat_id=group.id, text="四")


async def test_a_group_that_muted_the_bot_is_closed_to_it(
    api: BotApi, client: Client, wang: User
) -> None:
    group = api.group("二建", wang)
    group.mutes_bot(wang)
    assert newest(api)["my_chat_member"]["new_chat_member"]["can_send_messages"] is False
    found = await refused_in(api, client, group.id)
    assert found == "Bad Request: not enough rights to send text messages to the chat"


async def test_a_group_that_moved_tells_where(api: BotApi, client: Client, wang: User) -> None:
    group = api.group("二建", wang, kind="group")
    new = group.becomes_supergroup(wang)
    error = await client.refused("sendMessage", chat_id=group.id, text="四")
    if isinstance(error, telegram.error.ChatMigrated):
        assert error.new_chat_id == new.id
    else:
        assert isinstance(error, aiogram.exceptions.TelegramMigrateToChat)
        assert error.migrate_to_chat_id == new.id
    await client.call("sendMessage", chat_id=new.id, text="四")


async def test_a_group_can_be_asked_about_and_left(api: BotApi, client: Client, wang: User) -> None:
    group = api.group("二建", wang)
    group.promotes_bot(wang)
    own = await client.call("getChatMember", chat_id=group.id, user_id=api.world.bot["id"])
    chat = await client.call("getChat", chat_id=group.id)
    assert (own.status, chat.title) == ("administrator", "二建")
    assert await client.call("getChatMemberCount", chat_id=group.id) == 2
    assert len(await client.call("getChatAdministrators", chat_id=group.id)) == 1
    await client.call("leaveChat", chat_id=group.id)
    found = await refused_in(api, client, group.id)
    assert found == "Forbidden: bot is not a member of the supergroup chat"


# What the bot hears of a group


@pytest.mark.parametrize(
    ("text", "is_heard"),
    [
        ("四川二建在哪注册", False),
        ("/portal 四川", True),
        ("/portal@zhuce_bot　四川", True),
        ("/portal@other_bot 四川", False),
        ("/portal四川", True),
        ("请问 @zhuce_bot 四川", True),
        ("请问@zhuce_bot四川", False),
        ("@other_bot 四川", False),
        ("路径 a/portal", False),
    ],
)
async def test_privacy_mode_lets_through_what_is_for_the_bot(
    api: BotApi, wang: User, text: str, is_heard: bool
) -> None:
    before = api.pending
    wang.says(text, api.group("二建", wang))
    assert api.pending - before == is_heard


async def test_a_reply_to_the_bot_is_heard(api: BotApi, client: Client, wang: User) -> None:
    group = api.group("二建", wang)
    await client.call("sendMessage", chat_id=group.id, text="哪个省？")
    wang.says("四川", group, to=group.shown[-1])
    assert newest(api)["message"]["reply_to_message"]["text"] == "哪个省？"


async def test_a_bare_command_is_for_the_bot_that_spoke_last(
    api: BotApi, client: Client, wang: User
) -> None:
    group = api.group("二建", wang)
    group.another_bot_speaks()
    before = api.pending
    wang.says("/portal 四川", group)
    assert api.pending == before
    await client.call("sendMessage", chat_id=group.id, text="四")
    wang.says("/portal 四川", group)
    assert api.pending == before + 1


async def test_an_administrator_hears_everything(api: BotApi, wang: User) -> None:
    group = api.group("二建", wang)
    group.promotes_bot(wang)
    wang.says("四川", group)
    assert newest(api)["message"]["text"] == "四川"


async def test_without_privacy_mode_everything_is_heard() -> None:
    with BotApi(privacy=False) as api:
        wang = api.user()
        wang.says("四川", api.group("二建", wang))
        assert newest(api)["message"]["text"] == "四川"


async def test_commands_and_mentions_are_marked_in_utf16_units(api: BotApi, wang: User) -> None:
    wang.says("😀 /portal@zhuce_bot　四川 @zhuce_bot")
    assert newest(api)["message"]["entities"] == [
        {"type": "bot_command", "offset": 3, "length": 17},
        {"type": "mention", "offset": 24, "length": 10},
    ]


async def test_a_message_of_another_kind_arrives(api: BotApi, wang: User) -> None:
    for kind in ("sticker", "voice", "photo", "document", "location"):
        wang.sends(kind)
        assert kind in newest(api)["message"]


async def test_an_edited_question_arrives_as_such(api: BotApi, wang: User) -> None:
    wang.edits(wang.says("四川"), "安徽")
    assert newest(api)["edited_message"]["text"] == "安徽"


async def test_a_deep_link_starts_with_its_payload(api: BotApi, wang: User) -> None:
    wang.follows("https://t.me/zhuce_bot?start=portal-sichuan")
    assert newest(api)["message"]["text"] == "/start portal-sichuan"


@pytest.mark.parametrize("payload", ["四川", "a" * 65, "a.b"])
async def test_a_payload_that_telegram_drops_is_an_error_of_the_test(
    wang: User, payload: str
) -> None:
    with pytest.raises(ValueError, match="start payload"):
        wang.starts(payload)


# Presses


async def test_a_press_is_answered_once_and_in_time(
    api: BotApi, client: Client, wang: User
) -> None:
    rows = {"inline_keyboard": [[{"text": "四川", "callback_data": "r:51"}]]}
    await client.call("sendMessage", chat_id=wang.id, text="哪个省？", reply_markup=rows)
    press, late = wang.presses("四川"), wang.presses("r:51")
    assert newest(api)["callback_query"]["data"] == "r:51"
    await client.call("answerCallbackQuery", callback_query_id=press.id, text="好")
    assert (press.is_answered, press.notice) == (True, "好")
    again = await told(api, client, "answerCallbackQuery", callback_query_id=press.id)
    late.expires()
    then = await told(api, client, "answerCallbackQuery", callback_query_id=late.id)
    assert (again, then) == (TOO_OLD, TOO_OLD)
    assert [call.ok for call in api.answers_to(press)] == [True, False]


async def test_a_press_grows_too_old_by_itself(api: BotApi, client: Client, wang: User) -> None:
    await client.call("sendMessage", chat_id=wang.id, text="四")
    press = wang.forges("forged", wang.chat.shown[-1])
    api.options.query_lives_s = 0.0
    try:
        found = await told(api, client, "answerCallbackQuery", callback_query_id=press.id)
    finally:
        api.options.query_lives_s = 30.0
    assert found == TOO_OLD


async def test_a_button_that_is_not_there_is_an_error_of_the_test(
    client: Client, wang: User
) -> None:
    rows = {"inline_keyboard": [[{"text": "网", "url": "https://zj.gov.cn"}]]}
    await client.call("sendMessage", chat_id=wang.id, text="四", reply_markup=rows)
    with pytest.raises(LookupError, match="no button '四川'"):
        wang.presses("四川")
    with pytest.raises(LookupError, match="calls nobody"):
        wang.presses("网")


# Inline and guest


async def test_inline_results_are_answered_chosen_and_edited(
    api: BotApi, client: Client, wang: User
) -> None:
    asked = wang.inline("四川")
    assert newest(api)["inline_query"]["query"] == "四川"
    rows = {"inline_keyboard": [[{"text": "更多", "callback_data": "more"}]]}
    if client.library == "ptb":
        rows = telegram.InlineKeyboardMarkup.de_json(rows)
    article = client.article("portal-1", "四川在哪注册", "<b>门户</b>", parse_mode="HTML")
    article = _with_rows(article, rows)
    await client.call(
        "answerInlineQuery", inline_query_id=asked.id, results=[article], next_offset="10"
    )
    assert (asked.titles, asked.next_offset) == (["四川在哪注册"], "10")
    message = asked.chooses("portal-1", wang.chat)
    assert (message.text, message.marked("bold")) == ("门户", ["门户"])
    chosen = newest(api)["chosen_inline_result"]
    assert (chosen["result_id"], chosen["query"]) == ("portal-1", "四川")
    edited = await client.call(
        "editMessageText", inline_message_id=chosen["inline_message_id"], text="新的"
    )
    assert edited is True
    wang.forges("more", wang.chat.shown[-1])
    assert newest(api)["callback_query"]["inline_message_id"] == chosen["inline_message_id"]


def _with_rows(article: Any, rows: Any) -> Any:
    if isinstance(article, dict):
        return article | {"reply_markup": rows}
    return telegram.InlineQueryResultArticle(
        article.id, article.title, article.input_message_content, reply_markup=rows
    )


@pytest.mark.parametrize(
    ("ids", "more", "sentence"),
    [
        (["a"] * 2, {}, "RESULT_ID_DUPLICATE"),
        (["四" * 22], {}, "RESULT_ID_INVALID"),
        ([""], {}, "RESULT_ID_INVALID"),
        ([str(n) for n in range(51)], {}, "RESULTS_TOO_MUCH"),
        (["a"], {"next_offset": "四" * 22}, "NEXT_OFFSET_INVALID"),
    ],
    ids=["twice", "66 bytes", "empty", "51 results", "long offset"],
)
async def test_wrong_inline_answers_are_refused(
    api: BotApi, client: Client, wang: User, ids: list[str], more: dict[str, str], sentence: str
) -> None:
    results = [client.article(one, "四", "四") for one in ids]
    asked = wang.inline("四")
    found = await told(
        api, client, "answerInlineQuery", inline_query_id=asked.id, results=results, **more
    )
    assert found == f"Bad Request: {sentence}"
    assert not asked.is_answered


async def test_an_inline_result_is_parsed_and_measured(
    api: BotApi, client: Client, wang: User
) -> None:
    asked = wang.inline("四")
    long = client.article("a", "四", "四" * 4097)
    broken = client.article("a", "四", "<b>四", parse_mode="HTML")
    for article, sentence in ((long, "MESSAGE_TOO_LONG"), (broken, "can't parse entities")):
        found = await told(
            api, client, "answerInlineQuery", inline_query_id=asked.id, results=[article]
        )
        assert found.startswith(f"Bad Request: {sentence}")


async def test_a_cached_inline_answer_does_not_reach_the_bot(
    api: BotApi, client: Client, wang: User
) -> None:
    api.options.inline_cache = True
    query = f"四川 {client.library}"
    asked = wang.inline(query)
    await client.call(
        "answerInlineQuery",
        inline_query_id=asked.id,
        results=[client.article("a", "四", "四")],
        cache_time=60,
    )
    before = api.pending
    assert api.user().inline(query).titles == ["四"]
    assert wang.inline(query, offset="10").titles == []
    api.options.inline_cache = False
    assert api.pending == before + 1


async def test_a_guest_answers_where_it_is_no_member(
    api: BotApi, client: Client, wang: User
) -> None:
    called = wang.summons("@zhuce_bot 四川", api.foreign_group("别的群", wang))
    assert newest(api)["guest_message"]["guest_query_id"] == called.id
    article = client.article("a", "四川", "门户")
    await client.call("answerGuestQuery", guest_query_id=called.id, result=article)
    assert called.message.text == "门户"
    found = await told(api, client, "answerGuestQuery", guest_query_id=called.id, result=article)
    assert found == TOO_OLD


# Profile


async def test_commands_are_kept_per_scope_and_language(client: Client) -> None:
    commands = [{"command": "portal", "description": "注册入口"}]
    if client.library == "ptb":
        commands = [telegram.BotCommand("portal", "注册入口")]
    await client.call("setMyCommands", commands=commands, language_code="zh")
    found = await client.call("getMyCommands", language_code="zh")
    assert [(one.command, one.description) for one in found] == [("portal", "注册入口")]
    assert len(await client.call("getMyCommands", language_code="en")) == 0
    await client.call("deleteMyCommands", language_code="zh")
    assert len(await client.call("getMyCommands", language_code="zh")) == 0


@pytest.mark.parametrize(
    ("names", "description", "language", "sentence"),
    [
        (["四川"], "四", "zh", "BOT_COMMAND_INVALID"),
        (["Portal"], "四", "zh", "BOT_COMMAND_INVALID"),
        (["a" * 33], "四", "zh", "BOT_COMMAND_INVALID"),
        (["a"], "四" * 257, "zh", "BOT_COMMAND_DESCRIPTION_INVALID"),
        (["a"], " ", "zh", "BOT_COMMAND_DESCRIPTION_INVALID"),
        ([f"c{n}" for n in range(101)], "四", "zh", "BOT_COMMANDS_TOO_MUCH"),
        (["a"], "四", "zh-hans", "invalid language code specified"),
    ],
)
async def test_wrong_commands_are_refused(
    api: BotApi, client: Client, names: list[str], description: str, language: str, sentence: str
) -> None:
    commands: Any = [{"command": name, "description": description} for name in names]
    if client.library == "ptb":
        commands = [telegram.BotCommand(name, description) for name in names]
    found = await told(api, client, "setMyCommands", commands=commands, language_code=language)
    assert found == f"Bad Request: {sentence}"


async def test_descriptions_have_a_length(api: BotApi, client: Client) -> None:
    await client.call("setMyDescription", description="四" * 512)
    await client.call("setMyShortDescription", short_description="四" * 120)
    kept = await client.call("getMyShortDescription", language_code="en")
    assert kept.short_description == "四" * 120
    found = await told(api, client, "setMyDescription", description="四" * 513)
    assert found == "Bad Request: DESCRIPTION_TOO_LONG"
    found = await told(api, client, "setMyShortDescription", short_description="四" * 121)
    assert found == "Bad Request: SHORT_DESCRIPTION_TOO_LONG"


async def test_the_bot_says_what_it_may(client: Client) -> None:
    me = await client.call("getMe")
    assert (
        me.username,
        me.can_read_all_group_messages,
        me.supports_inline_queries,
        me.supports_guest_queries,
    ) == ("zhuce_bot", False, True, True)


# Newer than PTB: rich and ephemeral messages


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def newer(api: BotApi) -> AsyncIterator[Client]:
    async with connected(api, "aiogram") as connection:
        yield connection


TABLE = "<h3>材料</h3><table><tr><td>身份证</td><td>一份</td></tr></table>"


async def test_a_rich_message_is_shown_and_edited(api: BotApi, newer: Client, wang: User) -> None:
    sent = await newer.call("sendRichMessage", chat_id=wang.id, rich_message={"html": TABLE})
    assert sent.rich_message.blocks[0].text == "材料身份证一份"
    blocks = [{"type": "paragraph", "text": "新的"}]
    where = {"chat_id": wang.id, "message_id": sent.message_id}
    await newer.call("editMessageText", **where, rich_message={"blocks": blocks})
    assert wang.chat.shown[-1].raw["rich_message"] == {"blocks": blocks}
    await newer.call("editMessageText", **where, text="旧的")
    assert "rich_message" not in wang.chat.shown[-1].raw


@pytest.mark.parametrize(
    ("html", "sentence"),
    [
        ("<table><tr></table>", 'can\'t parse rich message: Unexpected end tag "table"'),
        ("<script>1</script>", 'can\'t parse rich message: Unsupported start tag "script"'),
        ("<p>四", "can't parse rich message: Can't find end tag corresponding to start tag \"p\""),
    ],
)
async def test_wrong_rich_messages_are_refused(
    api: BotApi, newer: Client, wang: User, html: str, sentence: str
) -> None:
    found = await told(api, newer, "sendRichMessage", chat_id=wang.id, rich_message={"html": html})
    assert found == f"Bad Request: {sentence}"


@pytest.mark.parametrize(
    ("can", "sentence"),
    [
        ("refused", "Bad Request: RICH_MESSAGES_FORBIDDEN"),
        ("unknown", "Not Found: method not found"),
    ],
)
async def test_rich_messages_can_be_unwanted(
    api: BotApi, newer: Client, wang: User, can: str, sentence: str
) -> None:
    api.options.rich = can
    found = await told(api, newer, "sendRichMessage", chat_id=wang.id, rich_message={"html": TABLE})
    api.options.rich = "yes"
    assert found == sentence


async def test_an_ephemeral_message_is_for_one(api: BotApi, newer: Client, wang: User) -> None:
    group = api.group("二建", wang)
    only = {"receiver_user_id": wang.id}
    rows = {"inline_keyboard": [[{"text": "四川", "callback_data": "r:51"}]]}
    sent = await newer.call(
        "sendMessage",
        chat_id=group.id,
        text="四",
        reply_markup=rows,
        ephemeral_message_parameters=only,
    )
    assert (sent.message_id, sent.receiver_user.id, group.shown) == (0, wang.id, [])
    assert wang.presses("四川", group).data == "r:51"
    where = {"chat_id": group.id, "ephemeral_message_id": sent.ephemeral_message_id, **only}
    await newer.call("editEphemeralMessageText", **where, text="新的")
    assert [one["text"] for one in group.ephemeral.values()] == ["新的"]
    await newer.call("deleteEphemeralMessage", **where)
    assert group.ephemeral == {}


async def test_an_old_server_shows_an_ephemeral_message_to_all(
    api: BotApi, newer: Client, wang: User
) -> None:
    group = api.group("二建", wang)
    only = {"receiver_user_id": wang.id}
    params = {"chat_id": group.id, "text": "四", "ephemeral_message_parameters": only}
    api.options.ephemeral = "refused"
    found = await told(api, newer, "sendMessage", **params)
    api.options.ephemeral = "unknown"
    await newer.call("sendMessage", **params)
    api.options.ephemeral = "yes"
    assert found == "Bad Request: EPHEMERAL_MESSAGES_FORBIDDEN"
    assert [message.text for message in group.shown] == ["四"]
