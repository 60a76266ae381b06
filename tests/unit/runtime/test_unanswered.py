"""What was asked in vain, grouped by what it means."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml

from bot.app import Brain, load_brain
from bot.core.ports import Missed
from bot.runtime.replay import Replayer
from bot.runtime.unanswered import groups_of, proposal
from tests.packs import write_pack

NOW = datetime(2026, 11, 22, 4, tzinfo=UTC)


def missed(words: str, *people: str, reason: str = "no_data") -> Missed:
    named = frozenset(people)
    return Missed(words, reason, len(people), named, NOW, people=len(named))


@pytest.fixture(scope="module")
def replayer(brain: Brain) -> Replayer:
    return Replayer(brain, NOW)


def test_wordings_of_one_question_are_one_group(replayer: Replayer) -> None:
    asked = ("二建证书能抵学分吗", "今天天气怎么样", "二建证能不能抵学分", "明天天气怎么样")
    groups = groups_of([missed(words, words) for words in asked], replayer)
    assert sorted([one.words for one in group.missed] for group in groups) == [
        ["二建证书能抵学分吗", "二建证能不能抵学分"],
        ["今天天气怎么样", "明天天气怎么样"],
    ]


def test_the_same_question_about_two_places_is_two_groups(replayer: Replayer) -> None:
    asked = ("青海注册网站崩溃找谁投诉", "西藏注册网站崩溃找谁投诉")
    assert len(groups_of([missed(words, words) for words in asked], replayer)) == 2


def test_a_person_counts_once_in_a_group(replayer: Replayer) -> None:
    same = [missed("二建证书能抵学分吗", "a", "b"), missed("二建证能不能抵学分", "a")]
    [group] = groups_of(same, replayer)
    assert (group.people, group.times) == (2, 3)


@pytest.mark.parametrize(("people", "shown"), [("ab", ()), ("abc", ("二建证书能抵学分吗",))])
def test_words_are_shown_from_three_people_on(
    people: str, shown: tuple[str, ...], replayer: Replayer
) -> None:
    [group] = groups_of([missed("二建证书能抵学分吗", *people)], replayer)
    assert group.wordings == shown
    assert bool(proposal(replayer.brain.pack, group, 1)) == bool(shown)


def test_the_group_of_most_people_comes_first(replayer: Replayer) -> None:
    groups = groups_of([missed("今天天气怎么样", "a"), missed("二建证能抵学分", *"ab")], replayer)
    assert [group.people for group in groups] == [2, 1]


def test_a_group_that_is_answered_today_is_closed(replayer: Replayer) -> None:
    [group] = groups_of([missed("四川二建在哪注册", "a")], replayer)
    assert group.answered_by == "portal-sichuan"


def test_a_bad_answer_stays_open_while_the_same_entry_replies(replayer: Replayer) -> None:
    for entry, closed in (("portal-sichuan", False), ("portal-chongqing", True)):
        one = Missed("四川二建在哪注册", "declined", 1, frozenset("a"), NOW, entry, 1)
        [group] = groups_of([one], replayer)
        assert (group.is_closed, group.replied) == (closed, (entry,))


def test_a_proposal_that_is_pasted_closes_its_group(tmp_path: Path) -> None:
    folder = write_pack(tmp_path / "tiny")
    before = Replayer(load_brain(folder), NOW)
    asked = [missed(w, *"abc") for w in ("培训班在哪里报名", "培训班怎么报名", "怎么报培训班")]
    [group] = groups_of(asked, before)
    assert not group.is_closed
    pasted = proposal(before.brain.pack, group, 1)
    assert yaml.safe_load(pasted)["entries"][0]["ask"] == list(group.wordings)
    (folder / "faq" / "new.yaml").write_text(pasted, encoding="utf-8")
    [after] = groups_of(asked, Replayer(load_brain(folder), NOW))
    assert after.answered_by == "new-1"
