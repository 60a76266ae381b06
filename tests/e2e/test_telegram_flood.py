"""Updates of every kind, in one to five copies and any order: each answered once.

`make soak` runs this (BOT_TEST_SOAK=1), for every library and mode; with 380 people it is ten
thousand updates and takes some minutes for each. What the test of one message
of each kind shows (`test_telegram_kinds`) has to hold for many at once, and after a restart.
"""

from __future__ import annotations

import contextlib
import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.bot_api import BotApi, Message, User
from tests.e2e.telegram import SET_UPS, on_the_line
from tests.e2e.test_telegram_kinds import EXTRAS, FILLER, killed
from tests.workers import SOAK, size

SEED = 20261122
COPIES = (1, 5)
REGIONS = ("四川", "重庆", "安徽", "北京", "海南")
TOGETHER = 4
"""People whose albums and pastes are on the way at once: pieces are joined within a second, and
come in order."""
LONGEST_S, LATEST_S = 1800, 60


@dataclass
class Flood:
    """What was let go so far, and what ought to come of it in each chat."""

    api: BotApi
    updates: dict[int, Any] = field(default_factory=dict)
    copies: int = 0
    expected: Counter[int] = field(default_factory=Counter)
    edited: Counter[int] = field(default_factory=Counter)

    def answered(self, chat: int, times: int = 1) -> None:
        self.expected[chat] += times

    def let_go(self, acts: Iterable[Callable[[], object]], *, in_order: bool = False) -> None:
        """Do all of it while nothing is delivered, then deliver it in copies and any order."""
        self.api.hold()
        for act in acts:
            act()
        updates = self.api.world.updates
        self.updates |= updates.pending
        if in_order:
            copies = [one for one in updates.pending.values() for _ in range(*COPIES)]
            updates.pending.clear()
            updates.script += copies
        self.copies += self.api.deliver(None if in_order else COPIES, seed=SEED, in_order=in_order)
        self.settle()

    def settle(self) -> None:
        """Wait until everything was taken and answered, and nothing more comes of it."""
        self.api.wait(lambda: not self.api.pending, LONGEST_S)
        awaited = (self.expected + self.edited).total()
        with contextlib.suppress(AssertionError):  # what is missing is counted
            self.api.wait(lambda: (self.sent() + self.edits()).total() >= awaited, LATEST_S)
        quiet_since, seen = time.monotonic(), len(self.api.calls)
        while time.monotonic() - quiet_since < 3:
            time.sleep(0.1)
            now = len([call for call in self.api.calls if call.method != "getUpdates"])
            if now != seen:
                quiet_since, seen = time.monotonic(), now

    def sent(self) -> Counter[int]:
        return Counter(message.chat_id for message in self.api.sent())

    def edits(self) -> Counter[int]:
        calls = (call for call in self.api.of("editMessageText") if call.ok)
        return Counter(call.message.chat_id for call in calls)


@dataclass
class Asker:
    """Somebody who talks with the bot alone, and what they asked."""

    flood: Flood
    user: User
    questions: list[Message] = field(default_factory=list)

    def asks(self) -> None:
        self.questions = [self.user.says(f"{region}二建在哪注册") for region in REGIONS]
        self.user.says("在哪办", quote="我在安徽，二建初始注册")
        for kind in ("voice", "sticker", "location"):
            self.user.sends(kind)
        self.user.says("👍")
        self.user.says("请问")
        self.user.says("/steps 注销注册")
        for question in self.questions[:2]:
            self.user.edits(question, str(question.text))  # a reaction looks like that
        self.flood.answered(self.user.chat.id, len(REGIONS) + 7)

    def goes_on(self) -> None:
        told = self.flood.api.sent(self.user)
        card = next(m for m in told if "第 1/3 步" in (m.text or ""))
        self.user.presses("下一步", on=card)
        answer = next(m for m in told if (m.text or "").startswith("北京"))
        self.user.reacts(answer, "👎")
        self.user.edits(self.questions[-1], "福建二建在哪注册")
        self.flood.answered(self.user.chat.id)
        self.flood.edited[self.user.chat.id] += 2

    def reacts(self) -> None:
        for question in self.questions[:-1]:
            self.user.edits(question, str(question.text))


def elsewhere(flood: Flood, number: int) -> None:
    """Groups, topics, channels, business, inline: each in a chat of its own."""
    api, user, owner = flood.api, flood.api.user(f"甲{number}"), flood.api.user(f"乙{number}")
    group = api.group(f"群{number}", user, kind="forum")
    topic = group.opens_topic("注册", user)
    user.says(f"@{api.username} 四川二建在哪注册", group)
    user.says(f"@{api.username} 重庆二建在哪注册", group, topic=topic)
    user.says("这是别的话", group)
    channel = api.channel(f"频道{number}")
    group.says_as(channel, "/portal 安徽")
    group.says("/portal 北京")
    flood.answered(group.id, 4)
    channel.posts("/portal 四川")
    channel.posts("今天天气好")
    flood.answered(channel.id)
    chat = api.business_chat(user, owner)
    question = user.says("重庆二建在哪注册", chat)
    user.edits(question, str(question.text))
    owner.says("四川二建在哪注册", chat)
    flood.answered(chat.id)
    user.inline("四川")


def in_pieces(flood: Flood, number: int) -> None:
    """Albums and a paste: each is one message."""
    user = flood.api.user(f"丙{number}")
    user.sends_album(["", "", ""])
    user.sends_album(["", "重庆二建在哪注册", ""])
    user.pastes(f"重庆二建初始注册。\n{FILLER}请问在哪办")
    flood.answered(user.chat.id, 3)


def flooded(api: BotApi, folder: Path, set_up: tuple[str, str], size: int) -> str:
    """Figures of one flood; `size` is how many people talk with the bot alone."""
    flood = Flood(api)
    askers = [Asker(flood, api.user(f"人{n}")) for n in range(size)]
    with on_the_line(api, folder, *set_up, **EXTRAS) as server:
        flood.let_go(asker.asks for asker in askers)
        flood.let_go(asker.goes_on for asker in askers)
        flood.let_go(partial(elsewhere, flood, n) for n in range(size * 2 // 5))
        for n in range(0, size // 5, TOGETHER):
            few = range(n, min(n + TOGETHER, size // 5))
            flood.let_go((partial(in_pieces, flood, m) for m in few), in_order=True)
        killed(server)
    told, edited = flood.sent(), flood.edits()
    with on_the_line(api, folder, *set_up, **EXTRAS):
        flood.let_go(asker.reacts for asker in askers)
        api.hold()
        api.world.updates.pending |= flood.updates
        repeated = api.deliver((1, 1), seed=SEED, in_order=False)
        flood.settle()
    again = (flood.sent() - told).total() + (flood.edits() - edited).total()
    expected = flood.expected + flood.edited
    missing = (flood.expected - told).total() + (flood.edited - edited).total()
    doubled = (told - flood.expected).total() + (edited - flood.edited).total()
    return (
        f"{len(flood.updates)} updates, {flood.copies} copies, {expected.total()} answers: "
        f"{missing} missing, {doubled} doubled; after a kill {repeated} repeats: "
        f"{again} answered twice"
    )


@pytest.mark.skipif(not SOAK, reason="minutes each: make soak")
@pytest.mark.parametrize("set_up", SET_UPS, ids="-".join)
def test_a_flood_of_every_kind_is_answered_once(
    tmp_path: Path, set_up: tuple[str, str], figures: Callable[[str], None]
) -> None:
    with BotApi() as api:
        found = flooded(api, tmp_path, set_up, size(40, 20, least=20))
    figures(found)
    assert "0 missing, 0 doubled" in found
    assert "0 answered twice" in found
