"""Strings in arrays come out as they went in."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.understanding.strings import Strings


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]))))
def test_strings_come_out_as_they_went_in(strings: list[str]) -> None:
    kept = Strings.of(strings)
    assert [*kept] == strings == [kept[at] for at in range(len(kept))]


def test_strings_are_two_arrays() -> None:
    kept = Strings.of(("续期", "", "a"))
    assert kept.bounds.tolist() == [0, 6, 6, 7]
    assert Strings.from_arrays(kept.arrays("x"), "x")[0] == "续期"
