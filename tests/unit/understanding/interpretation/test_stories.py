"""What the question of a story asks, and what its clauses only tell."""

from __future__ import annotations

import pytest

from bot.understanding.engine import PackUnderstander
from bot.understanding.interpretation.views import View
from tests.fakes import candidate

VIEW = View((), (), (candidate("甲", 0.6), candidate("乙", 0.5, beyond=0.3)))


@pytest.mark.parametrize(
    ("clause", "only_names"),
    [("现在重新注册", True), ("想变更注册", True), ("延续没批", False), ("要多久", False)],
)
def test_a_service_that_is_only_named_tells_nothing(
    understander: PackUnderstander, clause: str, *, only_names: bool
) -> None:
    assert understander._stories._only_names(clause) is only_names


def test_what_only_the_story_has_words_for_touches_nothing() -> None:
    assert VIEW.touching({"甲"}).candidates[1].signals["beyond"] == 0
    assert VIEW.touching({"乙"}).candidates[1].signals["beyond"] == 0.3


def test_what_is_put_in_front_is_as_likely_as_the_first_was() -> None:
    led = VIEW.led_by("乙").candidates
    assert [(c.entry, c.score) for c in led] == [("乙", 0.6), ("甲", 0.6)]
