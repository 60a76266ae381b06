"""Presses, inline queries and calls of a guest, answered by both libraries."""

from __future__ import annotations

from typing import Any

import pytest
import telegram.error

from tests.e2e.bot_api import BotApi, User
from tests.e2e.bot_api.clients import Client
from tests.e2e.test_bot_api.asking import TOO_OLD, newest, told

pytestmark = pytest.mark.asyncio(loop_scope="module")


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


async def test_of_a_message_that_is_too_old_only_the_place_is_shown(
    api: BotApi, client: Client, wang: User
) -> None:
    sent = await client.call("sendMessage", chat_id=wang.id, text="四")
    wang.forges("x", wang.chat.shown[-1], is_too_old=True)
    shown = newest(api)["callback_query"]["message"]
    assert (shown["message_id"], shown["date"], "text" in shown) == (sent.message_id, 0, False)


async def test_a_button_that_is_not_there_is_an_error_of_the_test(
    client: Client, wang: User
) -> None:
    rows = {"inline_keyboard": [[{"text": "网", "url": "https://zj.gov.cn"}]]}
    await client.call("sendMessage", chat_id=wang.id, text="四", reply_markup=rows)
    with pytest.raises(LookupError, match="no button '四川'"):
        wang.presses("四川")
    with pytest.raises(LookupError, match="calls nobody"):
        wang.presses("网")


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
