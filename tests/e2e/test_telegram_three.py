"""Ten thousand updates, each copy to one of three processes behind a round-robin proxy."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from tests.e2e.bot_api import BotApi
from tests.e2e.telegram import SECRET
from tests.e2e.test_replicas import front
from tests.e2e.test_serve import serving
from tests.e2e.test_telegram_once import portals_told
from tests.e2e.test_telegram_replicas import new_bot
from tests.servers import STORES
from tests.workers import free_port, size

REPLICAS = 3
REGIONS = ("四川", "重庆", "安徽", "北京", "福建", "甘肃", "河南", "湖南", "湖北", "河北")
REGIONS += ("江西", "吉林", "辽宁", "江苏", "广西", "山东", "山西", "陕西", "上海", "天津")
"""As many as one person may ask at once before they are held back."""
PEOPLE = size(500, 6)
LONGEST_S = 420


@contextmanager
def three(api: BotApi, folder: Path, store: str) -> Iterator[None]:
    ports = [free_port() for _ in range(REPLICAS)]
    with ExitStack() as stack:
        proxy = stack.enter_context(front(folder, ports)).addresses[0]
        settings = {
            "BOT_TELEGRAM__TOKEN": api.token,
            "BOT_TELEGRAM__API_URL": api.url,
            "BOT_TELEGRAM__MODE": "webhook",
            "BOT_TELEGRAM__WEBHOOK_URL": f"{proxy}/webhooks/telegram",
            "BOT_TELEGRAM__WEBHOOK_SECRET": SECRET,
            "BOT_STORE": store,
            "BOT_JOURNAL": "",
        }
        for port in ports:
            own = folder / str(port)
            own.mkdir()
            stack.enter_context(serving(own, port=port, **settings))
        api.wait(lambda: len(api.of("setWebhook")) == REPLICAS)
        yield


@pytest.mark.parametrize("kind", ["redis"])
def test_copies_to_three_processes_are_answered_once(
    kind: str, tmp_path: Path, figures: Callable[[str], None]
) -> None:
    with STORES[kind](tmp_path) as store, new_bot() as api, three(api, tmp_path, store):
        people = [api.user(f"人{n}") for n in range(PEOPLE)]
        api.hold()
        for region in REGIONS:
            for person in people:
                person.says(f"{region}二建在哪注册")
        copies = api.deliver(copies=(1, 5), seed=20261129, in_order=False)
        expected = PEOPLE * len(REGIONS)
        assert copies > 2 * expected
        api.wait(lambda: not api.pending and len(api.sent()) >= expected, LONGEST_S)
        told, wanted = portals_told(api, people), Counter(REGIONS)
    missing = sum((wanted - one).total() for one in told.values())
    doubled = sum((one - wanted).total() for one in told.values())
    figures(
        f"{expected} updates, {copies} copies to {REPLICAS} processes: "
        f"{missing} missing, {doubled} doubled"
    )
    assert (missing, doubled) == (0, 0)
