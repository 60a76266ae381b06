"""Rows of any length come out as they went in."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.understanding.arrays.ragged import Ragged
from tests.unit.understanding.keeping import saved_and_loaded


@pytest.mark.parametrize("rows", [[], [[]], [[1], [], [2, 3]]], ids=["none", "empty", "some"])
def test_rows_of_any_length_come_back(tmp_path: Path, rows: list[list[int]]) -> None:
    kept = Ragged.of(rows)
    found = saved_and_loaded(
        tmp_path, lambda w: kept.save(w, "rows"), lambda s: Ragged.restored(s, "rows")
    )
    assert [found[number] for number in range(len(rows))] == rows
