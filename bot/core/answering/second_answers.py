"""A second answer beside the first: what else the words touch, and what somebody goes there for."""

from __future__ import annotations

from collections.abc import Sequence

from bot.core.answering.abstentions import region_gap
from bot.core.answering.entry_replies import led_by, pair_reply
from bot.core.answering.limits import LITTLE, MAX_SEVERAL
from bot.core.model.entry import Entry, EntryKind
from bot.core.model.pack import Pack
from bot.core.model.question_type import QuestionType
from bot.core.model.reply import Reason, Reply
from bot.core.model.scope import Scope
from bot.core.model.understanding import Candidate, Understanding
from bot.core.model.vocabulary import ASPECT, PLACE, SERVICE

ERRAND_FROM, ERRAND_SAID = 0.05, 0.9
"""Score from which an entry is what somebody asks where to do, if its own phrasings have words for
so much of what is said: the door itself takes the best score, and little is left for others."""
TOUCHED = ((0.6, 0.1), (0.4, 0.2))
"""Shares of the first score, with the shares of what is said that only the second entry has words
for, from which the second is told as well.

Where both hold, the second is what the pack's tests want in one of five; where it has no words of
its own to add, in one of thirty."""
CERTAIN, CLOSE_BEHIND = 0.8, 0.75
"""Score from which the first alone is told, unless the second comes as near as this share of it."""


def with_errand(scope: Scope, understanding: Understanding, reply: Reply) -> Reply:
    """The reply about the door of a place, after a line on what somebody goes there for.

    Who has lost something and asks where to go wants to know what is to be done, and then where.
    """
    pack, region = scope.pack, scope.region
    portal = pack.portal_of(region) if region else None
    told = [pack.entries[answer.entry] for answer in reply.answers]
    is_asked = scope.asked is QuestionType.WHERE or reply.reason is Reason.NO_DATA_FOR_REGION
    if not region or not is_asked or PLACE in scope.inherited:
        return reply
    if not told and reply.rule != "region_without_data":
        return reply
    errand = _errand_of(scope, understanding)
    if errand is None or (told and told != [portal or errand]):
        return reply
    is_door = not told or told == [portal]
    return led_by(scope, errand, reply if is_door else region_gap(scope, None, reply.score))


def _errand_of(scope: Scope, understanding: Understanding) -> Entry | None:
    """The entry on what somebody asks where to do, other than what everyone comes for."""
    pack, service = scope.pack, scope.slots.get(SERVICE)
    if service == next(iter(pack.vocabulary.values.get(SERVICE, ())), None):
        return None
    for candidate in understanding.candidates:
        entry = pack.entries[candidate.entry]
        is_unfit = candidate.is_elsewhere or pack.is_about_portal(entry) or ASPECT in entry.slots
        is_said = candidate.signals.get("besides", 1.0) >= ERRAND_SAID
        is_fact = entry.kind is EntryKind.FACT and candidate.score >= ERRAND_FROM
        is_said = is_said and candidate.weight >= LITTLE
        if is_unfit or not is_fact or not is_said:
            continue
        if service is None or entry.slots.get(SERVICE) == service:
            return entry
    return None


def with_second(scope: Scope, understanding: Understanding, reply: Reply) -> Reply | None:
    """Return the reply with a second answer that the words touch, if the first leaves some unsaid.

    Only a sure first one is told with another; what is admitted to be near is near already.
    """
    best = next(iter(understanding.candidates), None)
    is_of_best = best and [best.entry] == [answer.entry for answer in reply.answers]
    if not best or not is_of_best or reply.score != best.score or reply.topic:
        return None
    other = _touched_beside(scope.pack, understanding.candidates)
    entry = scope.pack.entries[best.entry]
    return pair_reply(scope, entry, other, best.score) if other else None


def _touched_beside(pack: Pack, candidates: Sequence[Candidate]) -> Entry | None:
    """Return the entry that has words for what the best one leaves unsaid, if one comes near it."""
    best = candidates[0]
    if best.is_verbatim or is_told_alone(pack, best):
        return None
    for candidate in candidates[1:MAX_SEVERAL]:
        share, beyond = candidate.score / best.score, candidate.signals.get("beyond", 0.0)
        is_near = any(share >= least and beyond >= more for least, more in TOUCHED)
        is_near = is_near and (best.score < CERTAIN or share >= CLOSE_BEHIND)
        is_unfit = candidate.misses_slot or candidate.is_elsewhere or is_told_alone(pack, candidate)
        if is_near and not is_unfit:
            return pack.entries[candidate.entry]
    return None


def is_told_alone(pack: Pack, candidate: Candidate) -> bool:
    """Whether an entry is told alone: a door, small talk, what is not the pack's business."""
    entry = pack.entries[candidate.entry]
    return PLACE in entry.slots or entry.kind not in (EntryKind.FACT, EntryKind.NO_DATA)
