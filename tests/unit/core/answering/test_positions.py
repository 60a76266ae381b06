"""A position becomes a region only if the person agrees."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from bot.core.answering.positions import regions_near
from bot.core.dialogue.decide import take_turn
from bot.core.model.lexicon import Region
from bot.core.model.session import Session
from bot.core.model.turn import Turn
from bot.core.model.update import Position, Update
from bot.core.ports import Brain
from tests.fakes import NOON, SOMEONE

TOWNS = {
    "成都": (30.66, 104.06, "四川"),
    "乌鲁木齐": (43.83, 87.62, "新疆"),
    "日喀则": (29.27, 88.88, "西藏"),
    "雄安": (39.00, 116.10, "河北"),
    "昆山": (31.39, 120.98, "江苏"),
    "海口": (20.04, 110.34, "海南"),
    "香港": (22.32, 114.17, "香港"),
    "澳门": (22.20, 113.55, "澳门"),
    "台北": (25.04, 121.56, "台湾"),
    "漠河": (52.97, 122.54, "黑龙江"),
    "喀什": (39.47, 75.99, "新疆"),
    "延庆": (40.46, 115.97, "北京"),
    "燕郊": (39.95, 116.80, "河北"),
    "万州": (30.81, 108.41, "重庆"),
}
ABROAD = {"首尔": (37.57, 126.98), "河内": (19.0, 105.85), "巴黎": (48.85, 2.35), "零": (0.0, 0.0)}


def near(regions: Mapping[str, Region], latitude: float, longitude: float) -> tuple[str, ...]:
    return regions_near(regions.values(), Position(latitude, longitude))


@pytest.mark.parametrize(("town", "where"), TOWNS.items(), ids=TOWNS)
def test_a_town_lies_in_its_region_or_in_one_of_two_near_a_border(
    brain: Brain, town: str, where: tuple[float, float, str]
) -> None:
    *place, region = where
    assert region in near(brain.pack.regions, *place), town


@pytest.mark.parametrize("place", ABROAD.values(), ids=ABROAD)
def test_a_place_far_from_all_lies_in_none(brain: Brain, place: tuple[float, float]) -> None:
    assert near(brain.pack.regions, *place) == ()


def test_each_region_is_found_by_a_place_of_its_own(brain: Brain) -> None:
    for region in brain.pack.regions.values():
        assert near(brain.pack.regions, *region.points[0])[0] == region.short


def done(brain: Brain, session: Session, **what: object) -> Turn:
    return take_turn(brain, session, Update("1", SOMEONE, NOON, **what), NOON)  # type: ignore[arg-type]


def test_nothing_is_set_until_it_is_agreed_to(brain: Brain) -> None:
    turn = done(brain, Session(), position=Position(30.6, 104.1))
    assert "大概在四川" in turn.reply.as_text()
    assert turn.session.context.slots == {}
    turn = done(brain, turn.session, text="我在四川")
    assert turn.session.context.slots["region"] == "四川"


def test_a_card_that_asks_where_is_told(brain: Brain) -> None:
    card = done(brain, Session(), text="/steps 初始注册")
    turn = done(brain, card.session, position=Position(30.6, 104.1))
    turn = done(brain, turn.session, press="r:四川")
    assert turn.reply.rule.startswith("card:")
    assert turn.session.walk is not None
    assert turn.session.walk.region == "四川"


def test_where_no_region_is_near_the_name_is_asked_for(brain: Brain) -> None:
    turn = done(brain, Session(), position=Position(48.85, 2.35))
    assert "看不出是哪个地区" in turn.reply.as_text()
