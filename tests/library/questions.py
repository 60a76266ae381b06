"""The library's questions, put to a brain: which came out right, and which confidently wrong.

A line has `q`, what was said before (`turns`), its `kind`, and what the reply has to be (`expect`):
`any` is what it says, one of each group, `first` the same of its first lines, `none` what it must
not say, `status` and `reason` what may stand in its JSON.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.core.model.reply import Reason, Reply, Status
from bot.runtime.replay import Replayer

HERE = Path(__file__).parent
PACK = HERE / "pack"
FIRST_CHARACTERS = 90
"""What a phone shows before anybody scrolls."""
_SILENT = (Reason.OUT_OF_DOMAIN, Reason.NOT_A_QUESTION)


@dataclass(frozen=True)
class Asked:
    """One question and what came of it; `faults` is empty where it came out right."""

    number: int
    kind: str
    turns: tuple[str, ...]
    reply: Reply
    faults: tuple[str, ...]

    @property
    def is_right(self) -> bool:
        return not self.faults

    @property
    def is_confidently_wrong(self) -> bool:
        """A fact was given as the answer, and it is none."""
        return bool(self.faults) and self.reply.status is Status.ANSWERED

    def __str__(self) -> str:
        said, told = " | ".join(self.turns), self.reply.as_text()[:100]
        entries = ",".join(answer.entry for answer in self.reply.answers)
        got = f"{self.reply.status}/{self.reply.reason} {entries}: {told!r}"
        return f"{self.number} [{self.kind}] {said}\n   {got}\n   {'; '.join(self.faults)}"


def ask_all(replayer: Replayer, half: str) -> list[Asked]:
    """Every question of `questions-<half>.jsonl`, each a conversation of its own."""
    return [_asked(replayer, *row) for row in _rows(HERE / f"questions-{half}.jsonl")]


def _rows(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        yield number, json.loads(line)


def _asked(replayer: Replayer, number: int, row: dict[str, Any]) -> Asked:
    turns = (*row.get("turns", ()), row["q"])
    reply = replayer.run(turns).reply
    return Asked(number, row["kind"], turns, reply, tuple(faults(reply, row["expect"])))


def faults(reply: Reply, expect: dict[str, Any]) -> Iterator[str]:
    """What is wrong with a reply."""
    said = plain(reply.as_text())
    first = said[:FIRST_CHARACTERS]
    for group in expect.get("any", ()):
        if not _has_one(said, group):
            yield f"says none of {group}"
    for group in expect.get("first", ()):
        if not _has_one(first, group):
            yield f"opens with none of {group}"
    yield from (f"must not say {words}" for words in expect.get("none", ()) if plain(words) in said)
    if "status" in expect and reply.status not in _listed(expect["status"]):
        yield f"is {reply.status}, not {expect['status']}"
    if "reason" in expect and reply.reason not in _listed(expect["reason"]):
        yield f"is {reply.reason}, not {expect['reason']}"
    if "status" not in expect and reply.status is Status.ABSTAINED and reply.reason in _SILENT:
        yield "has nothing to say"


def plain(text: str) -> str:
    """Without blanks and in half width, so that 3 年 and ３年 are the same."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))


def _has_one(text: str, group: list[str]) -> bool:
    return any(plain(words) in text for words in group)


def _listed(one_or_more: Any) -> list[Any]:
    return one_or_more if isinstance(one_or_more, list) else [one_or_more]
