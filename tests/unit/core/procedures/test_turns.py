"""Buttons of walks, old and new: out of date they change nothing and say what they were about."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.core.dialogue.decide import take_turn
from bot.core.model.pack import Pack
from bot.core.model.procedure import Transition
from bot.core.model.reply import Picture, Reason, Status
from bot.core.model.session import Session, Walk
from bot.core.model.turn import Turn
from bot.core.model.update import Update
from bot.core.ports import Brain
from bot.core.procedures.summary import chart_named
from tests.fakes import NOON, SOMEONE, ScriptedUnderstander, labels_of
from tests.tiny import WALK, entry, fact, tiny_pack, with_transitions

PAPERS = entry(
    "initial-materials",
    "初始材料",
    fact("要交：\n1. 申请表；\n2. 身份证；"),
    slots={"registration": "初始注册", "aspect": "材料"},
)
PACK = tiny_pack(PAPERS)
REF = "walk#初始注册"


def pressed(session: Session, value: str, pack: Pack = PACK) -> Turn:
    update = Update("1", SOMEONE, NOON, press=value)
    return take_turn(Brain(pack, ScriptedUnderstander()), session, update, NOON)


def at(*trail: str, registration: str = "初始注册") -> Session:
    return Session(PACK.version, walk=Walk("walk", registration, trail))


def test_a_button_of_another_step_says_so_and_stays() -> None:
    turn = pressed(at("apply", "accept", "issue"), f"w:next:{REF}:apply")
    assert turn.reply.as_text().startswith("第 1 步的按钮，现在第 3 步。")
    assert turn.session.walk == at("apply", "accept", "issue").walk


@pytest.mark.parametrize(
    ("trail", "value"),
    [
        (("apply", "accept"), f"w:next:{REF}:apply"),
        (("apply",), f"w:back:{REF}:accept"),
    ],
)
def test_a_button_tapped_twice_says_nothing(trail: tuple[str, ...], value: str) -> None:
    turn = pressed(at(*trail), value)
    assert "的按钮" not in turn.reply.as_text()
    assert turn.session.walk == at(*trail).walk


def test_a_button_of_a_step_that_is_gone_says_so() -> None:
    reply = pressed(at("apply", "accept"), f"w:next:{REF}:gone").reply
    assert reply.as_text().startswith("没有这一步了，现在第 2 步。")


def test_a_button_of_a_walk_that_is_over_offers_its_step() -> None:
    turn = pressed(Session(), f"w:next:{REF}:accept")
    assert (turn.reply.status, turn.reply.reason) == (Status.CLARIFY, Reason.AMBIGUOUS)
    assert turn.reply.as_text() == "“初始注册”没有在办。\n\n1. 办初始注册，从第 2 步"
    assert turn.session.walk is None
    again = pressed(turn.session, turn.reply.choices[0].value)
    assert again.reply.rule == "card:accept"


def test_a_button_of_a_renamed_step_offers_the_step_it_became() -> None:
    pack = tiny_pack(procedure=replace(WALK, renamed={"take-in": "accept"}))
    reply = pressed(Session(), f"w:next:{REF}:take-in", pack).reply
    assert labels_of(reply) == ["办初始注册，从第 2 步"]


def test_a_button_of_another_walk_offers_to_go_over_to_it() -> None:
    session = at("apply", registration="增项注册")
    turn = pressed(session, f"a:{REF}:accept:0")
    assert turn.reply.as_text().startswith("“初始注册”的按钮，在办另一种。")
    assert labels_of(turn.reply) == ["办初始注册，从第 2 步", "继续办理（第 1/3 步）"]
    assert turn.session.walk == session.walk


def test_ending_twice_ends_once() -> None:
    first = pressed(at("apply"), f"w:stop:{REF}:apply")
    second = pressed(first.session, f"w:stop:{REF}:apply")
    assert [turn.reply.rule for turn in (first, second)] == ["finished", "finished"]


@pytest.mark.parametrize(
    "value",
    [
        "w:next:gone#初始注册:apply",
        "w:next:walk#遗失补办:apply",
        "w:jump:walk#初始注册:apply",
        f"a:{REF}:apply:9",
        f"a:{REF}:apply:x",
        "t:walk#增项注册:00000000",
        "k:gone#:",
        "m:gone#",
        "g:walk#变更注册:apply",
        "s:gone#",
        "x:list:gone#",
        "x:picture:walk#变更注册",
        f"x:dance:{REF}",
        "n:",
        "n:e:limits",
    ],
)
def test_what_makes_no_sense_explains_itself_and_changes_nothing(value: str) -> None:
    session = at("apply")
    turn = pressed(session, value)
    assert turn.reply.as_text().startswith("按钮是以前的")
    assert turn.session.walk == session.walk


# Papers


def test_a_paper_is_ticked_and_stays_so_when_the_walk_goes_on() -> None:
    page = pressed(at("apply"), f"k:{REF}:apply")
    assert labels_of(page.reply) == ["□ 申请表", "□ 身份证", "材料说明", "回到第 1 步"]
    ticked = pressed(page.session, page.reply.choices[1].value)
    assert "已备：身份证" in ticked.reply.as_text()
    moved = pressed(ticked.session, f"w:next:{REF}:apply")
    assert moved.session.walk
    assert moved.session.walk.ticks == {"apply": ("身份证",)}


def test_each_paper_is_named_once_in_text() -> None:
    page = pressed(at("apply"), f"k:{REF}:apply")
    text = page.reply.as_text()
    assert [text.count(name) for name in ("申请表", "身份证")] == [1, 1]
    assert "1. 未备：申请表\n2. 未备：身份证" in text
    assert "3. 材料说明\n4. 回到第 1 步" in text
    assert page.reply.listed == 2


def test_a_paper_that_is_worded_anew_has_to_be_looked_at_anew() -> None:
    page = pressed(at("apply"), f"k:{REF}:apply")
    old = page.reply.choices[1].value
    ticked = pressed(page.session, old)
    anew = tiny_pack(replace(PAPERS, facts=(fact("要交：\n1. 申请表；\n2. 身份证复印件；"),)))
    again = pressed(ticked.session, old, anew)
    assert "已备 0/2" in again.reply.as_text()


def test_papers_can_be_ticked_with_no_walk_under_way() -> None:
    page = pressed(Session(), f"k:{REF}:apply")
    ticked = pressed(page.session, page.reply.choices[0].value)
    assert "已备 1/2" in ticked.reply.as_text()
    assert ticked.session.walk is None
    begun = pressed(ticked.session, f"p:{REF}")
    assert begun.session.walk
    assert begun.session.walk.ticks == {"apply": ("申请表",)}


def test_an_entry_without_a_list_is_shown_as_it_is() -> None:
    plain = tiny_pack()
    page = pressed(at("apply"), f"k:{REF}:apply", plain).reply
    assert "交六样。" in page.as_text()
    assert labels_of(page) == ["回到第 1 步"]


# A newer pack


def test_a_walk_of_an_older_pack_goes_on_at_the_nearest_step_and_says_so() -> None:
    steps = {name: step for name, step in WALK.steps.items() if name != "accept"}
    newer = tiny_pack(
        procedure=with_transitions(replace(WALK, steps=steps), "apply", Transition("issue"))
    )
    newer = replace(newer, version="ba9876543210")
    turn = pressed(at("apply", "accept"), "w:here", newer)
    assert turn.reply.as_text().startswith("流程变了。")
    assert turn.reply.rule == "card:apply"
    assert turn.session.pack_version == "ba9876543210"


def test_a_walk_that_is_as_it_was_says_nothing_of_a_newer_pack() -> None:
    newer = replace(PACK, version="ba9876543210")
    assert (
        not pressed(at("apply", "accept"), "w:here", newer).reply.as_text().startswith("流程变了")
    )


# Pictures


def test_a_picture_is_named_so_that_it_can_be_drawn_again() -> None:
    turn = pressed(at("apply", "accept"), f"x:picture:{REF}")
    [part] = [part for part in turn.reply.parts if isinstance(part, Picture)]
    assert part.name == "walk#初始注册@accept"
    chart = chart_named(PACK, part.name)
    assert chart
    assert [box.id for box in chart.boxes if box.is_here] == ["accept"]
    assert "[不符合] 告知原因" in part.alt


@pytest.mark.parametrize(
    "name", ["", "walk", "walk#遗失补办", "gone#初始注册@apply", "walk#初始注册@gone"]
)
def test_a_picture_of_nothing_is_none(name: str) -> None:
    assert chart_named(PACK, name) is None
