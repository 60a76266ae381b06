"""Every portal of the seed is told word for word, with its click path, its source and its date."""

from __future__ import annotations

import re

import pytest

from bot.app import Brain
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


def test_the_seed_has_twenty_three_portals() -> None:
    assert len(PORTALS) == 23


@pytest.mark.parametrize("region", PORTALS)
def test_the_portal_is_told_word_for_word(replayer: Replayer, region: str) -> None:
    assert f"{region}：{PORTALS[region]}" in replayer.run([f"{region}二建在哪注册"]).reply.as_text()


@pytest.mark.parametrize("region", PORTALS)
def test_no_other_portal_is_told_with_it(replayer: Replayer, region: str) -> None:
    told = replayer.run([f"{region}二建在哪注册"]).reply.as_text()
    assert [other for other in PORTALS if other != region and PORTALS[other] in told] == []


@pytest.mark.parametrize("region", PORTALS)
def test_the_portal_carries_its_source_and_date(replayer: Replayer, region: str) -> None:
    reply = replayer.run([f"{region}二建在哪注册"]).reply
    first = reply.sources[0]
    assert (first.title, first.checked_on.isoformat()) == (
        "《二级建造师 - 注册相关》(2021-12-08)",
        "2021-12-08",
    )
    assert "各地二建证书注册网站（核对于 2021-12-08）" in reply.as_text()


@pytest.mark.parametrize("region", PORTALS)
def test_the_portal_is_the_one_answer_for_its_region(replayer: Replayer, region: str) -> None:
    found = reply_as_json(replayer.run([f"{region}二建在哪注册"]).reply)
    assert (found["status"], found["slots"]["region"], len(found["answers"])) == (
        "answered",
        region,
        1,
    )


@pytest.mark.parametrize("region", PORTALS)
def test_the_portal_command_finds_it_too(replayer: Replayer, region: str) -> None:
    assert f"{region}：{PORTALS[region]}" in replayer.run([f"/portal {region}"]).reply.as_text()
