"""Choose the calculators that words call for: by cue, by the answering entry, by registration."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from bot.core.model.calculator import Calculator
from bot.core.model.date_rules import Rule
from bot.core.model.question_type import QuestionType
from bot.core.model.reply import Reply, Status
from bot.core.model.scope import Scope
from bot.core.model.understanding import Understanding
from bot.core.model.vocabulary import ASPECT, SERVICE
from bot.core.words.ages import speaks_of_an_age
from bot.core.words.cues import matches

SOON = timedelta(days=180)
"""Ends further away leave time enough, whatever the rule: who asks wants to know how early."""
SURE, SURE_OF_FEW_WORDS = 0.7, 0.9
"""Score from which another entry is what is asked about, whatever cue the words have; and where
hardly more is said than the date."""
STORY, SURE_OF_A_STORY = 45, 0.4
"""Characters beside the dates from which words are a story: cues are in it by chance, and an entry
of such a score is what is asked about."""
_TIMES = (QuestionType.WHEN, QuestionType.HOW_LONG)
"""What only a reckoning answers, whoever it is told of."""


def by_words(scope: Scope, understanding: Understanding, reply: Reply) -> list[Calculator]:
    """Return the calculators that the words call for.

    Cues come first, then a date that is told with what it is (`tells`), then the end of what is
    to be prolonged, then the entry that answers. `reply` is what the words get without a
    calculator.
    """
    if reply.topics > 1:
        return []
    cued = by_cue(scope, understanding) or _by_told_date(scope, understanding)
    cued = cued or _by_told_end(scope, understanding)
    linked = _by_entry(scope, understanding, reply)
    return [c for c in cued if c in linked] or cued or linked


def is_beside(scope: Scope, understanding: Understanding, reply: Reply) -> bool:
    """Return whether the words tell a date, and something else is asked and answered.

    Whether somebody of 63 may go on is not reckoned from the day on which a card ends; nor is what
    an entry of no calculator surely answers.
    """
    is_told = reply.status in (Status.ANSWERED, Status.ABSTAINED) and reply.answers
    if not is_told or _by_entry(scope, understanding, reply):
        return False
    is_of_age = understanding.asked not in _TIMES and speaks_of_an_age(understanding.text)
    return is_of_age or _is_surely_answered(understanding, reply)


def _is_surely_answered(understanding: Understanding, reply: Reply) -> bool:
    """Return whether the entry that is surely meant answers."""
    best = next(iter(understanding.candidates), None)
    is_told = best and any(answer.entry == best.entry for answer in reply.answers)
    least = SURE_OF_FEW_WORDS if understanding.may_tell_a_date else SURE
    if len(understanding.undated) >= STORY:
        least = SURE_OF_A_STORY
    return bool(best and is_told and best.score >= least)


def by_cue(scope: Scope, understanding: Understanding) -> list[Calculator]:
    """Return the calculators one of whose cues is said."""
    if understanding.plain_slots.get(ASPECT) in scope.pack.vocabulary.undated:
        return []
    text = understanding.undated
    if not scope.pack.calculator_cues.search(text):
        return []
    return [c for c in _all(scope) if matches(text, c.cues) and not _is_ruled_out(c, text)]


def _by_told_date(scope: Scope, understanding: Understanding) -> list[Calculator]:
    """Return the calculators for a statement of a date and what it is: 我2021年5月拿的证."""
    if not understanding.may_tell_a_date:
        return []
    text = understanding.undated
    return [c for c in _all(scope) if matches(text, c.tells) and not _is_ruled_out(c, text)]


def _by_told_end(scope: Scope, understanding: Understanding) -> list[Calculator]:
    """Return the calculators for whether there is time left until an end that is told.

    Where a place has a rule of its own, its entry is the answer.
    """
    is_near = any(
        said.role == "end" and span.first - scope.day <= SOON
        for said in understanding.dates
        for span in said.spans[:1]
    )
    if not is_near or understanding.asked is not QuestionType.YES_NO:
        return []
    return [
        c
        for c in by_registration(scope, understanding)
        if c.rule is Rule.BEFORE_EXPIRY
        and not _is_ruled_out(c, understanding.undated)
        and not _has_own_rule(scope, c)
    ]


def _has_own_rule(scope: Scope, calculator: Calculator) -> bool:
    """Return whether an entry of the calculator tells another rule for the region."""
    entries = (scope.pack.entries[name] for name in calculator.entries)
    regions = (verdict.fact.regions for entry in entries for verdict in entry.verdicts)
    return any(scope.region in told for told in regions)


def _all(scope: Scope) -> Iterable[Calculator]:
    return scope.pack.calculators.values()


def _is_ruled_out(calculator: Calculator, text: str) -> bool:
    """Return whether a word of `unless` is in the text."""
    return any(map(text.__contains__, calculator.unless))


def _by_entry(scope: Scope, understanding: Understanding, reply: Reply) -> list[Calculator]:
    """Return the calculators linked to the answering entry, or to the best one asked about."""
    names = {answer.entry for answer in reply.answers}
    if reply.status is Status.CLARIFY and understanding.candidates:
        best = understanding.candidates[0]
        names |= {best.entry} if best.score >= understanding.thresholds.ask else set()
    if not names:
        return []
    text = understanding.undated
    linked = (c for c in _all(scope) if not names.isdisjoint(c.entries))
    if understanding.asked is QuestionType.YES_NO and scope.region:
        linked = (
            c for c in linked if c.rule is not Rule.BEFORE_EXPIRY or not _has_own_rule(scope, c)
        )
    return [c for c in linked if not _is_ruled_out(c, text)]


def by_registration(scope: Scope, understanding: Understanding) -> list[Calculator]:
    """Return the calculators of the registration that was said."""
    wanted = understanding.plain_slots.get(SERVICE)
    return [c for c in scope.pack.calculators.values() if wanted and c.registration == wanted]
