"""Free text decided over a tiny pack: one answer, several, one question back, or a refusal."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from bot.core.answering.free_text import decide_words, entry_for
from bot.core.model.entry import Entry, EntryKind, Verdict
from bot.core.model.pack import Pack
from bot.core.model.reply import Reason, Reply, Status
from bot.core.model.scope import Scope
from bot.core.model.understanding import Candidate, Slot, Thresholds, Understanding
from tests.fakes import candidate, labels_of, slot, understood
from tests.tiny import entry, fact, portal, tiny_pack

INITIAL = slot("registration", "初始注册")
BOTH_KINDS = (
    slot("registration", "初始注册", listed=True),
    slot("registration", "增项注册", listed=True),
)
MATERIALS = slot("aspect", "材料")
PORTAL = slot("aspect", "入口")


def decided(understanding: Understanding, pack: Pack | None = None) -> Reply:
    return decide_words(Scope(pack or tiny_pack(), date(2026, 11, 22), {}), understanding)


def verdict(reply: Reply) -> tuple[Status, Reason | None, tuple[str, ...]]:
    return reply.status, reply.reason, tuple(answer.entry for answer in reply.answers)


BOTH = (candidate("rumour", 0.2), candidate("local", 0.16))
OTHER = candidate("rumour", 0.4)


@pytest.mark.parametrize(
    ("score", "expected"),
    [
        pytest.param(0.60, (Status.ANSWERED, None, ("limits",)), id="sure"),
        pytest.param(0.59, (Status.ABSTAINED, Reason.NO_DATA, ()), id="not quite sure"),
        pytest.param(0.29, (Status.ABSTAINED, Reason.NO_DATA, ()), id="nothing on this question"),
    ],
)
def test_the_score_decides_between_answer_question_and_admission(
    score: float, expected: tuple[Status, Reason | None, tuple[str, ...]]
) -> None:
    assert verdict(decided(understood(candidate("limits", score), *BOTH))) == expected


@pytest.mark.parametrize(
    ("second", "status"),
    [
        pytest.param(0.48, Status.CLARIFY, id="nearly as likely"),
        pytest.param(0.47, Status.ABSTAINED, id="less likely"),
    ],
)
def test_people_choose_between_entries_that_are_nearly_as_likely(
    second: float, status: Status
) -> None:
    words = understood(candidate("limits", 0.59), candidate("rumour", second))
    assert decided(words).status is status


def test_one_entry_alone_is_never_offered() -> None:
    reply = decided(understood(candidate("limits", 0.5), candidate("local", 0.01)))
    assert verdict(reply) == (Status.ABSTAINED, Reason.NO_DATA, ())


def test_an_admission_names_the_topic_and_offers_two_near_ones() -> None:
    words = understood(candidate("limits", 0.2), *BOTH, slots=(INITIAL,))
    reply = decided(words)
    assert (reply.topic, reply.as_text()) == (
        "初始注册",
        "没有写这一点（初始注册）\n\n1. 期限\n2. 传闻",
    )


def test_the_nearest_verdict_is_told_behind_an_admission_and_never_as_the_answer() -> None:
    reply = decided(understood(candidate("proposition", 0.5), *BOTH), with_verdict())
    assert verdict(reply) == (Status.ABSTAINED, Reason.NO_DATA, ("proposition",))
    assert reply.as_text().startswith("最接近的是：能，一年内。\n\n对不上请问当地")
    assert labels_of(reply) == ["能不能补", "传闻", "只讲四川"]


def with_verdict() -> Pack:
    told = replace(entry("proposition", "能不能补", fact("整句原文。")), verdicts=(SAYING,))
    return tiny_pack(told)


SAYING = Verdict(fact("能，一年内。"))


@pytest.mark.parametrize(
    ("ours", "reason"),
    [
        pytest.param(0.95, None, id="our business"),
        pytest.param(0.91, None, id="likely ours, and an entry surely fits"),
        pytest.param(0.9, Reason.OUT_OF_DOMAIN, id="none of it, and none surely fits"),
    ],
)
def test_what_is_none_of_our_business_is_declined_with_something_to_press(
    ours: float, reason: Reason | None
) -> None:
    limits = Thresholds(answer=0.6, ask=0.3, ours=0.95)
    words = replace(understood(candidate("limits", 0.8)), ours=ours, thresholds=limits)
    reply = decided(words)
    assert reply.reason is reason
    assert reply.choices or reason is None


@pytest.mark.parametrize(
    ("ours", "reason"),
    [
        pytest.param(0.77, Reason.NO_DATA, id="likely ours"),
        pytest.param(0.76, Reason.OUT_OF_DOMAIN, id="might be anybody's"),
    ],
)
def test_a_gap_is_told_only_where_it_is_likely_ours(ours: float, reason: Reason) -> None:
    pack = tiny_pack(entry("password", "忘了密码", fact("没有写。"), kind=EntryKind.NO_DATA))
    limits = Thresholds(answer=0.6, ask=0.3, ours=0.85)
    words = replace(understood(candidate("password", 0.8)), ours=ours, thresholds=limits)
    assert decided(words, pack).reason is reason


def test_who_names_the_subject_is_not_told_that_it_is_none_of_the_packs_business() -> None:
    limits = Thresholds(answer=0.6, ask=0.3, ours=0.85)
    words = replace(understood(candidate("limits", 0.1)), ours=0.2, thresholds=limits, is_ours=True)
    assert decided(words).reason is Reason.NO_DATA


@pytest.mark.parametrize(
    ("score", "ours", "reason"),
    [
        pytest.param(0.34, 0.94, Reason.OUT_OF_DOMAIN, id="named in passing"),
        pytest.param(0.35, 0.94, Reason.NO_DATA, id="something comes near"),
        pytest.param(0.34, 0.95, Reason.NO_DATA, id="surely ours"),
    ],
)
def test_a_subject_that_is_named_in_passing_makes_nothing_ours(
    score: float, ours: float, reason: Reason
) -> None:
    limits = Thresholds(answer=0.6, ask=0.3, ours=0.85)
    best = candidate("limits", score, foreign=0.3)
    words = replace(understood(best), ours=ours, thresholds=limits, is_ours=True)
    assert decided(words).reason is reason


def test_a_title_that_is_near_is_not_told_to_be_missing() -> None:
    reply = decided(understood(candidate("limits", 0.2), *BOTH))
    assert reply.as_text() == "没有写这一点\n\n1. 期限\n2. 传闻"


@pytest.mark.parametrize(
    ("score", "ours", "foreign", "is_taken"),
    [
        pytest.param(0.9, 0.5, 0.0, True, id="as good as sure, and even odds"),
        pytest.param(0.89, 0.5, 0.0, False, id="less sure"),
        pytest.param(0.9, 0.49, 0.0, False, id="more likely anybody's"),
        pytest.param(0.9, 0.5, 0.01, False, id="with a word of others"),
    ],
)
def test_an_entry_that_has_words_for_all_that_was_said_makes_it_ours(
    score: float, ours: float, foreign: float, *, is_taken: bool
) -> None:
    best = replace(candidate("limits", score), signals={"foreign": foreign})
    limits = Thresholds(answer=0.6, ask=0.3, ours=0.95)
    reply = decided(replace(understood(best), ours=ours, thresholds=limits))
    assert (reply.reason is None) == is_taken


@pytest.mark.parametrize(
    ("score", "ours", "foreign", "reason"),
    [
        pytest.param(0.9, 0.4, 0.0, Reason.NO_DATA, id="as good as sure"),
        pytest.param(0.89, 0.4, 0.0, Reason.OUT_OF_DOMAIN, id="less sure"),
        pytest.param(0.9, 0.39, 0.0, Reason.OUT_OF_DOMAIN, id="more likely anybody's"),
        pytest.param(0.9, 0.5, 0.25, Reason.NO_DATA, id="a few unknown words at even odds"),
        pytest.param(0.9, 0.49, 0.25, Reason.OUT_OF_DOMAIN, id="unknown words at less"),
        pytest.param(0.9, 0.7, 0.26, Reason.OUT_OF_DOMAIN, id="too many of them"),
    ],
)
def test_an_admission_that_fits_fully_is_ours_with_less(
    score: float, ours: float, foreign: float, reason: Reason
) -> None:
    pack = tiny_pack(entry("upload", "上传不了", fact("没有写。"), kind=EntryKind.NO_DATA))
    best = replace(candidate("upload", score), signals={"foreign": foreign})
    limits = Thresholds(answer=0.6, ask=0.3, ours=0.95)
    words = replace(understood(best), ours=ours, thresholds=limits)
    assert decided(words, pack).reason is reason


@pytest.mark.parametrize(
    ("score", "slots", "reason"),
    [
        pytest.param(0.35, (), Reason.BOUNDARY, id="near enough"),
        pytest.param(0.34, (), Reason.NO_DATA, id="not near"),
        pytest.param(0.1, (slot("certificate", "一级建造师"),), Reason.BOUNDARY, id="named"),
        pytest.param(0.1, (slot("certificate", "职称"),), Reason.NO_DATA, id="another one named"),
    ],
)
def test_whose_business_it_is_is_told_and_never_that_our_office_knows(
    score: float, slots: tuple[Slot, ...], reason: Reason
) -> None:
    assert decided(understood(candidate("level1", score), slots=slots)).reason is reason


@pytest.mark.parametrize(
    ("second", "told"),
    [
        pytest.param(0.4, ("甲", "乙"), id="as likely"),
        pytest.param(0.39, ("甲",), id="less likely"),
    ],
)
def test_two_entries_that_are_as_likely_are_both_told_as_the_nearest(
    second: float, told: tuple[str, ...]
) -> None:
    pack = tiny_pack(*(_saying(n, f"{n}：能。", "整句原文，另有别的话。") for n in ("甲", "乙")))
    reply = decided(understood(candidate("甲", 0.5), candidate("乙", second)), pack)
    assert verdict(reply) == (Status.ABSTAINED, Reason.NO_DATA, told)
    assert reply.as_text().startswith("最接近的是：甲：能。")


def test_several_questions_are_answered_in_their_order_under_their_titles() -> None:
    first = understood(candidate("limits", 0.9))
    second = understood(candidate("initial-materials", 0.9), slots=(INITIAL, MATERIALS))
    text = decided(replace(first, questions=(first, second))).as_text()
    assert text.index("【期限】") < text.index("三年内。") < text.index("【初始材料】")


def test_several_answers_share_a_line_of_sources_and_leave_grounds_to_the_details() -> None:
    pack = tiny_pack(*(_saying(n, f"{n}：能。", "整句原文，另有别的话。") for n in ("甲", "乙")))
    first, second = (understood(candidate(name, 0.9)) for name in ("甲", "乙"))
    text = decided(replace(first, questions=(first, second)), pack).as_text()
    assert text.startswith("【甲问】\n\n甲：能。\n\n【乙问】\n\n乙：能。\n\n依据：")
    assert "整句原文" in decided(first, pack).as_text()


def _saying(name: str, opening: str, ground: str) -> Entry:
    told = replace(fact(ground), is_detail=True)
    return replace(entry(name, f"{name}问", told), verdicts=(Verdict(fact(opening)),))


@pytest.mark.parametrize(
    ("second", "is_told"),
    [
        pytest.param(candidate("乙", 0.61, beyond=0.1), True, id="near, and has words of its own"),
        pytest.param(candidate("乙", 0.41, beyond=0.2), True, id="less near, and has more of them"),
        pytest.param(candidate("乙", 0.9, beyond=0.09), False, id="near, and says nothing more"),
        pytest.param(candidate("乙", 0.39, beyond=0.5), False, id="far"),
        pytest.param(candidate("乙", 0.9, beyond=0.5, missing=1), False, id="leaves a slot open"),
        pytest.param(candidate("乙", 0.9, beyond=0.5, elsewhere=True), False, id="elsewhere"),
        pytest.param(candidate("portal-sichuan", 0.9, beyond=0.5), False, id="a door"),
    ],
)
def test_a_second_entry_is_told_that_has_words_for_what_the_first_leaves_unsaid(
    second: Candidate, *, is_told: bool
) -> None:
    pack = tiny_pack(*(_saying(n, f"{n}：能。", "整句原文，另有别的话。") for n in ("甲", "乙")))
    second = replace(second, score=second.score * 0.7)
    reply = decided(understood(candidate("甲", 0.7), second), pack)
    assert verdict(reply) == (Status.ANSWERED, None, ("甲", "乙") if is_told else ("甲",))
    assert reply.as_text().startswith("甲：能。")
    assert ("【乙问】乙：能。" in reply.as_text(), "乙问" in labels_of(reply)) == (is_told,) * 2


@pytest.mark.parametrize(
    ("second", "is_told"),
    [
        pytest.param(candidate("乙", 0.8, beyond=0.3), True, id="close behind"),
        pytest.param(candidate("乙", 0.6, beyond=0.3), False, id="further behind"),
    ],
)
def test_a_certain_first_entry_is_told_alone_unless_the_second_is_close_behind(
    second: Candidate, *, is_told: bool
) -> None:
    pack = tiny_pack(*(_saying(n, f"{n}：能。", "整句原文，另有别的话。") for n in ("甲", "乙")))
    reply = decided(understood(candidate("甲", 0.9), second), pack)
    assert [answer.entry for answer in reply.answers] == (["甲", "乙"] if is_told else ["甲"])


@pytest.mark.parametrize(
    ("opening", "is_told"),
    [
        pytest.param("各省不一样。", True, id="hedges"),
        pytest.param("各省不一样，先问当地。", False, id="says whom to ask"),
        pytest.param("能。", False, id="settles it"),
    ],
)
def test_an_answer_with_an_open_end_says_whom_to_ask(opening: str, *, is_told: bool) -> None:
    pack = tiny_pack(_saying("甲", opening, "整句原文，另有别的话。"))
    pack = replace(pack, vocabulary=replace(pack.vocabulary, authorities=("主管机构",)))
    text = decided(understood(candidate("甲", 0.9)), pack).as_text()
    assert ("拿不准请问当地" in text) is is_told


def test_questions_past_the_limit_are_named() -> None:
    names = "甲乙丙丁戊己"
    pack = tiny_pack(*(_saying(name, f"{name}：能。", "整句原文。") for name in names))
    each = [replace(understood(candidate(name, 0.9)), text=name) for name in names]
    reply = decided(replace(each[0], questions=tuple(each)), pack)
    assert reply.as_text().endswith("还没有答：戊、己")


def test_an_answer_is_told_once_and_without_a_title_if_it_answers_all() -> None:
    same, other = understood(candidate("limits", 0.9)), understood(candidate("rumour", 0.9))
    assert verdict(decided(replace(same, questions=(same, other, same))))[2] == ("limits", "rumour")
    assert decided(replace(same, questions=(same, same))) == decided(same)


def test_the_score_is_told() -> None:
    assert decided(understood(candidate("limits", 0.75))).score == 0.75


def test_nothing_found_is_out_of_domain_with_score_zero() -> None:
    reply = decided(understood())
    assert (reply.reason, reply.score) == (Reason.OUT_OF_DOMAIN, 0.0)


def test_nothing_but_noise_is_not_a_question() -> None:
    nothing = replace(understood(), utterance="", tokens=())
    assert verdict(decided(nothing)) == (Status.ABSTAINED, Reason.NOT_A_QUESTION, ())


def test_an_open_slot_is_asked_for_even_when_the_topic_is_not_quite_sure() -> None:
    reply = decided(understood(candidate("initial-materials", 0.4, missing=1), slots=(MATERIALS,)))
    assert (reply.rule, reply.score) == ("missing_slot:registration", 0.4)


def test_not_this_one_is_answered_with_regret() -> None:
    refusal = replace(understood(), tokens=(), is_rejection=True)
    assert decided(refusal).as_text() == "刚才没答对"


def test_an_unsure_guess_offers_at_most_three_entries_and_none_of_these() -> None:
    names = ["limits", "rumour", "local", "coming", "offer"]
    reply = decided(understood(*(candidate(name, 0.5) for name in names)))
    assert labels_of(reply) == ["期限", "传闻", "只讲四川", "都不是"]


def test_a_guess_never_offers_small_talk() -> None:
    reply = decided(understood(candidate("thanks", 0.5), candidate("limits", 0.4), OTHER))
    assert labels_of(reply) == ["期限", "传闻", "都不是"]


def test_a_guess_never_offers_one_provinces_portal() -> None:
    reply = decided(understood(candidate("limits", 0.4), candidate("portal-sichuan", 0.4), OTHER))
    assert labels_of(reply) == ["期限", "传闻", "都不是"]


@pytest.mark.parametrize("score", [0.5, 0.9])
def test_a_portal_is_never_told_to_who_named_no_place(score: float) -> None:
    reply = decided(understood(candidate("portal-sichuan", score)))
    assert labels_of(reply) == ["四川", "重庆"]


def test_two_entries_of_one_title_are_offered_once() -> None:
    pack = tiny_pack(entry("limits-too", "期限", fact("也是三年。")))
    words = understood(candidate("limits", 0.4), candidate("limits-too", 0.4), OTHER)
    assert labels_of(decided(words, pack)) == ["期限", "传闻", "都不是"]


def test_a_missing_registration_is_asked_for() -> None:
    reply = decided(understood(candidate("initial-materials", 0.9, missing=1), slots=(MATERIALS,)))
    assert reply.as_text() == "哪一种注册？\n\n1. 初始注册\n2. 增项注册\n3. 都不是"


def test_a_missing_region_is_asked_for_and_no_portal_is_shown() -> None:
    reply = decided(understood(candidate("portal-sichuan", 0.9, missing=1), slots=(PORTAL,)))
    assert reply.as_text() == "哪个省？\n\n1. 四川\n2. 重庆"


def test_a_slot_that_was_named_is_not_asked_for() -> None:
    words = understood(candidate("initial-materials", 0.9), slots=(INITIAL, MATERIALS))
    assert verdict(decided(words)) == (Status.ANSWERED, None, ("initial-materials",))


def test_a_phrasing_that_implies_its_slots_is_answered() -> None:
    words = understood(candidate("initial-materials", 0.9, missing=0), slots=(MATERIALS,))
    assert verdict(decided(words)) == (Status.ANSWERED, None, ("initial-materials",))


def test_a_slot_that_no_other_entry_fills_otherwise_is_not_asked_for() -> None:
    assert verdict(decided(understood(candidate("change-procedure", 0.9, missing=1))))[2] == (
        "change-procedure",
    )


def test_a_question_for_a_slot_has_at_most_four_answers_and_none_of_these() -> None:
    kinds = ["延续注册", "重新注册", "注销注册", "遗失补办"]
    more = [
        entry(kind, kind, fact("材料。"), slots={"registration": kind, "aspect": "材料"})
        for kind in kinds
    ]
    words = understood(candidate("initial-materials", 0.9, missing=1), slots=(MATERIALS,))
    reply = decided(words, tiny_pack(*more))
    assert labels_of(reply) == ["初始注册", "增项注册", "延续注册", "重新注册", "都不是"]


def test_two_entries_that_fill_a_slot_alike_can_still_be_asked_about() -> None:
    twin = entry("twin", "初始材料（二）", fact("也交六样。"))
    twin = replace(twin, slots={"registration": "初始注册", "aspect": "材料"})
    words = understood(candidate("initial-materials", 0.9, missing=1), slots=(MATERIALS,))
    reply = decided(words, tiny_pack(twin))
    assert labels_of(reply) == ["初始注册", "增项注册", "都不是"]


def region_words(*regions: str, best: Candidate) -> Understanding:
    return understood(best, slots=(*(slot("region", r) for r in regions), PORTAL))


def test_a_region_without_data_is_admitted_and_no_other_portal_shown() -> None:
    words = region_words("浙江", best=candidate("portal-sichuan", 0.9, elsewhere=True))
    reply = decided(words)
    assert verdict(reply) == (Status.ABSTAINED, Reason.NO_DATA_FOR_REGION, ())
    assert reply.as_text().startswith("没有浙江的注册入口")
    assert "四川" not in reply.as_text()


def test_a_near_miss_of_another_region_is_not_shown_either() -> None:
    words = region_words("浙江", best=candidate("portal-sichuan", 0.5, elsewhere=True))
    assert "四川" not in decided(words).as_text()


def test_a_better_candidate_that_fits_the_region_is_answered() -> None:
    words = understood(
        candidate("limits", 0.95),
        candidate("portal-sichuan", 0.9, elsewhere=True),
        slots=(slot("region", "浙江"),),
    )
    assert verdict(decided(words))[2] == ("limits",)


def ambiguous(*candidates: Candidate) -> Understanding:
    return understood(*candidates, slots=(slot("region", "四川", "重庆"), PORTAL))


def test_a_name_that_fits_two_regions_is_asked_about() -> None:
    reply = decided(ambiguous(candidate("portal-sichuan", 0.9)))
    assert reply.as_text() == "四川、重庆里的哪一个？\n\n1. 四川\n2. 重庆"


def test_a_name_that_fits_two_regions_does_not_matter_where_the_answer_is_the_same() -> None:
    assert verdict(decided(ambiguous(candidate("limits", 0.9))))[2] == ("limits",)


def listed(*regions: str) -> tuple[Slot, ...]:
    return tuple(slot("region", region, listed=True) for region in regions)


def test_two_regions_get_two_answers_under_their_names() -> None:
    slots = (*listed("四川", "重庆"), PORTAL)
    words = understood(
        candidate("portal-sichuan", 0.9), candidate("portal-chongqing", 0.9), slots=slots
    )
    reply = decided(words)
    assert verdict(reply) == (Status.ANSWERED, None, ("portal-sichuan", "portal-chongqing"))
    text = reply.as_text()
    assert (
        text.index("【四川】")
        < text.index("四川网站")
        < text.index("【重庆】")
        < text.index("重庆网站")
    )


def test_of_two_regions_the_one_without_data_is_admitted() -> None:
    slots = (*listed("四川", "浙江"), PORTAL)
    reply = decided(understood(candidate("portal-sichuan", 0.9), slots=slots))
    assert verdict(reply) == (Status.ANSWERED, None, ("portal-sichuan",))
    assert "没有浙江的注册入口" in reply.as_text()


def test_two_registrations_get_two_answers() -> None:
    words = understood(
        candidate("initial-materials", 0.9),
        candidate("addition-materials", 0.9),
        slots=(*BOTH_KINDS, MATERIALS),
    )
    assert verdict(decided(words))[2] == ("initial-materials", "addition-materials")


def test_two_regions_with_one_answer_get_it_once() -> None:
    reply = decided(understood(candidate("limits", 0.9), slots=listed("四川", "重庆")))
    assert reply.as_text().count("三年内。") == 1


def test_no_more_than_four_things_are_answered_at_once() -> None:
    regions = ["四川", "重庆", "甲省", "乙省", "丙省"]
    pack = tiny_pack(*(portal(f"p-{r}", r, f"{r}网站") for r in regions[2:]))
    names = ["portal-sichuan", "portal-chongqing", "p-甲省", "p-乙省", "p-丙省"]
    slots = (*listed(*regions), PORTAL)
    reply = decided(understood(*(candidate(n, 0.9) for n in names), slots=slots), pack)
    assert verdict(reply)[2] == tuple(names[:4])
    assert reply.as_text().endswith("还没有答：丙省")


def test_two_regions_that_are_no_list_are_one_wish() -> None:
    slots = (slot("region", "四川"), slot("region", "重庆"), PORTAL)
    assert verdict(decided(understood(candidate("portal-sichuan", 0.9), slots=slots)))[2] == (
        "portal-sichuan",
    )


def test_a_slot_from_the_conversation_is_no_second_wish() -> None:
    slots = (INITIAL, slot("registration", "增项注册", inherited=True), MATERIALS)
    words = understood(
        candidate("initial-materials", 0.9), candidate("addition-materials", 0.8), slots=slots
    )
    assert verdict(decided(words))[2] == ("initial-materials",)


def test_a_door_that_no_place_was_named_for_is_no_second_wish() -> None:
    """哪些馆开着 says the door's aspect only in passing."""
    aspects = [slot("aspect", value, listed=True) for value in ("入口", "材料")]
    slots = (*aspects, INITIAL)
    words = understood(candidate("initial-materials", 0.9), slots=slots)
    assert verdict(decided(words))[2] == ("initial-materials",)


def test_slots_that_name_no_entry_and_no_place_are_admitted_as_a_gap() -> None:
    reply = entry_for(
        Scope(tiny_pack(), date(2026, 11, 22), {"aspect": "入口"}), {"aspect": "入口"}
    )
    assert (reply.status, reply.reason) == (Status.ABSTAINED, Reason.NO_DATA)


def test_of_places_of_one_name_none_is_said_to_be_missing() -> None:
    both = slot("region", "甲省", "乙省")
    reply = decided(understood(candidate("local", 0.9, elsewhere=True), slots=(both,)))
    assert verdict(reply)[:2] in {
        (Status.CLARIFY, Reason.AMBIGUOUS),
        (Status.ABSTAINED, Reason.NO_DATA),
    }
    inside = replace(understood(candidate("local", 0.9, elsewhere=True), slots=(both,)), text="甲")
    several = replace(inside, questions=(inside, understood(candidate("limits", 0.9))))
    assert decided(several).as_text()


@pytest.mark.parametrize(
    ("text", "ours", "foreign", "is_told"),
    [
        pytest.param("上面说的是哪年的", 0.4, 0.0, True, id="what the bot tells"),
        pytest.param("你的答案旧不旧", 0.4, 0.0, True, id="its answers"),
        pytest.param("哪年的", 0.4, 0.0, False, id="nobody knows what"),
        pytest.param("上面说的是哪年的", 0.2, 0.0, False, id="hardly ours"),
        pytest.param("你说的天气准吗", 0.4, 0.3, False, id="something foreign"),
    ],
)
def test_questions_about_what_the_bot_tells_are_ours(
    text: str, ours: float, foreign: float, *, is_told: bool
) -> None:
    said = replace(understood(candidate("limits", 0.8, foreign=foreign)), text=text, ours=ours)
    said = replace(said, thresholds=replace(said.thresholds, ours=0.9))
    assert (decided(said).reason is None) is is_told
