"""Ways through a procedure: the seed's graph, registration by registration, and its drawings."""

from __future__ import annotations

import pytest

from bot.core.model.pack import Pack
from bot.core.model.procedure import Procedure, Transition
from bot.core.procedures.drawings import chart_of, draw_mermaid, draw_text
from bot.core.procedures.graph import path, setbacks
from tests.tiny import WALK, with_transitions

OPENING = ["apply", "employer-review"]
EXAMINED = [*OPENING, "accept", "examine"]
CLOSING = ["generate-certificate", "print-and-seal"]
BY_NOTICE = [*EXAMINED, "approve-and-announce", "issue-certificate-and-number", *CLOSING]
BY_APPROVAL = [*EXAMINED, "approve", "issue-certificate", *CLOSING]


@pytest.fixture
def seed(pack: Pack) -> Procedure:
    return pack.procedures["sichuan-registration"]


@pytest.mark.parametrize(
    ("registration", "steps"),
    [
        ("初始注册", BY_NOTICE),
        ("重新注册", BY_NOTICE),
        ("增项注册", BY_APPROVAL),
        ("延续注册", BY_APPROVAL),
        ("个人信息修改", BY_APPROVAL),
        ("遗失补办", [*EXAMINED, "issue-certificate", *CLOSING]),
        ("注销注册", [*OPENING, "deregistration-done"]),
        ("企业名称变更", [*OPENING, "company-rename-done"]),
    ],
)
def test_each_registration_has_its_way_through_the_chart(
    seed: Procedure, registration: str, steps: list[str]
) -> None:
    assert [step.id for step in path(seed, registration)] == steps


def test_the_chart_has_a_way_for_these_registrations_and_no_other(seed: Procedure) -> None:
    assert set(seed.registrations) == {
        "初始注册", "重新注册", "增项注册", "延续注册",
        "个人信息修改", "遗失补办", "注销注册", "企业名称变更",
    }  # fmt: skip


def test_a_registration_that_the_chart_does_not_show_has_no_path(seed: Procedure) -> None:
    assert path(seed, "变更注册") == ()


def test_a_path_that_runs_in_a_circle_is_refused() -> None:
    ring = with_transitions(WALK, "issue", Transition("apply"))
    with pytest.raises(ValueError, match="walk runs in a circle for 初始注册"):
        path(ring, "初始注册")


def test_a_refusal_is_a_setback_of_acceptance(seed: Procedure) -> None:
    ways = setbacks(seed.steps["accept"], "初始注册")
    assert [(way.to, way.label) for way in ways] == [("refuse-acceptance", "不符合受理要求")]


def test_a_setback_of_other_registrations_is_not_shown() -> None:
    way = Transition("refuse", "不符合", ("增项注册",), is_setback=True)
    step = with_transitions(WALK, "apply", way, Transition("accept")).steps["apply"]
    assert setbacks(step, "初始注册") == ()


@pytest.mark.parametrize("registration", ["初始注册", "遗失补办", "注销注册"])
def test_a_path_never_leads_through_a_setback(seed: Procedure, registration: str) -> None:
    assert "refuse-acceptance" not in [step.id for step in path(seed, registration)]


def test_the_text_tree_shows_branches_labels_and_what_was_drawn_before() -> None:
    again = Transition("apply", "重来", is_setback=True)
    drawn = draw_text(chart_of(with_transitions(WALK, "refuse", again)))
    assert drawn == (
        "流程\n申请人:申请\n中心:受理\n  [不符合] 告知原因\n  [重来] ↑ 申请人:申请\n  [符合] 发证\n"
    )


def test_the_text_tree_of_the_seed_names_every_step(seed: Procedure) -> None:
    drawn = draw_text(chart_of(seed))
    assert [step.id for step in seed.steps.values() if step.label not in drawn] == []


def test_mermaid_quotes_what_would_end_a_label() -> None:
    way = Transition("accept", 'a "b"')
    assert '-->|"a #quot;b#quot;"| accept' in draw_mermaid(with_transitions(WALK, "apply", way))
