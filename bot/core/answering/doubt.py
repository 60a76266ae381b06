"""The reply where no entry is sure: the nearest one told as such, several to choose from, a gap."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.core.answering.abstentions import no_data, out_of_domain, region_gap
from bot.core.answering.entry_replies import entry_reply, near_reply, pair_reply
from bot.core.answering.limits import MAX_CHOICES, MAX_NEAR
from bot.core.answering.phrase_replies import (
    question_reply,
)
from bot.core.answering.relevance import (
    is_remark,
    may_be_ours,
    names_us,
    place_outside,
)
from bot.core.answering.second_answers import is_told_alone
from bot.core.model.choices import NoneOfThese, ShowEntry
from bot.core.model.entry import Entry, EntryKind
from bot.core.model.pack import Pack
from bot.core.model.question_type import QuestionType
from bot.core.model.reply import Choice, Reply
from bot.core.model.scope import Scope
from bot.core.model.understanding import Candidate, Understanding
from bot.core.model.vocabulary import ASPECT, PLACE, SUBJECT

BESIDE = 0.8
"""Share of the first score from which the second entry is as likely meant, and people choose."""
NEAR_FROM = 0.2
"""Score from which the nearest entry is told behind an admission."""
GAP_FROM = 0.35
"""Score from which the nearest entry, if it is itself an admission, says best what is missing."""


def unsure_reply(scope: Scope, understanding: Understanding, here: Sequence[Candidate]) -> Reply:
    """Not sure enough to answer: tell the nearest entry as such, offer several, or admit a gap.

    One entry alone is never offered: who is asked "is it this?" has no way to choose.
    """
    ask_from, score = understanding.thresholds.ask, here[0].score
    if boundary := _boundary_of(scope.pack, understanding, here[0]):
        return entry_reply(scope, boundary, score, "boundary")
    if reply := _gap_of_a_place(scope, understanding, here[0]):
        return reply
    if not may_be_ours(scope.pack, understanding):
        if is_remark(scope.pack, here[0]):
            return entry_reply(scope, scope.pack.entries[here[0].entry], score, "one_clear")
        return out_of_domain(scope, score)
    ranked = [(scope.pack.entries[c.entry], c.score) for c in here]
    near = [(e, score) for e, score in ranked if _is_offered(e)]
    likely = list({e.title: e for e, score in near if score >= ask_from / 2}.values())
    is_gap = near and near[0][0].kind is EntryKind.NO_DATA and near[0][1] >= score * BESIDE
    beside = None if scope.is_brief else _as_likely(scope.pack, here)
    if is_gap and near[0][1] >= GAP_FROM:
        pair = pair_reply(scope, near[0][0], beside, score) if beside else None
        return pair or entry_reply(scope, near[0][0], score, "gap")
    if near and near[0][1] >= NEAR_FROM:
        others = [e for e in likely if e is not near[0][0]][:MAX_NEAR]
        if reply := near_reply(scope, near[0][0], others, score, beside):
            return reply
    is_between = len(likely) > 1 and near[1][1] >= max(ask_from, near[0][1] * BESIDE)
    if not is_between and _asks_for_a_missing_door(scope):
        return region_gap(scope, None, score)
    if not is_between:
        return no_data(scope, [e for e, _ in near], score)
    options = [Choice(e.title, str(ShowEntry(e.id))) for e in likely[: MAX_CHOICES - 1]]
    options.append(Choice(scope.phrase("none_of_these"), str(NoneOfThese())))
    reply = question_reply(scope, "ask_guess", options, "unsure")
    return replace(reply, score=score, is_unclear=True)


def _gap_of_a_place(scope: Scope, understanding: Understanding, best: Candidate) -> Reply | None:
    """Admit that the pack knows nothing of a place, if what is asked about has one of its own."""
    if names_us(scope.pack, understanding) and place_outside(scope.pack, understanding):
        return region_gap(scope, scope.pack.entries[best.entry], best.score)
    is_where = understanding.asked is QuestionType.WHERE
    return (
        region_gap(scope, None, best.score)
        if is_where and _asks_for_a_missing_door(scope)
        else None
    )


def _boundary_of(pack: Pack, understanding: Understanding, best: Candidate) -> Entry | None:
    """Return the nearest entry if it says whose business it is: nobody here has to be asked then.

    It is told from any score where what it is about was named, else as an admission is.
    """
    entry = pack.entries[best.entry]
    if entry.kind is not EntryKind.BOUNDARY:
        return None
    named = {slot.value for slot in understanding.of(SUBJECT) if not slot.is_inherited}
    is_named = entry.slots.get(SUBJECT) in named
    return entry if is_named or best.score >= GAP_FROM else None


def _asks_for_a_missing_door(scope: Scope) -> bool:
    """Return whether the door of a place is asked for that has none."""
    is_door = scope.slots.get(ASPECT) == scope.pack.vocabulary.portal
    return bool(is_door and scope.region and scope.pack.portal_of(scope.region) is None)


def _as_likely(pack: Pack, here: Sequence[Candidate]) -> Entry | None:
    """Return the second entry if it is as likely meant as the first: none is sure, both are told.

    Of the pack's own questions that are met with an admission, one in three wants the first of
    two such entries and one in three the second.
    """
    if len(here) < 2 or here[1].score < here[0].score * BESIDE or here[1].misses_slot:
        return None
    is_apart = any(is_told_alone(pack, candidate) for candidate in here[:2])
    return None if is_apart else pack.entries[here[1].entry]


def _is_offered(entry: Entry) -> bool:
    return entry.kind is not EntryKind.SMALLTALK and PLACE not in entry.slots
