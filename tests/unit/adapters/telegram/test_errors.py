"""What is left to do after a call that did not work."""

from __future__ import annotations

import pytest

from bot.adapters.delivery.errors import Gone, Migrated, NotModified, Refused
from bot.adapters.telegram import failure
from bot.adapters.telegram.errors import TopicRefused
from bot.errors import DeliveryFailed


@pytest.mark.parametrize(
    ("code", "description", "kind"),
    [
        (403, "Forbidden: bot was blocked by the user", Gone),
        (403, "Forbidden: bot was kicked from the supergroup chat", Gone),
        (403, "Forbidden: user is deactivated", Gone),
        (400, "Bad Request: chat not found", Gone),
        (400, "Bad Request: not enough rights to send text messages to the chat", Gone),
        (400, "Bad Request: query is too old and response timeout expired", Gone),
        (400, "Bad Request: message is not modified: specified new message content", NotModified),
        (400, "Bad Request: can't parse entities: Unsupported start tag", Refused),
        (400, "Bad Request: message to edit not found", Refused),
        (400, "Bad Request: message thread not found", TopicRefused),
        (400, "Bad Request: TOPIC_CLOSED", TopicRefused),
        (404, "Not Found: method not found", Refused),
        (500, "Internal Server Error", DeliveryFailed),
        (502, "Bad Gateway", DeliveryFailed),
    ],
)
def test_a_refusal_is_told_from_a_delay_and_a_departure(
    code: int, description: str, kind: type[DeliveryFailed]
) -> None:
    assert type(failure(code, description)) is kind


def test_a_flood_says_how_long_to_wait() -> None:
    found = failure(429, "Too Many Requests: retry after 7", retry_after_s=7)
    assert (type(found), found.retry_after_s) == (DeliveryFailed, 7)


def test_a_group_that_moved_says_where_to() -> None:
    found = failure(
        400, "Bad Request: group chat was upgraded to a supergroup chat", new_chat_id=-100500
    )
    assert isinstance(found, Migrated)
    assert found.new_chat == -100500
