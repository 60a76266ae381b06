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
from collections.abc import Collection, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from bot.core.model.pack import Entry, Pack
from bot.core.model.shorthand import expand
from bot.core.model.spans import ZONE
from bot.errors import KnowledgeError, Problem
from bot.knowledge.cases import Question, load_questions
from bot.knowledge.self_test import Failure, entry_failures, question_failures
from bot.runtime.brain import load_brain
from bot.runtime.good_copies import GoodCopies
from bot.runtime.replay import Replayer

MOST_FAILURES = 20
CLOSE_TIMES = 3


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was found; the pack may be used if there are neither problems nor failures."""

    version: str = ""
    problems: tuple[Problem, ...] = ()
    failures: tuple[Failure, ...] = ()
    """Tests that passed with the last good copy and fail now."""
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
        failures = tuple(Failure(**failure) for failure in data.pop("failures"))
        return cls(problems=problems, failures=failures, **data)


@dataclass(frozen=True, slots=True)
class _Exam:
    """A test: an entry with its `ask` and `not` lines, or a question of the pack's tests."""

    entry: Entry | None = None
    question: Question | None = None

    def failures(self, replayer: Replayer) -> Iterator[Failure]:
        pack = replayer.brain.pack
        if self.question:
            yield from question_failures(pack, self.question, lambda t: replayer.run(t).reply)
        elif self.entry and self.entry.id in pack.entries:
            entry = pack.entries[self.entry.id]
            yield from entry_failures(
                pack, entry, replayer.understand, lambda t: replayer.run(t).reply
            )

    @property
    def entries(self) -> tuple[str, ...]:
        """Return the entries that it is about."""
        return self.question.entries if self.question else (self.entry.id if self.entry else "",)

    @property
    def words(self) -> str:
        if self.question:
            return "\n".join(self.question.turns)
        return "\n".join(self.entry.ask) if self.entry else ""


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
    exams = [_Exam(entry=entry) for entry in brain.pack.entries.values()]
    # A question that is known to fail may only have come right.
    exams += [_Exam(question=q) for q in questions if not q.known_failure]
    ranked = _by_closeness(exams, replayer, before)
    failures: list[Failure] = []
    asked, began = 0, time.monotonic()
    for is_close, exam in ranked:
        is_late = time.monotonic() - began > seconds * (CLOSE_TIMES if is_close else 1)
        if len(failures) >= MOST_FAILURES or is_late:
            break
        asked += 1
        failures += _new_failures(exam, replayer, before)
    verdict = Verdict(brain.pack.version, (), tuple(failures), asked, len(exams))
    if verdict.is_good:
        copies.keep()
    return verdict


def _before(copies: GoodCopies, now: datetime) -> Replayer | None:
    copy = copies.before()
    try:
        return Replayer(load_brain(copy), now) if copy else None
    except KnowledgeError:  # the forms of the files have changed since
        return None


def _new_failures(exam: _Exam, replayer: Replayer, before: Replayer | None) -> list[Failure]:
    failures = list(exam.failures(replayer))
    if not failures or before is None:
        return failures
    known = {failure.question for failure in exam.failures(before)}
    if exam.entry and exam.entry.id not in before.brain.pack.entries:
        known = set()
    return [failure for failure in failures if failure.question not in known]


def _by_closeness(
    exams: list[_Exam], replayer: Replayer, before: Replayer | None
) -> list[tuple[bool, _Exam]]:
    """Return the tests, those that an edit may have touched first, each with whether it may."""
    if before is None:
        return [(False, exam) for exam in exams]
    new, old = replayer.brain.pack, before.brain.pack
    near = near_entries(changed_entries(old, new), replayer)
    forms = changed_forms(old, new)
    closeness = [_closeness(exam, near, forms) for exam in exams]
    order = sorted(range(len(exams)), key=lambda n: not closeness[n])
    return [(closeness[n], exams[n]) for n in order]


def _closeness(exam: _Exam, near: set[str], forms: Collection[str]) -> bool:
    return not near.isdisjoint(exam.entries) or any(form in exam.words for form in forms)


def changed_entries(old: Pack, new: Pack) -> set[str]:
    """Return the ids of entries that are new, gone or different."""
    names = {*old.entries, *new.entries}
    return {name for name in names if old.entries.get(name) != new.entries.get(name)}


def near_entries(changed: set[str], replayer: Replayer) -> set[str]:
    """Return the entries that changed and those that come close to their first questions."""
    entries = replayer.brain.pack.entries
    return changed | {
        candidate.entry
        for name in changed
        for line in (entries[name].ask[:3] if name in entries else ())
        for candidate in replayer.understand(line).candidates[:3]
    }


def changed_forms(old: Pack, new: Pack) -> set[str]:
    """Return the forms of terms that are new, gone or mean something else."""
    return {form for form, _ in _meanings(old) ^ _meanings(new)}


def _meanings(pack: Pack) -> set[tuple[str, tuple[str | None, ...]]]:
    return {
        (form, (term.word, term.slot, term.value))
        for term in pack.lexicon.terms
        for line in (term.word, *term.forms, *term.hints)
        for form in expand(line)
    }


def main() -> None:
    """Print the verdict on a folder; give way to the process that answers people."""
    if nice := getattr(os, "nice", None):
        nice(5)
    sys.stdout.write(prove(Path(sys.argv[1]), float(sys.argv[2])).as_json())


if __name__ == "__main__":
    main()
