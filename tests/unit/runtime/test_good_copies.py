"""Copies of a pack whose tests passed, and the way back to them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from bot.runtime.good_copies import COPIES_KEPT, GoodCopies, files_of
from tests.packs import write_pack


@pytest.fixture
def pack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return write_pack(tmp_path / "pack")


def add(pack: Path, text: str, name: str = "dictionary.txt") -> None:
    with (pack / name).open("a", encoding="utf-8") as file:
        file.write(text)


def test_an_edit_is_undone_byte_for_byte(pack: Path) -> None:
    copies, before = GoodCopies.of(pack), files_of(pack)
    copies.keep()
    add(pack, "新词 3\n")
    add(pack, "questions: []\n", "faq/added.yaml")
    (pack / "synonyms.yaml").unlink()
    copy = copies.before()
    assert copy is not None
    copies.undo(copy)
    assert files_of(pack) == before


def test_what_an_undo_replaces_is_kept(pack: Path) -> None:
    copies = GoodCopies.of(pack)
    copies.keep()
    add(pack, "新词 3\n")
    edited = files_of(pack)
    copy = copies.before()
    assert copy is not None
    kept = copies.undo(copy)
    assert kept is not None
    assert files_of(kept) == edited


def test_the_present_files_are_no_way_back(pack: Path) -> None:
    copies = GoodCopies.of(pack)
    copies.keep()
    assert (copies.before(), copies.has_present()) == (None, True)


def test_few_copies_are_kept_and_the_latest_comes_first(pack: Path) -> None:
    copies = GoodCopies.of(pack)
    for number in range(COPIES_KEPT + 3):
        add(pack, f"词{number} 3\n")
        copies.keep()
        os.utime(copies.copies()[0], (number, number))
    assert len(copies.copies()) == COPIES_KEPT
    assert files_of(copies.copies()[0]) == files_of(pack)


def test_without_a_home_nothing_is_kept(pack: Path) -> None:
    copies = GoodCopies(pack, None)
    copies.keep()
    assert copies.copies() == []
