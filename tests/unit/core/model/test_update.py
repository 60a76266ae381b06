"""What may be called an update."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from bot.core.model.update import ConversationKey, Event, Update
from tests.fakes import NOON

KEY = ConversationKey("web", "chat", "user")


@pytest.mark.parametrize(
    "content",
    [
        pytest.param({}, id="neither"),
        pytest.param({"text": "好", "press": "y"}, id="both"),
        pytest.param({"text": "", "press": ""}, id="both, though empty"),
        pytest.param({"text": "好", "event": Event.ADDED}, id="text and event"),
    ],
)
def test_an_update_has_exactly_one_of_text_press_and_event(content: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="exactly one of text, press and event"):
        Update("1", KEY, NOON, **content)


def test_an_empty_text_is_a_text() -> None:
    assert Update("1", KEY, NOON, text="").text == ""


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="without a zone"):
        Update("1", KEY, datetime(2026, 11, 22), text="好")  # noqa: DTZ001
