"""Where the bot may write and what it hears there, through both libraries."""

from __future__ import annotations

import aiogram.exceptions
import pytest
import telegram.error

from tests.e2e.bot_api import BotApi, User
from tests.e2e.bot_api.clients import Client
from tests.e2e.test_bot_api.asking import newest, told

pytestmark = pytest.mark.asyncio(loop_scope="module")


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


@pytest.mark.parametrize(
    ("text", "is_heard"),
    [
        ("四川二建在哪注册", False),
        ("/portal 四川", True),
        ("/portal@zhuce_bot　四川", True),
        ("/portal@other_bot 四川", False),
        ("/portal四川", True),
        ("请问 @zhuce_bot 四川", True),
        ("请问@zhuce_bot 四川", False),
        ("请问 @zhuce_bot四川", False),
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


async def test_an_anonymous_administrator_writes_as_the_group(api: BotApi) -> None:
    group = api.group("二建")
    group.says("/portal 四川")
    message = newest(api)["message"]
    assert (message["sender_chat"]["id"], message["from"]["username"]) == (
        group.id,
        "GroupAnonymousBot",
    )
