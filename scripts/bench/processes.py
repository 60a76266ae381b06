"""Start processes for what is measured, with one thread on one core, and read what they cost.

Times and memory are the kernel's figures.  `VmRSS` counts shared pages in full; the sum over a
process and its children is therefore taken over `Pss`, which divides them.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self

ROOT = Path(__file__).parents[2]
ONE_THREAD = dict.fromkeys(
    (
        "OMP_NUM_THREADS",
        "OPENBLAS_NUM_THREADS",
        "MKL_NUM_THREADS",
        "RAYON_NUM_THREADS",
        "NUMBA_NUM_THREADS",
    ),
    "1",
)
_NO_BYTECODE = "PYTHONDONTWRITEBYTECODE"
TICK_S = 1 / os.sysconf("SC_CLK_TCK")


def environment(settings: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return this process's environment without the bot's settings, with one thread for all.

    Programs find their bytecode, as installed ones do, also where this process writes none.
    """
    left_out = {name for name in os.environ if name.startswith("BOT_")} | {_NO_BYTECODE}
    clean = {name: value for name, value in os.environ.items() if name not in left_out}
    return clean | ONE_THREAD | {"PYTHONPATH": str(ROOT)} | dict(settings or {})


def python(*arguments: str) -> list[str]:
    return [sys.executable, *arguments]


def reported(module: str, *arguments: str) -> dict[str, Any]:
    """Return the JSON object that a module of this package prints when run by itself.

    Raises:
        CalledProcessError: it failed.
    """
    command = python("-m", f"scripts.bench.{module}", *arguments)
    run = subprocess.run(command, cwd=ROOT, env=environment(), stdout=subprocess.PIPE, check=True)
    found: dict[str, Any] = json.loads(run.stdout)
    return found


def pin_to_one_core() -> None:
    """Keep this process on one core, if the system can."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})


def cpu_s(pid: int) -> float:
    """Return the CPU seconds of a process, in user code and the kernel."""
    fields = Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) * TICK_S


def memory_mib(pid: int | str = "self", field: str = "VmRSS") -> float:
    """Return a field of `/proc/PID/status`: `VmRSS` is the current memory, `VmHWM` the peak."""
    return status_mib(Path(f"/proc/{pid}/status").read_text("utf-8"), field)


def status_mib(status: str, field: str = "VmRSS") -> float:
    """Return a field of the text of `/proc/PID/status`."""
    [line] = [line for line in status.splitlines() if line.startswith(f"{field}:")]
    return int(line.split()[1]) / 1024


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


class PeakMemory:
    """The peak memory of a process and its children together while the context was entered."""

    EVERY_S = 0.25

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self.mib = 0.0

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._stop.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._stop.wait(self.EVERY_S):
            self.mib = max(self.mib, sum(map(_shared_fairly_mib, family(self._pid))))


def family(pid: int) -> Iterator[int]:
    """Yield a process and all its descendants."""
    yield pid
    try:
        tasks = list(Path(f"/proc/{pid}/task").iterdir())
        children = " ".join((task / "children").read_text("utf-8") for task in tasks)
    except OSError:
        return
    for child in children.split():
        yield from family(int(child))


def _shared_fairly_mib(pid: int) -> float:
    try:
        text = Path(f"/proc/{pid}/smaps_rollup").read_text("utf-8")
    except OSError:
        return 0.0
    return sum(int(line.split()[1]) for line in text.splitlines() if line.startswith("Pss:")) / 1024


class Worker:
    """A process that gets one line and answers with one JSON object a line."""

    def __init__(self, module: str, *arguments: str) -> None:
        self._name = " ".join((module, *arguments[:1]))
        self._process = subprocess.Popen(
            python("-m", f"scripts.bench.{module}", *arguments),
            cwd=ROOT,
            env=environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.pid = self._process.pid

    def heard(self) -> dict[str, Any]:
        """Return the next line.

        Raises:
            RuntimeError: the process has ended.
        """
        assert self._process.stdout
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"{self._name} ended with {self._process.wait()}")
        found: dict[str, Any] = json.loads(line)
        return found

    def told(self, word: str) -> dict[str, Any]:
        """Send a line and return the answer."""
        assert self._process.stdin
        self._process.stdin.write(word + "\n")
        self._process.stdin.flush()
        return self.heard()

    def stop(self) -> None:
        assert self._process.stdin
        assert self._process.stdout
        self._process.kill()
        self._process.wait()
        self._process.stdin.close()
        self._process.stdout.close()


@contextmanager
def serving(
    settings: Mapping[str, str], folder: Path, command: list[str]
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a bot whose log and data are in the folder."""
    with (
        (folder / "log").open("ab") as log,
        subprocess.Popen(
            command, cwd=folder, env=environment(settings), stdout=log, stderr=log
        ) as process,
    ):
        try:
            yield process
        finally:
            process.kill()


def await_port(port: int, process: subprocess.Popen[bytes], within_s: float = 30.0) -> None:
    """Return when something listens on the port.

    Raises:
        RuntimeError: the process has ended, or the time is up.
    """
    deadline = time.monotonic() + within_s
    while time.monotonic() < deadline and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.02)
        else:
            return
    raise RuntimeError(f"nothing listens; the process ended with {process.poll()}")
