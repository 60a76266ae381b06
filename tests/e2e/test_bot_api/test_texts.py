"""Texts and keyboards that the loopback Bot API refuses or shows, sent by both libraries."""

from __future__ import annotations

from typing import Any

import pytest

from tests.e2e.bot_api import BotApi, User
from tests.e2e.bot_api.clients import Client
from tests.e2e.test_bot_api.asking import keyboard, told

pytestmark = pytest.mark.asyncio(loop_scope="module")


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
