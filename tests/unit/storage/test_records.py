from __future__ import annotations

import json
from datetime import datetime

import pytest
from hypothesis import given

from bot.core.model.session import Context, Session
from bot.core.wire import session_as_json
from bot.errors import StoreError
from bot.storage.records import FORMAT, read_reply, read_session, write_session
from tests.fakes import NOON
from tests.unit.core.test_wire import sessions


def test_a_newer_format_is_not_guessed_at() -> None:
    with pytest.raises(StoreError, match=f"格式是 {FORMAT + 1}，本程序只认识到 {FORMAT}"):
        read_session(write_session(Session()), FORMAT + 1)


@pytest.mark.parametrize("record", ["", "{", "[]", "null", "{}", '{"context": 1, "walk": 2}'])
def test_a_damaged_record_is_an_error_of_the_store(record: str) -> None:
    with pytest.raises(StoreError, match="已损坏"):
        read_session(record, FORMAT)
    with pytest.raises(StoreError, match="已损坏"):
        read_reply(record, FORMAT)


@given(sessions)
def test_a_session_is_written_as_its_json_and_comes_back(session: Session) -> None:
    for _ in range(2):  # what is remembered is the same
        record = write_session(session)
        assert json.loads(record) == json.loads(json.dumps(session_as_json(session)))
        assert read_session(record, FORMAT) == session


@pytest.mark.parametrize("at", [None, NOON])
@pytest.mark.parametrize("slots", [{"at": "x"}, {"a": "}", "at": "x"}, {'"at":"': '"at":"'}])
def test_words_are_not_taken_for_the_moment(slots: dict[str, str], at: datetime | None) -> None:
    session = Session("v1", Context(slots, 'an "at":"', at))
    assert read_session(write_session(session), FORMAT) == session
