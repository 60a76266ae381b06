"""Free text decided: how many things it asks for, and the reply to each, joined.

Scores come with the understanding; here they are only compared with its thresholds.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from bot.core.answering.abstentions import no_data, region_gap
from bot.core.answering.entry_replies import entry_reply
from bot.core.answering.limits import MAX_CHOICES, MAX_HEADING, MAX_SEVERAL
from bot.core.answering.one_wish import reply_to_one
from bot.core.answering.parts import asking_words, in_light_of_the_whole, is_aside
from bot.core.answering.phrase_replies import (
    headed_reply,
    joined_reply,
    plain_reply,
    question_reply,
)
from bot.core.answering.second_answers import with_errand, with_second
from bot.core.answering.wishes import (
    is_one_thing,
    is_overlooked,
    narrowed,
    told_apart_by,
    wishes_of,
)
from bot.core.model.choices import PickRegion
from bot.core.model.entry import Entry
from bot.core.model.pack import Pack
from bot.core.model.reply import Choice, Reason, Reply, Status
from bot.core.model.scope import Scope
from bot.core.model.understanding import Candidate, Understanding
from bot.core.model.vocabulary import ASPECT, PLACE, SERVICE


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
    reply = reply_to_one(scope, understanding)
    return with_second(scope, understanding, reply) or with_errand(scope, understanding, reply)


def _each(scope: Scope, questions: Sequence[Understanding]) -> Reply | None:
    """The replies to several questions, in their order, each under what it is about.

    `None` if there are none, or if one reply answers them all.
    """
    replies: list[Reply] = []
    for question in (_at_own_places(scope.pack, q) for q in questions[:MAX_SEVERAL]):
        reply = reply_to_one(replace(_scope_of(scope, question), is_brief=True), question)
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
            reply = reply_to_one(one, said)
        replies.append(headed_reply(scope, reply, wish[kind]))
    if len({_gist(reply) for reply in replies}) == 1:
        return reply_to_one(scope, understanding)
    return joined_reply(replies, _left(scope, [wish[kind] for wish in wishes[MAX_SEVERAL:]]))


def _door_wished(pack: Pack, wish: Mapping[str, str]) -> Entry | None:
    """Return the door of the place of a wish, if the door is what it asks for beside others."""
    is_asked = wish.get(ASPECT) == pack.vocabulary.portal and PLACE in wish
    return pack.portal_of(wish[PLACE]) if is_asked else None


def _gist(reply: Reply) -> tuple[object, ...]:
    """What two replies must differ in to be worth giving both."""
    region = reply.slots.get(PLACE) if reply.reason is Reason.NO_DATA_FOR_REGION else None
    return (reply.status, reply.reason, region, *(answer.entry for answer in reply.answers))
