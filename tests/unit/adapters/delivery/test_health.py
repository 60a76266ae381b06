"""Telegram counts as in trouble after 90 seconds without success, or when it complains."""

from __future__ import annotations

from bot.adapters.delivery.health import Health


def test_silence_is_told_after_90_seconds_with_its_reason() -> None:
    now = [0.0]
    health = Health("Telegram", lambda: now[0])
    health.miss("网络不通")
    now[0] = 89.9
    assert health.trouble() is None
    now[0] = 90.0
    assert health.trouble() == "Telegram 已经 90 秒没有进展：网络不通"


def test_a_success_ends_the_trouble() -> None:
    now = [0.0]
    health = Health("Telegram", lambda: now[0])
    now[0] = 500.0
    health.beat()
    assert health.trouble() is None


def test_a_complaint_is_told_at_once() -> None:
    health = Health("Telegram")
    health.complain("消息送不到这里")
    assert health.trouble() == "Telegram：消息送不到这里"
    health.beat()
    assert health.trouble() is None
