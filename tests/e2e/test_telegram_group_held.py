"""One group that the server holds back costs no other chat its time (20 s shortened to 3)."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.e2e.bot_api import BotApi
from tests.e2e.telegram import MODES, asks, on_the_line
from tests.workers import SOAK

PEOPLE = 300 if SOAK else 60
HOLD_S = 3
QUESTION = "四川二建在哪注册"


def answer_ms(api: BotApi, times: int = 5) -> list[float]:
    """How long new people wait for an answer in private."""
    found = []
    for _ in range(times):
        person, begun = api.user(), time.monotonic()
        assert "四川政务服务网" in asks(api, person, QUESTION)[0]
        found.append((time.monotonic() - begun) * 1000)
    return found


@pytest.mark.parametrize("mode", MODES if SOAK else ["polling"])
def test_a_group_under_429_delays_no_private_chat(
    tmp_path: Path, mode: str, figures: Callable[[str], None]
) -> None:
    with BotApi() as api, on_the_line(api, tmp_path, "ptb", mode):
        people = [api.user(f"人{n}") for n in range(PEOPLE)]
        group = api.group("群", *people)
        alone = answer_ms(api)
        api.refuse("sendMessage", retry_after=HOLD_S, times=2, chat_id=group.id)
        for person in people:
            person.says(f"@zhuce_bot {QUESTION}", group)
        api.wait(lambda: any(call.status == 429 for call in api.of("sendMessage")))
        beside = answer_ms(api)
        api.wait(lambda: len(api.sent(group)) >= 18, 30)
    figures(
        f"alone median {statistics.median(alone):.0f} ms, beside a group of {PEOPLE} held twice "
        f"for {HOLD_S} s: median {statistics.median(beside):.0f} ms, longest {max(beside):.0f} ms"
    )
    assert max(beside) < HOLD_S * 1000 / 3
