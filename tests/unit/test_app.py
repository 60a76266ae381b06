"""The wiring: what is not configured is not loaded, and trouble of a platform is told."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from hashlib import sha256

import pytest
from starlette.testclient import TestClient

from bot import app
from bot.adapters.telegram import Options
from bot.adapters.telegram.service import Service
from bot.adapters.telegram_plugin import (
    TelegramSettings,
    telegram_hook,
    telegram_library,
    telegram_operators,
)
from bot.core.conversation import Conversation
from bot.core.model.reply import Reply
from bot.errors import SettingsError
from bot.plugins.adapter import Listening, Surroundings
from bot.runtime.addresses import listening
from bot.runtime.services import Services, listening_of
from bot.runtime.web_door import signing_secret
from bot.settings import HttpSettings, Settings
from bot.storage.memory import MemoryStore
from tests.conftest import KNOWLEDGE
from tests.fakes import FakeClock

LOADED = """
import sys
from bot.runtime.services import services_of
from bot.settings import load_settings
services = services_of(load_settings(), None)
libraries = {"telegram", "aiogram", "aiohttp"}
print("telegram" in services.endpoints, *sorted(libraries & sys.modules.keys()))
"""


@pytest.mark.parametrize(
    ("more", "loaded"),
    [
        ({}, "False"),
        ({"BOT_TELEGRAM__TOKEN": ""}, "False"),
        ({"BOT_TELEGRAM__TOKEN": "1:a"}, "True telegram"),
        ({"BOT_TELEGRAM__TOKEN": "1:a", "BOT_TELEGRAM__LIBRARY": "ptb"}, "True telegram"),
        (
            {"BOT_TELEGRAM__TOKEN": "1:a", "BOT_TELEGRAM__LIBRARY": "aiogram"},
            "True aiogram aiohttp",
        ),
    ],
    ids=["no token", "empty token", "default", "ptb", "aiogram"],
)
def test_only_the_library_that_is_configured_is_loaded(more: dict[str, str], loaded: str) -> None:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("BOT_")}
    command = [sys.executable, "-c", LOADED]
    environment = clean | more | {"PYTHONPATH": str(KNOWLEDGE.parent)}
    ran = subprocess.run(command, env=environment, capture_output=True, check=True, text=True)
    assert ran.stdout.strip() == loaded


def test_an_answer_over_http_is_sent_at_once() -> None:
    with listening(HttpSettings(port=0)) as bound:
        assert bound.proto == socket.IPPROTO_TCP  # what asyncio sets TCP_NODELAY by


def test_a_library_that_is_not_installed_is_named_with_its_remedy(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "bot.adapters.telegram_ptb", None)
    with pytest.raises(SettingsError) as caught:
        telegram_library("ptb")
    assert "pip install 'zhuce[ptb]'" in str(caught.value)


@pytest.fixture
def conversation(brain: app.Brain) -> Conversation:
    return Conversation(brain, MemoryStore(), FakeClock())


def test_trouble_of_telegram_makes_the_bot_degraded_and_not_unready(
    conversation: Conversation,
) -> None:
    def nowhere() -> None:
        raise AssertionError("nothing is connected here")

    service = Service(nowhere, conversation, FakeClock(), Options(b"secret"))  # type: ignore[arg-type]
    client = TestClient(app.web_app(Settings(), conversation, Services({"telegram": service})))
    assert client.get("/readyz").json()["status"] == "ready"
    service.health.complain("消息送不到这里")
    told = client.get("/readyz")
    assert (told.status_code, told.json()["status"]) == (200, "degraded")
    assert told.json()["reasons"] == ["Telegram：消息送不到这里"]


def test_a_key_that_can_be_guessed_is_refused_with_a_sentence(conversation: Conversation) -> None:
    with pytest.raises(SettingsError, match="至少要 16 个字符"):
        app.asgi_app(conversation, key="fifteen-letters")
    assert app.asgi_app(conversation, key="sixteen-letters!")


def test_the_secret_of_ids_is_another_one_than_the_key() -> None:
    key = "sixteen-letters!"
    assert signing_secret(key) == signing_secret(key) != signing_secret(key + "!")
    for quick in (sha256(key.encode()), sha256(b"zhuce conversation ids " + key.encode())):
        assert signing_secret(key) != quick.digest(), "a guess has to cost something"
    assert signing_secret(None) != signing_secret(None)


def test_without_webhooks_their_address_does_not_exist(conversation: Conversation) -> None:
    client = TestClient(app.web_app(Settings(), conversation))
    assert client.post("/webhooks/telegram", json={"update_id": 1}).status_code == 404


def test_what_operators_need_is_loaded_only_where_the_settings_name_some(
    conversation: Conversation,
) -> None:
    loaded: list[Word] = []

    def load() -> Word:
        loaded.append(Word())
        return loaded[-1]

    around = Surroundings(conversation, FakeClock(), commands=load)
    for nobody in (None, "", " , "):
        admins = TelegramSettings(admins=nobody).admins
        assert telegram_operators(admins, around) is None
    assert loaded == []
    found = telegram_operators(TelegramSettings(admins="7, 8").admins, around)
    assert found is not None
    asked = [(7, "/kb"), (9, "/kb"), (7, "续期")]
    assert [found.may(*one) for one in asked] == [True, False, False]
    with pytest.raises(ValueError, match="numbers"):
        TelegramSettings(admins="@somebody")


class Word:
    """Commands of operators that are one word."""

    def knows(self, text: str) -> bool:
        return text == "/kb"

    async def answer(self, text: str, who: str) -> Reply:
        raise AssertionError((text, who))


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost"])
def test_on_loopback_a_webhook_needs_no_secret(host: str) -> None:
    hook = telegram_hook(hooked(secret=None), listening_at(host))
    assert hook is not None
    assert (hook.url, hook.secret) == ("http://127.0.0.1:8080/webhooks/telegram", None)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.7", "bot.example.cn"])
def test_elsewhere_a_webhook_needs_a_secret(host: str) -> None:
    with pytest.raises(SettingsError) as caught:
        telegram_hook(hooked(secret=None), listening_at(host))
    assert caught.value.name == "BOT_TELEGRAM__WEBHOOK_SECRET"
    assert telegram_hook(hooked(secret="secret"), listening_at(host)) is not None


def listening_at(host: str) -> Listening:
    http = HttpSettings(host=host)
    return listening_of(Settings().model_copy(update={"http": http}))


def hooked(secret: str | None) -> TelegramSettings:
    return TelegramSettings.model_validate(
        {
            "mode": "webhook",
            "webhook_url": "http://127.0.0.1:8080/webhooks/telegram",
            "webhook_secret": secret,
        }
    )
