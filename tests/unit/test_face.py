"""What a program that embeds the bot imports: all of it is there, and none of it costs before."""

from __future__ import annotations

import ast
import inspect
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from types import ModuleType

import pytest

import bot
from bot import errors
from bot.core.model import reply, update

ROOT = Path(bot.__file__).parents[1]


def imports_for_type_checkers() -> dict[str, str]:
    """From each name to the module that type checkers are told it comes from."""
    tree = ast.parse(Path(bot.__file__).read_text(encoding="utf-8"))
    return {
        alias.name: node.module or ""
        for block in tree.body
        if isinstance(block, ast.If) and ast.unparse(block.test) == "TYPE_CHECKING"
        for node in block.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }


def loaded_by(code: str) -> set[str]:
    """Modules of ours that a new process has loaded in the end."""
    shown = f"{code}\nimport sys\nprint(*sorted(m for m in sys.modules if m.startswith('bot.')))"
    ran = subprocess.run(
        [sys.executable, "-c", shown], cwd=ROOT, capture_output=True, check=True, encoding="utf-8"
    )
    return set(ran.stdout.split())


def test_every_exported_name_is_there() -> None:
    assert [name for name in bot.__all__ if not hasattr(bot, name)] == []
    assert list(bot.__all__) == sorted(bot.__all__)


@pytest.mark.parametrize("module", [errors, reply, update], ids=lambda module: module.__name__)
def test_every_error_part_and_kind_of_update_is_exported(module: ModuleType) -> None:
    own = {
        name
        for name, found in inspect.getmembers(module, inspect.isclass)
        if found.__module__ == module.__name__ and not name.startswith("_")
    }
    assert own - set(bot.__all__) == set()


def test_type_checkers_are_told_the_truth() -> None:
    told = imports_for_type_checkers()
    assert set(told) == set(bot.__all__) - {"__version__"}
    assert [
        name for name, module in told.items()
        if getattr(bot, name) is not getattr(import_module(module), name)
    ] == []  # fmt: skip


def test_names_that_do_not_exist_are_refused_and_those_that_do_are_listed() -> None:
    with pytest.raises(AttributeError, match="module 'bot' has no attribute 'Convers'"):
        bot.Convers  # type: ignore[attr-defined]  # noqa: B018
    assert set(bot.__all__) <= set(dir(bot))


def test_importing_bot_loads_none_of_its_rooms() -> None:
    assert loaded_by("import bot") == set()


@pytest.mark.parametrize(
    ("names", "not_loaded"),
    [
        ("BotError", {"bot.core", "bot.app"}),
        ("Update, ConversationKey, Reply, Text, Choices", {"bot.app", "bot.understanding"}),
        ("embedded", {"bot.adapters", "bot.settings", "bot.cli", "bot.knowledge.schema"}),
    ],
)
def test_a_name_loads_only_what_it_stands_on(names: str, not_loaded: set[str]) -> None:
    assert loaded_by(f"from bot import {names}") & not_loaded == set()


def test_asking_loads_nothing_that_only_a_program_needs() -> None:
    ran = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "bot", "ask", "四川二建在哪注册"],
        cwd=ROOT,
        capture_output=True,
        check=True,
        encoding="utf-8",
    )
    loaded = {line.rpartition("|")[2].strip() for line in ran.stderr.splitlines()}
    rooms = ("app", "settings", "drawing", "storage", "adapters", "evaluation", "doctor", "extras")
    ours = {f"bot.{room}" for room in rooms} | {"bot.runtime.embedded", "bot.runtime.chores"}
    foreign = {"sqlalchemy", "fastapi", "pydantic_settings", "icalendar"}
    assert loaded & (ours | foreign) == set()
    assert "bot.runtime.replay" in loaded
