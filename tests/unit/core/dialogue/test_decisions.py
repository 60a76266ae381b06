"""A turn that is remembered is the turn that would be decided anew, reply and session alike."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.dialogue.decide import take_turn
from bot.core.dialogue.decisions import REMEMBERED, Decisions
from bot.core.model.session import Asking, Context, Session, Walk
from bot.core.model.update import Quoted, Update
from bot.core.ports import Brain
from bot.runtime.clock import calendar_writer
from bot.storage.records import FORMAT, read_session, write_session
from tests.fakes import NOON, SOMEONE, ScriptedUnderstander, candidate, understood
from tests.tiny import tiny_pack

GAPS = (timedelta(seconds=5), timedelta(minutes=11), timedelta(hours=13), timedelta(days=40))
"""Within the life of a context and beyond it, the next day, and beyond the life of facts."""
REMARKS = ("四川呢", "材料", "为什么", "再说一遍", "谢谢", "不对", "没有我要的", "/help", "/steps")


class BothWays:
    """Takes turns anew and from memory, and holds them against each other."""

    def __init__(self, brain: Brain) -> None:
        self._brain, self._decisions = brain, Decisions(calendar_writer())
        asked = [entry.ask[0] for entry in brain.pack.entries.values() if entry.ask]
        self._words = (*REMARKS, *asked[::40])

    def said(self, number: int, session: Session, now: datetime) -> Update:
        """One of few things to say, so that they come again: a choice, a remark or a question."""
        if number < 4 and session.offered:
            label, value = session.offered[number % len(session.offered)]
            press, text = (value, None) if number % 2 else (None, label)
            return Update("1", SOMEONE, now, text, press)
        if number == 4 and session.rated:
            return Update("1", SOMEONE, now, session.rated[-1][0])
        return Update("1", SOMEONE, now, self._words[number % len(self._words)])

    def take(self, session: Session, update: Update) -> Session:
        """Return the session after the turn."""
        now = update.at
        anew = take_turn(self._brain, session, update, now, calendar=calendar_writer())
        for _ in range(2):
            turn = self._decisions.take(self._brain, session, update, now)
            assert replace(turn, understanding=None) == replace(anew, understanding=None)
        return anew.session


@pytest.fixture(scope="module")
def both(brain: Brain) -> BothWays:
    return BothWays(brain)


@settings(max_examples=60, deadline=None)
@given(talk=st.lists(st.tuples(st.integers(0, 24), st.sampled_from(GAPS)), min_size=2, max_size=8))
def test_a_conversation_goes_on_as_it_would_without_memory(
    both: BothWays, talk: list[tuple[int, timedelta]]
) -> None:
    session, now = Session(), NOON
    for number, gap in talk:
        now += gap
        after = both.take(session, both.said(number, session, now))
        session = read_session(write_session(after), FORMAT)
        assert session == after


def tiny() -> Brain:
    script = {"期限": understood(candidate("limits", 0.9))}
    return Brain(tiny_pack(), ScriptedUnderstander(script))


def asking(text: str = "期限", now: datetime = NOON) -> Update:
    return Update("1", SOMEONE, now, text=text)


def test_what_was_said_before_is_known_in_the_same_place_and_in_no_other() -> None:
    decisions, brain, later = Decisions(), tiny(), NOON + timedelta(seconds=1)
    assert decisions.known(brain, Session(), asking(), NOON) is None
    first = decisions.take(brain, Session(), asking(), NOON)
    assert decisions.known(brain, Session(), asking(now=later), later) is not None
    assert decisions.known(brain, first.session, asking(now=later), later) is None
    assert decisions.known(tiny(), Session(), asking(now=later), later) is None
    assert decisions.known(brain, Session(), asking(), NOON + timedelta(days=1)) is None


OTHER_SESSIONS = {
    "pack_version": "another",
    "context": Context(entry="limits", at=NOON),
    "offered": (("期限", "w:next"),),
    "walk": Walk("procedure", "初始注册", ("apply",)),
    "asking": Asking("calculator"),
    "shelf": (Walk("procedure", "初始注册", ("apply",)),),
    "asked": "slot",
    "known": "2026",
    "rated": (("期限", "r:limits"),),
}
OTHER_CONTEXTS = {
    "slots": {"region": "四川"},
    "entry": "another",
    "at": None,
    "trail": ("another",),
    "is_card_open": True,
}


@pytest.mark.parametrize("name", [field.name for field in fields(Session)])
def test_a_session_that_differs_in_anything_is_another_place(name: str) -> None:
    decisions, brain = Decisions(), tiny()
    decisions.take(brain, Session(), asking(), NOON)
    other = replace(Session(), **{name: OTHER_SESSIONS[name]})
    assert decisions.known(brain, other, asking(), NOON) is None


@pytest.mark.parametrize("name", [field.name for field in fields(Context)])
def test_a_context_that_differs_in_anything_is_another_place(name: str) -> None:
    decisions, brain = Decisions(), tiny()
    context = Context({"region": "云南"}, "limits", NOON - timedelta(minutes=1))
    decisions.take(brain, Session(context=context), asking(), NOON)
    assert decisions.known(brain, Session(context=context), asking(), NOON) is not None
    other = Session(context=replace(context, **{name: OTHER_CONTEXTS[name]}))
    assert decisions.known(brain, other, asking(), NOON) is None


def test_the_moment_is_that_of_the_turn_that_is_given_again() -> None:
    decisions, brain, later = Decisions(), tiny(), NOON + timedelta(seconds=1)
    decisions.take(brain, Session(), asking(), NOON)
    again = decisions.take(brain, Session(), asking(now=later), later)
    assert again.session.context.at == later


def test_a_remark_leaves_the_moment_as_it_was() -> None:
    decisions, brain, later = Decisions(), tiny(), NOON + timedelta(seconds=1)
    for at in (NOON - timedelta(minutes=1), NOON - timedelta(minutes=2)):
        session = Session(context=Context(entry="limits", at=at))
        turn = decisions.take(brain, session, asking("谢谢"), later)
        assert turn.session.context.at == at


def test_words_that_reply_to_a_message_are_not_remembered() -> None:
    decisions, brain = Decisions(), tiny()
    update = replace(asking(), quoted=Quoted("期限"))
    decisions.take(brain, Session(), update, NOON)
    assert decisions.known(brain, Session(), update, NOON) is None


def test_the_oldest_go_when_there_are_too_many() -> None:
    decisions, brain = Decisions(), tiny()
    for number in range(REMEMBERED + 1):
        decisions.take(brain, Session(), asking(f"期限{number}"), NOON)
    assert decisions.known(brain, Session(), asking("期限0"), NOON) is None
    assert decisions.known(brain, Session(), asking("期限1"), NOON) is not None
