"""What may be called an update."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from bot.core.model.update import MOST_CHARACTERS, ConversationKey, Event, Update
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
    with pytest.raises(ValueError, match="exactly one of text, press, event and position"):
        Update("1", KEY, NOON, **content)


def test_an_empty_text_is_a_text() -> None:
    assert Update("1", KEY, NOON, text="").text == ""


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="without a zone"):
        Update("1", KEY, datetime(2026, 11, 22), text="好")  # noqa: DTZ001


def test_a_text_that_is_too_long_keeps_its_beginning_and_its_end() -> None:
    update = Update("1", KEY, NOON, text="四川" + "很" * 100_000 + "在哪注册")
    assert update.is_cut
    assert len(update.text or "") == MOST_CHARACTERS == 2000
    assert (update.text or "").startswith("四川很")
    assert (update.text or "").endswith("很在哪注册")


def test_a_cut_makes_no_number_of_two() -> None:
    update = Update("1", KEY, NOON, text="1" * 10_000)
    assert (update.text or "").split("\n") == ["1" * 1000, "1" * 999]


def test_a_text_of_the_greatest_length_is_whole() -> None:
    update = Update("1", KEY, NOON, text="很" * 2000)
    assert not update.is_cut
    assert update.text == "很" * 2000


def test_a_changed_update_is_still_known_to_be_cut() -> None:
    assert replace(Update("1", KEY, NOON, text="很" * 3000), route="there").is_cut


def test_a_press_is_cut_without_a_word() -> None:
    update = Update("1", KEY, NOON, press="e:" + "x" * 100_000)
    assert len(update.press or "") == 2000
    assert not update.is_cut


@pytest.mark.parametrize("name", ["text", "press"])
def test_what_no_store_can_write_is_replaced(name: str) -> None:
    held = getattr(Update("1", KEY, NOON, **{name: "证\ud83d丢\0了\ud83d\ude00"}), name)
    assert held == "证\ufffd丢\ufffd了\U0001f600"
