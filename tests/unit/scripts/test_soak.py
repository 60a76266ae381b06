"""The promises of `make soak` have tests that exist, and the page shows their results."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import pytest

from scripts.soak import page, phases
from scripts.soak.__main__ import FULL_MINUTES
from scripts.soak.promises import PROMISES, Beside, Phase


def test_there_are_fifteen_and_their_tests_exist() -> None:
    assert [one.number for one in PROMISES] == list(range(1, 16))
    for phase in (phase for promise in PROMISES for phase in promise.phases):
        for test in phase.tests:
            path, _, name = test.partition("::")
            assert f"def {name}" in (page.ROOT / path).read_text("utf-8"), test


def test_what_runs_alone_leaves_time_for_the_rest() -> None:
    alone = [f for one in PROMISES for f in one.phases if f.beside is Beside.NOTHING]
    assert sum(phase.minutes for phase in alone) <= FULL_MINUTES * 0.7


def test_the_page_shows_the_results() -> None:
    part = page.PAGE.read_text("utf-8").split(page.BEGIN)[1].split(page.END)[0]
    assert part.strip() == page.shown(page.read())
    assert all(one.text in part for one in PROMISES)


OVERRUN = """
import subprocess, sys, time
started = subprocess.Popen(["sleep", "300"])
open(sys.argv[1], "w").write(str(started.pid))
time.sleep(300)
"""


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="looks into /proc: run it on Linux")
def test_a_phase_that_overruns_is_ended_with_what_it_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(phases, "STOP_S", 1)
    started = tmp_path / "pid"
    command = [sys.executable, "-c", OVERRUN, str(started)]
    began = time.monotonic()
    assert not phases._run(command, {**os.environ}, tmp_path / "said", 4)
    assert time.monotonic() - began < 15
    state = Path("/proc", started.read_text("utf-8"), "stat")
    assert not state.exists() or state.read_text("utf-8").split()[2] == "Z"


def test_a_promise_is_as_good_as_the_worst_of_its_phases() -> None:
    promise = next(one for one in PROMISES if len(one.phases) == 3)
    kept = {phase.name: {"outcome": "kept"} for phase in promise.phases}
    assert page.outcome(promise, kept) == "kept"
    first = promise.phases[0].name
    assert page.outcome(promise, kept | {first: {"outcome": "not kept"}}) == "not kept"
    assert page.outcome(promise, {first: {"outcome": "kept"}}) == "not tried"


def test_a_figure_beyond_the_promise_is_not_kept() -> None:
    assert phases._outcome(["7 ms (beyond the promise)"], is_ended=False, failed=0, passed=1) == (
        "not kept"
    )
    assert phases._outcome([], is_ended=True, failed=0, passed=1) == "not finished in its time"


def test_phases_have_names_of_their_own() -> None:
    for promise in PROMISES:
        names = [phase.name for phase in promise.phases]
        assert len(set(names)) == len(names)
        assert all(isinstance(phase, Phase) and phase.minutes > 0 for phase in promise.phases)
