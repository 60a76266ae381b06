"""Every example of the documents is run, and prints what is shown.

What a block's language says is done with it:

- `console`: `$ zhuce …` is run and prints the lines below it; `$ echo $?` prints its exit code.
- `chat`: `您> …` is said, the lines below are the reply; one block is one conversation.
- `http`: sent to the HTTP API; the `json` block after it is the response, its argument the status.
- `python`: run; it must not raise.
- `yaml path`, `jsonl path`: written to that file before the next command of the same document.
- `json` must parse; `sh` may only use make targets that exist.

Commands of one document share a folder that holds a copy of `knowledge/`, on the 22nd of November
2026. See `tests.docs.markdown` for the meaning of `…`.
"""

from __future__ import annotations

import asyncio
import json
import re
import shlex
import shutil
import sys
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from datetime import UTC, datetime
from functools import cache
from io import StringIO
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import yaml
from starlette.testclient import TestClient

from bot import app
from bot.adapters.web import Gate, Page, Readiness, create_app
from bot.adapters.web.limits import UNLIMITED
from bot.cli import shared
from bot.cli.main import main
from bot.core.conversation import Conversation
from bot.core.model.update import ConversationKey, Update
from bot.runtime import clock
from bot.storage.memory import MemoryStore
from tests.docs.markdown import ANYTHING, DOCUMENTS, ROOT, Block, agrees, blocks, name_of

NOON = datetime(2026, 11, 22, 4, tzinfo=UTC)
ORDER = re.compile(r"^\$ ", re.MULTILINE)
SAID = re.compile(r"^您> ", re.MULTILINE)


class NovemberClock:
    def now(self) -> datetime:
        return NOON


def with_blocks(*languages: str) -> list[Any]:
    found = [document for document in DOCUMENTS if blocks(document, *languages)]
    return [pytest.param(document, id=name_of(document)) for document in found]


_load_brain = app.load_brain


@cache
def own_brain() -> app.Brain:
    return _load_brain()


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a copy of the pack; the pack that commands use by default is loaded once."""
    shutil.copytree(ROOT / "knowledge", tmp_path / "knowledge")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("BOT_KNOWLEDGE", raising=False)
    for module in (app, clock):
        monkeypatch.setattr(module, "SystemClock", NovemberClock)
    for module in (app, shared):
        monkeypatch.setattr(
            module, "load_brain", lambda f=None: _load_brain(f) if f else own_brain()
        )
    return tmp_path


@pytest.fixture
def conversation() -> Conversation:
    brain = own_brain()
    return Conversation(brain, MemoryStore(), NovemberClock())


def run(command: str, monkeypatch: pytest.MonkeyPatch) -> tuple[str, int]:
    """What `zhuce` prints, stderr included, and its exit code."""
    program, *arguments = shlex.split(command)
    assert program == "zhuce", f"console examples run zhuce, not {program}"
    monkeypatch.setattr(sys, "argv", ["zhuce", *arguments])
    printed = StringIO()
    with redirect_stdout(printed), redirect_stderr(printed), pytest.raises(SystemExit) as left:
        main()
    return printed.getvalue(), int(left.value.code or 0)


def parts(block: Block, mark: re.Pattern[str]) -> Iterator[tuple[str, str]]:
    """What is typed behind each mark, and what is shown below it."""
    before, *found = mark.split(block.body)
    assert not before, f"line {block.line}: a block begins with {mark.pattern}"
    for part in found:
        typed, _, shown = part.partition("\n")
        yield typed, shown


@pytest.mark.parametrize("document", with_blocks("console"))
def test_commands_print_what_is_shown(
    document: Path, desk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = 0
    for block in blocks(document, "console", "yaml", "jsonl"):
        if block.language != "console":
            write(desk, block)
            continue
        for command, expected in parts(block, ORDER):
            if command == "echo $?":
                printed = str(code)
            else:
                printed, code = run(command, monkeypatch)
            assert agrees(printed, expected), f"line {block.line}: {command}\n{printed}"


def write(folder: Path, block: Block) -> None:
    if block.argument:
        path = folder / block.argument
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(block.body, encoding="utf-8")


@pytest.mark.parametrize("document", with_blocks("chat"))
def test_chats_go_as_shown(document: Path, conversation: Conversation) -> None:
    for block in blocks(document, "chat"):
        for number, (text, expected) in enumerate(parts(block, SAID)):
            key = ConversationKey("docs", name_of(document), str(block.line))
            update = Update(f"{block.line}-{number}", key, NOON, text=text)
            reply = asyncio.run(conversation.handle(update)).as_text()
            assert agrees(reply, expected), f"line {block.line}: {text}\n{reply}"


@pytest.mark.parametrize("document", with_blocks("http"))
def test_requests_get_the_responses_shown(document: Path, conversation: Conversation) -> None:
    web = TestClient(
        create_app(
            conversation=conversation,
            clock=NovemberClock(),
            readiness=lambda: Readiness(can_answer=True),
            knowledge_version=lambda: conversation.pack.version,
            gate=Gate(is_open=True, key=None, signing_secret=b"only for the examples"),
            page=Page("问答"),
            limits=UNLIMITED,
        )
    )
    found = blocks(document, "http", "json")
    for request, response in pairwise(found):
        if request.language == "http":
            head, _, body = request.body.partition("\n\n")
            method, path = head.splitlines()[0].split()
            headers = dict(line.split(": ", 1) for line in head.splitlines()[1:])
            answer = web.request(method, path, content=body.encode(), headers=headers)
            where = f"line {request.line}: {answer.status_code} {answer.text}"
            assert answer.status_code == int(response.argument), where
            assert fits(answer.json(), json.loads(response.body)), where


def fits(found: Any, shown: Any) -> bool:
    """Whether data is as shown; `…` stands for any value, any further keys, any further items."""
    if isinstance(shown, str) and isinstance(found, str) and shown.endswith(ANYTHING):
        return found.startswith(shown.removesuffix(ANYTHING))
    if isinstance(shown, dict) and isinstance(found, dict):
        keys = shown.keys() - {ANYTHING}
        same = keys <= found.keys() if ANYTHING in shown else keys == found.keys()
        return same and all(fits(found[key], shown[key]) for key in keys)
    if isinstance(shown, list) and isinstance(found, list):
        wanted = shown[:-1] if shown[-1:] == [ANYTHING] else shown
        is_long_enough = len(found) >= len(wanted) if wanted != shown else len(found) == len(wanted)
        return is_long_enough and all(map(fits, found, wanted))
    return shown == ANYTHING or bool(found == shown)


@pytest.mark.parametrize("document", with_blocks("python"))
def test_python_examples_run(document: Path, desk: Path) -> None:
    for block in (one for one in blocks(document, "python") if not one.argument):
        exec(compile(block.body, f"{name_of(document)}:{block.line}", "exec"), {})


@pytest.mark.parametrize("document", with_blocks("json"))
def test_json_examples_parse(document: Path) -> None:
    for block in blocks(document, "json"):
        assert json.loads(block.body) is not None


@pytest.mark.parametrize("document", with_blocks("yaml"))
def test_yaml_examples_parse(document: Path) -> None:
    for block in blocks(document, "yaml"):
        assert yaml.safe_load(block.body) is not None


@pytest.mark.parametrize("document", with_blocks("sh"))
def test_shell_examples_use_make_targets_that_exist(document: Path) -> None:
    known = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    used = {t for b in blocks(document, "sh") for t in re.findall(r"\bmake ([a-z-]+)", b.body)}
    assert used <= known
