"""Prove a changed pack in a process of its own, before it replaces the one that answers.

`python -m bot.runtime.proving FOLDER SECONDS` prints a `Verdict` as JSON.  A process of its own
leaves the answering one its time, and what it prepares lies in the cache when the other loads it.
What a newcomer would get wrong: a test that fails with the last good copy too does not count.
Somebody else's old mistake must not keep an edit away from people.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from bot.core.model.entry import Entry
from bot.core.model.pack import Pack
from bot.core.model.reply import Status
from bot.core.model.spans import ZONE
from bot.errors import KnowledgeError, Problem
from bot.knowledge.cases import Question, load_questions
from bot.knowledge.self_test import Failure, ask_failure, not_failure, question_failures
from bot.runtime.brain import load_brain
from bot.runtime.edits import CLOSE, Edit
from bot.runtime.good_copies import GoodCopies
from bot.runtime.replay import Replayer

MOST_FAILURES = 20
MOST_SLID = 10
"""More than so many are no chance: the edit has moved the whole pack."""
CLOSE_TIMES = 3


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was found; the pack may be used if there are neither problems nor failures."""

    version: str = ""
    problems: tuple[Problem, ...] = ()
    failures: tuple[Failure, ...] = ()
    """Tests that passed with the last good copy and fail now."""
    slid: tuple[Failure, ...] = ()
    """Tests far from the edit that were at a threshold: they get a question back, or no answer."""
    asked: int = 0
    of: int = 0
    """Number of tests; fewer are asked if the time is over."""

    @property
    def is_good(self) -> bool:
        return not self.problems and not self.failures

    def as_json(self) -> str:
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> Verdict:
        data: dict[str, Any] = json.loads(text)
        problems = tuple(Problem(**problem) for problem in data.pop("problems"))
        failures, slid = (tuple(Failure(**f) for f in data.pop(n)) for n in ("failures", "slid"))
        return cls(problems=problems, failures=failures, slid=slid, **data)


@dataclass(frozen=True, slots=True)
class _Exam:
    """A test: one wording of an entry, one that it must not answer, or one of the pack's tests."""

    entry: Entry | None = None
    ask: str = ""
    not_ask: str = ""
    question: Question | None = None

    def failures(self, replayer: Replayer) -> list[Failure]:
        """Ask it; a wording that this version of the pack does not have cannot fail."""
        pack = replayer.brain.pack
        if self.question:
            asked = question_failures(pack, self.question, lambda t: replayer.run(t).reply)
            return list(asked)
        entry = pack.entries.get(self.entry.id) if self.entry else None
        failure = None
        if entry and self.ask in entry.ask:
            failure = ask_failure(pack, entry, self.ask, replayer.understand)
        elif entry and self.not_ask in entry.not_ask:
            failure = not_failure(entry, self.not_ask, lambda t: replayer.run(t).reply)
        return [failure] if failure else []

    def slides(self, replayer: Replayer) -> bool:
        """Return whether it is a question that is only answered less surely, and not wrongly.

        Every edit moves every score a little, and some question always is at a threshold.
        """
        if self.question is None:
            return False
        reply = replayer.run(self.question.turns).reply
        return reply.is_unclear or reply.status in (Status.ABSTAINED, Status.CLARIFY)

    @property
    def entries(self) -> tuple[str, ...]:
        """Return the entries that it is about."""
        return self.question.entries if self.question else (self.entry.id if self.entry else "",)

    @property
    def words(self) -> str:
        if self.question:
            return "\n".join(self.question.turns)
        return self.ask or self.not_ask


def prove(folder: Path, seconds: float) -> Verdict:
    """Check the pack in a folder, then test it for some seconds, what has changed first.

    For the tests of what has changed there is `CLOSE_TIMES` as much time.
    """
    copies = GoodCopies.of(folder)
    try:
        brain = load_brain(folder)
        questions = load_questions(folder, brain.pack.named)
    except KnowledgeError as error:
        return Verdict(problems=error.problems)
    if copies.has_present():
        return Verdict(brain.pack.version)
    now = datetime.now(ZONE)
    replayer, before = Replayer(brain, now), _before(copies, now)
    exams = list(_exams(brain.pack, questions))
    ranked = _by_closeness(exams, replayer, before)
    failures, slid = list[Failure](), list[Failure]()
    asked, began = 0, time.monotonic()
    for is_close, exam in ranked:
        is_late = time.monotonic() - began > seconds * (CLOSE_TIMES if is_close else 1)
        if len(failures) >= MOST_FAILURES or is_late:
            break
        asked += 1
        found = _new_failures(exam, replayer, before)
        has_slid = bool(found) and not is_close and before is not None and exam.slides(replayer)
        (slid if has_slid else failures).extend(found)
    if len(slid) > MOST_SLID:
        failures, slid = [*failures, *slid], []
    verdict = Verdict(brain.pack.version, (), tuple(failures), tuple(slid), asked, len(exams))
    if verdict.is_good:
        copies.keep()
    return verdict


def _exams(pack: Pack, questions: Sequence[Question]) -> Iterator[_Exam]:
    for entry in pack.entries.values():
        yield from (_Exam(entry, ask=line) for line in entry.ask)
        yield from (_Exam(entry, not_ask=line) for line in entry.not_ask)
    # A question that is known to fail may only have come right.
    yield from (_Exam(question=q) for q in questions if not q.known_failure)


def _before(copies: GoodCopies, now: datetime) -> Replayer | None:
    copy = copies.before()
    try:
        return Replayer(load_brain(copy), now) if copy else None
    except KnowledgeError:  # the forms of the files have changed since
        return None


def _new_failures(exam: _Exam, replayer: Replayer, before: Replayer | None) -> list[Failure]:
    failures = exam.failures(replayer)
    return failures if failures and (before is None or not exam.failures(before)) else []


def _by_closeness(
    exams: Sequence[_Exam], replayer: Replayer, before: Replayer | None
) -> list[tuple[bool, _Exam]]:
    """Return the tests, those that an edit may have touched first, each with whether it may."""
    if before is None:
        return [(False, exam) for exam in exams]
    edit = Edit.between(before.brain.pack, replayer)
    close = edit.closeness([exam.words for exam in exams], [exam.entries for exam in exams])
    order = sorted(range(len(exams)), key=lambda n: -close[n])
    return [(close[n] >= CLOSE, exams[n]) for n in order]


def main() -> None:
    """Print the verdict on a folder; give way to the process that answers people."""
    if nice := getattr(os, "nice", None):
        nice(5)
    sys.stdout.write(prove(Path(sys.argv[1]), float(sys.argv[2])).as_json())


if __name__ == "__main__":
    main()
