"""Messages that put several questions, and those that are seen to put one."""

from __future__ import annotations

from bot.understanding.engine import PackUnderstander
from bot.understanding.text.questions import clauses, grouped
from scripts.bench.questions import mixed

STORY = "我在成都上班三年了，最近单位要投标，请问初始注册要交什么材料"


def test_what_is_not_read_puts_no_second_question(understander: PackUnderstander) -> None:
    messages, unread = understander._messages, 0
    for text in (STORY, *mixed(400)):
        pieces = [piece for clause in clauses(text) for piece in messages._joined(clause)]
        if len(pieces) > 1 and not messages._asks_twice(pieces):
            unread += 1
            parts = [(piece, messages._part_of(piece)) for piece in pieces]
            assert len(grouped(parts).questions) < 2
    assert unread > 20


def test_a_story_and_its_question_are_one(understander: PackUnderstander) -> None:
    assert understander._messages.split(STORY).questions == [STORY]
