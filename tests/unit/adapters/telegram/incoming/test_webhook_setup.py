"""The webhook as Telegram has it on record: set, looked after, taken away."""

from __future__ import annotations

import time
from typing import Any

import pytest

from bot.adapters.delivery.errors import Refused
from bot.adapters.delivery.health import Health
from bot.adapters.telegram.incoming.kinds import ALLOWED_UPDATES
from bot.adapters.telegram.incoming.webhook_setup import WebhookSetup
from bot.adapters.telegram.ports import Params
from bot.errors import DeliveryFailed, SettingsError

pytestmark = pytest.mark.asyncio

URL = "https://bot.example.cn/webhooks/telegram"


class Record:
    """What Telegram has on record, and what was called to change it."""

    def __init__(self, problem: Exception | None = None, **info: Any) -> None:
        self.info: dict[str, Any] = {"url": "", "pending_update_count": 0, **info}
        self.problem = problem
        self.calls: list[tuple[str, Params]] = []

    def has(self, method: str) -> bool:
        return True

    async def call(self, method: str, params: Params) -> Any:
        if method == "getWebhookInfo":
            return self.info
        self.calls.append((method, params))
        if self.problem:
            raise self.problem
        self.info |= {"url": params.get("url", "")}
        return True

    @property
    def methods(self) -> list[str]:
        return [method for method, _ in self.calls]


async def test_an_address_is_set_with_its_secret_and_nothing_waiting_is_dropped() -> None:
    record = Record()
    await WebhookSetup(record).set(URL, "secret")
    [(method, params)] = record.calls
    assert method == "setWebhook"
    assert (params["url"], params["secret_token"]) == (URL, "secret")
    assert params["allowed_updates"] == list(ALLOWED_UPDATES)
    assert "drop_pending_updates" not in params


async def test_what_is_on_record_already_is_not_set_again() -> None:
    record = Record(url=URL, allowed_updates=list(ALLOWED_UPDATES), max_connections=40)
    await WebhookSetup(record).set(URL, None)
    assert record.calls == []


@pytest.mark.parametrize(
    "info",
    [{"url": "https://elsewhere.example/"}, {"url": URL, "allowed_updates": ["message"]}],
    ids=["address", "kinds"],
)
async def test_what_differs_is_set_anew(info: dict[str, Any]) -> None:
    record = Record(**info)
    await WebhookSetup(record).set(URL, None)
    assert record.methods == ["setWebhook"]


async def test_an_address_that_telegram_does_not_take_is_a_wrong_setting() -> None:
    record = Record(Refused("Bad Request: bad webhook: HTTPS url must be provided"))
    with pytest.raises(SettingsError) as caught:
        await WebhookSetup(record).set("http://bot.example.cn/", "secret")
    assert caught.value.name == "BOT_TELEGRAM__WEBHOOK_URL"
    assert "HTTPS url must be provided" in str(caught.value)


async def test_a_webhook_is_taken_away_for_polling() -> None:
    record = Record(url=URL)
    await WebhookSetup(record).remove()
    assert record.calls == [("deleteWebhook", {"drop_pending_updates": False})]


async def test_where_there_is_none_nothing_is_taken_away() -> None:
    record = Record()
    await WebhookSetup(record).remove()
    assert record.calls == []


async def test_a_webhook_that_somebody_else_changed_is_set_again() -> None:
    record, health = Record(url="https://elsewhere.example/"), Health("Telegram")
    await WebhookSetup(record).watch(health, URL, "secret")
    assert record.methods == ["setWebhook"]
    assert health.trouble() is None


async def test_updates_that_do_not_arrive_are_told_with_telegrams_reason() -> None:
    record, health = Record(url=URL, pending_update_count=3), Health("Telegram")
    record.info |= {
        "last_error_date": time.time() - 10,
        "last_error_message": "Wrong response from the webhook: 404 Not Found",
    }
    await WebhookSetup(record).watch(health, URL, None)
    assert health.trouble() == (
        "Telegram：消息送不到这里：Wrong response from the webhook: 404 Not Found"
    )


async def test_an_error_of_long_ago_is_no_trouble() -> None:
    record, health = Record(url=URL, pending_update_count=3, last_error_date=1), Health("Telegram")
    await WebhookSetup(record).watch(health, URL, None)
    assert health.trouble() is None


async def test_a_look_that_fails_counts_as_silence() -> None:
    now = [0.0]
    health = Health("Telegram", lambda: now[0])
    record = Record(DeliveryFailed("no network"), url="")
    await WebhookSetup(record).watch(health, URL, None)
    now[0] = 91.0
    assert "no network" in str(health.trouble())
