"""Measure section `bots`: whole bots on the real pack, one after the other."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Iterator
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

from bot.app import load_brain
from bot.evaluation.files import read_corpus, read_queries
from scripts.bench.asking import Say
from scripts.bench.bots import present
from scripts.bench.checking import passed
from scripts.bench.figures import rounded
from scripts.bench.processes import ROOT, Worker
from scripts.bench.results import Results
from scripts.bench.sets import sets_in

EVERYDAY, SEED = 2_000, 5


def compare_bots(
    data: Path, questions: Path | None, checker: Path | None, results: Results, say: Say
) -> None:
    """Measure every bot that is installed; the checker's figures only where it is given."""
    with TemporaryDirectory() as folder:
        everyday = Path(folder) / "everyday"
        everyday.write_text("\n".join(everyday_in(data)), "utf-8")
        for name in present():
            say(f"bots: {name}")
            found = _measured(name, everyday)
            if questions and checker:
                command = _command(name, found["least"], Path(folder))
                found |= passed(command, questions, checker)
            results.keep_part("bots", "rows", name, rounded(found))


def everyday_in(data: Path) -> Iterator[str]:
    """Yield questions of all sets that do not name the pack's subject."""
    subject = load_brain().pack.subject
    texts = {
        query.text
        for one in sets_in(data)
        for query in read_queries(one.queries, read_corpus(one.corpus).ids)
        if not (subject and subject in query.text) and query.text.isprintable()
    }
    yield from Random(SEED).sample(sorted(texts), min(EVERYDAY, len(texts)))


def _measured(name: str, everyday: Path) -> dict[str, Any]:
    started = perf_counter()
    worker = Worker("bots.worker", name, str(everyday))
    try:
        worker.heard()
        ready_s = perf_counter() - started
        return worker.told("measure") | {"ready_s": ready_s}
    finally:
        worker.stop()


def _command(name: str, least: float, folder: Path) -> Path:
    """Write a program that a checker can call as it calls `zhuce`."""
    if name == "zhuce":
        return Path(sys.executable).with_name("zhuce")
    path = folder / name
    module = [sys.executable, "-m", "scripts.bench.bots.worker", name, str(least)]
    path.write_text(f'#!/bin/sh\ncd {shlex.quote(str(ROOT))}\nexec {shlex.join(module)} "$@"\n')
    path.chmod(0o700)
    return path
