"""Check a draft of a pack, and ask it questions, without touching the pack that answers.

What a newcomer would get wrong: a draft is a whole pack, laid out in a folder of its own, and goes
through the very functions that load and test the one that answers.
"""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from bot.core.model.spans import ZONE
from bot.core.ports import Brain
from bot.core.wire import reply_as_json
from bot.errors import KnowledgeError, Problem
from bot.knowledge.cases import Question, load_questions
from bot.knowledge.loader import pack_of
from bot.knowledge.reading.contents import read_contents
from bot.knowledge.self_test import Failure, entry_failures
from bot.runtime.brain import load_brain, mark_as_used
from bot.runtime.edits import changed_entries
from bot.runtime.explain import explain_as_json
from bot.runtime.good_copies import digest_of, files_of
from bot.runtime.pack_diff import changes, turned
from bot.runtime.replay import Replayer

ASKED_S = 5.0
"""Seconds for questions near the change that may get another reply."""
MOST_SHOWN = 30
Json = dict[str, Any]


@dataclass
class Drafts:
    """Drafts of one pack; the last one that was asked stays prepared."""

    folder: Path
    _kept: tuple[str, Brain] | None = None
    _before: tuple[str, Brain] | None = field(default=None, repr=False)

    def check(self, files: Mapping[str, str]) -> list[Problem]:
        """Return every problem of the pack with these files in place of its own."""
        with _laid_out(self.folder, files) as place:
            return _problems(place)

    def tried(
        self, files: Mapping[str, str], questions: Sequence[str], seconds: float = ASKED_S
    ) -> Json:
        """Return how the draft answers, what it changes, and which tests of its own fail.

        Questions near the change are asked for some seconds, to see which get another reply.
        """
        with _laid_out(self.folder, files) as place:
            try:
                new = self._new(place)
                own = load_questions(place, new.pack.named)
            except KnowledgeError as error:
                return {"problems": [_problem(_inside(each, place)) for each in error.problems]}
            now = datetime.now(ZONE)
            before, after = Replayer(self._old(), now), Replayer(new, now)
            return {"problems": [], **_compared(before, after, own, questions, seconds)}

    def _old(self) -> Brain:
        digest = digest_of(files_of(self.folder))
        if self._before is None or self._before[0] != digest:
            self._before = digest, load_brain(self.folder)
        return self._before[1]

    def _new(self, place: Path) -> Brain:
        digest = digest_of(files_of(place))
        if self._kept is None or self._kept[0] != digest:
            # Whoever adopts the draft finds it prepared; drafts push each other out of the cache,
            # and never the pack that answers.
            self._kept = digest, load_brain(place)
            mark_as_used(self.folder)
        return self._kept[1]


def _compared(
    before: Replayer,
    after: Replayer,
    own: Sequence[Question],
    questions: Sequence[str],
    seconds: float,
) -> Json:
    old, new = before.brain.pack, after.brain.pack
    changed = changed_entries(old, new)
    replies, asked = turned(before, after, own, seconds) if changed else ([], 0)
    failures = [
        f for name in sorted(changed & new.entries.keys()) for f in _new(name, before, after)
    ]
    return {
        "told": list(changes(old, new))[:MOST_SHOWN],
        "turned": [
            {"question": t.question, "before": t.before, "after": t.after}
            for t in replies[:MOST_SHOWN]
        ],
        "asked": asked,
        "failures": [
            {"entry": f.place, "question": f.question, "message": f.message}
            for f in failures[:MOST_SHOWN]
        ],
        "questions": [_asked(line, before, after) for line in questions],
    }


def _new(name: str, before: Replayer, after: Replayer) -> Iterator[Failure]:
    """Yield the wordings of an entry that fail, and did not fail before."""
    known = {failure.question for failure in _failures(name, before)}
    return (failure for failure in _failures(name, after) if failure.question not in known)


def _failures(name: str, replayer: Replayer) -> Iterator[Failure]:
    pack = replayer.brain.pack
    if name not in pack.entries:
        return iter(())
    entry = pack.entries[name]
    return entry_failures(pack, entry, replayer.understand, lambda t: replayer.run(t).reply)


def _asked(line: str, before: Replayer, after: Replayer) -> Json:
    exchange, old = after.run((line,)), before.run((line,)).reply
    names = after.brain.pack.vocabulary.names
    return {
        "question": line,
        "before": old.answers[0].entry if old.answers else old.status.value,
        "reply": reply_as_json(exchange.reply, names),
        "explained": explain_as_json(exchange, names),
    }


def _problems(place: Path) -> list[Problem]:
    try:
        pack = pack_of(read_contents(place))
        load_questions(place, pack.named)
    except KnowledgeError as error:
        return [_inside(problem, place) for problem in error.problems]
    return []


def _inside(problem: Problem, place: Path) -> Problem:
    """Return the problem with the name of its file inside the pack."""
    name = problem.file.removeprefix(place.as_posix()).lstrip("/")
    return Problem(name, problem.line, problem.path, problem.message)


def _problem(problem: Problem) -> Json:
    return {
        "file": problem.file,
        "line": problem.line,
        "path": problem.path,
        "message": problem.message,
    }


@contextlib.contextmanager
def _laid_out(folder: Path, files: Mapping[str, str]) -> Iterator[Path]:
    """Lay the draft out in a folder of its own while the block runs."""
    with tempfile.TemporaryDirectory(prefix="zhuce-draft-") as scratch:
        place = Path(scratch) / "pack"
        for name, content in {**files_of(folder), **_encoded(files)}.items():
            path = place / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        yield place


def _encoded(files: Mapping[str, str]) -> dict[str, bytes]:
    return {name: text.encode("utf-8", "replace") for name, text in files.items()}
