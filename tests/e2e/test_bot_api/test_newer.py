"""Rich and ephemeral messages, which only aiogram knows."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.e2e.bot_api import BotApi, User
from tests.e2e.bot_api.clients import Client, connected
from tests.e2e.test_bot_api.asking import told

pytestmark = pytest.mark.asyncio(loop_scope="module")


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
