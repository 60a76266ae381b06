"""Edits, replies, topics and files of the loopback Bot API, through both libraries."""

from __future__ import annotations

from typing import Any

import pytest

from tests.e2e.bot_api import BotApi, User
from tests.e2e.bot_api.clients import Client
from tests.e2e.test_bot_api.asking import keyboard, told

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_an_edit_that_changes_nothing_is_refused(
    api: BotApi, client: Client, wang: User
) -> None:
    sent = await client.call("sendMessage", chat_id=wang.id, text="<b>四</b>", parse_mode="HTML")
    where = {"chat_id": wang.id, "message_id": sent.message_id}
    found = await told(
        api, client, "editMessageText", **where, text="<b>四</b> ", parse_mode="HTML"
    )
    assert found.startswith("Bad Request: message is not modified: specified new message content")
    await client.call("editMessageText", **where, text="四")
    await client.call("editMessageReplyMarkup", **where, reply_markup=keyboard(callback_data="a"))
    found = await told(
        api, client, "editMessageReplyMarkup", **where, reply_markup=keyboard(callback_data="a")
    )
    assert found.startswith("Bad Request: message is not modified")
    assert [edit.message.text for edit in api.edits(wang)] == ["四", "四"]


async def test_only_own_messages_that_exist_can_be_edited(
    api: BotApi, client: Client, wang: User
) -> None:
    theirs = wang.says("我的").id
    found = await told(
        api, client, "editMessageText", chat_id=wang.id, message_id=theirs, text="四"
    )
    assert found == "Bad Request: message can't be edited"
    found = await told(api, client, "editMessageText", chat_id=wang.id, message_id=10**6, text="四")
    assert found == "Bad Request: message to edit not found"


async def test_a_longer_edit_is_refused(api: BotApi, client: Client, wang: User) -> None:
    sent = await client.call("sendMessage", chat_id=wang.id, text="四")
    found = await told(
        api,
        client,
        "editMessageText",
        chat_id=wang.id,
        message_id=sent.message_id,
        text="四" * 4097,
    )
    assert found == "Bad Request: MESSAGE_TOO_LONG"


async def test_a_deleted_message_is_gone(api: BotApi, client: Client, wang: User) -> None:
    sent = await client.call("sendMessage", chat_id=wang.id, text="四")
    where = {"chat_id": wang.id, "message_id": sent.message_id}
    await client.call("deleteMessage", **where)
    assert sent.message_id not in [message.id for message in wang.chat.shown]
    found = await told(api, client, "deleteMessage", **where)
    assert found == "Bad Request: message to delete not found"


async def test_a_reply_needs_its_message_unless_it_may_do_without(
    api: BotApi, client: Client, wang: User
) -> None:
    question = wang.says("四川")
    await client.call("sendMessage", chat_id=wang.id, text="一", reply_to_message_id=question.id)
    assert wang.chat.shown[-1].reply_to_id == question.id
    found = await told(
        api, client, "sendMessage", chat_id=wang.id, text="二", reply_to_message_id=10**6
    )
    assert found == "Bad Request: message to be replied not found"
    await client.call(
        "sendMessage",
        chat_id=wang.id,
        text="三",
        reply_to_message_id=10**6,
        allow_sending_without_reply=True,
    )
    assert (wang.chat.shown[-1].text, wang.chat.shown[-1].reply_to_id) == ("三", None)


async def test_an_answer_goes_into_a_topic_that_exists_and_is_open(
    api: BotApi, client: Client, wang: User
) -> None:
    forum = api.group("论坛", wang, kind="forum")
    topic = forum.opens_topic("四川", wang)
    await client.call("sendMessage", chat_id=forum.id, text="四", message_thread_id=topic)
    assert forum.shown[-1].thread_id == topic
    forum.closes_topic(topic)
    closed = await told(
        api, client, "sendMessage", chat_id=forum.id, text="四", message_thread_id=topic
    )
    missing = await told(
        api, client, "sendMessage", chat_id=forum.id, text="四", message_thread_id=10**6
    )
    assert (closed, missing) == (
        "Bad Request: TOPIC_CLOSED",
        "Bad Request: message thread not found",
    )


async def test_a_document_and_a_picture_are_uploaded(client: Client, wang: User) -> None:
    content = b"BEGIN:VCALENDAR"
    file: Any = content
    if client.library == "aiogram":
        from aiogram.types import BufferedInputFile

        file = BufferedInputFile(content, "提醒.ics")
    await client.call(
        "sendDocument", chat_id=wang.id, document=file, caption="<i>提醒</i>", parse_mode="HTML"
    )
    await client.call("sendPhoto", chat_id=wang.id, photo="https://zj.gov.cn/a.png")
    document, photo = wang.chat.shown[-2:]
    assert (document.raw["document"]["file_size"], document.marked("italic")) == (15, ["提醒"])
    assert photo.raw["photo"][0]["width"] == 800


async def test_a_caption_over_1024_units_is_refused(
    api: BotApi, client: Client, wang: User
) -> None:
    found = await told(api, client, "sendPhoto", chat_id=wang.id, photo="a", caption="四" * 1025)
    assert found == "Bad Request: message caption is too long"
