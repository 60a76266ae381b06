"""A door more in the shipped pack: what lists places knows of it, and nothing denies it."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.app import Brain
from bot.core.model.lexicon import Region
from bot.core.model.pack import Pack
from bot.core.model.reply import Status
from bot.knowledge.cases import Question, load_questions
from bot.knowledge.loader import load_pack
from bot.knowledge.scaffold import new_portal, write
from bot.knowledge.self_test import run_tests
from bot.runtime.brain import load_brain
from bot.runtime.replay import Replayer
from tests.conftest import KNOWLEDGE
from tests.unit.cli.running import Run, run_here

NOW = datetime(2026, 11, 22, 4, tzinfo=UTC)
SHIPPED = load_pack(KNOWLEDGE)
MISSING = [place for place in SHIPPED.regions if SHIPPED.portal_of(place) is None]
MANY = 3
"""Places without a door that a sentence names if it tells which there are."""
ASKED = ("{0}二建在哪注册", "{0}二级建造师去哪个网站", "那个{0}的注册入口有没有")


@pytest.fixture(scope="module")
def completed(tmp_path_factory: pytest.TempPathFactory) -> Brain:
    """The shipped pack with a door for every place that has none."""
    folder = tmp_path_factory.mktemp("completed") / "knowledge"
    shutil.copytree(KNOWLEDGE, folder)
    pack = load_pack(folder)
    for place in MISSING:
        write(folder, new_portal(pack, place, f"{place}注册办事大厅"))
    return load_brain(folder)


@pytest.fixture(scope="module")
def replayer(completed: Brain) -> Replayer:
    return Replayer(completed, NOW)


def test_one_command_adds_it_and_the_pack_is_clean(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    zhuce: Run = run_here(monkeypatch, capsys)
    folder = tmp_path / "knowledge"
    shutil.copytree(KNOWLEDGE, folder)
    at = ("--knowledge", str(folder))
    ran = zhuce("kb", "new", "portal", "海南", "--answer", "海南注册办事大厅", *at)
    assert (ran.code, "现在还问不对的" in ran.out) == (0, False), ran.out
    assert zhuce("kb", "check", *at).code == 0
    reply = zhuce("ask", "--json", "海南二建在哪注册", *at).reply
    assert (reply["status"], reply["entry"]) == ("answered", "portal-hainan")


@pytest.mark.parametrize("place", MISSING)
@pytest.mark.parametrize("question", ASKED)
def test_the_place_is_answered_and_no_longer_a_gap(
    replayer: Replayer, place: str, question: str
) -> None:
    reply = replayer.run((question.format(place),)).reply
    assert (reply.status, reply.reason) == (Status.ANSWERED, None)
    assert f"{place}注册办事大厅" in reply.as_text()


@pytest.mark.parametrize("place", MISSING)
def test_no_question_of_the_pack_comes_out_wrong_because_of_it(
    completed: Brain, replayer: Replayer, brain: Brain, place: str
) -> None:
    """Those about doors that name the place; what comes out wrong without the door is left out."""
    asked = tuple(q for q in naming(brain.pack.regions[place]) if is_about_a_door(q))
    assert wrong(replayer, asked) - wrong(Replayer(brain, NOW), asked) == set()


def is_about_a_door(question: Question) -> bool:
    doors = {entry.id for entry in SHIPPED.portals}
    is_gap = question.gap is not None or question.reason == "no_data_for_region"
    return is_gap or bool(doors.intersection(question.entries))


def naming(region: Region) -> Iterator[Question]:
    names = [region.short, *region.names, *region.places, *region.letter_names]
    spelt = re.compile("|".join(re.escape(n) for n in names if len(n) > 1), re.IGNORECASE)
    return (q for q in load_questions(KNOWLEDGE) if spelt.search(" ".join(q.turns)))


def wrong(replayer: Replayer, questions: tuple[Question, ...]) -> set[str]:
    pack = replayer.brain.pack
    failures = run_tests(
        pack, questions, replayer.understand, lambda turns: replayer.run(turns).reply, only=("",)
    )
    return {failure.question for failure in failures}


@pytest.mark.parametrize("place", MISSING)
def test_no_text_of_the_pack_says_that_there_is_none(completed: Brain, place: str) -> None:
    assert [text for text in lists_of_gaps(completed.pack) if place in text] == []


def test_the_list_of_what_is_covered_names_them(completed: Brain) -> None:
    entry = completed.pack.entries["portal-list"]
    told = "\n".join(fact.text for fact in entry.all_facts)
    assert [place for place in MISSING if place not in told] == []
    assert str(len(SHIPPED.portals) + len(MISSING)) in entry.short


def lists_of_gaps(pack: Pack) -> Iterator[str]:
    """Sentences that tell which places there is nothing on."""
    for entry in pack.entries.values():
        for text in (entry.short, *(fact.text for fact in entry.all_facts)):
            for one in re.split("[。；\n]", text):
                named = [place for place in MISSING if place in one]
                if len(named) >= MANY and re.search("没有|未收录", one):
                    yield one
