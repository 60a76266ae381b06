"""Test a pack with its own questions, through the functions that answer people (`zhuce kb test`).

Every `ask` line must rank its own entry first, no `not` line may be answered from its entry, and
every question of `tests/*.yaml` must get the expected reply.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass

from bot.core.model.entry import Entry, EntryKind
from bot.core.model.pack import Pack
from bot.core.model.reply import Reply
from bot.core.model.understanding import Understanding
from bot.knowledge.cases import Question
from bot.knowledge.inheritance import is_inherited

Ask = Callable[[tuple[str, ...]], Reply]
"""Returns the reply to the last of some turns; each call is a new conversation."""
Understand = Callable[[str], Understanding]


@dataclass(frozen=True, slots=True)
class Failure:
    """A question that failed; its message is in Chinese, for operators."""

    place: str
    question: str
    message: str

    def __str__(self) -> str:
        return f"{self.place}  “{self.question}”\n    {self.message}"


def run_tests(
    pack: Pack,
    questions: tuple[Question, ...],
    understand: Understand,
    ask: Ask,
    only: Collection[str] | None = None,
) -> list[Failure]:
    """Return all failures, in the order of the pack, then of the question files.

    With `only`, no other entries are asked for.
    """
    entries = [entry for entry in pack.entries.values() if only is None or entry.id in only]
    failures = [f for entry in entries for f in entry_failures(pack, entry, understand, ask)]
    asked = (question for question in questions if not is_filled(pack, question))
    failures += [f for question in asked for f in question_failures(pack, question, ask)]
    return failures


def is_filled(pack: Pack, question: Question) -> bool:
    """Return whether the gap that the question is about has been filled."""
    return question.gap is not None and pack.portal_of(question.gap) is not None


def entry_failures(pack: Pack, entry: Entry, understand: Understand, ask: Ask) -> Iterator[Failure]:
    """Test the wordings of an entry."""
    found = [ask_failure(pack, entry, line, understand) for line in entry.ask]
    found += [not_failure(entry, line, ask) for line in entry.not_ask]
    return (failure for failure in found if failure)


def ask_failure(pack: Pack, entry: Entry, line: str, understand: Understand) -> Failure | None:
    """Test a wording that must rank its entry first; if inherited it may go to the pack's own."""
    first = next(iter(understand(line).candidates), None)
    if first and first.entry == entry.id:
        return None
    if first and is_inherited(entry) and not _is_smalltalk(pack, first.entry):
        return None
    score = f"（{first.score:.2f}，因为“{first.phrase}”）" if first else ""
    found = f"{first.entry}{score}" if first else "什么都没有"
    return Failure(entry.id, line, f"ask 应当最先找到 {entry.id}，却找到 {found}")


def _is_smalltalk(pack: Pack, name: str) -> bool:
    return pack.entries[name].kind is EntryKind.SMALLTALK


def not_failure(entry: Entry, line: str, ask: Ask) -> Failure | None:
    """Test a wording that must not be answered from the entry."""
    reply = ask((line,))
    if reply.is_unclear or entry.id not in [answer.entry for answer in reply.answers]:
        return None
    return Failure(entry.id, line, f"not 不该由 {entry.id} 回答，却由它回答了")


def question_failures(pack: Pack, question: Question, ask: Ask) -> Iterator[Failure]:
    wrong = list(_faults(question, ask(question.turns)))
    if question.gap is not None and question.gap not in pack.regions:
        wrong.append(f"gap 要写地区的简称，没有“{question.gap}”这个地区")
    said = " | ".join(question.turns)
    if question.known_failure and not wrong:
        yield Failure(question.place, said, "已经答对了，请删掉 known_failure 这一行")
    elif wrong and not question.known_failure:
        yield Failure(question.place, said, "；".join(wrong))


def _faults(question: Question, reply: Reply) -> Iterator[str]:
    text = reply.as_text()
    found = [answer.entry for answer in reply.answers]
    if len(question.entries) == reply.topics == 1:
        found = found[:1]  # what else the words may mean stands below it
    if question.entries and sorted(question.entries) != sorted(found):
        yield f"应当由 {'、'.join(question.entries)} 回答，却是 {'、'.join(found) or '没有'}"
    if question.status and question.status != reply.status:
        yield f"status 应当是 {question.status}，却是 {reply.status}（{reply.rule}）"
    if question.reason and question.reason != reply.reason:
        yield f"reason 应当是 {question.reason}，却是 {reply.reason}"
    yield from (f"缺少“{words}”" for words in question.contains if words not in text)
    yield from (f"不该出现“{words}”" for words in question.lacks if words in text)
