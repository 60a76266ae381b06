"""Check the questions of steps: every answer leads on, and every outcome is an answer."""

from __future__ import annotations

from collections.abc import Iterator

from bot.core.model.pack import NO, YES
from bot.errors import Problem
from bot.knowledge.schema import ProcedureFile, StepForm
from bot.knowledge.validation import Item

_FEWEST_CHOICES = 2


def check_questions(item: Item[ProcedureFile]) -> Iterator[Problem]:
    """Check each step with a question, by the kind of the question."""
    for n, step in enumerate(item.form.steps):
        if step.question is None:
            continue
        for message, *trail in _mistakes(step):
            yield item.problem(message, "steps", n, *trail)


def _mistakes(step: StepForm) -> Iterator[tuple[str, *tuple[str | int, ...]]]:
    question = step.question
    assert question is not None  # checked by the caller
    outcomes = [way.outcome for way in step.next if way.outcome]
    if question.kind == "choice" and len(set(outcomes)) < _FEWEST_CHOICES:
        yield "choice 至少要有两个可选的结果（next 里的 outcome）", "question", "kind"
    if question.kind == "yes_no" and not set(outcomes) <= {YES, NO}:
        yield f"yes_no 的 outcome 只能是“{YES}”和“{NO}”", "next"
    if question.kind in ("number", "date") and outcomes:
        yield f"{question.kind} 不按结果分路，next 里不要写 outcome", "next"
    if question.kind in ("choice", "yes_no"):
        yield from _unanswered(step)
    bounds = (question.least, question.most)
    if question.kind != "number" and (bounds != (None, None) or question.unit):
        yield "least、most、unit 只用于 number", "question"
    if question.kind != "date" and question.future:
        yield "future 只用于 date", "question", "future"
    if question.least is not None and question.most is not None and question.least > question.most:
        yield f"least 是 {question.least}，比 most（{question.most}）还大", "question", "least"


def _unanswered(step: StepForm) -> Iterator[tuple[str, *tuple[str | int, ...]]]:
    """Yield transitions of a choice without an outcome, which no answer would lead to."""
    if step.question and step.question.kind == "choice":
        for m, way in enumerate(step.next):
            if way.outcome is None:
                yield "choice 的每条 next 都要写 outcome", "next", m
