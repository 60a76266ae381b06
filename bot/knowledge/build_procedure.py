"""Build the frozen data of one procedure from its form."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from bot.core.model.conditions import AnswerTest, Condition
from bot.core.model.entry import Citation
from bot.core.model.procedure import Option, Procedure, Question, QuestionKind, Step, Transition
from bot.knowledge.schema import (
    AnswerTestForm,
    ConditionForm,
    OptionForm,
    ProcedureFile,
    StepForm,
    StepQuestionForm,
    TransitionForm,
)

UNASKED = "unasked"
"""Stands in `when` for a step that the way did not lead past."""


def procedure_of(form: ProcedureFile, citations: tuple[Citation, ...] = ()) -> Procedure:
    return Procedure(
        id=form.id,
        title=form.title,
        start=form.start,
        steps={step.id: _step(step) for step in form.steps},
        registrations=tuple(form.registrations),
        citations=citations,
        regions=tuple(form.regions),
        materials={str(registration): entry for registration, entry in form.materials.items()},
        without_path={
            str(registration): entry for registration, entry in form.without_path.items()
        },
        remarks={str(registration): remark for registration, remark in form.remarks.items()},
        renamed=dict(form.renamed),
        when_late=form.when_late or "",
    )


def _step(form: StepForm) -> Step:
    return Step(
        id=form.id,
        action=form.action,
        actor=form.actor,
        notes=tuple(form.notes),
        transitions=tuple(map(_transition, form.next)),
        elsewhere=form.elsewhere,
        has_portal=form.portal,
        has_papers=form.papers,
        question=_question(form.question) if form.question else None,
        related=tuple(form.related),
        each=form.each or "",
        is_wait=form.wait,
    )


def _question(form: StepQuestionForm) -> Question:
    return Question(
        kind=QuestionKind(form.kind),
        text=form.text,
        why=form.why,
        least=_text(form.least),
        most=_text(form.most),
        unit=form.unit or "",
        allows_future=form.future,
        options=tuple(map(option_of, form.options)),
        decimals=form.decimals,
    )


def option_of(form: str | OptionForm) -> Option:
    if isinstance(form, str):
        return Option(form)
    return Option(form.name, tuple(form.also), form.group or "")


def _transition(form: TransitionForm) -> Transition:
    return Transition(
        to=form.to,
        label=form.label,
        registrations=tuple(form.registrations),
        outcome=form.outcome,
        is_setback=form.setback,
        also=tuple(form.also),
        when=tuple(map(_condition, form.when)),
        is_otherwise=form.otherwise,
    )


def _condition(form: ConditionForm) -> Condition:
    return {step: _tests(expected) for step, expected in form.items()}


def _tests(expected: Iterable[str | int | date | AnswerTestForm]) -> tuple[AnswerTest, ...]:
    return tuple(map(_test, expected))


def _test(expected: str | int | date | AnswerTestForm) -> AnswerTest:
    if not isinstance(expected, AnswerTestForm):
        text = _text(expected)
        return AnswerTest(is_unasked=True) if text == UNASKED else AnswerTest(text)
    return AnswerTest(
        least=_text(expected.from_),
        below=_text(expected.below),
        group=expected.group,
        any_of=tuple(expected.any),
        all_of=tuple(expected.all),
        none_of=tuple(expected.none),
    )


def _text(bound: str | int | date | None) -> str | None:
    return None if bound is None else str(bound)
