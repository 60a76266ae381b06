"""The promises of wording: sources and dates, doubt, age, whose practice, and no other province."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from bot.core.answering.entry_replies import entry_reply
from bot.core.answering.phrase_replies import joined_reply
from bot.core.answering.regions import no_data_for_region, region_page
from bot.core.model.entry import Confidence, EntryKind, Verdict
from bot.core.model.pack import Pack
from bot.core.model.reply import Choice, Link, Reason, Reply, SourceNote, Sources, Status
from bot.core.model.scope import Scope
from tests.fakes import labels_of
from tests.tiny import RULE, SEED, entry, fact, portal, tiny_pack

DAY = date(2026, 11, 22)


def setting(pack: Pack | None = None, **more: Any) -> Scope:
    return Scope(**{"pack": pack or tiny_pack(), "day": DAY, "slots": {}} | more)


def shown(name: str, pack: Pack | None = None, **more: Any) -> Reply:
    place = setting(pack, **more)
    return entry_reply(place, place.pack.entries[name], 0.9, "rule")


def test_an_answer_ends_with_its_source_and_the_day_it_was_checked() -> None:
    assert shown("limits").as_text() == "三年内。\n\n依据：管理规定（核对于 2026-11-01）"


def test_two_facts_of_one_source_name_it_once() -> None:
    pack = tiny_pack(
        entry("limits", "期限", fact("三年内。", RULE), fact("三十日内。", RULE, SEED))
    )
    sources = [part for part in shown("limits", pack).parts if isinstance(part, Sources)]
    assert [[note.title for note in part.notes] for part in sources] == [["管理规定", "四川整理"]]


def test_the_answer_carries_the_sources_of_its_facts() -> None:
    note = SourceNote("管理规定", date(2026, 11, 1), None, "https://example.cn/rule")
    assert shown("limits").answers[0].sources == (note,)


@pytest.mark.parametrize("confidence", [Confidence.LOW, Confidence.MEMORY])
def test_an_unsure_fact_is_marked(confidence: Confidence) -> None:
    pack = tiny_pack(entry("rumour", "传闻", fact("要登报。", RULE, confidence=confidence)))
    assert shown("rumour", pack).as_text().startswith("待核实：要登报。")


@pytest.mark.parametrize("confidence", [Confidence.HIGH, Confidence.MEDIUM])
def test_a_sure_fact_is_not_marked(confidence: Confidence) -> None:
    pack = tiny_pack(entry("rumour", "传闻", fact("要登报。", RULE, confidence=confidence)))
    assert "待核实" not in shown("rumour", pack).as_text()


@pytest.mark.parametrize(
    ("day", "is_said"),
    [
        pytest.param(date(2027, 11, 1), False, id="a year to the day"),
        pytest.param(date(2027, 11, 2), True, id="a day more"),
    ],
)
def test_age_is_said_once_the_review_period_is_over(day: date, is_said: bool) -> None:
    assert ("核对于 2026-11-01，2026 年资料" in shown("limits", day=day).as_text()) is is_said


def test_age_is_that_of_the_oldest_source() -> None:
    pack = tiny_pack(entry("limits", "期限", fact("三年内。", RULE), fact("另一种说法。", SEED)))
    assert "核对于 2021-12-08，2021 年资料" in shown("limits", pack).as_text()


def test_one_provinces_practice_is_said_to_be_that() -> None:
    reply = shown("initial-materials", slots={"region": "浙江"})
    assert "讲的是四川，浙江另问" in reply.as_text()


@pytest.mark.parametrize(
    ("name", "slots"),
    [
        pytest.param("initial-materials", {"region": "四川"}, id="in that province"),
        pytest.param("initial-materials", {}, id="no province named"),
        pytest.param("limits", {"region": "浙江"}, id="a national rule"),
        pytest.param("portal-chongqing", {"region": "重庆"}, id="an entry of that very province"),
    ],
)
def test_otherwise_nothing_is_said_about_whose_practice_it_is(
    name: str, slots: dict[str, str]
) -> None:
    assert "讲的是" not in shown(name, slots=slots).as_text()


@pytest.mark.parametrize(
    ("day", "status", "text"),
    [
        pytest.param(date(2024, 6, 30), Status.ANSWERED, "可以缓交。", id="on its last day"),
        pytest.param(
            date(2024, 7, 1), Status.ABSTAINED, "限时办法到 2024-06-30 为止", id="a day later"
        ),
    ],
)
def test_a_fact_is_current_up_to_its_last_day(day: date, status: Status, text: str) -> None:
    reply = shown("offer", day=day)
    assert (reply.status, reply.as_text().split("\n")[0]) == (status, text)


def test_an_expired_fact_is_not_told_and_the_reason_is_given() -> None:
    reply = shown("offer")
    assert (reply.reason, "可以缓交" in reply.as_text()) == (Reason.EXPIRED, False)


def test_a_fact_that_does_not_hold_yet_says_from_when() -> None:
    assert shown("coming").as_text() == "新办法从 2027-01-01 开始"


def test_of_two_facts_only_the_current_one_is_told() -> None:
    old = fact("旧办法。", RULE, valid_until=date(2024, 6, 30))
    pack = tiny_pack(entry("offer", "办法", old, fact("新办法。", RULE)))
    assert shown("offer", pack).as_text().startswith("新办法。")


def test_a_fact_of_one_province_is_told_there() -> None:
    assert "四川这样办。" in shown("local", slots={"region": "四川"}).as_text()


def test_an_entry_whose_facts_are_all_of_another_province_admits_that_it_has_nothing() -> None:
    reply = shown("local", slots={"region": "浙江"})
    assert (reply.status, "四川这样办。" in reply.as_text()) == (Status.ABSTAINED, False)


def test_a_province_taken_from_the_conversation_is_said_and_can_be_changed() -> None:
    reply = shown("portal-sichuan", slots={"region": "四川"}, inherited=frozenset({"region"}))
    assert reply.as_text().startswith("按四川回答")
    assert Choice("换省份", "regions:1") in reply.choices


@pytest.mark.parametrize(
    ("name", "slots", "inherited", "said"),
    [
        pytest.param(
            "initial-materials",
            {"registration": "初始注册", "aspect": "材料"},
            {"registration"},
            "按初始注册回答",
            id="a registration",
        ),
        pytest.param(
            "portal-sichuan",
            {"region": "四川", "aspect": "入口"},
            {"region"},
            "按四川回答",
            id="a region",
        ),
        pytest.param(
            "both",
            {"registration": "初始注册", "region": "四川"},
            {"registration", "region"},
            "按四川、初始注册回答",
            id="both, the region first",
        ),
        pytest.param(
            "both",
            {"registration": "初始注册", "region": "四川"},
            {"region"},
            "按四川回答",
            id="only what was not said",
        ),
    ],
)
def test_what_is_taken_from_the_conversation_is_said_and_dropped_by_one_tap(
    name: str, slots: dict[str, str], inherited: set[str], said: str
) -> None:
    both = entry(
        "both",
        "四川初始",
        fact("四川初始这样办。"),
        slots={"registration": "初始注册", "region": "四川"},
        regions=("四川",),
    )
    reply = shown(name, tiny_pack(both), slots=slots, inherited=frozenset(inherited))
    assert reply.as_text().splitlines()[0] == said
    assert Choice("不按前面说的", "context:clear") in reply.choices


@pytest.mark.parametrize(
    ("name", "slots", "inherited"),
    [
        pytest.param("limits", {"region": "四川"}, {"region"}, id="it holds everywhere"),
        pytest.param(
            "limits", {"registration": "初始注册"}, {"registration"}, id="of any registration"
        ),
        pytest.param(
            "initial-materials", {"aspect": "材料"}, {"aspect"}, id="an aspect is obvious"
        ),
        pytest.param("initial-materials", {"registration": "初始注册"}, set(), id="it was said"),
        pytest.param("fees", {"region": "四川"}, {"region"}, id="a gap is one everywhere"),
    ],
)
def test_what_makes_no_difference_to_the_answer_is_not_mentioned(
    name: str, slots: dict[str, str], inherited: set[str]
) -> None:
    reply = shown(name, slots=slots, inherited=frozenset(inherited))
    assert not reply.as_text().startswith("按")
    assert "不按前面说的" not in labels_of(reply)


def test_one_answer_is_worded_anew_when_more_of_it_is_assumed() -> None:
    slots = {"registration": "初始注册", "aspect": "材料"}
    first = shown("initial-materials", slots=slots)
    later = shown("initial-materials", slots=slots, inherited=frozenset({"registration"}))
    assert (first.as_text().startswith("按"), later.as_text().startswith("按")) == (False, True)


def test_a_province_that_was_just_named_is_not_repeated() -> None:
    assert not shown("portal-sichuan", slots={"region": "四川"}).as_text().startswith("按四川回答")


def test_an_answer_offers_its_procedure_and_related_entries() -> None:
    assert labels_of(shown("initial-materials")) == ["一步步办", "收费", "期限"]


def test_a_portal_is_never_offered_as_related() -> None:
    assert "四川入口" not in labels_of(shown("initial-materials", slots={"region": "浙江"}))


def test_an_entry_of_other_provinces_is_not_offered_as_related() -> None:
    abroad = entry("abroad", "重庆办法", fact("重庆这样办。"), regions=("重庆",))
    pack = tiny_pack(abroad, entry("limits", "期限", fact("三年内。"), related=("abroad", "fees")))
    assert labels_of(shown("limits", pack, slots={"region": "四川"})) == ["收费"]


@pytest.mark.parametrize(
    ("name", "status", "reason"),
    [
        pytest.param("limits", Status.ANSWERED, None, id="fact"),
        pytest.param("fees", Status.ABSTAINED, Reason.NO_DATA, id="gap"),
        pytest.param("level1", Status.ABSTAINED, Reason.BOUNDARY, id="another certificate"),
        pytest.param("thanks", Status.SMALLTALK, None, id="small talk"),
    ],
)
def test_the_kind_of_an_entry_is_the_verdict(
    name: str, status: Status, reason: Reason | None
) -> None:
    assert (shown(name).status, shown(name).reason) == (status, reason)


def test_a_gap_names_source_and_date_too() -> None:
    assert "依据：四川整理（核对于 2021-12-08，2021 年资料）" in shown("fees").as_text()


def test_small_talk_has_no_score_and_no_slots() -> None:
    reply = shown("thanks", slots={"region": "四川"})
    assert (reply.score, dict(reply.slots)) == (None, {})


@pytest.mark.parametrize(
    ("region", "links"),
    [
        pytest.param(
            "浙江", [Link("浙江政务网", "https://example.cn/zj", "综合门户")], id="known portal"
        ),
        pytest.param(
            "西藏",
            [Link("西藏政务网", "https://example.cn/xz", "综合门户，网址待核实")],
            id="weakly attested portal",
        ),
        pytest.param("海南", [], id="no portal known"),
    ],
)
def test_a_province_without_data_gets_at_most_its_own_general_portal(
    region: str, links: list[Link]
) -> None:
    place = setting(slots={"region": region})
    reply = no_data_for_region(place, place.pack.regions[region], "注册入口", ())
    assert reply.as_text().startswith(f"没有{region}的注册入口")
    assert [part for part in reply.parts if isinstance(part, Link)] == links
    assert ("该问谁也没有" in reply.as_text()) is (not links)


def by_region() -> Pack:
    told = (
        Verdict(fact("各省不同。", RULE)),
        Verdict(fact("四川三年。", RULE, regions=("四川",))),
    )
    return tiny_pack(replace(entry("limits", "期限"), verdicts=told, is_by_region=True))


def test_what_differs_by_region_is_admitted_as_missing_where_nothing_is_told_of_it() -> None:
    reply = shown("limits", by_region(), slots={"region": "浙江"})
    assert reply.as_text().startswith("没有写浙江（期限）\n\n各省不同。")
    assert (reply.status, reply.reason) == (Status.ABSTAINED, Reason.NO_DATA_FOR_REGION)
    assert reply.topic == "期限"


@pytest.mark.parametrize(
    ("slots", "told"),
    [
        pytest.param({"region": "四川"}, "四川三年。", id="a region that is told of"),
        pytest.param({}, "各省不同。", id="no region named"),
    ],
)
def test_otherwise_nothing_is_admitted(slots: dict[str, str], told: str) -> None:
    reply = shown("limits", by_region(), slots=slots)
    assert reply.as_text().startswith(told)
    assert (reply.status, reply.topic) == (Status.ANSWERED, None)


def test_several_answers_keep_their_sources_and_offer_what_none_of_them_told() -> None:
    reply = joined_reply([shown("initial-materials"), shown("limits")])
    assert reply.choices == (Choice("收费", "e:fees"),)
    every = [shown(name) for name in ("initial-materials", "fees", "limits")]
    assert joined_reply(every).choices == ()
    assert [note.title for note in reply.sources] == ["四川整理", "管理规定"]


def test_several_answers_of_which_one_is_known_count_as_answered() -> None:
    reply = joined_reply([shown("fees"), shown("limits")])
    assert (reply.status, reply.reason) == (Status.ANSWERED, None)


def test_the_first_of_several_answers_is_the_one_the_status_speaks_about() -> None:
    reply = joined_reply([shown("fees"), shown("limits")])
    assert reply.answers[0].entry == "limits"


def test_regions_come_eight_to_a_page() -> None:
    more = [portal(f"portal-{n}", f"第{n}省", "网站") for n in range(15)]
    place = setting(tiny_pack(*more))
    pages = [[choice.label for choice in region_page(place, n)] for n in (1, 2, 3, 4)]
    assert [len(page) for page in pages] == [9, 9, 1, 0]
    assert [page[-1] for page in pages[:3]] == ["更多省份", "更多省份", "第14省"]


def test_no_answer_of_the_real_pack_lacks_source_and_date(pack: Pack) -> None:
    place = setting(pack)
    replies = {
        name: entry_reply(place, found, None, "")
        for name, found in pack.entries.items()
        if found.kind in (EntryKind.FACT, EntryKind.NO_DATA)
    }
    assert [n for n, r in replies.items() if "核对于 " not in r.as_text() or not r.sources] == []


@pytest.mark.parametrize("region", ["四川", "浙江"])
def test_no_answer_of_the_real_pack_offers_another_provinces_portal(
    pack: Pack, region: str
) -> None:
    offered = {
        choice.value.removeprefix("e:")
        for found in pack.entries.values()
        if found.covers(region) and found.slots.get("region", region) == region
        for choice in entry_reply(setting(pack, slots={"region": region}), found, None, "").choices
        if choice.value.startswith("e:")
    }
    assert {n for n in offered if pack.entries[n].slots.get("region", region) != region} == set()


NEXT_DOOR = {"region": "浙江"}


def test_what_a_general_source_says_as_well_is_nobodys_own_practice() -> None:
    pack = tiny_pack(entry("limits", "期限", fact("三年内。", RULE, SEED)))
    assert "讲的是" not in shown("limits", pack, slots=NEXT_DOOR).as_text()


def test_among_general_facts_only_some_are_said_to_be_of_elsewhere() -> None:
    pack = tiny_pack(entry("limits", "期限", fact("三年内。", RULE), fact("先问单位。", SEED)))
    text = shown("limits", pack, slots=NEXT_DOOR).as_text()
    assert "有的讲的是四川，浙江另问" in text


def test_that_nothing_is_written_is_nobodys_own_practice() -> None:
    pack = tiny_pack(entry("limits", "期限", fact("资料没有写要几天。", SEED)))
    assert "讲的是" not in shown("limits", pack, slots=NEXT_DOOR).as_text()


def test_under_a_general_verdict_no_ground_of_elsewhere_is_told() -> None:
    verdict = Verdict(fact("三年内都可以。", RULE))
    pack = tiny_pack(
        entry("limits", "期限", fact("先问单位再说吧。", SEED, is_detail=True), verdicts=(verdict,))
    )
    assert "先问单位" in shown("limits", pack).as_text()
    told = shown("limits", pack, slots=NEXT_DOOR).as_text()
    assert "先问单位" not in told
    assert "讲的是" not in told
