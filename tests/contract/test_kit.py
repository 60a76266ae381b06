"""The kit for adapters: the adapter of the guide passes, and each planted fault is found."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from bot.testing import Check, checks
from tests.docs.markdown import ROOT, blocks
from tests.workers import size

GUIDE = ROOT / "docs" / "howto" / "add-an-adapter.md"
FILES = {block.argument: block.body for block in blocks(GUIDE) if block.argument}
MUTATIONS = size(100_000, 300)


def loaded(name: str, source: str) -> ModuleType:
    module = ModuleType(name)
    exec(compile(source, name, "exec"), module.__dict__)
    return module


@pytest.fixture
def hook(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The adapter and the counterpart of the guide, with text of the adapter replaced."""

    def build(old: str = "", new: str = "") -> list[Check]:
        source = FILES["zhuce_hook.py"]
        assert old in source
        adapter = loaded("zhuce_hook", source.replace(old, new, 1) if old else source)
        monkeypatch.setitem(sys.modules, "zhuce_hook", adapter)
        program = loaded("test_hook", FILES["test_hook.py"]).Program
        return checks(adapter.ADAPTER, program, mutations=MUTATIONS)

    return build


def failing(found: list[Check], *named: str) -> set[str]:
    """The names of the checks that fail, of those that are named, or of all."""
    failed = set()
    for check in found:
        if not named or any(name in check.name for name in named):
            try:
                check()
            except AssertionError:
                failed.add(check.name)
    return failed


def test_the_adapter_of_the_guide_keeps_every_promise_but_is_not_installed_here(hook: Any) -> None:
    found = hook()
    assert len(found) >= 20
    assert failing(found) == {"it is registered and its settings are well formed"}


FAULTS = {
    "signature": (
        "if not hmac.compare_digest(given.encode(), expected.encode()):",
        "if False:",
        "a forged request never reaches core",
    ),
    "changed body": (
        'stamp.encode() + b"." + body',
        'stamp.encode() + b"."',
        "damaged requests are no fault of ours",
    ),
    "no limit of time": ("<= WINDOW_S", "<= 10**9", "an old request is refused"),
    "junk": ("except ValueError:", "except KeyError:", "damaged requests are no fault of ours"),
    "random id": (
        "Update(payload.id, key",
        "Update(str(id(payload)) + str(hash(payload.id)), key",
        "a repeat is answered once and in the same words",
    ),
    "one conversation for all": (
        "ConversationKey(NAME, payload.user, payload.user)",
        'ConversationKey(NAME, "all", "all")',
        "every message is an update of its own, every person a conversation",
    ),
    "words changed": (
        "text=payload.text,",
        "text=payload.text and payload.text.strip(),",
        "words reach core as they were said",
    ),
    "a part is lost": (
        "for page in pages or",
        "for page in pages[:1] or",
        "a long reply is told to its end within the limits",
    ),
    "too long": (
        "Room(LONGEST, Units.BYTES)",
        "Room(LONGEST, Units.CHARACTERS)",
        "a long reply is told to its end within the limits",
    ),
    "no buttons": (
        "for choice in reply.choices]",
        "for choice in reply.choices[1:]]",
        "a button brings back its choice",
    ),
    "choices missing": (
        "for choice in reply.choices]",
        "for choice in reply.choices[:3]]",
        "nothing of a part is lost: choices",
    ),
    "always on": (
        "if settings.secret is None:\n        return None",
        "if settings.secret is None:\n        return Answering()",
        "nothing starts without settings, and doctor never fails",
    ),
}


@pytest.mark.parametrize(("old", "new", "name"), FAULTS.values(), ids=FAULTS.keys())
def test_a_planted_fault_is_found(hook: Any, old: str, new: str, name: str) -> None:
    assert failing(hook(old, new), name) == {name}


def test_the_guide_builds_its_package_in_less_than_150_lines() -> None:
    lines = [line for body in FILES.values() for line in body.splitlines()]
    assert set(FILES) == {"pyproject.toml", "zhuce_hook.py", "test_hook.py"}
    assert len(lines) < 150


def write_package(folder: Path) -> Path:
    """The files of the guide in a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, body in FILES.items():
        (folder / name).write_text(body, encoding="utf-8")
    return folder
