"""Why an entry did not get a question, with the line of the word that spoke for another."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.app import load_brain
from bot.knowledge.origins import Origins, origins_of
from bot.runtime.replay import Replayer
from bot.runtime.why import loss_of, spoken_for, why
from tests.packs import edited, write_pack

NOW = datetime(2026, 11, 22, 4, tzinfo=UTC)
SYNONYMS = edited("synonyms.yaml", ("forms: [一级]", "forms: [一级, 产(假|检)]"))


@pytest.fixture(scope="module")
def pack(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_pack(tmp_path_factory.mktemp("why") / "pack", synonyms=SYNONYMS)


@pytest.fixture(scope="module")
def replayer(pack: Path) -> Replayer:
    return Replayer(load_brain(pack), NOW)


@pytest.fixture(scope="module")
def origins(pack: Path) -> Origins:
    return origins_of(pack)


def told(question: str, entry: str | None, replayer: Replayer, origins: Origins) -> str:
    wanted = replayer.brain.pack.entries[entry] if entry else None
    return "\n".join(why(loss_of(question, wanted, replayer, origins)))


def test_a_word_of_another_subject_is_named_with_its_line(
    replayer: Replayer, origins: Origins
) -> None:
    said = told("产假期间续期交什么", "renewal-materials", replayer, origins)
    assert "“产假”（" in said
    assert "synonyms.yaml:4）填了 certificate：一建" in said
    assert "办法：如果“产假”在这里不是说“一建”，从 " in said


def test_the_entry_is_named_with_its_line(replayer: Replayer, origins: Origins) -> None:
    assert "faq/main.yaml:2" in told("续期材料", "renewal-materials", replayer, origins)


def test_a_slot_that_was_not_said_is_named(replayer: Replayer, origins: Origins) -> None:
    said = told("一建报名", "renewal-materials", replayer, origins)
    assert "renewal-materials 要有 registration：延续注册，这句话里没有听到" in said


def test_who_answers_needs_no_cure(replayer: Replayer, origins: Origins) -> None:
    said = told("续期材料", "renewal-materials", replayer, origins)
    assert said.startswith("现在：由 renewal-materials 回答")
    assert "办法" not in said
    wanted = replayer.brain.pack.entries["renewal-materials"]
    assert not list(spoken_for(loss_of("续期材料", wanted, replayer, origins)))


def test_without_an_entry_it_says_what_was_heard(replayer: Replayer, origins: Origins) -> None:
    assert "听成：“续期”当作“延续注册”，填 registration：延续注册（" in told(
        "续期材料", None, replayer, origins
    )
