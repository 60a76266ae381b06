"""Telegram, carried by either library, keeps the promises of every adapter.

The calls go over HTTP to the loopback Bot API; what it posts are payloads as Telegram sends them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any

import pytest

from bot.adapters.telegram_plugin import ADAPTER
from bot.plugins import Request
from bot.testing import Button, Check, Counterpart, Shown, checks
from tests.e2e.bot_api import BotApi, Chat, User

SECRET = "a-secret-of-the-tests"
HEADER = "x-telegram-bot-api-secret-token"
NAMED = "@zhuce_bot "


class Telegram(Counterpart):
    signs_body = signs_time = False

    def __init__(self, library: str) -> None:
        self._api = BotApi()
        self._api.__enter__()
        self._users: dict[int, User] = {}
        self._group: Chat | None = None
        self.settings = {
            "token": self._api.token,
            "library": library,
            "api_url": self._api.url,
            "mode": "webhook",
            "webhook_url": "http://127.0.0.1:9/webhooks/telegram",
            "webhook_secret": SECRET,
        }

    def close(self) -> None:
        self._api.__exit__(None, None, None)

    def says(self, words: str, *, number: int, at: datetime, person: int = 1) -> Request:
        return self._posts(number, "message", self._message(number, at, person) | {"text": words})

    def presses(self, button: Button, *, number: int, at: datetime, person: int = 1) -> Request:
        below = self._api.sent()[-1].id
        query = {
            "id": str(number),
            "from": self._person(person),
            "message": self._message(below, at, person) | {"text": "之前的话"},
            "chat_instance": "1",
            "data": button.data,
        }
        return self._posts(number, "callback_query", query)

    def says_in_group(
        self, words: str, *, number: int, at: datetime, is_addressed: bool
    ) -> Request:
        if self._group is None:
            self._group = self._api.group("群", self._user(1))
        place = {"id": self._group.id, "type": "supergroup", "title": "群"}
        message = self._message(number, at, 1) | {"chat": place, "text": words}
        if is_addressed:
            mention = {"type": "mention", "offset": 0, "length": len(NAMED) - 1}
            message |= {"text": NAMED + words, "entities": [mention]}
        return self._posts(number, "message", message)

    def forgeries(self, request: Request) -> Iterable[Request]:
        for headers in ({}, {HEADER: ""}, {HEADER: SECRET[:-1]}, {HEADER: SECRET + "é"}):
            yield replace(request, headers=headers)

    def signed(self, request: Request, body: bytes) -> Request:
        return replace(request, body=body)

    def shown(self) -> Sequence[Shown]:
        return [
            Shown(
                message.text,
                tuple(Button(one.label, one.data) for one in message.buttons if one.data),
            )
            for message in self._api.sent()
        ]

    def _user(self, person: int) -> User:
        if person not in self._users:
            user = self._users[person] = self._api.user(f"第{person}位")
            user.starts()  # or the bot may not write to them
            self._api.world.updates.clear()
        return self._users[person]

    def _person(self, person: int) -> dict[str, Any]:
        return {"id": self._user(person).id, "is_bot": False, "first_name": "小王"}

    def _message(self, number: int, at: datetime, person: int) -> dict[str, Any]:
        sender = self._person(person)
        place = {"id": sender["id"], "type": "private", "first_name": "小王"}
        date = int(at.timestamp())
        return {"message_id": number, "date": date, "chat": place, "from": sender}

    def _posts(self, number: int, kind: str, content: dict[str, Any]) -> Request:
        update = {"update_id": number, kind: content}
        headers = {HEADER: SECRET, "content-type": "application/json"}
        return Request("POST", {}, headers, json.dumps(update).encode())


ALL = [
    pytest.param(check, id=f"{library}: {check}")
    for library in ("ptb", "aiogram")
    for check in checks(ADAPTER, partial(Telegram, library))
]


@pytest.mark.parametrize("check", ALL)
def test_telegram_keeps_the_promises_of_adapters(check: Check) -> None:
    check()
