"""Measure section `http`: the HTTP API under load, beside an empty endpoint on the same server."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from scripts.bench.asking import Say
from scripts.bench.figures import medians, rounded
from scripts.bench.processes import (
    await_port,
    cpu_s,
    free_port,
    python,
    reported,
    serving,
)
from scripts.bench.results import Results
from scripts.bench.starting import talk, web_bot

CONNECTIONS = 16
WARM_UP = 200


def http(rounds: int, seconds: int, results: Results, say: Say) -> None:
    kept: dict[str, list[Mapping[str, float]]] = {"empty": [], "zhuce": []}
    maker = ""
    for number in range(rounds):
        for name, found in kept.items():
            say(f"http: {name}, round {number + 1} of {rounds}")
            with {"empty": empty, "zhuce": web_bot}[name]() as (port, pid):
                talk(port, WARM_UP)
                maker, figures = loaded(port, pid, seconds)
                found.append(figures)
    rows = {name: rounded(medians(found), 3) for name, found in kept.items()}
    results.keep("http", {"rows": rows, "connections": CONNECTIONS, "maker": maker})


def loaded(port: int, pid: int, seconds: int) -> tuple[str, dict[str, float]]:
    """Return which client made the load, and the figures of a server under it.

    Raises:
        RuntimeError: an answer was not 200.
    """
    before = cpu_s(pid)
    found = reported("load", str(port), str(CONNECTIONS), str(seconds))
    spent = cpu_s(pid) - before
    if found["wrong"]:
        raise RuntimeError(f"{found['wrong']} of {found['requests']} requests went wrong")
    figures = {name: found[name] for name in ("p50_ms", "p95_ms", "p99_ms")}
    figures |= {
        "requests_per_s": found["requests"] / found["seconds"],
        "cpu_ms": spent / found["requests"] * 1000,
    }
    return found["maker"], figures


@contextmanager
def empty() -> Iterator[tuple[int, int]]:
    port = free_port()
    command = python("-m", "scripts.bench.empty_endpoint", str(port))
    with TemporaryDirectory() as folder, serving({}, Path(folder), command) as process:
        await_port(port, process)
        yield port, process.pid
