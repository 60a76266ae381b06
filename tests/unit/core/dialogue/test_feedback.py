"""Whether an answer helped: what is asked, what is said to it, what stays as it was."""

from __future__ import annotations

import pytest

from bot.core.dialogue.feedback import ratings
from bot.core.model.reply import Reason, Reply, Status
from bot.core.model.session import Session
from bot.core.model.turn import Turn
from tests.fakes import labels_of
from tests.tiny import tiny_pack
from tests.unit.core.dialogue.test_decide import told

PACK = tiny_pack()


def answered() -> Turn:
    return told(Session(), "期限")


def said(press: str, session: Session) -> Turn:
    return told(session, press=press)


def test_an_answer_asks_whether_it_helped_and_nothing_else_does() -> None:
    turn = answered()
    assert [one.value for one in ratings(PACK, turn.reply)] == ["v:up:limits", "v:down:limits"]
    for reply in (told(Session(), "谢谢").reply, said("v:down:limits", turn.session).reply):
        assert ratings(PACK, reply) == ()
    assert ratings(PACK, Reply(Status.ANSWERED, (), answers=())) == ()


def test_praise_is_thanked_for_and_leaves_the_choices() -> None:
    before = answered().session
    turn = said("v:up:limits", before)
    assert (turn.reply.reason, turn.reply.choices) == (Reason.LIKED, ())
    assert turn.session.offered == before.offered


def test_blame_asks_for_one_reason_and_notes_it_for_the_region() -> None:
    turn = said("v:down:limits#四川", answered().session)
    assert labels_of(turn.reply) == ["过期", "答非所问", "看不懂", "缺我省"]
    [outdated, *_] = turn.reply.choices
    noted = told(turn.session, "1").reply
    assert outdated.value == "v:outdated:limits#四川"
    assert (noted.reason, noted.answers[0].entry) == (Reason.OUTDATED, "limits")
    assert noted.answers[0].slots == {"region": "四川"}


@pytest.mark.parametrize(
    "press", ["v:up:gone", "v:down:limits#火星", "v:liked:limits", "v:x:limits"]
)
def test_what_names_nothing_is_an_old_choice(press: str) -> None:
    assert said(press, Session()).reply.rule == "old_choice"
