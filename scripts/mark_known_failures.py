"""Bring the `known_failure` marks of a pack's tests and of the conversations up to date.

    python -m scripts.mark_known_failures [--knowledge FOLDER] [--dry]

A mark is struck off where the question is answered rightly now, and one that fails gets a mark
with what is replied instead.  Only marks are rewritten, every other character of the files stays.
Lines of entries (`ask`, `not`) bear no marks: those that fail are printed, and the exit is 1.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import yaml

from bot.core.model.reply import Reply, Status
from bot.knowledge.cases import load_questions
from bot.knowledge.self_test import Ask, entry_failures, is_filled, question_failures
from bot.runtime.brain import load_brain, pack_folder
from bot.runtime.replay import Replayer
from tests.fakes import NOON
from tests.talks import TALKS, VARIANTS, Said, replies, talks, told

MARK = "known_failure"
TOLD = 48
"""Characters of a reply that a mark of a conversation quotes."""
SIGNS = frozenset(",[]{}:#&*!|>'\"%@`")
"""What may mean something in YAML."""


@dataclass(frozen=True, slots=True, order=True)
class Edit:
    """What takes the place of some characters of a file."""

    start: int
    end: int
    text: str


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--knowledge", type=Path)
    parser.add_argument("--dry", action="store_true", help="count, and write nothing")
    options = parser.parse_args()
    brain = load_brain(options.knowledge)
    now = Replayer(brain, datetime.now(UTC))
    questions = edits_of_questions(pack_folder(options.knowledge), now)
    write(questions, "tests of the pack", is_dry=options.dry)
    if options.knowledge is None:
        conversations = edits_of_talks(Replayer(brain, NOON))
        write(conversations, "conversations", is_dry=options.dry)
    failures = [
        failure
        for entry in brain.pack.entries.values()
        for failure in entry_failures(
            brain.pack, entry, now.understand, lambda turns: now.run(turns).reply
        )
    ]
    for failure in failures:
        print(failure)
    return 1 if failures else 0


def write(edits: Mapping[Path, Sequence[Edit]], name: str, *, is_dry: bool) -> None:
    for path, wanted in edits.items():
        text = path.read_text(encoding="utf-8")
        for edit in sorted(wanted, reverse=True):
            text = text[: edit.start] + edit.text + text[edit.end :]
        if not is_dry:
            path.write_text(text, encoding="utf-8")
    every = [edit for wanted in edits.values() for edit in wanted]
    added = sum(MARK in edit.text for edit in every)
    print(f"{name}: {len(every) - added} marks struck off, {added} added, {len(edits)} files")


def edits_of_questions(folder: Path, replayer: Replayer) -> dict[Path, list[Edit]]:
    """Return what has to change in the tests of a pack; one whose gap is filled is not asked."""
    pack, edits = replayer.brain.pack, defaultdict(list)
    files = {path.name: _Source(path) for path in sorted((folder / "tests").glob("*.yaml"))}
    for question in load_questions(folder):
        reply = replayer.run(question.turns).reply
        is_wrong = any(
            question_failures(pack, replace(question, known_failure=None), _gives(reply))
        )
        if is_filled(pack, question) or is_wrong == bool(question.known_failure):
            continue
        name, _, line = question.place.rpartition(":")
        source = files[Path(name).name]
        item = source.items[int(line)]
        edit = source.marked(item, _summary(reply)) if is_wrong else source.unmarked(item)
        edits[source.path].append(edit)
    return edits


def _gives(reply: Reply) -> Ask:
    return lambda _: reply


def _summary(reply: Reply) -> str:
    """Say in Chinese what is replied instead; nothing in it has a meaning in YAML."""
    if reply.status is Status.ANSWERED:
        return f"现在由 {'、'.join(answer.entry for answer in reply.answers)} 回答"
    return f"现在是 {reply.reason or reply.status}"


class _Source:
    """A file of questions with the places of its items."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.text = path.read_text(encoding="utf-8")
        [questions] = [
            value for key, value in yaml.compose(self.text).value if key.value == "questions"
        ]
        self.items = {item.start_mark.line + 1: item for item in questions.value}

    def unmarked(self, item: yaml.MappingNode) -> Edit:
        """Return the edit that takes the lines of the mark away."""
        [(key, value)] = [(key, value) for key, value in item.value if key.value == MARK]
        if item.flow_style:
            before = self.text.rfind(",", 0, key.start_mark.index)
            return Edit(before, value.end_mark.index, "")
        return Edit(
            self._line_start(key.start_mark.index), self._line_end(value.end_mark.index), ""
        )

    def marked(self, item: yaml.MappingNode, why: str) -> Edit:
        """Return the edit that puts a mark behind the question."""
        key, asked = item.value[0]
        if item.flow_style:
            end = item.value[-1][1].end_mark.index
            return Edit(end, end, f", {MARK}: {why}")
        end = self._line_end(_last_of(asked).end_mark.index)
        return Edit(end, end, f"{' ' * key.start_mark.column}{MARK}: {why}\n")

    def _line_start(self, place: int) -> int:
        return self.text.rfind("\n", 0, place) + 1

    def _line_end(self, place: int) -> int:
        return self.text.find("\n", place) + 1 or len(self.text)


def _last_of(node: yaml.Node) -> yaml.Node:
    """Return the last scalar of a node; a block sequence itself ends where the next key begins."""
    is_block = isinstance(node, yaml.SequenceNode) and not node.flow_style
    return _last_of(node.value[-1]) if is_block else node


def edits_of_talks(replayer: Replayer) -> dict[Path, list[Edit]]:
    """Return what has to change in the conversations."""
    edits = defaultdict(list)
    wordings = {path.stem: _wordings(path) for path in sorted(TALKS.glob("*.yaml"))}
    for talk in talks():
        stem, _, variant = talk.name.partition(": ")
        nodes = wordings[stem][VARIANTS.index(variant)]
        for said, node, reply in zip(talk.turns, nodes, replies(replayer, talk), strict=True):
            wrong = said.faults(reply)
            if bool(wrong) != bool(said.known_failure):
                text = _as_marked(said, reply) if wrong else _as_text(said.text)
                edit = Edit(node.start_mark.index, node.end_mark.index, text)
                edits[TALKS / f"{stem}.yaml"].append(edit)
    return edits


def _wordings(path: Path) -> list[list[yaml.Node]]:
    """Return the nodes of what is said, for each variant in the order of its turns."""
    [(_, turns)] = yaml.compose(path.read_text(encoding="utf-8")).value
    parts = [{key.value: value for key, value in turn.value} for turn in turns.value]
    return [
        [part["elsewhere"] if name == "elsewhere" else part["says"].value[n] for part in parts]
        for n, name in enumerate(VARIANTS)
    ]


def _as_marked(said: Said, reply: Reply) -> str:
    entries = ",".join(answer.entry for answer in reply.answers) or reply.reason or reply.status
    words = told(reply)
    quoted = words[:TOLD] + "…" * (len(words) > TOLD)
    instead = json.dumps(f"{entries}：{quoted}", ensure_ascii=False)
    return f"{{say: {_as_text(said.text)}, {MARK}: {instead}}}"


def _as_text(words: str) -> str:
    """Return words as a scalar of YAML, in quotes where a sign of them would mean something."""
    return json.dumps(words, ensure_ascii=False) if SIGNS & set(words) else words


if __name__ == "__main__":
    sys.exit(main())
