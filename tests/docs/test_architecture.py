"""The map of the code names every room, and nothing that does not exist."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from tests.docs.markdown import ROOT

MAP = (ROOT / "docs" / "architecture.md").read_text("utf-8")
PARENTS = ("bot", "bot/core", "bot/understanding", "bot/adapters")
PATH = re.compile(r"\b(?:bot|knowledge|scripts|tests)/[\w./*-]*")
NAME = re.compile(r"`([A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+)`")
FILE = (".py", ".yaml", ".toml", ".js")


def rooms() -> Iterator[str]:
    for parent in PARENTS:
        for folder in (ROOT / parent).iterdir():
            if any(folder.glob("*.py")):
                yield f"{parent}/{folder.name}/"


def defined() -> Iterator[str]:
    """Every module of ours, and what it defines: `module.name`, `module.Class.name`."""
    for file in (ROOT / "bot").rglob("*.py"):
        module = ".".join(file.relative_to(ROOT).with_suffix("").parts)
        yield module
        for name, body in _names(ast.parse(file.read_text("utf-8")).body):
            yield f"{module}.{name}"
            yield from (f"{module}.{name}.{inner}" for inner, _ in _names(body))


def _names(body: list[ast.stmt]) -> Iterator[tuple[str, list[ast.stmt]]]:
    for node in body:
        match node:
            case ast.ClassDef(name=name, body=inner):
                yield name, inner
            case ast.FunctionDef(name="__init__", body=inner):
                yield from _names(inner)
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                yield name, []
            case ast.Assign(targets=[ast.Name(id=name) | ast.Attribute(attr=name)]):
                yield name, []
            case ast.AnnAssign(target=ast.Name(id=name) | ast.Attribute(attr=name)):
                yield name, []
            case _:
                pass


def test_every_room_is_on_the_map() -> None:
    assert {room for room in rooms() if room not in MAP} == set()


def test_every_path_on_the_map_exists() -> None:
    assert {path for path in PATH.findall(MAP) if not any(ROOT.glob(path.rstrip("/")))} == set()


def test_every_name_on_the_map_exists() -> None:
    """A name may leave out where its module lies: `decide.take_turn`."""
    known = [f".{name}" for name in defined()]
    named = {name for name in NAME.findall(MAP) if not name.endswith(FILE)}
    assert {n for n in named if not any(k.endswith(f".{n}") for k in known)} == set()
