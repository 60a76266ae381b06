"""The operator's loop as the guide has it: a question in vain, an entry, an answer, closed."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.test_journal import zhuce
from tests.e2e.test_serve import Server, serving
from tests.packs import edited, write_pack

ASKED = ("培训班在哪里报名", "培训班怎么报名", "怎么报培训班")
PEOPLE = ("one", "two", "three")
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

    def groups(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = json.loads(self.runs("report", "unanswered", "--json"))[
            "groups"
        ]
        return found

    def until(self, is_so: Callable[[], bool]) -> None:
        began = time.monotonic()
        while not is_so():
            assert time.monotonic() - began < WITHIN_S, self.server.log.read_text("utf-8")[-3000:]
            time.sleep(0.1)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    right = edited("faq/main.yaml", ("not: [二建注册]", "not: [延续程序]"))
    pack = write_pack(tmp_path / "knowledge", main=right)
    more = {
        "BOT_KNOWLEDGE": str(pack),
        "BOT_JOURNAL": f"sqlite:///{tmp_path / 'journal.db'}",
        "XDG_STATE_HOME": str(tmp_path / "state"),
    }
    with serving(tmp_path, **more) as server:
        yield Desk(tmp_path, server, more)


def test_from_a_question_in_vain_to_a_tested_answer(desk: Desk) -> None:
    old = desk.version()
    # People ask in vain.
    for person in PEOPLE:
        for words in ASKED:
            assert desk.server.says(words, person)["status"] == "abstained"

    # The report shows one group, with an entry to paste.
    desk.until(lambda: bool(desk.groups()) and desk.groups()[0]["times"] == 9)
    [group] = desk.groups()
    assert (group["people"], set(group["wordings"])) == (3, set(ASKED))
    entry = group["yaml"].replace("id: new-1", "id: training")
    entry = entry.replace("示例：在这里写答案。", "培训班请向单位报名。")

    # Pasted with a wide colon: the bot goes on as before, `kb check` names line and cure.
    file = desk.pack / "faq" / "training.yaml"
    file.write_text(entry.replace("title: ", "title："), encoding="utf-8")
    told = desk.runs("kb", "check")
    assert "training.yaml:3" in told
    assert "请换成英文冒号加空格“: ”" in told
    refused = "the changed pack is refused"
    desk.until(lambda: refused in desk.server.log.read_text("utf-8"))
    assert desk.server.says(ASKED[0], "four")["status"] == "abstained"

    # Mended: it answers without a restart, what changed can be read, and the group is closed.
    file.write_text(entry, encoding="utf-8")
    desk.until(lambda: desk.version() != old)
    assert desk.server.says(ASKED[0], "five")["entry"] == "training"
    assert "条目 training：新加的" in desk.runs("kb", "diff", "--seconds", "0")
    assert "另有 1 组现在答得上了，不再列出。" in desk.runs("report", "unanswered")

    # Taken back by one command, and the bot follows.
    assert "退回好了" in desk.runs("kb", "undo", "--yes")
    assert not file.exists()
    desk.until(lambda: desk.version() == old)
    assert desk.server.says(ASKED[0], "six")["status"] == "abstained"


def test_an_edit_that_breaks_another_question_is_named_before_it_is_live(desk: Desk) -> None:
    tests = desk.pack / "tests" / "main.yaml"
    tests.parent.mkdir()
    tests.write_text("questions:\n  - {q: 续期材料, entry: renewal-materials}\n", encoding="utf-8")
    synonyms = desk.pack / "synonyms.yaml"
    before = synonyms.read_text("utf-8")
    synonyms.write_text(
        before.replace("forms: [一级]", "forms: [一级, 续期材料]"), encoding="utf-8"
    )
    told = desk.runs("kb", "test")
    assert "synonyms.yaml:4）填了 certificate：一建" in told
    assert "zhuce kb undo" in told
    desk.until(lambda: "the changed pack is refused" in desk.server.log.read_text("utf-8"))
    assert desk.server.says("续期材料", "seven")["entry"] == "renewal-materials"
