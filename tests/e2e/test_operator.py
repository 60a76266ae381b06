"""The operator's loop as docs/operator/ten-minutes has it: each line is said, run and saved.

It is played on a small pack; with BOT_TEST_SOAK=1 on the shipped one.  BOT_TEST_SCREENSHOTS=DIR
leaves the picture of the guide there.
"""

from __future__ import annotations

import os
import re
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import KNOWLEDGE
from tests.docs.markdown import ROOT, Block, agrees, blocks
from tests.e2e.test_journal import zhuce
from tests.e2e.test_serve import Server, serving
from tests.packs import edited, write_pack
from tests.workers import SOAK

GUIDE = ROOT / "docs" / "operator" / "ten-minutes.zh-CN.md"
LINE = re.compile(r"^(?:\$|(\S)>) ", re.MULTILINE)
REFUSED = "the changed pack is refused"
ANSWER = "资料只写“自行制作执业印章”"
PICTURES = os.environ.get("BOT_TEST_SCREENSHOTS")
NOTHING_YET = "没有没答上的问题。"
WITHIN_S = 60.0


class Desk:
    """What an operator has before them: a running bot, a folder of YAML, and `zhuce`."""

    def __init__(self, folder: Path, server: Server, more: dict[str, str]) -> None:
        self.folder, self.server, self.more = folder, server, more
        self.pack = folder / "knowledge"

    def runs(self, *words: str) -> str:
        ran = zhuce(self.folder, *words, **self.more)
        return ran.stdout + ran.stderr

    def version(self) -> str:
        return str(self.server.get("/readyz").json["knowledge"])

    def refusals(self) -> int:
        return self.server.log.read_text("utf-8").count(REFUSED)

    def until(self, is_so: Callable[[], bool]) -> None:
        began = time.monotonic()
        while not is_so():
            assert time.monotonic() - began < WITHIN_S, self.server.log.read_text("utf-8")[-3000:]
            time.sleep(0.1)

    def does(self, act: Callable[[], Any]) -> Any:
        """Change the files, and wait until the bot has dealt with them."""
        before = self.version(), self.refusals()
        done = act()
        self.until(lambda: (self.version(), self.refusals()) != before)
        return done

    def plays(self, block: Block) -> None:
        if block.argument:
            file = self.pack / block.argument
            self.does(lambda: file.write_text(block.body, encoding="utf-8"))
            return
        starts = [*LINE.finditer(block.body)]
        ends = [*(start.start() for start in starts[1:]), len(block.body)]
        for start, end in zip(starts, ends, strict=True):
            typed, _, shown = block.body[start.end() : end].partition("\n")
            told = self.says(start[1], typed) if start[1] else self.orders(typed)
            assert agrees(told, shown), f"{GUIDE.name}:{block.line}: {typed}\n{told}"

    def says(self, person: str, words: str) -> str:
        return str(self.server.says(words, person)["text"])

    def orders(self, line: str) -> str:
        program, *words = line.split()
        assert program == "zhuce"
        if words[:2] == ["kb", "undo"]:
            return str(self.does(lambda: self.runs(*words)))
        told = self.runs(*words)
        while told.strip() == NOTHING_YET:  # what was asked is written down within two seconds
            time.sleep(0.2)
            told = self.runs(*words)
        return told


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    if SOAK:
        shutil.copytree(KNOWLEDGE, tmp_path / "knowledge")
    else:
        right = edited("faq/main.yaml", ("not: [二建注册]", "not: [变更程序]"))
        write_pack(tmp_path / "knowledge", main=right)
    more = {
        "BOT_KNOWLEDGE": "knowledge",
        "BOT_JOURNAL": f"sqlite:///{tmp_path / 'journal.db'}",
        "XDG_STATE_HOME": str(tmp_path / "state"),
    }
    with serving(tmp_path, **more) as server:
        yield Desk(tmp_path, server, more)


def test_the_guide_of_ten_minutes_goes_as_it_is_written(
    desk: Desk, request: pytest.FixtureRequest
) -> None:
    old, told = desk.version(), []
    for block in blocks(GUIDE, "transcript"):
        desk.plays(block)
        told.append(desk.server.says("印油用什么颜色", f"after line {block.line}")["status"])
        if PICTURES and told[-1] == "answered":
            photograph(desk, request.getfixturevalue("browser"), Path(PICTURES))
    # In vain, also while the file is broken; then answered; and after the way back in vain again.
    assert told == [*["abstained"] * 4, "answered", "answered", "abstained"]
    assert (desk.version(), (desk.pack / "faq" / "ink.yaml").exists()) == (old, False)


def photograph(desk: Desk, browser: Any, folder: Path) -> None:
    with browser.new_context(locale="zh-CN", viewport={"width": 390, "height": 700}) as context:
        page = context.new_page()
        page.goto(f"http://127.0.0.1:{desk.server.port}/")
        page.locator("#words").fill("印油用什么颜色")
        page.keyboard.press("Enter")
        page.get_by_text(ANSWER).first.wait_for()
        page.screenshot(path=folder / "ten-minutes-answer.png")


def test_an_edit_that_breaks_another_question_is_named_before_it_is_live(desk: Desk) -> None:
    tests = desk.pack / "tests" / "main.yaml"
    tests.parent.mkdir(exist_ok=True)
    tests.write_text("questions:\n  - {q: 续期材料, entry: renewal-materials}\n", encoding="utf-8")
    synonyms = desk.pack / "synonyms.yaml"
    before = synonyms.read_text("utf-8")
    broken = before.replace("forms: [一级]", "forms: [一级, 续期材料]")
    desk.does(lambda: synonyms.write_text(broken, encoding="utf-8"))
    assert desk.refusals() == 1
    assert desk.server.says("续期材料", "seven")["entry"] == "renewal-materials"
    told = desk.runs("kb", "test")
    assert "synonyms.yaml:4）填了 certificate：一建" in told
    assert "zhuce kb undo" in told
    assert "退回好了" in desk.runs("kb", "undo", "--yes")
    assert synonyms.read_text("utf-8") == before
