from __future__ import annotations

import pytest

from bot.core.model.session import Session
from bot.errors import StoreError
from bot.storage.records import FORMAT, read_reply, read_session, write_session


def test_a_newer_format_is_not_guessed_at() -> None:
    with pytest.raises(StoreError, match=f"格式是 {FORMAT + 1}，本程序只认识到 {FORMAT}"):
        read_session(write_session(Session()), FORMAT + 1)


@pytest.mark.parametrize("record", ["", "{", "[]", "null", "{}", '{"context": 1, "walk": 2}'])
def test_a_damaged_record_is_an_error_of_the_store(record: str) -> None:
    with pytest.raises(StoreError, match="已损坏"):
        read_session(record, FORMAT)
    with pytest.raises(StoreError, match="已损坏"):
        read_reply(record, FORMAT)
