"""The examples of docs/howto/embed.md, run: a script, threads, FastAPI; and a badly named file.

The page of the last is met in a browser by `tests/e2e/test_page/test_elsewhere.py`.
"""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from starlette.testclient import TestClient

from bot import app as wiring
from bot.core.ports import Brain
from bot.drawing.layout import program
from tests.docs.markdown import ROOT, Block, blocks

PAGE = ROOT / "docs" / "howto" / "embed.md"
SCRIPT, THREADS, FASTAPI = blocks(PAGE, "python")
HIDDEN = blocks(PAGE, "text")
MESSAGES = "/bot/api/v1/messages"


def names_of(example: Block) -> dict[str, Any]:
    names: dict[str, Any] = {}
    exec(compile(example.body, f"embed.md:{example.line}", "exec"), names)
    return names


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, brain: Brain) -> Path:
    """Where the program runs; the pack is loaded already."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(wiring, "load_brain", lambda _: brain)
    return tmp_path


def test_a_script_keeps_to_the_thread_of_a_conversation(folder: Path) -> None:
    asked, told = asyncio.run(names_of(SCRIPT)["talk"]())
    assert "请选一个" in asked
    assert "注册建造师变更注册申请表" in told
    assert (folder / "data" / "bot.db").is_file()


def test_a_script_goes_on_in_a_second_run(folder: Path) -> None:
    talk = names_of(SCRIPT)["talk"]
    assert asyncio.run(talk()) == asyncio.run(talk())  # the same ids get the same replies


def test_every_thread_has_its_own_conversation(folder: Path) -> None:
    people = {f"person {n}": ["要什么材料", "变更注册", "谢谢"] for n in range(12)}
    told = asyncio.run(names_of(THREADS)["main"](people))
    assert told.keys() == people.keys()
    for asked, materials, thanks in told.values():
        assert "请选一个" in asked
        assert "注册建造师变更注册申请表" in materials
        assert "不客气" in thanks


@pytest.mark.parametrize("example", [SCRIPT, THREADS], ids=["script", "threads"])
def test_a_script_runs_as_a_program(example: Block, tmp_path: Path) -> None:
    ran = run_program(tmp_path / "program.py", example.body)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert "注册建造师变更注册申请表" in ran.stdout


def run_program(program: Path, body: str) -> subprocess.CompletedProcess[str]:
    program.write_text(body, encoding="utf-8")
    return subprocess.run(
        [sys.executable, program.name],
        cwd=program.parent,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        timeout=60,
        check=False,
        encoding="utf-8",
    )


# FastAPI


@pytest.fixture
def web(folder: Path) -> Iterator[TestClient]:
    with TestClient(names_of(FASTAPI)["app"]) as client:
        yield client


def said(web: TestClient, conversation: str, text: str) -> dict[str, Any]:
    response = web.post(MESSAGES, json={"conversation": conversation, "text": text})
    assert response.status_code == 200, response.text
    reply: dict[str, Any] = response.json()
    return reply


@pytest.fixture
def issued(web: TestClient) -> str:
    return str(web.post("/bot/api/v1/conversations").json()["conversation"])


def test_pages_of_the_application_stay_where_they_are(web: TestClient) -> None:
    assert web.get("/hours").json() == "窗口周一到周五 9:00 到 17:00"


def test_the_page_and_its_files_are_behind_the_mount(web: TestClient) -> None:
    page = web.get("/bot")
    assert (page.status_code, page.url.path) == (200, "/bot/")
    assert "static/chat.js" in page.text
    assert "/static/" not in page.text.replace('"static/', "")
    assert web.get("/bot/static/chat.js").status_code == 200


def test_the_api_is_behind_the_mount_and_keeps_the_thread(web: TestClient, issued: str) -> None:
    assert said(web, issued, "要什么材料")["status"] == "clarify"
    assert said(web, issued, "变更注册")["entry"] == "change-materials"
    assert web.get("/bot/readyz").json()["status"] == "ready"


def test_ids_that_nobody_issued_are_refused(web: TestClient) -> None:
    response = web.post(MESSAGES, json={"conversation": "mine", "text": "谢谢"})
    assert response.status_code == 401


@pytest.mark.skipif(program() is None, reason="pip install zhuce[pictures]")
def test_pictures_are_behind_the_mount(web: TestClient, issued: str) -> None:
    said(web, issued, "/steps 初始注册")
    parts = said(web, issued, "流程图")["parts"]
    [name] = [part["name"] for part in parts if part["type"] == "picture"]
    picture = web.get(f"/bot/api/v1/pictures/{quote(name, safe='')}")
    assert picture.headers["content-type"] == "image/svg+xml"
    assert picture.text.startswith("<svg ")


def test_what_was_opened_is_closed_with_the_application(folder: Path) -> None:
    app = names_of(FASTAPI)["app"]
    with TestClient(app) as client:
        said(client, client.post("/bot/api/v1/conversations").json()["conversation"], "谢谢")
    assert [t.name for t in threading.enumerate() if t.name.startswith("bot-sqlite")] == []


# A program that hides the package


PROGRAMS = {
    "the program itself": {"bot.py": "from bot import embedded\n"},
    "a file beside it": {"bot.py": "", "program.py": "from bot import embedded\n"},
    "a part of the package": {"bot.py": "", "program.py": "import bot.adapters.telegram_ptb\n"},
}


@pytest.mark.parametrize(
    ("files", "shown"), list(zip(PROGRAMS.values(), HIDDEN, strict=True)), ids=PROGRAMS
)
def test_what_hides_the_package_is_seen_as_shown(
    tmp_path: Path, files: dict[str, str], shown: Block
) -> None:
    for name, body in files.items():
        (tmp_path / name).write_text(body, encoding="utf-8")
    last = list(files)[-1]
    ran = run_program(tmp_path / last, files[last])
    assert ran.returncode == 1
    seen = ran.stderr.splitlines()[-1].replace(f"{tmp_path}{os.sep}", "")
    assert seen.startswith(shown.body.split(" (")[0].rstrip("\n"))
