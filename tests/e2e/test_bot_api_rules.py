"""What the loopback Bot API refuses and accepts, asked by both real libraries.

The sentences are Telegram's; they are read from the ledger, because PTB changes their case.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
import pytest_asyncio

from tests.e2e.bot_api import BotApi, Group, User
from tests.e2e.bot_api.clients import LIBRARIES, Client, connected

pytestmark = pytest.mark.asyncio(loop_scope="module")


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


@pytest.fixture
def group(api: BotApi, wang: User) -> Group:
    return api.group("二建", wang)


async def told(api: BotApi, client: Client, method: str, **params: Any) -> str:
    """The sentence with which the server refused."""
    await client.refused(method, **params)
    return api.calls[-1].description


def keyboard(**button: Any) -> dict[str, Any]:
    return {"inline_keyboard": [[{"text": "好", **button}]]}


# Texts


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("四" * 4096, id="Han"),
        pytest.param("😀" * 2048, id="emoji count twice"),
        pytest.param("<b>" + "四" * 4096 + "</b>", id="tags do not count"),
        pytest.param("&lt;" * 4096, id="references count once"),
    ],
)
async def test_a_text_of_4096_units_is_sent(client: Client, wang: User, text: str) -> None:
    await client.call("sendMessage", chat_id=wang.id, text=text, parse_mode="HTML")
    assert len(wang.chat.shown[-1].text.encode("utf-16-le")) == 2 * 4096


@pytest.mark.parametrize("text", ["四" * 4097, "😀" * 2049], ids=["Han", "emoji"])
async def test_a_longer_text_is_refused(api: BotApi, client: Client, wang: User, text: str) -> None:
    sentence = await told(api, client, "sendMessage", chat_id=wang.id, text=text)
    assert sentence == "Bad Request: message is too long"


@pytest.mark.parametrize("text", [" \n ", "<b></b>"], ids=["spaces", "tags around nothing"])
async def test_a_text_of_nothing_is_refused(
    api: BotApi, client: Client, wang: User, text: str
) -> None:
    sentence = await told(api, client, "sendMessage", chat_id=wang.id, text=text, parse_mode="HTML")
    assert sentence == "Bad Request: message text is empty"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("四<b>川", 'Can\'t find end tag corresponding to start tag "b"'),
        ("四</b>", "Unexpected end tag at byte offset 3"),
        ("<b><i>四</b></i>", 'Unmatched end tag at byte offset 9, expected "</i>", found "</b>"'),
        ("<p>四</p>", 'Unsupported start tag "p" at byte offset 0'),
        ("四<川", "Unclosed start tag at byte offset 3"),
        ("a < b", "Unclosed start tag at byte offset 2"),
        ("<a href>四</a>", "Expected equal sign in declaration of an attribute of the tag"),
        ("<span>四</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
    ],
)
async def test_wrong_html_is_refused_with_its_place(
    api: BotApi, client: Client, wang: User, text: str, sentence: str
) -> None:
    found = await told(api, client, "sendMessage", chat_id=wang.id, text=text, parse_mode="HTML")
    assert found.startswith(f"Bad Request: can't parse entities: {sentence}")


async def test_entities_lie_in_utf16_units_of_the_trimmed_text(client: Client, wang: User) -> None:
    html = '  😀<b>四</b> &amp; <a href="https://zj.gov.cn/?a=1&amp;b=2">网</a>&copy; '
    await client.call("sendMessage", chat_id=wang.id, text=html, parse_mode="HTML")
    message = wang.chat.shown[-1]
    assert message.text == "😀四 & 网&copy;"
    assert message.entities == [
        {"type": "bold", "offset": 2, "length": 1},
        {"type": "text_link", "offset": 6, "length": 1, "url": "https://zj.gov.cn/?a=1&b=2"},
    ]
    assert message.marked("text_link") == ["网"]


async def test_a_quote_can_be_expandable(client: Client, wang: User) -> None:
    html = "<blockquote expandable>依据</blockquote>"
    await client.call("sendMessage", chat_id=wang.id, text=html, parse_mode="HTML")
    assert wang.chat.shown[-1].marked("expandable_blockquote") == ["依据"]


async def test_a_link_without_address_loses_its_entity_in_silence(
    client: Client, wang: User
) -> None:
    html = '<a href="not an address">网</a>'
    await client.call("sendMessage", chat_id=wang.id, text=html, parse_mode="HTML")
    assert (wang.chat.shown[-1].text, wang.chat.shown[-1].entities) == ("网", [])


async def test_entities_beyond_a_hundred_are_dropped_in_silence(client: Client, wang: User) -> None:
    html = "<b>四</b> " * 101
    await client.call("sendMessage", chat_id=wang.id, text=html, parse_mode="HTML")
    assert len(wang.chat.shown[-1].entities) == 100


# Keyboards


@pytest.mark.parametrize(
    "button",
    [
        pytest.param({"callback_data": "a" * 64}, id="64 bytes"),
        pytest.param({"copy_text": {"text": "四" * 256}}, id="256 characters to copy"),
        pytest.param({"url": "http://zj.gov.cn/四川?a=1"}, id="address"),
        pytest.param({"switch_inline_query_current_chat": ""}, id="empty inline query"),
        pytest.param({"callback_data": "a", "style": "primary"}, id="style"),
    ],
)
async def test_a_right_button_is_shown(client: Client, wang: User, button: dict[str, Any]) -> None:
    await client.call("sendMessage", chat_id=wang.id, text="四", reply_markup=keyboard(**button))
    assert wang.chat.shown[-1].buttons[0].raw == {"text": "好", **button}


@pytest.mark.parametrize(
    ("button", "sentence"),
    [
        pytest.param({"callback_data": "四" * 22}, "BUTTON_DATA_INVALID", id="66 bytes"),
        pytest.param(
            {"copy_text": {"text": "四" * 257}}, "BUTTON_COPY_TEXT_INVALID", id="257 to copy"
        ),
        pytest.param(
            {"url": "http://localhost:80/"},
            "inline keyboard button URL 'http://localhost:80/' is invalid: Wrong HTTP URL",
            id="address without a dot",
        ),
        pytest.param(
            {"url": "ftp://zj.gov.cn"},
            "inline keyboard button URL 'ftp://zj.gov.cn' is invalid: Unsupported URL protocol",
            id="other protocol",
        ),
        pytest.param({}, "text buttons are unallowed in the inline keyboard", id="no kind"),
        pytest.param(
            {"url": "zj.gov.cn", "callback_data": "a"},
            "text buttons are unallowed in the inline keyboard",
            id="two kinds",
        ),
        pytest.param(
            {"callback_data": "a", "style": "purple"},
            "invalid button style specified",
            id="no such style",
        ),
    ],
)
async def test_a_wrong_button_is_refused(
    api: BotApi, client: Client, wang: User, button: dict[str, Any], sentence: str
) -> None:
    markup = keyboard(**button)
    found = await told(api, client, "sendMessage", chat_id=wang.id, text="四", reply_markup=markup)
    assert found == f"Bad Request: {sentence}"


@pytest.mark.parametrize(("rows", "columns"), [(13, 8), (1, 9)], ids=["104 buttons", "9 in a row"])
async def test_too_many_buttons_are_refused(
    api: BotApi, client: Client, wang: User, rows: int, columns: int
) -> None:
    row = [{"text": "好", "callback_data": "a"}] * columns
    markup = {"inline_keyboard": [row] * rows}
    found = await told(api, client, "sendMessage", chat_id=wang.id, text="四", reply_markup=markup)
    assert found == "Bad Request: reply markup is too long"


# Edits, replies, topics


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


# Files


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
