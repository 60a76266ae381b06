"""The built wheel carries the pack and answers from any folder."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.conftest import KNOWLEDGE

ROOT = KNOWLEDGE.parent

pytestmark = pytest.mark.skipif(
    importlib.util.find_spec("hatchling") is None,
    reason="the wheel is built with hatchling: pip install hatchling",
)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, capture_output=True, check=True, timeout=120)
    [found] = folder.glob("*.whl")
    return found


@pytest.fixture(scope="module")
def unpacked(wheel: Path) -> Path:
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(wheel.parent / "unpacked")
    return wheel.parent / "unpacked"


def asked(question: str, home: Path, folder: Path) -> bytes:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("BOT_")}
    return subprocess.run(
        [sys.executable, "-P", "-m", "bot", "ask", question, "--json"],
        cwd=folder,
        env=clean | {"PYTHONPATH": str(home)},
        capture_output=True,
        check=True,
        timeout=60,
    ).stdout


def test_the_wheel_carries_every_file_of_the_pack(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        carried = {name for name in archive.namelist() if name.startswith("bot/_pack/")}
    pack = {
        f"bot/_pack/{path.relative_to(KNOWLEDGE).as_posix()}"
        for path in KNOWLEDGE.rglob("*")
        if path.suffix in (".yaml", ".txt")
    }
    assert pack - carried == set()


@pytest.mark.parametrize(
    "name",
    [
        "bot/py.typed",
        "bot/cli/locale/zh/LC_MESSAGES/click.mo",
        "bot/understanding/data/model.json",
        "bot/understanding/data/pinyin.txt",
        "bot/adapters/web/static/index.html",
    ],
)
def test_the_wheel_carries_what_the_code_reads(wheel: Path, name: str) -> None:
    with zipfile.ZipFile(wheel) as archive:
        assert name in archive.namelist()


def test_the_wheel_carries_nothing_left_behind_by_tools(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    assert [name for name in names if "_cache" in name or name.startswith("tests/")] == []
    assert "bot/_pack/tests/portal.yaml" in names


@pytest.mark.parametrize("question", ["四川二建在哪注册", "/steps 初始注册"])
def test_the_installed_bot_answers_as_the_checkout_does(
    unpacked: Path, tmp_path: Path, question: str
) -> None:
    assert asked(question, unpacked, tmp_path) == asked(question, ROOT, ROOT)
