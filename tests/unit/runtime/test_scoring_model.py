from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from bot.errors import KnowledgeError
from bot.knowledge.loader import pack_of
from bot.knowledge.reading.contents import read_contents
from bot.runtime.brain import load_brain
from bot.runtime.scoring_model import careful, model_of
from bot.understanding.scoring import Model, shipped
from tests.conftest import KNOWLEDGE
from tests.packs import write_pack

OWN: dict[str, Any] = {
    "rating": {},
    "intercept": 0.0,
    "confidence": {},
    "answer_from": 0.42,
    "ask_from": 0.2,
}
OWN |= {"ours": {"intercept": 0.0, "weights": {}}, "ours_from": 0.5}


def of(folder: Path) -> Model:
    contents = read_contents(folder)
    return model_of(contents, pack_of(contents))


def test_the_pack_that_the_shipped_model_was_fitted_on_gets_it_as_it_is() -> None:
    assert of(KNOWLEDGE) == shipped()


def test_another_pack_gets_it_a_little_more_careful(tmp_path: Path) -> None:
    model = of(write_pack(tmp_path))
    assert model == careful(shipped())
    assert shipped().answer_from < model.answer_from < 1
    assert (model.rating, model.ask_from) == (shipped().rating, shipped().ask_from)


def test_a_pack_with_a_model_of_its_own_is_answered_with_that(tmp_path: Path) -> None:
    folder = write_pack(tmp_path)
    (folder / "model.json").write_text(json.dumps(OWN), encoding="utf-8")
    assert of(folder).answer_from == 0.42


def test_the_model_of_a_pack_is_part_of_its_version(tmp_path: Path) -> None:
    before = load_brain(write_pack(tmp_path)).pack.version
    (tmp_path / "model.json").write_text(
        json.dumps({**json.loads(SHIPPED.read_text("utf-8")), "answer_from": 0.42}), "utf-8"
    )
    assert load_brain(tmp_path).pack.version != before


SHIPPED = KNOWLEDGE.parent / "bot/understanding/data/model.json"


@pytest.mark.parametrize("text", ["", "{}", "[1]", "not json", '{"rating": 1}'], ids=repr)
def test_a_model_that_nobody_can_have_written_is_told(tmp_path: Path, text: str) -> None:
    folder = write_pack(tmp_path)
    (folder / "model.json").write_text(text or " ", encoding="utf-8")
    with pytest.raises(KnowledgeError, match=r"model\.json"):
        of(folder)
