"""A pack is asked on every core as on one, and what passed is known until something is another."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.knowledge.cases import load_questions
from bot.runtime import whole_test
from bot.runtime.brain import load_brain
from bot.runtime.replay import Replayer
from tests.packs import write_pack

NOW = datetime(2026, 11, 22, 4, tzinfo=UTC)


def test_every_core_finds_what_one_finds(tmp_path: Path) -> None:
    pack = write_pack(tmp_path / "pack")
    (pack / "tests").mkdir()
    line = "  - {q: 续期材料, contains: [六样]}\n"
    (pack / "tests" / "main.yaml").write_text("questions:\n" + line * 60, encoding="utf-8")
    replayer, questions = Replayer(load_brain(pack), NOW), load_questions(pack)
    alone = whole_test.failures_of(pack, replayer, questions, processes=1)
    assert whole_test.failures_of(pack, replayer, questions, processes=2) == alone
    file = f"{pack.as_posix()}/tests/main.yaml"
    lines = [f"{file}:{number}" for number in range(2, 62)]
    assert [failure.place for failure in alone] == ["first-class", *lines]


def test_what_passed_is_asked_again_when_a_test_or_the_day_is_another(tmp_path: Path) -> None:
    pack = write_pack(tmp_path / "pack")
    load_brain(pack)
    assert not whole_test.has_passed(pack, NOW)
    whole_test.remember(pack, NOW)
    assert whole_test.has_passed(pack, NOW)
    assert not whole_test.has_passed(pack, NOW + timedelta(days=1))
    (pack / "tests").mkdir()
    (pack / "tests" / "main.yaml").write_text("questions:\n  - {q: 在, status: smalltalk}\n")
    assert not whole_test.has_passed(pack, NOW)
