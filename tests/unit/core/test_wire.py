"""Replies and sessions survive the way to JSON and back, whatever is in them."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime

from hypothesis import given
from hypothesis import strategies as st

from bot.core.model.question_type import QuestionType
from bot.core.model.reply import (
    Answer,
    Choice,
    Choices,
    ClickPath,
    Document,
    Link,
    ListPart,
    Picture,
    Reason,
    Reply,
    SourceNote,
    Sources,
    Status,
    Text,
)
from bot.core.model.session import Asking, Context, Session, Walk
from bot.core.wire import (
    kept_of,
    kept_text,
    reply_as_json,
    reply_from_json,
    session_as_json,
    session_from_json,
    shown_text,
)

texts = st.text(max_size=20)
some = st.none() | texts
slots = st.dictionaries(texts, texts, max_size=3)
notes = st.builds(SourceNote, texts, st.dates(), some, some, texts)


def tuples(of: st.SearchStrategy[object]) -> st.SearchStrategy[tuple[object, ...]]:
    return st.lists(of, max_size=3).map(tuple)


choices = st.lists(
    st.builds(Choice, texts, texts),
    max_size=3,
    unique_by=(lambda choice: choice.label, lambda choice: choice.value),
).map(lambda options: Choices(tuple(options)))
parts = st.one_of(
    st.builds(Text, texts),
    st.builds(ListPart, tuples(texts), some, st.booleans()),
    st.builds(Link, texts, texts, some),
    st.builds(Picture, texts, texts),
    st.builds(Document, texts, texts, texts, texts),
    st.builds(
        Sources,
        st.lists(notes, min_size=1, max_size=3).map(tuple),
        texts,
        st.just("核对于 {date}"),
        st.just(" 等 {count} 份"),
        texts,
    ),
    st.builds(ClickPath, tuples(texts)),
    choices,
)
replies = st.builds(
    Reply,
    status=st.sampled_from(Status),
    parts=tuples(parts),
    reason=st.none() | st.sampled_from(Reason),
    answers=tuples(st.builds(Answer, texts, slots, tuples(notes))),
    slots=slots,
    score=st.none() | st.floats(0, 1),
    rule=texts,
    question_type=st.none() | st.sampled_from(QuestionType),
    topic=st.none() | texts,
)
moments = st.none() | st.datetimes(timezones=st.just(UTC))
walks = st.builds(
    Walk,
    texts,
    texts,
    tuples(texts),
    answers=slots,
    ticks=st.dictionaries(texts, tuples(texts), max_size=3),
    region=st.none() | st.text(min_size=1, max_size=5),
    is_aside=st.booleans(),
)
sessions = st.builds(
    Session,
    pack_version=texts,
    context=st.builds(Context, slots, some, moments, tuples(texts)),
    offered=tuples(st.tuples(texts, texts)),
    walk=st.none() | walks,
    shelf=tuples(walks),
    asked=texts,
    known=texts,
    asking=st.none() | st.builds(Asking, texts, st.integers(0, 9), texts),
)


@given(replies)
def test_a_reply_comes_back_from_json_as_it_was(reply: Reply) -> None:
    assert reply_from_json(json.loads(json.dumps(reply_as_json(reply)))) == reply


@given(replies)
def test_the_texts_say_what_the_objects_say(reply: Reply) -> None:
    names = {"region": "地区"}
    assert json.loads(kept_text(reply, "way")) == {**kept_of(reply), "route": "way"}
    shown = {**reply_as_json(reply, names), "link": None}
    assert json.loads(shown_text(reply, names, {"link": None})) == shown


@given(sessions)
def test_a_session_comes_back_from_json_as_it_was(session: Session) -> None:
    assert session_from_json(json.loads(json.dumps(session_as_json(session)))) == session


def test_a_session_of_an_older_program_is_read() -> None:
    stored = {
        "pack_version": "v1",
        "context": {"slots": {}, "entry": None, "at": None},
        "offered": [],
        "walk": {"procedure": "walk", "registration": "初始注册", "trail": ["apply"]},
    }
    assert session_from_json(stored) == Session("v1", walk=Walk("walk", "初始注册", ("apply",)))


def test_the_object_has_every_key_of_the_contract() -> None:
    note = SourceNote("整理", date(2021, 12, 8))
    reply = Reply(
        Status.ANSWERED,
        (
            Text("四川网站"),
            Sources((note,), "依据：", "核对于 {date}"),
            Choices((Choice("是", "y"),)),
        ),
        answers=(Answer("portal", {"region": "四川"}, (note,)),),
        slots={"region": "四川"},
        score=0.9,
        rule="one_clear",
    )
    source = {"title": "整理", "article": None, "url": None, "checked_on": "2021-12-08"}
    assert reply_as_json(reply) == {
        "status": "answered",
        "reason": None,
        "text": "四川网站\n\n依据：整理（核对于 2021-12-08）\n\n1. 是",
        "parts": [
            {"type": "text", "text": "四川网站"},
            {
                "type": "sources",
                "line": "依据：整理（核对于 2021-12-08）",
                "label": "依据：",
                "checked": "核对于 {date}",
                "more": "",
                "mark": "",
                "sources": [source],
            },
            {"type": "choices", "choices": [{"label": "是", "value": "y"}]},
        ],
        "entry": "portal",
        "score": 0.9,
        "question_type": None,
        "slots": {"region": "四川"},
        "answers": [{"entry": "portal", "slots": {"region": "四川"}, "sources": [source]}],
        "choices": [{"label": "是", "value": "y"}],
        "sources": [source],
        "rule": "one_clear",
        "topic": None,
    }


def test_a_moment_keeps_its_zone() -> None:
    moment = datetime(2026, 11, 22, 4, tzinfo=UTC)
    session = session_from_json(session_as_json(Session(context=Context({}, None, moment))))
    assert session.context.at == moment


def test_a_session_of_before_there_were_calculators_can_be_read() -> None:
    record = session_as_json(Session("v1"))
    del record["asking"]
    assert session_from_json(record) == Session("v1")
