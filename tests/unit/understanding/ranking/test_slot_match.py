"""How the slots of an utterance and those of an entry agree."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.understanding.ranking.slot_match import SlotMatch, agree, slot_match_of
from tests.fakes import slot
from tests.tiny import VOCABULARY, entry

MATERIALS = entry("m", "材料", slots={"registration": "延续注册", "aspect": "材料"})
PORTAL = entry("p", "入口", slots={"region": "四川", "aspect": "入口"}, regions=("四川",))
PLAIN = entry("f", "期限")
LOCAL = entry("l", "四川的", regions=("四川", "重庆"))
FIRST_CLASS = entry("b", "一建", slots={"certificate": "一级建造师"})
STEPS = entry("s", "程序", slots={"registration": "延续注册", "aspect": "程序"})


def said(is_ours: bool = True, **values: str) -> SlotMatch:
    return slot_match_of(
        [slot(kind, value) for kind, value in values.items()], VOCABULARY, is_ours=is_ours
    )


@pytest.mark.parametrize(
    ("slots", "expected"),
    [
        pytest.param({}, (0.0, 2, 0, 0), id="nothing said"),
        pytest.param({"aspect": "材料"}, (0.5, 1, 0, 0), id="one of two"),
        pytest.param({"registration": "延续注册", "aspect": "材料"}, (1.0, 0, 0, 0), id="both"),
        pytest.param({"registration": "变更注册", "aspect": "材料"}, (0.5, 0, 0, 1), id="another"),
        pytest.param({"registration": "变更注册", "aspect": "期限"}, (0.0, 0, 0, 2), id="neither"),
        pytest.param({"region": "四川", "aspect": "材料"}, (0.5, 1, 0, 0), id="a place besides"),
    ],
)
def test_slots_are_filled_missing_extra_or_in_conflict(
    slots: dict[str, str], expected: tuple[float, float, float, float]
) -> None:
    found = agree(said(**slots), MATERIALS, 0.0, frozenset())
    assert tuple(found[k] for k in ("filled", "missing", "extra", "conflict")) == expected


@pytest.mark.parametrize(
    ("slots", "extra"),
    [
        ({"registration": "延续注册", "aspect": "材料"}, 2.0),
        ({"aspect": "材料"}, 1.0),
        ({"region": "四川"}, 0.0),
    ],
)
def test_what_an_entry_has_no_slot_for_is_extra(slots: dict[str, str], extra: float) -> None:
    assert agree(said(**slots), PLAIN, 0.0, frozenset())["extra"] == extra


def test_a_slot_that_the_phrasing_implies_is_not_missed() -> None:
    found = agree(said(aspect="材料"), MATERIALS, 0.0, frozenset({"registration"}))
    assert (found["filled"], found["missing"]) == (0.5, 0.0)


@pytest.mark.parametrize(
    ("rest", "plain"),
    [
        pytest.param(0.0, 1.0, id="nothing besides"),
        pytest.param(1.0, 0.75, id="a little besides"),
        pytest.param(4.0, 0.0, id="much besides"),
        pytest.param(9.0, 0.0, id="very much besides"),
    ],
)
def test_slots_speak_for_an_entry_the_less_the_more_else_is_said(rest: float, plain: float) -> None:
    both = said(registration="延续注册", aspect="材料")
    assert agree(both, MATERIALS, rest, frozenset())["plain"] == plain


def test_slots_of_the_context_fill_an_entry_without_speaking_for_it() -> None:
    inherited = [
        slot("registration", "延续注册", inherited=True),
        slot("aspect", "材料", inherited=True),
    ]
    found = agree(slot_match_of(inherited, VOCABULARY, is_ours=True), MATERIALS, 0.0, frozenset())
    assert (found["filled"], found["missing"], found["plain"]) == (1.0, 0.0, 0.0)


@pytest.mark.parametrize("slots", [{"certificate": "一级建造师"}, {"aspect": "材料"}, {}])
def test_one_slot_is_never_plain(slots: dict[str, str]) -> None:
    assert agree(said(**slots), FIRST_CLASS, 0.0, frozenset())["plain"] == 0.0


@pytest.mark.parametrize(
    ("name", "region", "elsewhere"),
    [
        pytest.param("p", None, False, id="no place said"),
        pytest.param("p", "四川", False, id="its own place"),
        pytest.param("p", "重庆", True, id="another place"),
        pytest.param("l", "重庆", False, id="one of its places"),
        pytest.param("l", "浙江", True, id="none of its places"),
        pytest.param("f", "浙江", False, id="an entry of every place"),
    ],
)
def test_an_entry_of_other_places_is_elsewhere(
    name: str, region: str | None, elsewhere: bool
) -> None:
    found = {e.id: e for e in (PORTAL, LOCAL, PLAIN)}[name]
    agreement = said(**({"region": region} if region else {}))
    assert agreement.is_elsewhere(found) is elsewhere
    assert agree(agreement, found, 0.0, frozenset())["elsewhere"] == float(elsewhere)


def test_one_of_two_places_is_enough_to_be_here() -> None:
    two = slot_match_of([slot("region", "重庆"), slot("region", "四川")], VOCABULARY, is_ours=True)
    assert (two.is_elsewhere(PORTAL), two.is_named(LOCAL)) == (False, True)


def test_an_ambiguous_place_is_elsewhere_only_when_none_of_its_values_fits() -> None:
    shanxi = slot_match_of([slot("region", "山西", "陕西")], VOCABULARY, is_ours=True)
    river = slot_match_of([slot("region", "四川", "重庆")], VOCABULARY, is_ours=True)
    assert (shanxi.is_elsewhere(PORTAL), river.is_elsewhere(PORTAL)) == (True, False)


@pytest.mark.parametrize(
    ("slots", "named"),
    [
        ({"registration": "延续注册", "aspect": "材料"}, True),
        ({"registration": "延续注册", "aspect": "材料", "region": "四川"}, True),
        ({"registration": "延续注册"}, False),
        ({"registration": "变更注册", "aspect": "材料"}, False),
    ],
)
def test_an_entry_is_named_when_all_its_slots_are(slots: dict[str, str], named: bool) -> None:
    assert said(**slots).is_named(MATERIALS) is named


def test_steps_may_be_answered_with_the_procedure_but_not_the_other_way_round() -> None:
    assert said(registration="延续注册", aspect="步骤").is_named(STEPS)
    other = entry("s2", "步骤", slots={"registration": "延续注册", "aspect": "步骤"})
    assert not said(registration="延续注册", aspect="程序").is_named(other)


@pytest.mark.parametrize(
    ("is_ours", "name", "expected"),
    [
        pytest.param(False, "m", True, id="ours was not named, the entry is ours"),
        pytest.param(False, "b", False, id="the entry is that certificate's"),
        pytest.param(True, "m", False, id="ours was named too"),
    ],
)
def test_another_certificate_rules_out_entries_of_ours(
    is_ours: bool, name: str, expected: bool
) -> None:
    agreement = said(is_ours, certificate="一级建造师")
    assert agreement.is_other_subject(MATERIALS if name == "m" else FIRST_CLASS) is expected


def with_card(card: str) -> SlotMatch:
    """A card was named, and who pays; of two entries on papers one tells cards apart."""
    words = replace(VOCABULARY, names={**VOCABULARY.names, "card": "card"})
    told = [slot("card", card), slot("registration", "延续注册"), slot("aspect", "材料")]
    known = frozenset({frozenset({**MATERIALS.slots, "card": "少儿证"}.items())})
    return slot_match_of(told, words, is_ours=True, told_apart=known)


def test_a_detail_is_extra_only_where_another_entry_tells_it_apart() -> None:
    extra = [
        agree(with_card(c), MATERIALS, 0.0, frozenset())["extra"] for c in ("少儿证", "老年证")
    ]
    assert extra == [1.0, 0.0]


def test_another_aspect_speaks_against_an_entry_that_the_detail_brings_up() -> None:
    fees = entry("c", "费用", slots={"card": "老年证", "aspect": "费用"})
    found = [agree(with_card("老年证"), each, 0.0, frozenset()) for each in (fees, STEPS)]
    assert [one["against"] for one in found] == [1.0, 0.0]


def test_no_certificate_rules_out_nothing() -> None:
    assert not said(is_ours=False, aspect="材料").is_other_subject(FIRST_CLASS)
