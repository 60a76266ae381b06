"""A procedure whose process is killed at any moment goes on where it was, on every store."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from uuid import uuid4

import pytest

from tests.e2e.conftest import Order
from tests.servers import STORES
from tests.workers import size

KILLS = size(1000, 20)


@pytest.mark.parametrize("kind", STORES)
def test_a_walk_killed_at_any_moment_goes_on_where_it_was(
    kind: str, tmp_path: Path, lives: Order, figures: Callable[[str], None]
) -> None:
    with STORES[kind](tmp_path) as url:
        found = lives("die", url, f"kill-{uuid4().hex}", KILLS)
    figures(f"{KILLS} kills, {found}")
    assert found.turns >= KILLS // 2
    assert found.is_clean
    for file in tmp_path.glob("*.db"):
        with closing(sqlite3.connect(file)) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
