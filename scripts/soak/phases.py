"""One phase: a run of pytest that is ended beyond its time, and what its report says."""

from __future__ import annotations

import contextlib
import os
import platform
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from xml.etree import ElementTree as ET

from scripts.soak.page import ROOT, Result
from scripts.soak.promises import Beside, Phase

_running: set[int] = set()
"""The groups of processes of phases that run."""
STOP_S = 20
"""After which what does not end by itself is killed."""
TO_END_S = 45
"""What goes on until its time is over begins and ends within this."""
_LOADING = """
import time, jieba
jieba.setLogLevel(60)
jieba.initialize()
print(time.process_time())
"""


def tried(phase: Phase, given: dict[str, str], limit_s: float, *, is_short: bool) -> Result:
    """Run the tests of a phase, for so long at most."""
    began = time.monotonic()
    environment = given | ({} if is_short else {"BOT_TEST_SOAK": "1"})
    if phase.beside is Beside.EVERYTHING:
        environment["BOT_TEST_SOAK_S"] = str(max(10.0, limit_s - TO_END_S))
    with tempfile.TemporaryDirectory(prefix="zhuce-soak-", ignore_cleanup_errors=True) as folder:
        report, said = Path(folder, "report.xml"), Path(folder, "said")
        is_ended = not _run(_command(phase, report, Path(folder)), environment, said, limit_s)
        cases = _cases(report)
        if not cases or any(map(_is_failed, cases)):
            print(said.read_text("utf-8", "replace")[-6000:], flush=True)
    return _result(cases, is_ended=is_ended) | {
        "form": "short" if is_short else "full",
        "took_s": round(time.monotonic() - began),
        "on": datetime.now(UTC).date().isoformat(),
        "machine": machine(),
        "core_s": core_s(),
    }


def _command(phase: Phase, report: Path, folder: Path) -> list[str]:
    command = ["nice", f"-n{phase.nice}"] if phase.nice else []
    command += [sys.executable, "-m", "pytest", "-q", "-n0", f"--junit-xml={report}"]
    command += ["-o", "junit_family=xunit1"]  # the one that has properties of cases
    command += ["-p", "no:cacheprovider", f"--basetemp={folder / 'tmp'}"]
    return command + (["-k", phase.chosen] if phase.chosen else []) + list(phase.tests)


def _run(command: list[str], environment: dict[str, str], said: Path, limit_s: float) -> bool:
    """Return whether it came to its end; what it started ends with it."""
    with (
        said.open("wb") as lines,
        subprocess.Popen(
            command,
            cwd=ROOT,
            env=environment,
            stdout=lines,
            stderr=lines,
            start_new_session=True,
        ) as running,
    ):
        _running.add(running.pid)
        try:
            running.wait(limit_s)
        except subprocess.TimeoutExpired:
            os.killpg(running.pid, signal.SIGINT)  # pytest writes its report, fixtures end
            try:
                running.wait(STOP_S)
            except subprocess.TimeoutExpired:
                os.killpg(running.pid, signal.SIGKILL)
            return False
        finally:
            _end_what_is_left(running.pid)
            _running.discard(running.pid)
    return True


def end_all() -> None:
    """End every phase that runs, with what it started."""
    for group in tuple(_running):
        _end_what_is_left(group)


def _end_what_is_left(group: int) -> None:
    """End what the phase started and did not end, by the number of its own group."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(group, signal.SIGKILL)


def _cases(report: Path) -> list[ET.Element]:
    return list(ET.parse(report).iter("testcase")) if report.exists() else []


def _is_failed(case: ET.Element) -> bool:
    return case.find("failure") is not None or case.find("error") is not None


def _result(cases: list[ET.Element], *, is_ended: bool) -> Result:
    figures = list(_figures(cases))
    failed = [str(one.get("name")) for one in cases if _is_failed(one)]
    skipped = sum(one.find("skipped") is not None for one in cases)
    interrupted = int(is_ended and bool(cases))  # the last one stands there as passed
    passed = len(cases) - len(failed) - skipped - interrupted
    return {
        "outcome": _outcome(figures, is_ended=is_ended, failed=len(failed), passed=passed),
        "passed": passed,
        "failed": failed,
        "skipped": skipped,
        "figures": figures,
    }


def _outcome(figures: Iterable[str], *, is_ended: bool, failed: int, passed: int) -> str:
    if failed or any("beyond the promise" in one for one in figures):
        return "not kept"
    if is_ended:
        return "not finished in its time"
    return "kept" if passed else "not tried"


def _figures(cases: Iterable[ET.Element]) -> Iterable[str]:
    for case in cases:
        for given in case.iter("property"):
            if given.get("name") == "figures":
                name = str(case.get("name"))
                which = f" [{name.partition('[')[2]}" if "[" in name else ""
                yield f"{given.get('value')}{which}"


def machine() -> str:
    """Return what is known of the machine, but its name."""
    system = f"{platform.system()} {platform.machine()}"
    return f"{os.cpu_count()} cores, {system}, Python {platform.python_version()}"


@cache
def core_s() -> float:
    """Return how fast a core is: the seconds of CPU in which jieba alone is imported and loaded."""
    command = [sys.executable, "-c", _LOADING]
    runs = (subprocess.run(command, capture_output=True, check=True) for _ in range(3))
    return round(min(float(run.stdout) for run in runs), 1)
