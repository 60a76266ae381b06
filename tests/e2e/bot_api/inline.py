"""Inline results: what Telegram accepts, what it keeps, and what becomes of a chosen one."""

from __future__ import annotations

import time
from typing import Any

from tests.e2e.bot_api import keyboards, markup
from tests.e2e.bot_api.params import Params
from tests.e2e.bot_api.refusals import bad_request
from tests.e2e.bot_api.richness import as_rich_message
from tests.e2e.bot_api.world import Chat, Json, Query, World

MOST_RESULTS = 50
TYPES = frozenset(
    {
        "article",
        "photo",
        "gif",
        "mpeg4_gif",
        "video",
        "audio",
        "voice",
        "document",
        "location",
        "venue",
        "contact",
        "game",
        "sticker",
    }
)


def checked_answer(params: Params) -> Json:
    """The parameters of `answerInlineQuery` as Telegram accepts them.

    Raises:
        Refused: too many results, ids that are wrong or twice there, a result that is wrong.
    """
    results = params.array("results")
    if len(results) > MOST_RESULTS:
        raise bad_request("RESULTS_TOO_MUCH")
    ids = [str(result.get("id", "")) for result in results]
    if len(set(ids)) < len(ids):
        raise bad_request("RESULT_ID_DUPLICATE")
    if len(params.text("next_offset").encode()) > 64:
        raise bad_request("NEXT_OFFSET_INVALID")
    _check_button(params.object("button"))
    return dict(params) | {"results": [checked_result(result) for result in results]}


def _check_button(button: Json) -> None:
    if not button:
        return
    start = button.get("start_parameter")
    if not button.get("text") or (start is None) == (button.get("web_app") is None):
        raise bad_request("can't parse inline query results button")
    if start is not None and not (
        1 <= len(start) <= 64 and start.replace("_", "").replace("-", "").isalnum()
    ):
        raise bad_request("START_PARAM_INVALID")


def checked_result(result: Json) -> Json:
    """A result with its content parsed under `content`, or a refusal."""
    if not 1 <= len(str(result.get("id", "")).encode()) <= 64:
        raise bad_request("RESULT_ID_INVALID")
    if result.get("type") not in TYPES:
        raise bad_request("RESULT_TYPE_INVALID")
    if result["type"] == "article" and not (
        result.get("title") and result.get("input_message_content")
    ):
        raise bad_request("can't parse inline query result: an article needs title and content")
    content = _content(result.get("input_message_content") or {})
    keyboard = keyboards.checked(result.get("reply_markup"))
    return result | {"content": content | ({"reply_markup": keyboard} if keyboard else {})}


def _content(given: Json) -> Json:
    if "rich_message" in given:
        return {"rich_message": as_rich_message(given["rich_message"])}
    if "message_text" not in given:
        return {}
    text, entities = markup.formatted(
        str(given["message_text"]),
        str(given.get("parse_mode") or ""),
        given.get("entities") or [],
        most=4096,
        too_long="MESSAGE_TOO_LONG",
    )
    preview = given.get("link_preview_options")
    found: dict[str, Any] = {"text": text}
    found |= {"entities": entities} if entities else {}
    return found | ({"link_preview_options": preview} if preview else {})


def post_result(world: World, chat: Chat, user: Json, result: Json) -> Json:
    """Send a result into a chat, through the bot."""
    content = result["content"] or {"text": result.get("title") or result["type"]}
    message = chat.put({"from": user, "via_bot": world.bot, **content})
    return remember(world, chat, message) if "reply_markup" in content else message


def remember(world: World, chat: Chat, message: Json) -> Json:
    """Give a message the id under which the bot may edit it."""
    inline_id = f"BQAAA{chat.id}_{message['message_id']}"
    world.inline_messages[inline_id] = (chat.id, message["message_id"])
    message["inline_message_id"] = inline_id
    return message


def post_guest(world: World, query: Query, result: Json) -> Json:
    """Send a guest's answer into the chat where it was called."""
    chat = world.chats[query.payload["chat_id"]]
    content = checked_result(result)["content"] or {"text": str(result.get("title"))}
    caller = {"guest_bot_caller_user": query.payload["from"]}
    message = chat.put({"from": world.bot, **caller, **content})
    return remember(world, chat, message)


def keep_answer(world: World, query: Query) -> None:
    """Cache an answer for `cache_time` (300 s by default), for all or for this person."""
    if world.options.inline_cache:
        lives = Params(query.answer).integer("cache_time", 300)
        owner = query.user_id if Params(query.answer).flag("is_personal") else 0
        world.inline_cache[_key(query, owner)] = (time.monotonic() + lives, query.answer)


def from_cache(world: World, query: Query) -> bool:
    """Answer from the cache, if there is a fresh answer; then the bot is not asked."""
    for owner in (0, query.user_id):
        until, answer = world.inline_cache.get(_key(query, owner), (0.0, {}))
        if until > time.monotonic():
            query.is_answered, query.answer = True, answer
            return True
    return False


def _key(query: Query, owner: int) -> tuple[str, str, int]:
    return query.payload["query"], query.payload["offset"], owner
