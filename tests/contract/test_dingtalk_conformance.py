"""DingTalk keeps the promises of every adapter: the webhook; Stream is tried in the unit tests."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime

import pytest

from bot.adapters.dingtalk.service import sign
from bot.adapters.dingtalk_plugin import ADAPTER
from bot.plugins import Request
from bot.testing import Check, Counterpart, Shown, checks
from tests.e2e.dingtalk import SECRET, DingTalk
from tests.e2e.tencent.loopback import Json
from tests.workers import size

MUTATIONS = size(100_000, 300)


class Ding(Counterpart):
    signs_body = False

    def __init__(self) -> None:
        self._platform = DingTalk(members={"person1", "person2"})
        self._platform.__enter__()
        given = self._platform.settings(port=9)
        self.settings = {name.partition("__")[2].lower(): value for name, value in given.items()}

    def close(self) -> None:
        self._platform.__exit__(None, None, None)

    def says(self, words: str, *, number: int, at: datetime, person: int = 1) -> Request:
        return self._posted(words, at, person, msgId=f"msg{number}")

    def says_in_group(
        self, words: str, *, number: int, at: datetime, is_addressed: bool
    ) -> Request:
        more = {"msgId": f"msg{number}", "isInAtList": is_addressed}
        return self._posted(words, at, 1, group="cidGroup", **more)

    def _posted(self, words: str, at: datetime, person: int, **more: object) -> Request:
        self._platform.now = at.timestamp
        body: Json = self._platform.message(f"person{person}", words, **more)
        stamp = str(int(at.timestamp() * 1000))
        headers = {"timestamp": stamp, "sign": sign(stamp, SECRET)}
        return Request("POST", {}, headers, json.dumps(body).encode())

    def forgeries(self, request: Request) -> Iterable[Request]:
        given = dict(request.headers)
        for proof in ("", given["sign"][:-1], "é", sign(given["timestamp"], "another")):
            yield replace(request, headers=given | {"sign": proof})
        yield replace(request, headers={})
        yield replace(request, headers=given | {"timestamp": str(int(given["timestamp"]) + 1)})

    def signed(self, request: Request, body: bytes) -> Request:
        return replace(request, body=body)

    def shown(self) -> Sequence[Shown]:
        return [Shown(words) for told in self._platform.seen.values() for words in told]


@pytest.mark.parametrize("check", checks(ADAPTER, Ding, mutations=MUTATIONS), ids=str)
def test_dingtalk_keeps_the_promises_of_adapters(
    check: Check, figures: Callable[[str], None]
) -> None:
    check()
    if "damaged" in check.name:
        figures(f"DingTalk: {MUTATIONS} changed bodies: 0 of 5xx, 0 taken whose proof fails")
