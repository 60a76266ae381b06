"""What was kept is not taken for what another program, or another library, would have made."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from bot.understanding.arrays import fingerprint
from bot.understanding.arrays.fingerprint import source, versions


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(fingerprint, "_PACKAGE", tmp_path)
    for name in ("core/dates.py", "core/data/words.txt", "doctor/house.py"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("one")
    return tmp_path


@pytest.mark.parametrize(
    ("name", "is_other"),
    [
        ("core/dates.py", True),
        ("core/data/words.txt", True),
        ("core/new.py", True),
        ("core/dates.pyc", False),
        ("doctor/house.py", False),
    ],
)
@pytest.mark.parametrize("memo", [None, "memo"])
def test_another_source_is_another_program(
    package: Path, name: str, is_other: bool, memo: str | None
) -> None:
    noted = package / memo if memo else None
    before = source(("core",), noted)
    (package / name).write_text("two")
    assert (source(("core",), noted) != before) == is_other
    assert source(("core",), noted) == source(("core",))


def test_what_is_noted_is_read_again_only_if_a_file_has_changed(package: Path) -> None:
    memo = package / "memo"
    digest = source(("core",), memo)
    memo.write_text(memo.read_text().replace(digest, "noted"))
    assert source(("core",), memo) == "noted"
    (package / "core" / "dates.py").write_text("one")
    assert source(("core",), memo) == digest


@pytest.mark.parametrize("content", [b"", b"\xff", b"one", b"one two three"])
def test_a_note_that_is_none_is_made_anew(package: Path, content: bytes) -> None:
    memo = package / "memo"
    memo.write_bytes(content)
    assert source(("core",), memo) == source(("core",))
    assert len(memo.read_text().split()) == 2


def test_where_nothing_can_be_noted_the_source_is_read(package: Path) -> None:
    assert source(("core",), package / "gone" / "memo") == source(("core",))


def test_the_libraries_that_are_asked_for_are_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("OpenCC-1.4.2.dist-info", "numpy-2.4.6.dist-info", "opencc"):
        (tmp_path / name).mkdir()
    monkeypatch.setattr(sys, "path", [str(tmp_path), str(tmp_path / "gone")])
    assert versions({"opencc", "jieba"}) == "OpenCC-1.4.2.dist-info"
