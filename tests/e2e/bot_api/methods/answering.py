"""The methods that answer a query: once, in time, with what Telegram accepts."""

from __future__ import annotations

import time

from tests.e2e.bot_api import inline
from tests.e2e.bot_api.markup import units
from tests.e2e.bot_api.params import Params
from tests.e2e.bot_api.refusals import bad_request, too_old
from tests.e2e.bot_api.world import Json, Query, World


def _open(world: World, kind: str, query_id: str) -> Query:
    query = world.queries.get(query_id)
    if query is None or query.kind != kind or query.is_answered or query.is_expired:
        raise too_old()
    if time.monotonic() - query.born > world.options.query_lives_s:
        raise too_old()
    return query


def _close(query: Query, answer: Json) -> None:
    query.is_answered, query.answer = True, answer


def answer_callback_query(world: World, params: Params) -> bool:
    if units(params.text("text")) > 200:
        raise bad_request("MESSAGE_TOO_LONG")
    _close(_open(world, "callback_query", params.text("callback_query_id")), dict(params))
    return True


def answer_inline_query(world: World, params: Params) -> bool:
    answer = inline.checked_answer(params)
    query = _open(world, "inline_query", params.text("inline_query_id"))
    _close(query, answer)
    inline.keep_answer(world, query)
    return True


def answer_guest_query(world: World, params: Params) -> Json:
    query = _open(world, "guest_query", params.text("guest_query_id"))
    message = inline.post_guest(world, query, params.object("result"))
    sent = {"inline_message_id": message["inline_message_id"]}
    _close(query, dict(params) | sent)
    return sent


METHODS = {
    "answerCallbackQuery": answer_callback_query,
    "answerInlineQuery": answer_inline_query,
    "answerGuestQuery": answer_guest_query,
}
