"""A changed pack is checked and tested before it answers."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.runtime import proving
from bot.runtime.good_copies import GoodCopies
from bot.runtime.proving import Verdict, prove
from tests.packs import edited, write_pack

ADDED = """\
entries:
  - id: parking
    title: 停车
    ask: [哪里停车, 停车收费吗, 有停车场吗]
    not: [变更程序]
    short: 楼下停。
    facts:
      - text: 楼下停。
        sources: [{source: seed}]
"""
TEST = "questions:\n  - {q: 续期材料, entry: renewal-materials, contains: [申请表]}\n"


@pytest.fixture
def pack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    folder = write_pack(tmp_path / "pack")
    write(folder, "tests/main.yaml", TEST)
    GoodCopies.of(folder).keep()
    return folder


def write(folder: Path, name: str, text: str) -> None:
    (folder / name).parent.mkdir(exist_ok=True)
    (folder / name).write_text(text, encoding="utf-8")


def test_a_good_edit_may_answer_and_is_kept(pack: Path) -> None:
    write(pack, "faq/parking.yaml", ADDED)
    verdict = prove(pack, 5)
    assert verdict.is_good
    assert verdict.asked == verdict.of > 2
    assert GoodCopies.of(pack).has_present()


def test_a_broken_file_is_named_with_its_line(pack: Path) -> None:
    write(pack, "faq/parking.yaml", ADDED.replace("title: 停车", "titel: 停车"))
    [*problems] = prove(pack, 5).problems
    assert {(Path(p.file).name, p.line) for p in problems} == {
        ("parking.yaml", 2),
        ("parking.yaml", 3),
    }


def test_an_edit_that_breaks_a_question_is_refused(pack: Path) -> None:
    write(pack, "faq/main.yaml", edited("faq/main.yaml", ("交申请表", "交照片")))
    [failure] = prove(pack, 5).failures
    assert (failure.question, failure.message) == ("续期材料", "缺少“申请表”")
    assert failure.place.endswith("tests/main.yaml:2")


def test_what_failed_before_does_not_hold_an_edit_up(pack: Path) -> None:
    write(pack, "tests/main.yaml", TEST.replace("申请表", "没有这句"))
    GoodCopies.of(pack).keep()
    write(pack, "faq/parking.yaml", ADDED)
    assert prove(pack, 5).is_good


def test_what_has_changed_is_tested_first(pack: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proving, "CLOSE_TIMES", 1e12)
    write(pack, "faq/main.yaml", edited("faq/main.yaml", ("交申请表", "交照片")))
    assert prove(pack, 1e-9).failures


def test_what_slides_far_from_the_edit_is_named_and_holds_nothing_up(
    pack: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    far = "questions:\n  - {q: 一建报名, entry: first-class, status: clarify}\n"
    write(pack, "tests/far.yaml", far)
    write(pack, "faq/parking.yaml", ADDED)
    monkeypatch.setattr(proving, "CLOSE", 9.0)
    monkeypatch.setattr(proving, "_new_failures", lambda exam, new, _: exam.failures(new)[:1])
    verdict = prove(pack, 5)
    assert [slid.question for slid in verdict.slid] == ["一建报名"]
    assert not [f for f in verdict.failures if f.question == "一建报名" and "far.yaml" in f.place]
    assert Verdict.from_json(verdict.as_json()) == verdict


def test_a_verdict_travels_as_json(pack: Path) -> None:
    write(pack, "faq/parking.yaml", ADDED.replace("title: 停车", "titel: 停车"))
    verdict = prove(pack, 5)
    assert Verdict.from_json(verdict.as_json()) == verdict
