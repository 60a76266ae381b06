"""What a pack has without writing it, and what it says itself instead."""

from __future__ import annotations

from pathlib import Path

from bot.core.model.pack import Pack
from bot.core.model.reply import Reason, Reply, Status
from bot.core.model.understanding import Candidate, Thresholds, Understanding
from bot.knowledge.cases import Question
from bot.knowledge.inheritance import is_inherited
from bot.knowledge.loader import load_pack
from bot.knowledge.self_test import Failure, run_tests
from tests.packs import PACK, edited, problems_of, write_pack

ALL = edited("pack.yaml", ("inherit: [phrases]\n", ""))
ABOUT_YUNNAN = edited("pack.yaml", ("inherit: [phrases]\n", "regions: [云南]\n"))
CLAIMED = "今天上班吗"
"""A line of the small talk that every pack inherits."""


def test_a_word_that_is_inherited_too_keeps_the_slot_that_it_fills(tmp_path: Path) -> None:
    synonyms = edited("synonyms.yaml", ("terms:\n", "terms:\n  - {word: 材料, forms: [家伙什]}\n"))
    pack = load_pack(write_pack(tmp_path, pack=ALL, synonyms=synonyms))
    [term] = [term for term in pack.lexicon.terms if term.word == "材料"]
    assert (term.slot, term.value) == ("aspect", "材料")
    assert "家伙什" in term.forms
    assert "资料" in term.forms


def test_entries_are_about_the_regions_of_the_pack_unless_they_say_otherwise(
    tmp_path: Path,
) -> None:
    everywhere = edited(
        "faq/main.yaml", ("    title: 延续材料\n", "    title: 材\n    regions: []\n")
    )
    scoped = load_pack(write_pack(tmp_path / "one", pack=ABOUT_YUNNAN))
    own = load_pack(write_pack(tmp_path / "other", pack=ABOUT_YUNNAN, main=everywhere))
    assert scoped.entries["renewal-materials"].regions == ("云南",)
    assert own.entries["renewal-materials"].regions == ()


def test_what_is_declined_and_small_talk_are_about_no_region(tmp_path: Path) -> None:
    pack = load_pack(write_pack(tmp_path, pack=ABOUT_YUNNAN))
    assert pack.entries["first-class"].regions == ()
    assert pack.entries["smalltalk-greeting"].regions == ()


def test_a_region_of_the_pack_that_there_is_not_is_told(tmp_path: Path) -> None:
    wrong = ABOUT_YUNNAN.replace("[云南]", "[云男]")
    [problem] = problems_of(write_pack(tmp_path, pack=wrong))
    assert problem.message == "没有地区“云男”；是不是“云南”？"


def test_an_entry_that_was_not_written_is_told_from_one_that_was(tmp_path: Path) -> None:
    pack = load_pack(write_pack(tmp_path, pack=ALL))
    assert is_inherited(pack.entries["smalltalk-greeting"])
    assert not is_inherited(pack.entries["renewal-materials"])


def test_an_inherited_line_gives_way_to_what_the_pack_has_for_it(tmp_path: Path) -> None:
    pack = load_pack(write_pack(tmp_path, pack=ALL))
    told = [f.question for f in proven(pack, claims={CLAIMED: "renewal-materials"})]
    assert CLAIMED not in told


def test_an_inherited_line_that_finds_other_small_talk_is_a_failure(tmp_path: Path) -> None:
    pack = load_pack(write_pack(tmp_path, pack=ALL))
    told = [f.question for f in proven(pack, claims={CLAIMED: "smalltalk-thanks"})]
    assert told == [CLAIMED]


def test_a_gap_is_asked_about_as_long_as_it_is_one(tmp_path: Path) -> None:
    question = Question(("云南在哪办",), status="abstained", gap="云南", place="tests/x.yaml:2")
    pack = load_pack(write_pack(tmp_path / "gap"))
    door = PACK["faq/main.yaml"] + (
        "  - id: door\n    title: 云南入口\n    slots: {region: 云南, aspect: 入口}\n"
        "    ask: [云南在哪, 云南去哪, 云南哪里]\n    not: [吉林在哪]\n    short: 大厅。\n"
        "    facts: [{text: 大厅。, sources: [{source: seed}]}]\n"
    )
    filled = load_pack(write_pack(tmp_path / "filled", main=door))
    assert [f.question for f in proven(pack, question)] == ["云南在哪办"]
    assert proven(filled, question) == []


def test_a_gap_that_is_no_region_is_told(tmp_path: Path) -> None:
    pack = load_pack(write_pack(tmp_path))
    [failure] = proven(pack, Question(("话",), status="answered", gap="云蓝"))
    assert "没有“云蓝”这个地区" in failure.message


def proven(pack: Pack, *questions: Question, claims: dict[str, str] | None = None) -> list[Failure]:
    """The failures of a pack whose lines find their own entries, but for those that are claimed."""
    owners = {line: entry.id for entry in pack.entries.values() for line in entry.ask}
    owners |= claims or {}

    def understand(text: str) -> Understanding:
        found = (Candidate(owners[text], 1.0, text, {}),)
        return Understanding(text, text, (text,), (), found, Thresholds(0.5, 0.3))

    def ask(turns: tuple[str, ...]) -> Reply:
        return Reply(Status.ANSWERED, ()) if turns else Reply(Status.ABSTAINED, (), Reason.NO_DATA)

    return run_tests(pack, questions, understand, ask)
