"""Free text decided: one answer, several, one question back, or an abstention with its reason.

Scores come with the understanding; here they are only compared with its thresholds.  A candidate
that speaks about other regions than the one asked is never shown, it only proves that the topic is
known and the region's data missing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace

from bot.core.answering.abstentions import no_data, out_of_domain, region_gap
from bot.core.answering.entry_replies import entry_reply, led_by, near_reply, pair_reply
from bot.core.answering.limits import MAX_CHOICES, MAX_HEADING, MAX_NEAR, MAX_SEVERAL
from bot.core.answering.open_slots import open_slot, shared_slots, topics
from bot.core.answering.parts import asking_words, in_light_of_the_whole, is_aside
from bot.core.answering.phrase_replies import (
    headed_reply,
    joined_reply,
    plain_reply,
    question_reply,
)
from bot.core.answering.relevance import (
    asks_for_a_number,
    asks_for_a_sum,
    is_door_of_nowhere,
    is_only_a_place,
    is_our_business,
    is_remark,
    is_strangers_door,
    may_be_ours,
    names_us,
    place_outside,
    speaks_of_others,
    with_care,
)
from bot.core.answering.wishes import (
    is_one_thing,
    is_overlooked,
    narrowed,
    told_apart_by,
    wishes_of,
)
from bot.core.model.choices import NoneOfThese, PickRegion, ShowEntry
from bot.core.model.entry import Entry, EntryKind
from bot.core.model.pack import Pack
from bot.core.model.question_type import QuestionType
from bot.core.model.reply import Choice, Reason, Reply, Status
from bot.core.model.scope import Scope
from bot.core.model.understanding import Candidate, Understanding
from bot.core.model.vocabulary import ASPECT, PLACE, SERVICE, SUBJECT

BESIDE = 0.8
"""Share of the first score from which the second entry is as likely meant, and people choose."""
NEAR_FROM = 0.2
"""Score from which the nearest entry is told behind an admission."""
GAP_FROM = 0.35
"""Score from which the nearest entry, if it is itself an admission, says best what is missing."""
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
LITTLE = 0.1
"""What an utterance has to say, as a share of a full sentence, to be a question at all."""
LITTLE_MORE = 0.25
"""The same for words that ask for nothing: 我想办借书证."""


def decide_words(scope: Scope, understanding: Understanding) -> Reply:
    """The reply to free text; its score is the probability that it is right."""
    reply = _decided(scope, understanding)
    if not reply.score:
        return reply
    reliability = understanding.reliability
    if reply.reason is Reason.OUT_OF_DOMAIN:
        return replace(reply, score=reliability.of_declined(understanding.ours))
    return replace(reply, score=reliability.of(reply.score))


def _decided(scope: Scope, understanding: Understanding) -> Reply:
    understanding = _at_own_places(scope.pack, understanding)
    scope = _scope_of(scope, understanding)
    if not (understanding.utterance or understanding.candidates):
        key = Reason.NOT_A_QUESTION
        reply = plain_reply(scope, "not_a_question", Status.ABSTAINED, key, "nothing_said")
        return replace(reply, is_unclear=True)
    if understanding.is_rejection and not (understanding.tokens or understanding.slots):
        return plain_reply(scope, "rejected", Status.CLARIFY, Reason.AMBIGUOUS, "rejected")
    if question := _between_regions(scope, understanding):
        return question
    if several := _each(scope, in_light_of_the_whole(scope.pack, understanding)):
        return several
    wishes = list(wishes_of(scope.pack, understanding))
    kind = told_apart_by(scope.pack, wishes)
    if kind and not (kind == ASPECT and is_one_thing(scope.pack, understanding)):
        return _several(scope, understanding, wishes, kind)
    reply = _one(scope, understanding)
    return _pair(scope, understanding, reply) or _with_errand(scope, understanding, reply)


def _with_errand(scope: Scope, understanding: Understanding, reply: Reply) -> Reply:
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


def _each(scope: Scope, questions: Sequence[Understanding]) -> Reply | None:
    """The replies to several questions, in their order, each under what it is about.

    `None` if there are none, or if one reply answers them all.
    """
    replies: list[Reply] = []
    for question in (_at_own_places(scope.pack, q) for q in questions[:MAX_SEVERAL]):
        reply = _one(replace(_scope_of(scope, question), is_brief=True), question)
        if not (_is_told(replies, reply) or is_aside(scope.pack, question, reply)):
            replies.append(headed_reply(scope, reply, _heading(scope, question, reply)))
    if len(replies) < 2:
        return None
    return joined_reply(replies, _left(scope, [q.text for q in questions[MAX_SEVERAL:]]))


def _is_told(replies: Sequence[Reply], reply: Reply) -> bool:
    """Whether all that a reply says of the pack's entries stands in those before it."""
    told = {answer.entry for before in replies for answer in before.answers}
    return bool(reply.answers) and told.issuperset(answer.entry for answer in reply.answers)


def _left(scope: Scope, names: Sequence[str]) -> str:
    """What is said of the things that were not answered; empty if none was left."""
    return scope.phrase("several_left", names="、".join(names)) if names else ""


def _heading(scope: Scope, question: Understanding, reply: Reply) -> str:
    """The title of what was answered, or the words that ask where nothing was."""
    if reply.answers and not reply.topic:
        return scope.pack.entries[reply.answers[0].entry].title
    return asking_words(question.text, MAX_HEADING)


def _scope_of(scope: Scope, understanding: Understanding) -> Scope:
    """The scope in which the words are answered: their own slots, and what they ask for."""
    return replace(
        scope,
        slots=understanding.plain_slots,
        inherited=frozenset(s.kind for s in understanding.slots if s.is_inherited),
        asked=understanding.asked,
        is_turned=understanding.is_turned,
    )


def entry_for(scope: Scope, slots: Mapping[str, str]) -> Reply:
    """The answer that a full set of slots names, without any words to compare."""
    named = [e for e in scope.pack.entries.values() if e.slots and e.slots.items() <= slots.items()]
    if named:
        entry = max(named, key=lambda e: len(e.slots))
        if not scope.pack.is_about_portal(entry) or PLACE in entry.slots:
            return entry_reply(scope, entry, None, "slots")
    return region_gap(scope, None) if PLACE in scope.slots else no_data(scope, [], None)


def _at_own_places(pack: Pack, understanding: Understanding) -> Understanding:
    """The understanding without places that the pack is not about, beside one that it is about.

    Who lives elsewhere and asks about a branch asks about the branch.
    """
    own = [s for s in understanding.of(PLACE) if s.value in pack.places]
    others = [s for s in understanding.slots if s.kind != PLACE]
    return replace(understanding, slots=(*own, *others)) if own else understanding


def _between_regions(scope: Scope, understanding: Understanding) -> Reply | None:
    """A name that fits several regions is asked about, if the answer would differ."""
    slot = next((s for s in understanding.of(PLACE) if s.is_ambiguous), None)
    best = understanding.candidates[0] if understanding.candidates else None
    if not slot or (best and not _depends_on_region(scope.pack, best, understanding)):
        return None
    options = [Choice(short, str(PickRegion(short))) for short in slot.values[:MAX_CHOICES]]
    names = "、".join(slot.values)
    return question_reply(scope, "ask_region_between", options, "ambiguous_region", names=names)


def _depends_on_region(pack: Pack, best: Candidate, understanding: Understanding) -> bool:
    entry = pack.entries[best.entry]
    if best.score < understanding.thresholds.answer:
        kinds = {slot.kind for slot in understanding.slots}
        return understanding.is_ours or bool(kinds & {ASPECT, SERVICE})
    return PLACE in entry.slots or bool(entry.regions)


def _several(
    scope: Scope, understanding: Understanding, wishes: Sequence[Mapping[str, str]], kind: str
) -> Reply:
    """The replies to several wishes, which differ in a kind of slots."""
    replies: list[Reply] = []
    for wish in wishes[:MAX_SEVERAL]:
        one = replace(scope, slots=wish, is_brief=True)
        said = narrowed(scope.pack, understanding, wish, kind)
        door = _door_wished(scope.pack, wish) if kind == ASPECT else None
        if door:
            reply = entry_reply(one, door, None, "slots")
        elif is_overlooked(scope.pack, said, wish):
            reply = entry_for(one, wish)
        else:
            reply = _one(one, said)
        replies.append(headed_reply(scope, reply, wish[kind]))
    if len({_gist(reply) for reply in replies}) == 1:
        return _one(scope, understanding)
    return joined_reply(replies, _left(scope, [wish[kind] for wish in wishes[MAX_SEVERAL:]]))


def _door_wished(pack: Pack, wish: Mapping[str, str]) -> Entry | None:
    """Return the door of the place of a wish, if the door is what it asks for beside others."""
    is_asked = wish.get(ASPECT) == pack.vocabulary.portal and PLACE in wish
    return pack.portal_of(wish[PLACE]) if is_asked else None


def _gist(reply: Reply) -> tuple[object, ...]:
    """What two replies must differ in to be worth giving both."""
    region = reply.slots.get(PLACE) if reply.reason is Reason.NO_DATA_FOR_REGION else None
    return (reply.status, reply.reason, region, *(answer.entry for answer in reply.answers))


def _one(scope: Scope, understanding: Understanding) -> Reply:
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
    if _says_too_little(understanding, best) and entry.kind is not EntryKind.SMALLTALK:
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
        return _unsure(scope, understanding, here)
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


def _pair(scope: Scope, understanding: Understanding, reply: Reply) -> Reply | None:
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
    if best.is_verbatim or _is_apart(pack, best):
        return None
    for candidate in candidates[1:MAX_SEVERAL]:
        share, beyond = candidate.score / best.score, candidate.signals.get("beyond", 0.0)
        is_near = any(share >= least and beyond >= more for least, more in TOUCHED)
        is_near = is_near and (best.score < CERTAIN or share >= CLOSE_BEHIND)
        is_unfit = candidate.misses_slot or candidate.is_elsewhere or _is_apart(pack, candidate)
        if is_near and not is_unfit:
            return pack.entries[candidate.entry]
    return None


def _is_apart(pack: Pack, candidate: Candidate) -> bool:
    """Whether an entry is told alone: a door, small talk, what is not the pack's business."""
    entry = pack.entries[candidate.entry]
    return PLACE in entry.slots or entry.kind not in (EntryKind.FACT, EntryKind.NO_DATA)


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
    """The subject is named and nothing is asked about it, or not even that (二建, 怎么办)."""
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
    """Return whether somebody only says that they want what we are about (想办二建).

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
    """Return whether somebody only says which service they want (我在黑龙江，想办变更注册)."""
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


def _unsure(scope: Scope, understanding: Understanding, here: Sequence[Candidate]) -> Reply:
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
    is_apart = any(_is_apart(pack, candidate) for candidate in here[:2])
    return None if is_apart else pack.entries[here[1].entry]


def _is_offered(entry: Entry) -> bool:
    return entry.kind is not EntryKind.SMALLTALK and PLACE not in entry.slots
