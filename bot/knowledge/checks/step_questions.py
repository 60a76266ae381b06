"""Check the questions of steps: every answer leads on, and every outcome is an answer."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from bot.core.model.procedure import NO, YES
from bot.core.procedures.conditions import number_of
from bot.core.words.folding import folded
from bot.errors import Problem
from bot.knowledge.build_procedure import option_of
from bot.knowledge.did_you_mean import did_you_mean
from bot.knowledge.schema import ProcedureFile, StepForm, StepQuestionForm
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
    yield from _options(step, question)
    if question.kind == "yes_no" and not set(outcomes) <= {YES, NO}:
        yield f"yes_no 的 outcome 只能是“{YES}”和“{NO}”", "next"
    if question.kind not in ("choice", "yes_no") and outcomes:
        yield f"{question.kind} 不按结果分路，next 里不要写 outcome，写 when", "next"
    if question.kind != "number" and _has_number_keys(question):
        yield "least、most、decimals、unit 只用于 number", "question"
    if question.kind != "date" and question.future:
        yield "future 只用于 date", "question", "future"
    yield from _bounds(question)
    if step.wait:
        yield "等别人办的步骤（wait）不能问问题", "wait"


def _has_number_keys(question: StepQuestionForm) -> bool:
    bounds = (question.least, question.most)
    return bounds != (None, None) or bool(question.unit) or question.decimals > 0


def _bounds(question: StepQuestionForm) -> Iterator[tuple[str, *tuple[str | int, ...]]]:
    least, most = (number_of(str(bound)) for bound in (question.least, question.most))
    for key, bound in (("least", question.least), ("most", question.most)):
        if isinstance(bound, date):
            yield f"{key} 要写数", "question", key
    if least is not None and most is not None and least > most:
        yield f"least 是 {least}，比 most（{most}）还大", "question", "least"


def _options(
    step: StepForm, question: StepQuestionForm
) -> Iterator[tuple[str, *tuple[str | int, ...]]]:
    """Yield options that are too few, doubled, or where there can be none."""
    outcomes = {way.outcome for way in step.next if way.outcome}
    if question.options and question.kind not in ("choice", "several"):
        yield "options 只用于 choice 和 several", "question", "options"
    if question.kind == "several" and not question.options:
        yield "several 要写 options", "question", "kind"
    if question.kind == "choice" and not question.options:
        if len(outcomes) < _FEWEST_CHOICES:
            message = "choice 至少要有两个可选的结果（next 里的 outcome），或者写 options"
            yield message, "question", "kind"
        yield from _unanswered(step)
    names: dict[str, str] = {}
    for n, option in enumerate(map(option_of, question.options)):
        for word in (option.name, *option.also):
            if names.setdefault(folded(word), option.name) != option.name:
                message = f"“{word}”已经是“{names[folded(word)]}”的说法"
                yield message, "question", "options", n
    for outcome in sorted(outcomes) if question.options else ():
        if names.get(folded(outcome)) != outcome:
            yield f"options 里没有“{outcome}”{did_you_mean(outcome, names.values())}", "next"


def _unanswered(step: StepForm) -> Iterator[tuple[str, *tuple[str | int, ...]]]:
    """Yield transitions of a choice without an outcome, which no answer would lead to."""
    for m, way in enumerate(step.next):
        if way.outcome is None and not (way.when or way.otherwise):
            yield "choice 的每条 next 都要写 outcome", "next", m
