"""Check what `when` names: steps that come before, and answers that can be given there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from bot.core.model.procedure import NO, YES, Option
from bot.core.procedures.conditions import number_of
from bot.core.procedures.graph import MOST_ROUNDS
from bot.core.words.folding import folded
from bot.errors import Problem
from bot.knowledge.build_procedure import UNASKED, option_of
from bot.knowledge.did_you_mean import did_you_mean
from bot.knowledge.reading.located import Trail
from bot.knowledge.schema import AnswerTestForm, ProcedureFile, StepForm, TransitionForm
from bot.knowledge.validation import Item

Mistake = tuple[str, Trail]
Before = Mapping[str, frozenset[str]]
"""Maps a step id to the steps that a way to it can pass, itself included."""


def check_conditions(item: Item[ProcedureFile], before: Before) -> Iterator[Problem]:
    """Check every `when` and `otherwise` of a procedure, and its repeated steps."""
    steps = {step.id: step for step in item.form.steps}
    for n, step in enumerate(item.form.steps):
        for message, trail in (*_repeated(step, steps, before), *_others(step)):
            yield item.problem(message, "steps", n, *trail)
        for m, way in enumerate(step.next):
            for message, trail in _mistakes(step, way, steps, before):
                yield item.problem(message, "steps", n, "next", m, *trail)


def _others(step: StepForm) -> Iterator[Mistake]:
    """Yield a second `otherwise` for the same registrations, and one beside a condition."""
    seen: list[TransitionForm] = []
    for m, way in enumerate(step.next):
        trail = ("next", m, "otherwise")
        if way.otherwise and (way.when or way.outcome):
            yield "otherwise 是别的路都不走时走的，不能再写 when 或 outcome", trail
        if way.otherwise and any(_meet(way, other) for other in seen):
            yield "otherwise 只能写一条", trail
        seen += [way] if way.otherwise else []


def _meet(one: TransitionForm, other: TransitionForm) -> bool:
    if not one.registrations or not other.registrations:
        return True
    return bool(set(one.registrations) & set(other.registrations))


def _repeated(step: StepForm, steps: Mapping[str, StepForm], before: Before) -> Iterator[Mistake]:
    """Yield repeated steps whose number nobody has asked for before."""
    if step.each is None:
        return
    asked = steps.get(step.each)
    if asked is None:
        yield f"没有步骤“{step.each}”{did_you_mean(step.each, steps)}", ("each",)
    elif not asked.question or asked.question.kind != "number" or asked.question.decimals:
        yield f"步骤“{step.each}”没有问个数（kind: number，整数）", ("each",)
    elif asked.question.most is None or not 1 <= int(str(asked.question.most)) <= MOST_ROUNDS:
        message = f"步骤“{step.each}”的问题要写 most，最多 {MOST_ROUNDS}"
        yield message, ("each",)
    elif step.each == step.id or step.each not in before[step.id]:
        yield f"走到这里之前不会问到“{step.each}”", ("each",)


def _mistakes(
    step: StepForm, way: TransitionForm, steps: Mapping[str, StepForm], before: Before
) -> Iterator[Mistake]:
    for k, condition in enumerate(way.when):
        for name, expected in condition.items():
            trail: Trail = ("when", k, name)
            other = steps.get(name)
            if other is None:
                yield f"没有步骤“{name}”{did_you_mean(name, steps)}", trail
            elif name not in before[step.id]:
                yield f"走到这里之前不会问到“{name}”", trail
            elif other.each and other.each != step.each:
                yield f"“{name}”问了几遍，答案只在它自己的那一遍里分路", trail
            else:
                for message in (m for one in expected for m in _wrong(one, other)):
                    yield message, trail


def _wrong(expected: str | int | date | AnswerTestForm, step: StepForm) -> Iterator[str]:
    """Yield why no answer to the step can be what is expected."""
    kind = step.question.kind if step.question else ""
    if expected == UNASKED:
        return
    if not isinstance(expected, AnswerTestForm):
        yield from _wrong_answer(expected, step, kind)
        return
    bounds = [bound for bound in (expected.from_, expected.below) if bound is not None]
    if bounds and kind not in ("number", "date"):
        yield f"from 和 below 只用于 number 和 date，“{step.id}”不是"
    elif any(isinstance(bound, date) != (kind == "date") for bound in bounds):
        yield f"“{step.id}”问的是{'日期' if kind == 'date' else '数'}，from 和 below 也要这样写"
    elif len(bounds) > 1 and not _is_less(*bounds):
        yield f"from 要比 below 小，现在是 {bounds[0]} 和 {bounds[1]}"
    names = [*expected.any, *expected.all, *expected.none]
    if names and kind != "several":
        yield f"any、all、none 只用于 several，“{step.id}”不是"
    elif names:
        yield from _unknown(names, step)
    groups = {option.group for option in options_of(step) if option.group}
    if expected.group is not None and (expected.group not in groups or kind != "choice"):
        yield f"“{step.id}”的选项没有这一组“{expected.group}”{did_you_mean(expected.group, groups)}"


def _is_less(one: object, other: object) -> bool:
    if isinstance(one, date) and isinstance(other, date):
        return one < other
    low, high = number_of(str(one)), number_of(str(other))
    return low is not None and high is not None and low < high


def _wrong_answer(expected: str | int | date, step: StepForm, kind: str) -> Iterator[str]:
    match kind:
        case "number" if isinstance(expected, date) or number_of(str(expected)) is None:
            yield f"“{step.id}”问的是数，这里写的是“{expected}”"
        case "date" if not isinstance(expected, date):
            yield f"“{step.id}”问的是日期，这里写的是“{expected}”"
        case "number" | "date" | "text":
            return
        case _ if kind or any(way.outcome for way in step.next):
            yield from _unknown([str(expected)], step)
        case _:
            yield f"步骤“{step.id}”不问什么，也没有结果，不能按它分路"


def _unknown(names: list[str], step: StepForm) -> Iterator[str]:
    known = answers_of(step)
    have = {folded(name) for name in known}
    for name in names:
        if folded(name) not in have:
            yield f"“{step.id}”没有答案“{name}”{did_you_mean(name, known)}"


def options_of(step: StepForm) -> list[Option]:
    return [option_of(option) for option in step.question.options] if step.question else []


def answers_of(step: StepForm) -> list[str]:
    """Return the answers to a step that have names."""
    if step.question and step.question.kind == "yes_no":
        return [YES, NO]
    if options := options_of(step):
        return [option.name for option in options]
    return [way.outcome for way in step.next if way.outcome]
