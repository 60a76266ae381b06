"""Feishu keeps the promises of every adapter."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from zlib import crc32

import pytest

from bot.adapters.feishu_plugin import ADAPTER
from bot.plugins import Request
from bot.testing import Button, Check, Counterpart, Shown, checks
from bot.testing.mutations import damaged_bodies
from tests.e2e.feishu import Feishu, encrypted, signed
from tests.workers import size

MUTATIONS = size(100_000, 300)


class Lark(Counterpart):
    def __init__(self) -> None:
        self._platform = Feishu(members={"ou_1", "ou_2"})
        self._platform.__enter__()
        given = self._platform.settings(9)
        self.settings = {name.partition("__")[2].lower(): value for name, value in given.items()}

    def close(self) -> None:
        self._platform.__exit__(None, None, None)

    def says(self, words: str, *, number: int, at: datetime, person: int = 1) -> Request:
        self._platform.now = at.timestamp
        event = self._platform.message(f"ou_{person}", words, message_id=f"om_said{number}")
        self._said = json.dumps(event).encode()
        return self._platform.request(event)

    def says_in_group(
        self, words: str, *, number: int, at: datetime, is_addressed: bool
    ) -> Request:
        self._platform.now = at.timestamp
        names = ("ou_robot",) if is_addressed else ("ou_2",)
        event = self._platform.message("ou_1", words, "oc_group", names)
        return self._platform.request(event)

    def presses(self, button: Button, *, number: int, at: datetime, person: int = 1) -> Request:
        self._platform.now = at.timestamp
        return self._platform.request(self._platform.press(f"ou_{person}", button.label))

    def forgeries(self, request: Request) -> Iterable[Request]:
        given = dict(request.headers)
        proof = given["x-lark-signature"]
        for wrong in ("", proof[:-1], "0" * 64, "é"):
            yield replace(request, headers=given | {"x-lark-signature": wrong})
        yield replace(request, headers={})
        later = str(int(given["x-lark-request-timestamp"]) + 1)
        yield replace(request, headers=given | {"x-lark-request-timestamp": later})
        plain = b'{"type": "url_verification", "challenge": "x", "token": "guessed"}'
        yield replace(request, body=plain)
        yield replace(request, headers={}, body=encrypted(plain))

    def signed(self, request: Request, body: bytes) -> Request:
        """Not the envelope is damaged, which is signed, but what was said last inside it."""
        [inside] = damaged_bodies(self._said, 1, seed=crc32(body))
        sealed = encrypted(inside)
        stamp = request.headers["x-lark-request-timestamp"]
        return replace(request, headers=signed(stamp, "nonce", sealed), body=sealed)

    def shown(self) -> Sequence[Shown]:
        told = [
            Shown("\n".join(call_words(call.body)))
            for call in self._platform.calls
            if call.outcome.get("code") == 0 and "post" in str(call.body.get("msg_type"))
        ]
        buttons = [Button(one["label"], one["label"]) for one in self._platform.buttons("ou_1")]
        return [*told, Shown("", tuple(buttons))] if buttons else told


def call_words(body: dict[str, str]) -> list[str]:
    lines = json.loads(body["content"])["zh_cn"]["content"]
    return ["".join(run["text"] for run in line) for line in lines]


@pytest.mark.parametrize("check", checks(ADAPTER, Lark, mutations=MUTATIONS), ids=str)
def test_feishu_keeps_the_promises_of_adapters(
    check: Check, figures: Callable[[str], None]
) -> None:
    check()
    if "damaged" in check.name:
        figures(f"Feishu: {MUTATIONS} changed bodies: 0 of 5xx, 0 taken whose proof fails")
