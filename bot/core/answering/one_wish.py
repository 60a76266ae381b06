"""The reply to one wish: one answer, one question back, or an abstention with its reason.

A candidate that speaks about other regions than the one asked is never shown, it only proves that
the topic is known and the region's data missing.
"""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet

from bot.core.answering.abstentions import out_of_domain, region_gap
from bot.core.answering.doubt import NEAR_FROM, unsure_reply
from bot.core.answering.entry_replies import entry_reply, near_reply
from bot.core.answering.limits import LITTLE
from bot.core.answering.open_slots import open_slot, shared_slots, topics
from bot.core.answering.relevance import (
    asks_for_a_number,
    asks_for_a_sum,
    is_door_of_nowhere,
    is_only_a_place,
    is_our_business,
    is_remark,
    is_strangers_door,
    may_be_ours,
    speaks_of_others,
    with_care,
)
from bot.core.model.entry import Entry, EntryKind
from bot.core.model.pack import Pack
from bot.core.model.question_type import QuestionType
from bot.core.model.reply import Reply
from bot.core.model.scope import Scope
from bot.core.model.understanding import Candidate, Understanding
from bot.core.model.vocabulary import ASPECT, PLACE, SERVICE

QUANTITIES = frozenset(
    (QuestionType.HOW_LONG, QuestionType.WHEN, QuestionType.HOW_MANY, QuestionType.HOW_MUCH)
)
"""What only a number or a date answers."""
AMOUNTS = frozenset((QuestionType.HOW_MANY, QuestionType.HOW_MUCH))
"""What an entry answers that tells an amount, and not what else follows."""
PARTICLES = frozenset("那呢的了吗呀啊么哈嘛")
OF_THE_TALK = 1.0
"""Probability of being the pack's business that words have which only the talk explains."""
FEW = 2
"""Words of which an utterance that says too little may consist."""
FEW_MORE = 4
"""The same where our subject is one of them."""
LITTLE_MORE = 0.25
"""The same for words that ask for nothing: 我想办借书证."""


def reply_to_one(scope: Scope, understanding: Understanding) -> Reply:
    """The reply to one wish."""
    understanding = with_care(scope.pack, understanding)
    known = [
        c for c in understanding.candidates if not is_strangers_door(scope.pack, understanding, c)
    ]
    here = [c for c in known if not c.is_elsewhere]
    away = sorted((c for c in known if c.is_elsewhere), key=lambda c: -c.score)
    limits = understanding.thresholds
    if not is_our_business(scope.pack, understanding):
        return out_of_domain(scope, here[0].score if here else 0.0)
    if away and away[0].score >= limits.answer and _is_gap(scope.pack, away[0], here):
        return region_gap(scope, scope.pack.entries[away[0].entry], away[0].score)
    if not here:
        is_door = bool(away) and scope.pack.is_about_portal(scope.pack.entries[away[0].entry])
        return region_gap(scope, None) if is_door else out_of_domain(scope, 0.0)
    best = here[0]
    entry = scope.pack.entries[best.entry]
    is_small_talk = entry.kind is EntryKind.SMALLTALK and best.score >= NEAR_FROM
    if _says_too_little(understanding, best) and not is_small_talk:
        return topics(scope)
    is_open = best.misses_slot or is_door_of_nowhere(scope, entry)
    if _names_an_aspect_only(understanding):
        if ASPECT not in entry.slots:
            best = next((c for c in here if c.misses_slot), best)
            entry = scope.pack.entries[best.entry]
        is_open = True
    is_open = is_open and not speaks_of_others(scope.pack, understanding, best)
    if is_open and (question := open_slot(scope, entry, best)):
        return question
    is_doubtful = understanding.ours < limits.ours or not may_be_ours(scope.pack, understanding)
    if is_doubtful and is_remark(scope.pack, best):
        return entry_reply(scope, entry, best.score, "one_clear")
    return _of_the_best(scope, understanding, here, best)


def _of_the_best(
    scope: Scope, understanding: Understanding, here: Sequence[Candidate], best: Candidate
) -> Reply:
    """The reply of the best candidate that leaves nothing open, or what is said in its place."""
    limits = understanding.thresholds
    if best.score < limits.answer:  # what rates highest may be just behind one that is clear
        best = next((c for c in here if c.score >= limits.answer), best)
    entry = scope.pack.entries[best.entry]
    if best.score >= NEAR_FROM and (door := _door_of(scope, entry)):
        return entry_reply(scope, door, best.score, "slots")
    is_clear = best.score >= limits.answer or _names_a_service_only(understanding, best)
    if best.score >= NEAR_FROM and _asks_for_no_door(scope, entry):
        return entry_reply(scope, entry, best.score, "one_clear")
    if not is_clear or is_only_a_place(scope, entry, best, understanding):
        return unsure_reply(scope, understanding, here)
    others = [c for c in here if c is not best]
    return _clear_reply(scope, understanding, [best, *others])


def _clear_reply(scope: Scope, understanding: Understanding, here: Sequence[Candidate]) -> Reply:
    """The reply of the first entry that answers what is asked; it is near at most if none does."""
    entries = scope.pack.entries
    asked = {*([scope.asked] if scope.asked else [])}
    if asks_for_a_number(understanding):
        asked.add(QuestionType.HOW_MANY)
    fitting = _that_answers(scope, here, understanding.thresholds.answer, asked)
    if asks_for_a_sum(understanding):
        fitting = None
    if fitting is None and (reply := near_reply(scope, entries[here[0].entry], [], here[0].score)):
        return reply
    best = fitting or here[0]
    return entry_reply(scope, entries[best.entry], best.score, "one_clear")


def _door_of(scope: Scope, entry: Entry) -> Entry | None:
    """Return the door of the place that was named, where somebody asks where to go this way.

    What an entry says of the way itself is the same everywhere; where it begins is not.
    """
    is_general = not entry.regions and PLACE not in entry.slots
    is_way = entry.procedure and SERVICE in entry.slots and is_general
    is_asked = is_way and scope.asked is QuestionType.WHERE and scope.region
    return scope.pack.portal_of(scope.region) if is_asked and scope.region else None


def _asks_for_no_door(scope: Scope, entry: Entry) -> bool:
    """Whether somebody asks where to go for a service, in a place whose door is not known."""
    is_general = not entry.regions and PLACE not in entry.slots and ASPECT not in entry.slots
    is_service = SERVICE in entry.slots and scope.slots.get(SERVICE) == entry.slots[SERVICE]
    is_asked = scope.asked is QuestionType.WHERE and scope.region
    is_way = bool(entry.procedure) and is_general and is_service
    return bool(is_way and is_asked and scope.pack.portal_of(scope.region or "") is None)


def _that_answers(
    scope: Scope, here: Sequence[Candidate], answer_from: float, asked: AbstractSet[QuestionType]
) -> Candidate | None:
    """Return the first candidate that is clear and answers what is asked for, if any does.

    Only quantities and consequences are compared: an entry that gives neither number nor date is no
    answer to how many or when, and one that gives an amount is none to what follows, whereas a list
    often answers a yes-or-no question.
    """
    best = here[0]
    if best.is_verbatim or asked.isdisjoint((*QUANTITIES, QuestionType.CONSEQUENCE)):
        return best
    clear = [best, *(c for c in here[1:] if c.score >= answer_from)]
    kinds = [(c, scope.pack.entries[c.entry].answers) for c in clear]
    return next((c for c, answers in kinds if _answers(answers, asked)), None)


def _answers(answers: Sequence[QuestionType], asked: AbstractSet[QuestionType]) -> bool:
    """Return whether an entry that answers some types answers these; one that says none may."""
    if not answers or not asked.isdisjoint(answers):
        return True
    return QuestionType.CONSEQUENCE in asked and AMOUNTS.isdisjoint(answers)


def _says_too_little(understanding: Understanding, best: Candidate) -> bool:
    """The subject is named and nothing is asked about it, or not even that (借书证, 怎么办)."""
    if understanding.slots or best.is_verbatim:
        return False
    limit = understanding.thresholds.answer
    if len(understanding.tokens) <= FEW:
        is_told = understanding.asked in QUANTITIES or understanding.ours >= OF_THE_TALK
        return best.weight < LITTLE and not (is_told and best.score >= limit)
    if best.weight >= LITTLE_MORE or best.score >= limit:
        return False
    return understanding.asked is None or _wants_our_subject(understanding)


def _wants_our_subject(understanding: Understanding) -> bool:
    """Return whether somebody only says that they want what we are about (想办借书证).

    How to go about it is what such words ask for, if they ask for anything.
    """
    is_short = understanding.is_ours and len(understanding.tokens) <= FEW_MORE
    return is_short and understanding.asked is QuestionType.LIST


def _names_an_aspect_only(understanding: Understanding) -> bool:
    """那流程呢 with no registration before it: whose procedure is open, whatever comes closest."""
    said = {slot.kind for slot in understanding.slots if not slot.is_inherited}
    if said != {ASPECT} or understanding.of(SERVICE):
        return False
    values = {slot.value for slot in understanding.of(ASPECT)}
    return all(token in PARTICLES or token in values for token in understanding.tokens)


def _names_a_service_only(understanding: Understanding, best: Candidate) -> bool:
    """Return whether somebody only says which service they want (我在城东，想补办借书证)."""
    said = {slot.kind for slot in understanding.slots if slot.surface}
    is_all = best.signals.get("filled") == 1 and best.signals.get("besides", 0.0) >= 1
    is_open = understanding.asked in (None, QuestionType.LIST)
    is_plain = SERVICE in said and said <= {SERVICE, PLACE} and is_open
    return is_plain and is_all and best.score >= understanding.thresholds.ask


def _is_gap(pack: Pack, away: Candidate, here: Sequence[Candidate]) -> bool:
    """Whether what another region has is missing here: nothing fits better or says the same."""
    slots = shared_slots(pack.entries[away.entry], PLACE)
    same = any(slots and shared_slots(pack.entries[c.entry], PLACE) == slots for c in here)
    return not same and (not here or away.score > here[0].score)
