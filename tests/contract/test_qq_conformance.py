"""QQ keeps the promises of every adapter."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime

import pytest

from bot.adapters.qq_plugin import ADAPTER
from bot.plugins import Request
from bot.testing import Check, Counterpart, Shown, checks
from tests.e2e.qq import Qq, signed
from tests.workers import size

MUTATIONS = size(100_000, 300)


class Official(Counterpart):
    def __init__(self) -> None:
        self._platform = Qq()
        self._platform.__enter__()
        given = self._platform.settings(9)
        self.settings = {name.partition("__")[2].lower(): value for name, value in given.items()}

    def close(self) -> None:
        self._platform.__exit__(None, None, None)

    def says(self, words: str, *, number: int, at: datetime, person: int = 1) -> Request:
        self._platform.now = at.timestamp
        event = self._platform.message(f"person{person}", words, id=f"ROBOT1.0_{number}!")
        return self._platform.request(event)

    def says_in_group(
        self, words: str, *, number: int, at: datetime, is_addressed: bool
    ) -> Request:
        self._platform.now = at.timestamp
        event = self._platform.message("person1", words, "group")
        if not is_addressed:
            event["t"] = "GROUP_MESSAGE_CREATE"
        return self._platform.request(event)

    def forgeries(self, request: Request) -> Iterable[Request]:
        given = dict(request.headers)
        proof = given["x-signature-ed25519"]
        for wrong in ("", proof[:-2], "0" * 128, "é"):
            yield replace(request, headers=given | {"x-signature-ed25519": wrong})
        yield replace(request, headers={})
        later = str(int(given["x-signature-timestamp"]) + 1)
        yield replace(request, headers=given | {"x-signature-timestamp": later})

    def signed(self, request: Request, body: bytes) -> Request:
        return signed(body, float(request.headers["x-signature-timestamp"]))

    def shown(self) -> Sequence[Shown]:
        return [Shown(words) for told in self._platform.seen.values() for words in told]


@pytest.mark.parametrize("check", checks(ADAPTER, Official, mutations=MUTATIONS), ids=str)
def test_qq_keeps_the_promises_of_adapters(check: Check, figures: Callable[[str], None]) -> None:
    check()
    if "damaged" in check.name:
        figures(f"QQ: {MUTATIONS} changed bodies: 0 of 5xx, 0 taken whose proof fails")
