"""Several processes on one store: no step is lost or doubled, not even by one that stood still."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

import pytest

from tests.e2e.conftest import Order
from tests.servers import STORES
from tests.workers import size

PROCESSES = 3
USERS = size(1000, 10)
PAUSES = size(1000, 10)


@pytest.mark.parametrize("kind", STORES)
def test_twenty_messages_at_once_are_twenty_steps_whoever_gets_them(
    kind: str, tmp_path: Path, lives: Order, figures: Callable[[str], None]
) -> None:
    with STORES[kind](tmp_path) as url:
        found = lives("together", url, f"together-{uuid4().hex}", USERS, PROCESSES)
    figures(f"20 messages at once to each of {USERS}, {found}")
    assert found.turns == 22 * USERS
    assert found.is_clean


@pytest.mark.parametrize("kind", ["postgres", "redis"])
def test_who_stands_still_in_a_step_holds_up_nobody_and_overwrites_nothing(
    kind: str, tmp_path: Path, lives: Order, figures: Callable[[str], None]
) -> None:
    with STORES[kind](tmp_path) as url:
        found = lives("stall", url, f"stall-{uuid4().hex}", PAUSES)
    figures(f"{PAUSES} pauses, {found}")
    assert found.turns > PAUSES
    assert found.is_clean
    assert not found.held_up
