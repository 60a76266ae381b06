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
def test_another_source_is_another_program(package: Path, name: str, is_other: bool) -> None:
    before = source(("core",))
    (package / name).write_text("two")
    assert (source(("core",)) != before) == is_other


def test_the_libraries_that_are_asked_for_are_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("OpenCC-1.4.2.dist-info", "numpy-2.4.6.dist-info", "opencc"):
        (tmp_path / name).mkdir()
    monkeypatch.setattr(sys, "path", [str(tmp_path), str(tmp_path / "gone")])
    assert versions({"opencc", "jieba"}) == "OpenCC-1.4.2.dist-info"
