"""The real pack, loaded and indexed once for the whole run."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest

from bot.brain import Brain, load_brain
from bot.core.pack import Pack
from bot.understanding.engine import PackUnderstander

KNOWLEDGE = Path(__file__).parent.parent / "knowledge"
_CACHE = tempfile.TemporaryDirectory(prefix="zhuce-test-cache-")
os.environ["XDG_CACHE_HOME"] = _CACHE.name  # for the processes that tests start as well


@pytest.fixture(scope="session")
def brain() -> Brain:
    return load_brain(KNOWLEDGE)


@pytest.fixture(scope="session")
def pack(brain: Brain) -> Pack:
    return brain.pack


@pytest.fixture(scope="session")
def understander(brain: Brain) -> PackUnderstander:
    return brain.understander
