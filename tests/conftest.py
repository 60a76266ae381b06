"""The real pack, loaded and indexed once for the whole run; and a table of what tests counted."""

from __future__ import annotations

import logging
import os
import shutil
import sys
import tempfile
import warnings
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from bot.core.model.pack import Pack
from bot.runtime.brain import Brain, load_brain
from bot.understanding.engine import PackUnderstander
from tests import workers

KNOWLEDGE = Path(__file__).parent.parent / "knowledge"
LIBRARY = Path(__file__).parent / "conversations" / "library"
if not (workers.NAME or workers.LANE):  # those have the cache of the process that started them
    _CACHE = tempfile.TemporaryDirectory(prefix="zhuce-test-cache-")
    os.environ["XDG_CACHE_HOME"] = _CACHE.name  # for the processes that tests start as well
    os.environ["XDG_STATE_HOME"] = _CACHE.name + "/state"


@pytest.fixture(scope="session")
def brain() -> Brain:
    return load_brain(KNOWLEDGE)


@pytest.fixture(scope="session")
def pack(brain: Brain) -> Pack:
    return brain.pack


@pytest.fixture(scope="session")
def understander(brain: Brain) -> PackUnderstander:
    return brain.understander


@pytest.fixture(scope="session")
def library(tmp_path_factory: pytest.TempPathFactory) -> Brain:
    """The pack with a second procedure, of another subject, that is nothing but a file."""
    folder = tmp_path_factory.mktemp("library") / "knowledge"
    shutil.copytree(KNOWLEDGE, folder)
    shutil.copy(LIBRARY / "procedure" / "library-card.yaml", folder / "procedures")
    return load_brain(folder)


@pytest.fixture(autouse=True)
def _same_logging() -> Iterator[None]:
    """Give logging back as it was: verbs that run in this process set up their own."""
    root, ours = logging.getLogger(), logging.getLogger("bot")
    hook, show = sys.excepthook, warnings.showwarning
    handlers, levels = root.handlers[:], (root.level, ours.level)
    yield
    root.handlers = handlers
    root.setLevel(levels[0])
    ours.setLevel(levels[1])
    sys.excepthook, warnings.showwarning = hook, show


@pytest.fixture
def figures(record_property: Callable[[str, object], None]) -> Callable[[str], None]:
    """Takes what a test has counted; the end of the run shows it."""
    return partial(record_property, "figures")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    workers.mark_slow(items)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> object:
    return workers.scheduler(config, log)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    reports = [*terminalreporter.getreports("passed"), *terminalreporter.getreports("failed")]
    counted = [
        (report, said)
        for report in reports
        if report.when == "call"
        for name, said in report.user_properties
        if name == "figures"
    ]
    if counted:
        terminalreporter.section("what was counted")
    for report, said in counted:
        name = report.nodeid.rpartition("/")[2]
        terminalreporter.write_line(f"{report.duration:7.1f} s  {name}\n           {said}")
