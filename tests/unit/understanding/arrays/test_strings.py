"""Strings in arrays come out as they went in."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from bot.understanding.arrays.strings import Strings
from tests.unit.understanding.keeping import saved_and_loaded


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]))))
def test_strings_come_out_as_they_went_in(strings: list[str]) -> None:
    kept = Strings.of(strings)
    assert [*kept] == strings == [kept[at] for at in range(len(kept))]


def test_strings_are_two_arrays() -> None:
    assert Strings.of(("续期", "", "a")).bounds.tolist() == [0, 6, 6, 7]


def test_strings_are_saved(tmp_path: Path) -> None:
    kept = Strings.of(("续期", "", "a"))
    found = saved_and_loaded(
        tmp_path, lambda w: kept.save(w, "x"), lambda s: Strings.restored(s, "x")
    )
    assert [*found] == ["续期", "", "a"]
