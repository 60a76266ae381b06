"""What of a pack is growing old."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from bot.app import load_brain
from bot.core.model.pack import Pack
from bot.core.model.reply import Reason
from bot.core.ports import Rated
from bot.drawing.calendar_file import write
from bot.runtime.due import What, due, reminders
from tests.packs import PACK, write_pack

FACTS = PACK["faq/main.yaml"].replace(
    "      - text: 交申请表。\n        sources: [{source: seed}]\n",
    """\
      - {text: 旧的, sources: [{source: seed}], valid_until: 2022-06-30}
      - {text: 新的, sources: [{source: seed}], valid_from: 2022-07-01}
""",
)


@pytest.fixture(scope="module")
def pack(tmp_path_factory: pytest.TempPathFactory) -> Pack:
    return load_brain(write_pack(tmp_path_factory.mktemp("due") / "pack", main=FACTS)).pack


@pytest.mark.parametrize(
    ("today", "found"),
    [
        (date(2022, 1, 1), []),
        (date(2022, 6, 1), [("expires", "旧的"), ("begins", "新的")]),
        (date(2022, 6, 30), [("expires", "旧的"), ("begins", "新的")]),
        (date(2022, 7, 1), [("expired", "旧的"), ("began", "新的")]),
        (date(2022, 12, 8), [("expired", "旧的"), ("review", "原资料")]),
        (date(2022, 12, 9), [("expired", "旧的"), ("overdue", "原资料")]),
    ],
)
def test_what_is_due_on_a_day(today: date, found: list[tuple[str, str]], pack: Pack) -> None:
    assert [(one.what.value, one.text) for one in due(pack, today, 30)] == found


def test_a_source_says_how_many_facts_rest_on_it(pack: Pack) -> None:
    [source] = [one for one in due(pack, date(2023, 1, 1), 30) if one.name == "seed"]
    assert source.uses == 2


def test_a_calendar_has_an_event_for_each(pack: Pack) -> None:
    today = date(2022, 6, 1)
    text = write(*reminders(pack, due(pack, today, 30), today))
    assert text.count("BEGIN:VEVENT") == 2
    assert "DTSTART;VALUE=DATE:20220630" in text


def test_what_people_call_out_of_date_is_due_until_it_is_compared_again(pack: Pack) -> None:
    said_at = datetime(2022, 6, 1, 17, tzinfo=UTC)
    ratings = {Reason.LIKED: 9, Reason.OUTDATED: 2}
    said = [Rated("renewal-materials", "", ratings, said_at), Rated("gone", "", ratings, said_at)]
    [found] = [one for one in due(pack, date(2022, 6, 3), 30, said) if one.what is What.REPORTED]
    assert (found.day, found.name, found.uses) == (date(2022, 6, 2), "renewal-materials", 2)
    assert found.text.endswith("：旧的")
    checked = [replace(one, outdated_at=datetime(2021, 12, 8, tzinfo=UTC)) for one in said]
    assert What.REPORTED not in [one.what for one in due(pack, date(2022, 6, 3), 30, checked)]


def test_the_owner_of_a_source_is_named_else_that_of_the_pack(pack: Pack) -> None:
    source = replace(pack.sources["seed"], owner="小王")
    named = replace(pack, sources={"seed": source}, owner="值班")
    assert [one.owner for one in due(named, date(2022, 12, 9), 30)] == ["值班", "小王"]
