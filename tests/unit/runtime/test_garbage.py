"""What survives a full collection is not looked through again, and nothing is kept for ever."""

from __future__ import annotations

import gc
import weakref

import pytest

from bot.runtime import garbage
from bot.runtime.garbage import short_collections


class Node:
    """Part of a cycle, once it points at itself."""

    other: object = None


def cycle() -> Node:
    node = Node()
    node.other = node
    return node


def test_survivors_are_frozen_until_the_end() -> None:
    with short_collections():
        before = gc.get_freeze_count()
        kept = [cycle() for _ in range(1_000)]
        gc.collect()
        assert gc.get_freeze_count() >= before + len(kept)
    assert gc.get_freeze_count() == 0


def test_garbage_is_collected_as_ever() -> None:
    with short_collections():
        gone = weakref.ref(cycle())
        gc.collect()
        assert gone() is None


def test_a_cycle_that_was_frozen_is_found_in_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(garbage, "WHOLE_EVERY", 2)
    with short_collections():
        node = cycle()
        gone = weakref.ref(node)
        gc.collect()
        del node
        gc.collect()  # what is frozen is not looked through; everything thaws behind it
        assert gone() is not None
        gc.collect()
        assert gone() is None


def test_an_error_leaves_nothing_behind() -> None:
    before = list(gc.callbacks)
    with pytest.raises(ZeroDivisionError), short_collections():
        1 / 0  # noqa: B018
    assert (gc.callbacks, gc.get_freeze_count()) == (before, 0)


def test_full_collections_come_before_much_is_new() -> None:
    """Ten thousand new objects, although far more are loaded; Python would wait for a quarter."""
    loaded = [cycle() for _ in range(100_000)]
    with short_collections():
        kept, before = [cycle() for _ in range(20_000)], gc.get_freeze_count()
    assert before >= len(loaded) + len(kept) // 2


def test_thresholds_are_as_before_in_the_end() -> None:
    before = gc.get_threshold()
    with short_collections():
        assert gc.get_threshold() == garbage.THRESHOLDS
    assert gc.get_threshold() == before
