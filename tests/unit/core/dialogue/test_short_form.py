"""The short form of an answer says less, never something else."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from bot.core.answering.entry_replies import entry_reply
from bot.core.answering.phrase_replies import joined_reply
from bot.core.answering.regions import no_data_for_region
from bot.core.dialogue.short_form import shorten
from bot.core.model.entry import Confidence, EntryKind
from bot.core.model.pack import Pack
from bot.core.model.reply import Reply, Status, Text
from bot.core.model.scope import Scope
from bot.core.model.session import Walk
from bot.core.model.vocabulary import PLACE, SERVICE
from bot.core.procedures.cards import shown_again
from tests.tiny import RULE, entry, fact, tiny_pack

DAY = date(2026, 11, 22)
LONG = "很长的一条。" * 40


def pack_with(**changes: object) -> Pack:
    return tiny_pack(entry("long", "长条目", fact(LONG), **changes))  # type: ignore[arg-type]


def shown(pack: Pack, name: str = "long", **slots: str) -> Reply:
    return entry_reply(Scope(pack, DAY, slots), pack.entries[name], 0.9, "one_clear")


def texts(reply: Reply | None) -> list[str] | None:
    return None if reply is None else reply.as_text().split("\n\n")


def test_the_short_answer_and_the_sources_with_their_dates_stay() -> None:
    pack = pack_with(related=("limits",))
    assert texts(shorten(pack, shown(pack), DAY)) == [
        "长条目的短答",
        "依据：四川整理（核对于 2021-12-08，2021 年资料）",
    ]


def test_a_verdict_is_kept() -> None:
    pack = pack_with(kind=EntryKind.NO_DATA)
    reply = shown(pack)
    short = shorten(pack, reply, DAY)
    assert short is not None
    assert (short.status, short.reason, short.answers) == (
        reply.status,
        reply.reason,
        reply.answers,
    )


def test_whose_practice_it_is_stays_too() -> None:
    pack = pack_with()
    assert texts(shorten(pack, shown(pack, region="浙江"), DAY)) == [
        "长条目的短答",
        "讲的是四川，浙江另问",
        "依据：四川整理（核对于 2021-12-08，2021 年资料）",
    ]


@pytest.mark.parametrize("kinds", [{PLACE}, {SERVICE}, {PLACE, SERVICE}])
def test_what_it_takes_from_the_conversation_is_said_first(kinds: set[str]) -> None:
    pack = pack_with(slots={SERVICE: "初始注册"}, regions=("四川",))
    scope = Scope(pack, DAY, {PLACE: "四川", SERVICE: "初始注册"}, frozenset(kinds))
    reply = entry_reply(scope, pack.entries["long"], 0.9, "one_clear")
    told = texts(shorten(pack, reply, DAY)) or []
    names = "、".join(value for kind, value in scope.slots.items() if kind in kinds)
    assert told[:2] == [f"按{names}回答", "长条目的短答"]


def test_what_is_short_is_left_as_it_is() -> None:
    pack = tiny_pack()
    assert shorten(pack, shown(pack, "limits"), DAY) is None


@pytest.mark.parametrize("status", [Status.CLARIFY, Status.PROCEDURE, Status.SMALLTALK])
def test_only_answers_are_shortened(status: Status) -> None:
    pack = pack_with()
    assert shorten(pack, replace(shown(pack), status=status), DAY) is None


def test_an_answer_in_the_middle_of_a_walk_keeps_the_card_under_it() -> None:
    pack = pack_with()
    walk = Walk("walk", "初始注册", ("apply",))
    reply = shown_again(Scope(pack, DAY, {}), pack.procedures["walk"], walk, shown(pack))
    assert "第 1/3 步" in reply.as_text()
    assert shorten(pack, reply, DAY) is None


def test_when_a_fact_is_out_of_date_its_short_answer_is_not_given() -> None:
    facts = (fact(LONG), fact("可以缓交。", RULE, valid_until=date(2024, 6, 30)))
    pack = tiny_pack(entry("long", "长条目", *facts))
    assert (texts(shorten(pack, shown(pack), DAY)) or [])[0] == LONG


def test_a_fact_that_is_unsure_says_so_in_short_as_well() -> None:
    pack = tiny_pack(entry("long", "长条目", fact(LONG, confidence=Confidence.LOW)))
    assert (texts(shorten(pack, shown(pack), DAY)) or [])[0] == f"待核实：{LONG}"


def several(*replies: Reply) -> Reply:
    return joined_reply(replies)


def test_several_answers_keep_their_headings() -> None:
    pack = pack_with()
    both = several(shown(pack, region="四川"), shown(pack, region="重庆"))
    told = texts(shorten(pack, both, DAY)) or []
    assert [line for line in told if line.startswith("【")] == ["【四川】", "【重庆】"]


def test_a_gap_among_several_answers_is_not_shortened_away() -> None:
    pack = pack_with()
    scope = Scope(pack, DAY, {"region": "浙江"})
    gap = no_data_for_region(scope, pack.regions["浙江"], "注册入口", ())
    assert shorten(pack, several(shown(pack, region="四川"), gap), DAY) is None


def test_a_reply_of_an_entry_that_is_gone_is_left_as_it_is() -> None:
    pack = pack_with()
    assert shorten(tiny_pack(), shown(pack), DAY) is None


def test_a_reply_without_an_entry_is_left_as_it_is() -> None:
    reply = Reply(Status.ANSWERED, (Text(LONG),))
    assert shorten(tiny_pack(), reply, DAY) is None
