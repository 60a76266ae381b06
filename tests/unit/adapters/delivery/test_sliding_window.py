"""How much within a minute, for how many people at once."""

from __future__ import annotations

import pytest
from cachetools import FIFOCache

from bot.adapters.delivery.person_limit import PersonLimit, Verdict
from bot.adapters.delivery.sliding_window import SlidingWindow
from bot.adapters.delivery.waiting_room import WaitingRoom
from tests.unit.adapters.telegram.stage import Ticks


def test_the_next_is_allowed_a_period_after_the_first_of_the_last_ones() -> None:
    ticks = Ticks(0.0)
    pace = SlidingWindow(2, 60.0, ticks)
    for moment in (0.0, 10.0):
        ticks.now = moment
        assert pace.wait_s("a") == 0
        pace.count("a")
    ticks.now = 20.0
    assert (pace.wait_s("a"), pace.wait_s("b")) == (40.0, 0.0)
    ticks.now = 60.0
    assert pace.wait_s("a") == 0
    pace.count("a")
    assert pace.wait_s("a") == 10.0


def test_a_person_gets_one_notice_a_minute() -> None:
    ticks = Ticks(0.0)
    admission = PersonLimit(ticks)
    verdicts = [admission.judge(f"{n}", 7) for n in range(23)]
    assert verdicts == [Verdict.ANSWER] * 20 + [Verdict.NOTICE] + [Verdict.SILENCE] * 2


def test_a_copy_gets_the_verdict_of_the_first_and_no_second_notice() -> None:
    admission = PersonLimit(Ticks(0.0))
    for n in range(21):
        admission.judge(f"{n}", 7)
    assert [admission.judge(name, 7) for name in ("0", "20", "20")] == [
        Verdict.ANSWER,
        Verdict.SILENCE,
        Verdict.SILENCE,
    ]


def test_what_was_put_in_first_is_forgotten_first() -> None:
    recent: FIFOCache[str, int] = FIFOCache(2)
    for name in ("a", "b", "a", "c"):
        recent[name] = len(recent)
    assert ("a" in recent, "b" in recent, "c" in recent, len(recent)) == (True, False, True, 2)


def test_a_waiting_room_has_one_place_a_person_in_order_of_arrival() -> None:
    room: WaitingRoom[str] = WaitingRoom()
    for user, item in ((1, "a1"), (2, "b1"), (1, "a2"), (1, "a3")):
        room.add(user, item)
    assert room.next() == ("a3", ["a1", "a2"])
    assert room.next() == ("b1", [])
    with pytest.raises(LookupError):
        room.next()


def test_leaving_a_room_names_everything_that_waited() -> None:
    room: WaitingRoom[str] = WaitingRoom()
    for user, item in ((1, "a1"), (1, "a2"), (2, "b1")):
        room.add(user, item)
    assert list(room.leave()) == ["a1", "a2", "b1"]
    assert len(room) == 0
