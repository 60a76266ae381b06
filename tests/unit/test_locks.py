"""Whatever is installed, and whatever builds it, is pinned by version and hash."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LOCKS = sorted(path.name for path in ROOT.glob("requirements*.lock"))
_PIN = re.compile(
    r"^[a-z0-9-]+==\S+(?: ; [^\\]+)? \\\n((?:    --hash=sha256:[0-9a-f]{64}(?: \\)?\n)+)",
    re.MULTILINE,
)
_INSTALL = re.compile(r"pip (?:install|wheel)\b.*")


def test_there_is_a_lock_for_each_purpose() -> None:
    purposes = ["audit", "bench", "build", "dev"]
    assert [*(f"requirements-{name}.lock" for name in purposes), "requirements.lock"] == LOCKS


@pytest.mark.parametrize("name", LOCKS)
def test_every_line_of_a_lock_has_hashes_and_none_an_address(name: str) -> None:
    text = (ROOT / name).read_text("utf-8")
    pinned = len(_PIN.findall(text))
    assert pinned == len(re.findall(r"^[a-zA-Z0-9]", text, re.MULTILINE)) > 5
    assert "://" not in text


def test_what_builds_the_wheel_is_locked() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    locked = (ROOT / "requirements-build.lock").read_text("utf-8")
    for needed in project["build-system"]["requires"]:
        assert f"\n{needed}==" in f"\n{locked}"


@pytest.mark.parametrize("name", ["Makefile", "Dockerfile"])
def test_nothing_is_installed_without_a_hash(name: str) -> None:
    """By a lock, or from here with what builds it already there."""
    installs = _INSTALL.findall((ROOT / name).read_text("utf-8"))
    assert len(installs) > 3
    for install in installs:
        is_ours = "--no-deps" in install and re.search(r"--no-build-isolation|--no-index", install)
        assert "--require-hashes" in install or is_ours, install
