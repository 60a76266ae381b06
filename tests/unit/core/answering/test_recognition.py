"""An answer of the bot's own is found again in its text."""

from __future__ import annotations

from datetime import date

import pytest

from bot.core.answering.entry_replies import entry_reply
from bot.core.answering.recognition import entry_told_in, reader_named_in
from bot.core.dialogue.short_form import shorten
from bot.core.model.entry import EntryKind
from bot.core.model.pack import Pack
from bot.core.model.scope import Scope
from bot.core.model.vocabulary import PLACE

DAY = date(2026, 11, 22)


@pytest.mark.parametrize("place", [{}, {PLACE: "重庆"}], ids=["anywhere", "somewhere"])
@pytest.mark.parametrize("is_short", [False, True])
def test_nearly_every_answer_is_recognised(
    pack: Pack, place: dict[str, str], is_short: bool
) -> None:
    """A statement that two entries share may stand for either."""
    missed, tried = [], 0
    for entry in pack.entries.values():
        if entry.kind is EntryKind.SMALLTALK or not entry.covers(place.get(PLACE)):
            continue
        reply = entry_reply(Scope(pack, DAY, {**entry.slots, **place}), entry, None, "test")
        shown = shorten(pack, reply, DAY) if is_short else reply
        if shown is None or not reply.answers:
            continue
        tried += 1
        found = entry_told_in(pack, shown.as_text())
        if found is None or found.id != reply.answers[0].entry:
            missed.append((entry.id, found and found.id))
    assert tried > 10
    assert len(missed) <= tried / 100, missed


def test_words_of_others_are_no_answer_of_ours(pack: Pack) -> None:
    assert entry_told_in(pack, "四川二建在哪注册") is None
    assert entry_told_in(pack, "") is None


def test_an_answer_says_for_which_place_it_is(pack: Pack) -> None:
    entry = pack.entries["initial-materials"]
    reply = entry_reply(Scope(pack, DAY, {**entry.slots, PLACE: "重庆"}), entry, None, "test")
    assert reader_named_in(pack, reply.as_text()) == "重庆"
    assert reader_named_in(pack, "四川：四川政务服务网\n依据：云南") == "四川：四川政务服务网"
