"""Every portal of the seed can be read word for word, with its click path, its source and its date.

The answer opens with what to do; what the seed says stands there or behind the choice 依据详情.
"""

from __future__ import annotations

import re
from datetime import date

import pytest

from bot.app import Brain
from bot.core.model.reply import Reply
from bot.core.wire import reply_as_json
from bot.runtime.replay import Replayer
from tests.conftest import KNOWLEDGE
from tests.fakes import NOON

SEED = (KNOWLEDGE / "sources" / "2021-12-08-registration.md").read_text(encoding="utf-8")
SECTION = SEED.split("## 各地二建证书注册网站")[1].split("\n## ")[0]
PORTALS = dict(re.findall(r"\*\*(\S+?)：\*\* (.+)", SECTION))


@pytest.fixture(scope="module")
def replayer(brain: Brain) -> Replayer:
    return Replayer(brain, NOON)


@pytest.fixture(scope="module")
def replies(replayer: Replayer) -> dict[str, Reply]:
    """What is said to whoever asks where to register in a region."""
    return {region: replayer.run([f"{region}二建在哪注册"]).reply for region in PORTALS}


@pytest.fixture(scope="module")
def details(replayer: Replayer) -> dict[str, Reply]:
    """What is said to whoever asks so and then for the details."""
    return {region: replayer.run([f"{region}二建在哪注册", "依据详情"]).reply for region in PORTALS}


def shown(path: str) -> str:
    """A path to click along as it is shown."""
    return path.replace("-->", "→")


def test_the_seed_has_twenty_three_portals() -> None:
    assert len(PORTALS) == 23


def test_every_answer_opens_with_its_region(replies: dict[str, Reply]) -> None:
    assert [name for name in PORTALS if not replies[name].as_text().startswith(name)] == []


def test_every_portal_is_told_word_for_word_there_or_behind_a_choice(
    replies: dict[str, Reply], details: dict[str, Reply]
) -> None:
    told = {name: replies[name].as_text() + details[name].as_text() for name in PORTALS}
    assert [name for name in PORTALS if shown(PORTALS[name]) not in told[name]] == []


def test_no_other_portal_is_told_with_it(replies: dict[str, Reply]) -> None:
    others = [
        (region, other)
        for region, reply in replies.items()
        for other in PORTALS.keys() - {region}
        if PORTALS[other] in reply.as_text()
    ]
    assert others == []


def test_every_portal_carries_its_source_and_date(replies: dict[str, Reply]) -> None:
    last = {
        name: one.as_text().partition("依据：")[2].split("\n")[0] for name, one in replies.items()
    }
    assert [name for name, line in last.items() if "（核对于 20" not in line] == []


def test_what_the_seed_says_carries_its_source_and_date(
    replies: dict[str, Reply], details: dict[str, Reply]
) -> None:
    title, checked = "《二级建造师 - 注册相关》(2021-12-08)", date(2021, 12, 8)
    where = (title, "各地二建证书注册网站", checked)
    for name in PORTALS:
        notes = (*replies[name].sources, *details[name].answers[0].sources)
        assert where in [(note.title, note.article, note.checked_on) for note in notes], name
    line = f"{title}（核对于 2021-12-08）"
    assert [name for name, reply in details.items() if line not in reply.as_text()] == []


def test_every_portal_is_the_one_answer_for_its_region(replies: dict[str, Reply]) -> None:
    found = {region: reply_as_json(reply) for region, reply in replies.items()}
    said = {
        region: (one["status"], one["slots"]["region"], len(one["answers"]))
        for region, one in found.items()
    }
    assert said == {region: ("answered", region, 1) for region in PORTALS}


def test_the_portal_command_finds_every_portal_too(replayer: Replayer) -> None:
    answers = {name: replayer.run([f"/portal {name}"]).reply.answers for name in PORTALS}
    found = {name: [(one.entry, one.slots["region"]) for one in answers[name]] for name in PORTALS}
    entries = {entry.slots["region"]: entry.id for entry in replayer.brain.pack.portals}
    assert found == {name: [(entries[name], name)] for name in PORTALS}
