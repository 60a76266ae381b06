"""A stage with the real pack, once for each library."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bot.app import Brain
from bot.core.conversation import Conversation
from bot.storage.memory import MemoryStore
from tests.fakes import FakeClock
from tests.unit.adapters.telegram.stage import LIBRARIES, SECRET, Options, Stage, set_up


def talking(brain: Brain, clock: FakeClock) -> Conversation:
    return Conversation(brain, MemoryStore(), clock)


@pytest.fixture(params=LIBRARIES)
def stage(request: pytest.FixtureRequest, brain: Brain) -> Iterator[Stage]:
    clock = FakeClock()
    with set_up(talking(brain, clock), request.param, clock=clock) as found:
        yield found


@pytest.fixture
def one_stage(brain: Brain) -> Iterator[Stage]:
    """For what does not depend on the library."""
    clock = FakeClock()
    with set_up(talking(brain, clock), "ptb", clock=clock) as found:
        yield found


@pytest.fixture(params=LIBRARIES)
def rich_stage(request: pytest.FixtureRequest, brain: Brain) -> Iterator[Stage]:
    """With papers as tables."""
    options, clock = Options(SECRET, is_rich=True), FakeClock()
    with set_up(talking(brain, clock), request.param, clock=clock, options=options) as found:
        yield found
