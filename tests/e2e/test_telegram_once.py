"""Once, ever: copies, disorder and sudden death neither lose a reply nor double it.

`make soak` runs this at full length (BOT_TEST_SOAK=1): for every library and mode, and many more
deaths.  `test_telegram_flood` lets go 10,000 updates of every kind.
"""

from __future__ import annotations

import random
import re
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.e2e.bot_api import BotApi, User
from tests.e2e.conftest import Line
from tests.e2e.telegram import SET_UPS, asks, on_the_line, seen_since, stopped, words
from tests.unfolded import unfolded_pack
from tests.workers import SOAK, size

PEOPLE = size(100, 20)
REGIONS = ("四川", "重庆", "安徽", "北京", "福建", "甘肃", "河南", "湖南", "湖北", "河北")
REGIONS += (
    ("江西", "吉林", "辽宁", "江苏", "广西", "山东", "山西", "陕西", "上海", "天津") if SOAK else ()
)
ONE_OF_EACH = [("ptb", "polling"), ("aiogram", "webhook")]
DEATHS = {"polling": size(8, 1), "webhook": size(4, 1)}
"""Behind a webhook each takes some seconds: until another process counts as dead."""
LATEST_S = 8.0


def portals_told(api: BotApi, people: list[User]) -> dict[int, Counter[str]]:
    """Which regions each person was told about, and how often."""
    told: dict[int, Counter[str]] = {person.chat.id: Counter() for person in people}
    for message in api.sent():
        if message.chat_id in told:
            told[message.chat_id][words(message)[:2]] += 1
    return told


@pytest.mark.parametrize("set_up", SET_UPS if SOAK else ONE_OF_EACH, ids="-".join)
def test_copies_in_any_order_are_answered_once(
    lines: Callable[[str, str], Line], set_up: tuple[str, str], figures: Callable[[str], None]
) -> None:
    api, _ = lines(*set_up)
    people = [api.user(f"人{n}") for n in range(PEOPLE)]
    before = len(api.sent())
    api.hold()
    for region in REGIONS:
        for person in people:
            person.says(f"{region}二建在哪注册")
    copies = api.deliver(copies=(1, 5), seed=20261122, in_order=False)
    expected = PEOPLE * len(REGIONS)
    assert copies > 2 * expected
    api.wait(lambda: not api.pending and len(api.sent()) >= before + expected, 900 if SOAK else 60)
    time.sleep(0.5)
    told, wanted = portals_told(api, people), Counter(REGIONS)
    missing = sum((wanted - one).total() for one in told.values())
    doubled = sum((one - wanted).total() for one in told.values())
    figures(f"{expected} updates, {copies} copies: {missing} missing, {doubled} doubled")
    assert (missing, doubled) == (0, 0)


@pytest.mark.parametrize(("library", "mode"), SET_UPS if SOAK else ONE_OF_EACH)
def test_sudden_death_between_two_steps_loses_and_doubles_no_step(
    tmp_path: Path, library: str, mode: str, figures: Callable[[str], None]
) -> None:
    dice, step, way, again, latest = random.Random(20261122), 1, "下一步", 0, 0.0
    pack = str(unfolded_pack(tmp_path / "pack"))
    with BotApi() as api:
        person = api.user()
        with on_the_line(api, tmp_path, library, mode, BOT_KNOWLEDGE=pack) as server:
            assert "1/8" in asks(api, person, "/steps 初始注册")[0]
            stopped(server)
        for _ in range(DEATHS[mode]):
            way = {1: "下一步", 8: "上一步"}.get(step, way)
            before = step
            step += 1 if way == "下一步" else -1
            seen = len(api.calls)
            with on_the_line(api, tmp_path, library, mode, BOT_KNOWLEDGE=pack) as server:
                person.says(way)
                time.sleep(dice.uniform(0.0, 0.03))
                server.process.kill()
            with on_the_line(api, tmp_path, library, mode, BOT_KNOWLEDGE=pack) as server:
                ready = time.monotonic()
                told = cards_told(api, person, seen, f"{step}/8")
                latest = max(latest, time.monotonic() - ready)
                stopped(server)
            # The card before may come once more: it was sent, and the note of it died.
            assert set(told) <= {f"{before}/8", f"{step}/8"}
            assert max(Counter(told).values()) <= 2
            again += len(told) - 1
    figures(
        f"{DEATHS[mode]} deaths: 0 steps lost or doubled, {again} cards shown again, the latest "
        f"{latest:.1f} s after the next process was ready"
    )
    assert latest <= LATEST_S


def cards_told(api: BotApi, person: User, seen: int, awaited: str) -> list[str]:
    """The numbers of the cards that came, as soon as the awaited one is the last of them."""

    def told() -> list[str]:
        texts = seen_since(api, person, seen, within_s=45)
        return [number for text in texts for number in re.findall(r"\d/8", text)]

    api.wait(lambda: told()[-1:] == [awaited], within_s=45)
    return told()


def test_a_stop_under_load_loses_and_doubles_nothing(tmp_path: Path) -> None:
    with BotApi() as api:
        people = [api.user(f"人{n}") for n in range(20)]
        with on_the_line(api, tmp_path) as first:
            for region in REGIONS[:10]:
                for person in people:
                    person.says(f"{region}二建在哪注册")
            api.wait(lambda: len(api.sent()) > 20)
            assert stopped(first) < 10
            assert "Traceback" not in first.log.read_text(encoding="utf-8")
        with on_the_line(api, tmp_path):
            api.wait(lambda: not api.pending and len(api.sent()) >= 200, 30)
            time.sleep(0.3)
        told = portals_told(api, people)
    assert told == {person.chat.id: Counter(REGIONS[:10]) for person in people}
