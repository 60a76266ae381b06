"""Offer the options of a question: all at once, or by groups and pages where there are many.

Several options are ticked one by one, on the card itself; `Walk.picks` has them until the answer is
complete.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.core.model.choices import AnswerStep, PickOption, ShowOptions
from bot.core.model.procedure import MOST_ON_A_CARD, Question, QuestionKind, Step, split_up
from bot.core.model.reply import Choice
from bot.core.model.scope import Scope
from bot.core.model.session import Walk
from bot.core.procedures.checklist import HAVE, LACK


@dataclass(frozen=True, slots=True)
class Listed:
    """Which options a card shows: those of a group or of all, or those that were searched for."""

    group: int | None = None
    """The number of the group, from 0; `None`: no group was chosen."""
    page: int = 1
    found: tuple[int, ...] = ()


EVERYTHING = Listed()


def picked(walk: Walk, step: Step) -> tuple[str, ...]:
    """Return the options that are ticked, or those of the answer given before."""
    if step.id in walk.picks:
        return walk.picks[step.id]
    return split_up(walk.answers.get(step.id, ""))


def groups_of(question: Question) -> tuple[str, ...]:
    """Return the groups in the order of the list; an empty one for the options without a group."""
    names = dict.fromkeys(option.group for option in question.options)
    return tuple(names) if any(names) else ()


def option_choices(
    scope: Scope, walk: Walk, step: Step, listed: Listed = EVERYTHING, *, stays: bool
) -> list[Choice]:
    """Return the choices of a question with options, and those that turn the pages."""
    question = step.question
    assert question is not None  # the caller has looked
    groups = groups_of(question) if question.is_long else ()
    if groups and listed.group is None and not listed.found:
        return [*_group_choices(scope, walk, step, groups, stays=stays), *_done(scope, walk, step)]
    numbers = listed.found or _members(question, groups, listed.group)
    pages = -(-len(numbers) // MOST_ON_A_CARD)
    page = min(max(1, listed.page), pages)
    shown = numbers[(page - 1) * MOST_ON_A_CARD : page * MOST_ON_A_CARD]
    options = [_option(walk, step, number, stays=stays) for number in shown]
    group = "" if listed.group is None else str(listed.group)
    if pages > 1:
        further = page % pages + 1
        label = scope.phrase("options_more", page=further, pages=pages)
        value = ShowOptions(walk.name, step.id, group, further, stays)
        options.append(Choice(label, str(value)))
    if groups:
        value = ShowOptions(walk.name, step.id, "", 1, stays)
        options.append(Choice(scope.phrase("options_groups"), str(value)))
    return [*options, *_done(scope, walk, step)]


def _group_choices(
    scope: Scope, walk: Walk, step: Step, groups: Sequence[str], *, stays: bool
) -> list[Choice]:
    other = scope.phrase("options_other")
    return [
        Choice(name or other, str(ShowOptions(walk.name, step.id, str(n), 1, stays)))
        for n, name in enumerate(groups)
    ]


def _members(question: Question, groups: Sequence[str], group: int | None) -> tuple[int, ...]:
    if not groups or group is None or group >= len(groups):
        return tuple(range(len(question.options)))
    return tuple(n for n, o in enumerate(question.options) if o.group == groups[group])


def _option(walk: Walk, step: Step, number: int, *, stays: bool) -> Choice:
    assert step.question is not None
    name = step.question.options[number].name
    if step.question.kind is not QuestionKind.SEVERAL:
        return Choice(name, str(AnswerStep(walk.name, step.id, str(number), stays)))
    mark = HAVE if name in picked(walk, step) else LACK
    return Choice(mark + name, str(PickOption(walk.name, step.id, str(number), stays)))


def _done(scope: Scope, walk: Walk, step: Step) -> list[Choice]:
    """Return the choice that completes the answer where several options can be ticked."""
    if step.question is None or step.question.kind is not QuestionKind.SEVERAL:
        return []
    key = "options_done" if picked(walk, step) else "options_none"
    return [Choice(scope.phrase(key), str(PickOption(walk.name, step.id, PickOption.DONE)))]


def place_of(step: Step, number: int) -> Listed:
    """Return the page on which an option stands."""
    question = step.question
    groups = groups_of(question) if question and question.is_long else ()
    if question is None:
        return EVERYTHING
    group = groups.index(question.options[number].group) if groups else None
    return Listed(group, _members(question, groups, group).index(number) // MOST_ON_A_CARD + 1)


def shown_answer(scope: Scope, question: Question | None, answer: str) -> str:
    """Return an answer as it is told to the person."""
    if question and question.kind is QuestionKind.SEVERAL:
        return "、".join(split_up(answer)) or scope.phrase("options_none")
    return answer + (question.unit if question else "")
