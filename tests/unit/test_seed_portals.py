"""Every portal of the seed is told word for word, with its click path, its source and its date."""

from __future__ import annotations

import re

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


def test_the_seed_has_twenty_three_portals() -> None:
    assert len(PORTALS) == 23


def test_every_portal_is_told_word_for_word_at_once_or_behind_its_details(
    replayer: Replayer, replies: dict[str, Reply]
) -> None:
    """What has moved is told in its new place; the words of the seed stand behind it."""
    told = {
        name: reply.as_text() + replayer.run([f"{name}二建在哪注册", "依据详情"]).reply.as_text()
        for name, reply in replies.items()
    }
    assert [name for name, path in PORTALS.items() if _shown(path) not in told[name]] == []


def _shown(path: str) -> str:
    return path.replace("-->", "→")


def test_no_other_portal_is_told_with_it(replies: dict[str, Reply]) -> None:
    others = [
        (region, other)
        for region, reply in replies.items()
        for other in PORTALS.keys() - {region}
        if PORTALS[other] in reply.as_text()
    ]
    assert others == []


def test_every_portal_carries_its_source_and_date(replies: dict[str, Reply]) -> None:
    notes = {region: reply.sources[0] for region, reply in replies.items()}
    assert {name: note for name, note in notes.items() if not note.title} == {}
    lines = {name: reply.as_text().rsplit("依据：", 1)[-1] for name, reply in replies.items()}
    dated = re.compile(r"（核对于 \d{4}-\d\d-\d\d")
    assert [name for name, line in lines.items() if not dated.search(line)] == []


def test_every_portal_is_the_one_answer_for_its_region(replies: dict[str, Reply]) -> None:
    found = {region: reply_as_json(reply) for region, reply in replies.items()}
    said = {
        region: (one["status"], one["slots"]["region"], len(one["answers"]))
        for region, one in found.items()
    }
    assert said == {region: ("answered", region, 1) for region in PORTALS}


def test_the_portal_command_finds_every_portal_too(replayer: Replayer) -> None:
    told = {name: replayer.run([f"/portal {name}"]).reply for name in PORTALS}
    asked = {name: replayer.run([f"{name}二建在哪注册"]).reply for name in PORTALS}
    assert {n: [a.entry for a in r.answers] for n, r in told.items()} == {
        n: [a.entry for a in r.answers] for n, r in asked.items()
    }
