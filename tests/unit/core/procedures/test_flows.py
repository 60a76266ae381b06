"""Three flows of public services, made up: every path is walked, in words and by buttons."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from bot.core.dialogue.decide import take_turn
from bot.core.model.pack import Pack
from bot.core.model.procedure import Procedure, QuestionKind, split_up
from bot.core.model.session import Session
from bot.core.model.turn import Turn
from bot.core.model.update import Update
from bot.core.ports import Brain
from bot.core.procedures.conditions import Answers, base_of
from bot.core.procedures.graph import all_walks
from bot.knowledge.loader import load_pack
from bot.understanding.engine import PackUnderstander
from tests.conftest import LIBRARY
from tests.fakes import NOON, SOMEONE
from tests.packs import write_pack

FLOWS = LIBRARY.parents[1] / "flows"
NAMES = ("inheritance", "benefit", "fee")
ENTRY = """\
entries:
  - id: benefit-how
    title: 补贴
    ask: [补贴怎么申请, 怎么领补贴, 申请补贴的办法]
    not: [延续程序]
    short: 先看符不符合。
    procedure: benefit#
    facts:
      - {text: 先看符不符合。, sources: [{source: seed}]}
"""


@pytest.fixture(scope="module")
def brain(tmp_path_factory: pytest.TempPathFactory) -> Brain:
    folder = write_pack(tmp_path_factory.mktemp("flows"))
    for name in NAMES:
        text = (FLOWS / f"{name}.yaml").read_text("utf-8")
        (folder / "procedures" / f"{name}.yaml").write_text(text, "utf-8")
    (folder / "faq" / "benefit.yaml").write_text(ENTRY, "utf-8")
    pack = load_pack(folder)
    return Brain(pack, PackUnderstander(pack))


def done(brain: Brain, session: Session, **what: Any) -> Turn:
    return take_turn(brain, session, Update("1", SOMEONE, NOON, **what), NOON)


def walks(pack: Pack, name: str) -> Iterator[tuple[Procedure, str, list[str], Answers]]:
    procedure = pack.procedures[name]
    for kind in procedure.kinds:
        for ways, told in all_walks(procedure, kind):
            yield procedure, kind, [procedure.start, *(way.to for way in ways)], told


def said(procedure: Procedure, step: str, answer: str) -> str:
    """How somebody says an answer."""
    question = procedure.steps[step].question
    if question and question.kind is QuestionKind.SEVERAL:
        return "、".join(split_up(answer)) or "都没有"
    return answer + (question.unit if question else "")


@pytest.mark.parametrize("name", NAMES)
def test_every_path_is_walked_to_its_end(brain: Brain, name: str) -> None:
    ends: set[str] = set()
    for procedure, kind, steps, answers in walks(brain.pack, name):
        told = dict(answers)
        if told.get("children", "0") != "0":
            told["children"] = "1"  # a path passes repeated steps once
        turn = done(brain, Session(), press=f"p:{name}#{kind}")
        for _ in range(3 * len(steps)):
            here = base_of(turn.session.walk.trail[-1]) if turn.session.walk else ""
            if procedure.steps[here].question and here in told:
                turn = done(brain, turn.session, text=said(procedure, here, told[here]))
            elif here == "review" and told.get("review") == "退回":
                turn = done(brain, turn.session, text="退回")
            elif any(choice.label == "下一步" for choice in turn.reply.choices):
                turn = done(brain, turn.session, text="下一步")
            if turn.reply.rule == f"card:{steps[-1]}":
                break
        assert turn.reply.rule == f"card:{steps[-1]}", (steps, told, turn.reply.as_text())
        ends.add(steps[-1])
    last = {s.id for s in brain.pack.procedures[name].steps.values() if not s.transitions}
    assert last <= ends | {"done"}


def test_a_round_for_each_child_and_back_again(brain: Brain) -> None:
    turn = done(brain, Session(), press="p:inheritance#")
    for text in ("没有", "有", "两个", "在世吗", "是", "30岁", "不是", "没有"):
        turn = done(brain, turn.session, text=text)
    assert turn.reply.rule == "card:parents"
    assert turn.session.walk
    assert turn.session.walk.answers["child-alive,2"] == "否"
    turn = done(brain, turn.session, text="改第 3 步")
    turn = done(brain, turn.session, text="1")
    assert turn.reply.rule == "card:parents"
    turn = done(brain, turn.session, text="爸爸和母亲")
    assert turn.reply.rule == "card:first-order"


def test_a_country_is_found_in_capitals_of_full_width_and_by_a_part(brain: Brain) -> None:
    start = done(brain, Session(), press="p:benefit#")
    for text, answer in (("ＵＳＡ", "美国"), ("西班", "西班牙"), ("不是", None), ("国籍", None)):
        turn = done(brain, start.session, text=text)
        assert turn.session.walk
        assert turn.session.walk.answers.get("country") == answer, text


def test_a_procedure_without_registrations_is_begun_by_title_id_and_answer(brain: Brain) -> None:
    for text in ("/steps 申请补贴", "/steps benefit"):
        assert done(brain, Session(), text=text).reply.rule == "card:country"
    answer = done(brain, Session(), text="补贴怎么申请")
    begun = done(brain, answer.session, press="p:benefit#")
    assert "p:benefit#" in {choice.value for choice in answer.reply.choices}
    assert begun.reply.rule == "card:country"
