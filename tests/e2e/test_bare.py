"""`pip install zhuce` without any extra: what it brings is enough for what it promises.

Everything that is installed here and not brought by it is kept from being imported; what is brought
follows from pyproject.toml and from what the installed packages say of themselves.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tomllib
from collections.abc import Iterable
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.conftest import KNOWLEDGE
from tests.docs.markdown import blocks

ROOT = KNOWLEDGE.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
HIDING = """
import sys
from importlib.machinery import PathFinder
HIDDEN = frozenset({names!r})
class Finder(PathFinder):
    @classmethod
    def find_spec(cls, name, path=None, target=None):
        is_hidden = name.partition(".")[0] in HIDDEN
        return None if is_hidden else PathFinder.find_spec(name, path, target)
sys.meta_path = [Finder if finder is PathFinder else finder for finder in sys.meta_path]
"""


def brought_by(requirements: Iterable[str]) -> set[str]:
    """Names of the distributions that these requirements bring, those of theirs included."""
    found: set[str] = set()
    wanted = [(Requirement(line), "") for line in requirements]
    while wanted:
        requirement, extra = wanted.pop()
        if requirement.marker and not requirement.marker.evaluate({"extra": extra}):
            continue
        name = canonicalize_name(requirement.name)
        extras = requirement.extras or {""}
        if name not in found or requirement.extras:
            found.add(name)
            lines = metadata.requires(name) or []
            wanted += [(Requirement(line), each) for line in lines for each in extras]
    return found


def foreign_modules() -> set[str]:
    """Top names of what is installed and not brought by the library alone."""
    brought = brought_by(PROJECT["dependencies"]) | {"zhuce"}
    return {
        module
        for module, owners in metadata.packages_distributions().items()
        if brought.isdisjoint(map(canonicalize_name, owners))
    }


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """An environment of a process in which nothing else can be imported."""
    folder = tmp_path_factory.mktemp("bare")
    text = HIDING.format(names=sorted(foreign_modules()))
    (folder / "sitecustomize.py").write_text(text, encoding="utf-8")
    clean = {name: value for name, value in os.environ.items() if not name.startswith("BOT_")}
    return clean | {"PYTHONPATH": os.pathsep.join((str(folder), str(ROOT)))}


def run(
    bare: dict[str, str], folder: Path, *arguments: str, **more: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env=bare | more,
        capture_output=True,
        timeout=120,
        check=False,
        encoding="utf-8",
        input="初始注册要什么材料\n/deadline\n/quit\n",
    )


def zhuce(
    bare: dict[str, str], folder: Path, *arguments: str, **more: str
) -> subprocess.CompletedProcess[str]:
    return run(bare, folder, "-m", "bot", *arguments, **more)


@pytest.mark.parametrize("name", ["fastapi", "uvicorn", "sqlalchemy", "alembic", "icalendar"])
def test_servers_and_tool_kits_are_not_brought(
    bare: dict[str, str], tmp_path: Path, name: str
) -> None:
    ran = run(bare, tmp_path, "-c", f"import {name}")
    assert "ModuleNotFoundError" in ran.stderr


def test_what_is_brought_is_what_understanding_and_dialogue_need() -> None:
    assert {canonicalize_name(Requirement(line).name) for line in PROJECT["dependencies"]} == {
        "cachetools",
        "click",
        "jieba",
        "marisa-trie",
        "numpy",
        "opencc",
        "pydantic",
        "pydantic-settings",
        "pyyaml",
        "rapidfuzz",
        "tzdata",
    }


def test_a_question_is_answered(bare: dict[str, str], tmp_path: Path) -> None:
    ran = zhuce(bare, tmp_path, "ask", "四川二建在哪注册", "--json")
    assert (ran.returncode, ran.stderr) == (0, "")
    assert json.loads(ran.stdout)["entry"] == "portal-sichuan"


def test_it_chats(bare: dict[str, str], tmp_path: Path) -> None:
    ran = zhuce(bare, tmp_path, "chat", HOME=str(tmp_path))
    assert (ran.returncode, ran.stderr) == (0, "")
    assert "注册建造师注册申请表" in ran.stdout


def test_a_deadline_is_told_without_a_file_for_the_calendar(
    bare: dict[str, str], tmp_path: Path
) -> None:
    turns = {"turns": ["/deadline", "1", "2026-01-31"]}
    (tmp_path / "batch.jsonl").write_text(json.dumps(turns), encoding="utf-8")
    ran = zhuce(bare, tmp_path, "ask", "--batch", "batch.jsonl")
    assert (ran.returncode, ran.stderr) == (0, "")
    assert "2029" in json.loads(ran.stdout)["text"]


def test_it_is_embedded_and_says_that_sessions_are_not_kept(
    bare: dict[str, str], tmp_path: Path
) -> None:
    example = blocks(ROOT / "docs" / "howto" / "embed.md", "python")[0]
    (tmp_path / "program.py").write_text(example.body, encoding="utf-8")
    ran = run(bare, tmp_path, "program.py")
    assert ran.returncode == 0, ran.stderr
    assert "注册建造师变更注册申请表" in ran.stdout
    assert ran.stderr == "sessions are in memory and end with the process: install zhuce[sql]\n"


def test_the_page_names_its_extra(bare: dict[str, str], tmp_path: Path) -> None:
    ran = run(bare, tmp_path, "-c", "import bot; bot.asgi_app(bot.embedded('memory://'))")
    assert ran.stderr.splitlines()[-1].endswith("pip install 'zhuce[web]'")


@pytest.mark.parametrize("verb", [("kb", "check"), ("procedure", "paths", "sichuan-registration")])
def test_the_pack_is_read(bare: dict[str, str], tmp_path: Path, verb: tuple[str, ...]) -> None:
    ran = zhuce(bare, tmp_path, *verb)
    assert (ran.returncode, ran.stderr) == (0, "")


@pytest.mark.parametrize(
    ("verb", "extra"),
    [
        (("serve",), "web"),
        (("store", "migrate"), "sql"),
        (("report", "usage"), "sql"),
        (("ask", "问", "--semantic"), "semantic"),
    ],
    ids=lambda value: value if isinstance(value, str) else " ".join(value),
)
def test_what_is_not_there_names_its_extra(
    bare: dict[str, str], tmp_path: Path, verb: tuple[str, ...], extra: str
) -> None:
    ran = zhuce(bare, tmp_path, *verb)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert f"zhuce[{extra}]" in ran.stderr
    assert "Traceback" not in ran.stderr


@pytest.mark.parametrize(
    ("url", "extra"),
    [
        ("sqlite:///bot.db", "sql"),
        ("postgresql://bot@127.0.0.1/zhuce", "postgres"),
        ("redis://127.0.0.1/0", "redis"),
    ],
)
def test_a_store_that_is_asked_for_names_its_extra(
    bare: dict[str, str], tmp_path: Path, url: str, extra: str
) -> None:
    ran = zhuce(bare, tmp_path, "doctor", "--json", BOT_STORE=url)
    told = {row["about"]: row["text"] for row in json.loads(ran.stdout)["findings"]}
    assert ran.returncode == 1
    assert f"pip install 'zhuce[{extra}]'" in told["会话库"]


def test_the_doctor_says_what_is_not_kept(bare: dict[str, str], tmp_path: Path) -> None:
    ran = zhuce(bare, tmp_path, "doctor")
    assert (ran.returncode, ran.stderr) == (0, "")
    assert "会话库：memory 可以读写\n    → 重启后会话从头开始；要保留就装 zhuce[sql]" in ran.stdout
    assert "网页：没有安装" in ran.stdout


RUNNING = """
import asyncio
from bot import app, logs
from bot.settings import load_settings

async def main():
    async with app.running(load_settings()) as conversation:
        print(conversation.pack.title)

logs.configure()
asyncio.run(main())
"""


def test_the_start_says_in_one_line_that_sessions_are_not_kept(
    bare: dict[str, str], tmp_path: Path
) -> None:
    ran = run(bare, tmp_path, "-c", RUNNING)
    warned = [json.loads(line) for line in ran.stderr.splitlines() if "WARNING" in line]
    assert ran.stdout == "二级建造师注册\n"
    assert [line["message"] for line in warned] == [
        "sessions are in memory and end with the process: install zhuce[sql]"
    ]
