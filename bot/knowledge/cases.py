"""Read the tests of a pack: questions and expected replies, from `tests/*.yaml`.

They are not part of the `Pack`: a bot that answers does not need them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

from bot.errors import KnowledgeError, Problem
from bot.knowledge.did_you_mean import did_you_mean
from bot.knowledge.reading.contents import require_folder, yaml_names
from bot.knowledge.reading.pack_files import read_located
from bot.knowledge.schema import QuestionForm, QuestionsFile
from bot.knowledge.validation import Item, valid_items, validate


@dataclass(frozen=True, slots=True)
class Question:
    """One line or several turns of a conversation, and what is expected of the last reply.

    Expectations that are empty or None are not checked.
    """

    turns: tuple[str, ...]
    entries: tuple[str, ...] = ()
    """All entries that the reply has to answer from; one for a simple question."""
    status: str | None = None
    reason: str | None = None
    contains: tuple[str, ...] = ()
    lacks: tuple[str, ...] = ()
    gap: str | None = None
    """The place that the pack has no door for; once it has one, this is asked no more."""
    known_failure: str | None = None
    """Why it does not pass yet; a question that passes must lose this line."""
    place: str = ""
    """`file:line`, for reports."""


def load_questions(folder: Path, known_entries: Collection[str] = ()) -> tuple[Question, ...]:
    """Return the questions of `folder/tests`, in order of file and line.

    With `known_entries`, an expected entry that is not among them is a problem.

    Raises:
        KnowledgeError: all problems of all files.
    """
    require_folder(folder)
    questions: list[Question] = []
    problems: list[Problem] = []
    for name in yaml_names(folder, "tests"):
        file = read_located(folder, name)
        whole, wrong = validate(file, QuestionsFile)
        items = list(valid_items(file, "questions", whole, QuestionForm))
        problems += [*file.problems, *wrong]
        problems += [problem for item in items for problem in _mistakes(item, known_entries)]
        questions += [_question(item) for item in items]
    if problems:
        raise KnowledgeError(tuple(set(problems)))
    return tuple(questions)


def _question(item: Item[QuestionForm]) -> Question:
    form = item.form
    return Question(
        turns=tuple(form.turns) if form.q is None else (form.q,),
        entries=(form.entry,) if form.entry else tuple(form.entries),
        status=form.status,
        reason=form.reason,
        contains=tuple(form.contains),
        lacks=tuple(form.lacks),
        gap=form.gap,
        known_failure=form.known_failure,
        place=item.place,
    )


def _mistakes(item: Item[QuestionForm], known_entries: Collection[str]) -> Iterator[Problem]:
    form = item.form
    if (form.q is None) == (not form.turns):
        yield item.problem("q（一句话）和 turns（一段对话）要写一个，也只能写一个")
    if form.entry and form.entries:
        yield item.problem("entry 和 entries 只能写一个", "entries")
    if not any((form.entry, form.entries, form.status, form.reason, form.contains, form.lacks)):
        yield item.problem("没有写应有的结果：entry、status、contains 等至少一项")
    for entry in (*([form.entry] if form.entry else []), *form.entries):
        if known_entries and entry not in known_entries:
            yield item.problem(f"没有条目“{entry}”{did_you_mean(entry, known_entries)}")
