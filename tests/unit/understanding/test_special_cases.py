"""Entries about a special case: they answer who names it, and give way where nobody does."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.core.model.session import Context
from bot.core.model.understanding import Understanding
from bot.knowledge.loader import load_pack
from bot.understanding.engine import PackUnderstander
from tests.packs import PACK, write_pack

NOON = datetime(2024, 3, 1, 12, tzinfo=UTC)
ENTRIES = """\
  - id: returning
    title: 怎么还书
    ask: [借的书怎么还, 书怎么还回来, 还书去哪里]
    not: [借书]
    short: 还到前台。
    facts: [{text: 还到前台。, sources: [{source: seed}]}]
  - id: reader-died
    title: 读者去世，他借的书怎么还
    ask: [读者去世了借的书怎么还, 老人过世了书还给谁, 借书的人病故，书怎么处理]
    not: [借书]
    needs: [去世, 过世, 病故]
    short: 家人还到前台就行。
    facts: [{text: 家人还到前台就行。, sources: [{source: seed}]}]
"""


@pytest.fixture
def understander(tmp_path: Path) -> PackUnderstander:
    folder = write_pack(tmp_path, main=PACK["faq/main.yaml"] + ENTRIES)
    return PackUnderstander(load_pack(folder))


def understood(
    understander: PackUnderstander, text: str, topic: str | None = None
) -> Understanding:
    return understander.understand(text, Context({}, topic, NOON), NOON)


def unmet(found: Understanding) -> float:
    return next(c.signals["unmet"] for c in found.candidates if c.entry == "reader-died")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("我爷爷过世了，他借的书怎么处理", 0.0, id="named"),
        pytest.param("我爺爺過世了，他借的書怎麼處理", 0.0, id="named in the matching form"),
        pytest.param("我爷爷生病了，他借的书怎么处理", 1.0, id="not named"),
        pytest.param("读者去了，他借的书怎么还", 1.0, id="nearly"),
    ],
)
def test_whether_the_case_was_named(
    understander: PackUnderstander, text: str, expected: float
) -> None:
    assert unmet(understood(understander, text)) == expected


def test_what_was_talked_about_names_the_case(understander: PackUnderstander) -> None:
    assert unmet(understood(understander, "他的书怎么处理")) == 1.0
    assert unmet(understood(understander, "他的书怎么处理", "reader-died")) == 0.0


def test_who_names_no_case_gets_the_plain_entry(understander: PackUnderstander) -> None:
    found = understood(understander, "读者借的书怎么还")
    assert found.candidates[0].entry == "returning"
