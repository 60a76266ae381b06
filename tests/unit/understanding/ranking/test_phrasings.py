"""Phrasings shared among entries that differ in one named slot."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.core.model.entry import Entry
from bot.core.model.lexicon import Lexicon, Region, Term
from bot.core.model.pack import Pack
from bot.understanding.lexicon.reader import LexiconReader
from bot.understanding.ranking.phrasings import Phrasing, phrasings, read_asks
from tests.tiny import entry, tiny_pack

TERMS = (
    Term("延续注册", ("续期", "延续"), slot="registration"),
    Term("变更注册", ("变更",), slot="registration"),
    Term("材料", ("资料",), slot="aspect"),
    Term("入口", ("在哪注册",), slot="aspect"),
)
WORDS = {"要": 100, "什么": 100, "网站": 50, "晚": 20, "了": 900}
REGIONS = {short: Region(short, f"{short}省", (short,), (), ()) for short in ("四川", "浙江")}
PACK = replace(tiny_pack(), regions=REGIONS, lexicon=Lexicon(TERMS, ("请问",), {}, WORDS))


@pytest.fixture(scope="module")
def reader() -> LexiconReader:
    return LexiconReader(PACK)


def asked(name: str, *ask: str, **slots: str) -> Entry:
    return replace(entry(name, name, slots=slots), ask=ask)


def papers(registration: str, *ask: str) -> Entry:
    return asked(f"papers-{registration}", *ask, registration=registration, aspect="材料")


def portal_of(region: str, *ask: str) -> Entry:
    return asked(f"portal-{region}", *ask, region=region, aspect="入口")


def stored(entries: list[Entry], reader: LexiconReader) -> list[Phrasing]:
    return phrasings(entries, read_asks(entries, reader))


def only(found: list[Phrasing]) -> Phrasing:
    assert len(found) == 1
    return found[0]


def test_a_named_registration_is_left_out_and_shared(reader: LexiconReader) -> None:
    entries = [papers("延续注册", "续期要什么资料"), papers("变更注册")]
    found = only(stored(entries, reader))
    assert (found.text, found.entries) == ("要什么材料", (0, 1))
    assert (found.shared, found.is_bare, found.implied) == ("registration", True, frozenset())


def test_an_unnamed_registration_is_implied_and_stays_its_entrys_own(
    reader: LexiconReader,
) -> None:
    entries = [papers("延续注册", "要什么材料"), papers("变更注册")]
    found = only(stored(entries, reader))
    assert (found.text, found.entries, found.shared) == ("要什么材料", (0,), "")
    assert (found.is_bare, found.implied) == (False, {"registration"})


def test_a_named_place_is_shared(reader: LexiconReader) -> None:
    entries = [portal_of("四川", "四川在哪注册"), portal_of("浙江")]
    found = only(stored(entries, reader))
    assert (found.text, found.entries) == ("入口", (0, 1))
    assert (found.shared, found.is_bare) == ("region", False)


def test_an_entry_without_relatives_keeps_its_phrasing(reader: LexiconReader) -> None:
    found = only(stored([papers("延续注册", "延续要什么材料")], reader))
    assert (found.text, found.entries, found.shared) == ("延续注册要什么材料", (0,), "")


def test_entries_with_nothing_but_a_registration_are_no_family(reader: LexiconReader) -> None:
    entries = [
        asked("late", "延续晚了", registration="延续注册"),
        asked("change", registration="变更注册"),
    ]
    found = only(stored(entries, reader))
    assert (found.text, found.entries) == ("延续注册晚了", (0,))


def test_another_value_than_the_entrys_own_names_nothing(reader: LexiconReader) -> None:
    entries = [papers("延续注册", "变更要什么材料"), papers("变更注册")]
    found = only(stored(entries, reader))
    assert (found.entries, found.implied) == ((0,), {"registration"})


def test_a_phrasing_that_is_its_registration_alone_keeps_it(reader: LexiconReader) -> None:
    entries = [
        replace(papers("延续注册", "延续"), slots={"registration": "延续注册", "aspect": "材料"}),
        papers("变更注册"),
    ]
    found = only(stored(entries, reader))
    assert (found.text, found.is_bare, found.implied) == ("延续注册", False, {"aspect"})


def test_every_phrasing_comes_in_the_order_of_the_pack(reader: LexiconReader) -> None:
    entries = [
        papers("延续注册", "延续要什么材料", "要网站"),
        asked("late", "晚了", "晚了要什么"),
    ]
    found = [(p.text, p.entries[0]) for p in stored(entries, reader)]
    assert found == [("延续注册要什么材料", 0), ("要网站", 0), ("晚了", 1), ("晚了要什么", 1)]


def test_fillers_are_in_no_phrasing(reader: LexiconReader) -> None:
    assert only(stored([asked("late", "请问晚了")], reader)).text == "晚了"


def test_every_phrasing_of_the_real_pack_says_something(pack: Pack) -> None:
    found = stored(list(pack.entries.values()), LexiconReader(pack))
    assert [p for p in found if not p.text] == []
    assert len(found) <= sum(len(e.ask) for e in pack.entries.values())
    assert len(found) == len(set(found))


def test_the_portals_of_the_real_pack_share_their_phrasings(pack: Pack) -> None:
    entries = list(pack.entries.values())
    shared = [p for p in stored(entries, LexiconReader(pack)) if p.shared == "region"]
    families = {tuple(entries[n].slots["region"] for n in p.entries) for p in shared}
    assert {len(family) for family in families} == {23}
