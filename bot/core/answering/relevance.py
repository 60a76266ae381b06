"""Judge whether an utterance is the pack's business, and whether a door (a portal) is meant.

A wrong door is worse than no answer: a website in Guangzhou may be any of a thousand.
"""

from __future__ import annotations

import re
from dataclasses import replace

from bot.core.model.entry import Entry, EntryKind
from bot.core.model.pack import Pack
from bot.core.model.question_type import QuestionType
from bot.core.model.scope import Scope
from bot.core.model.understanding import Candidate, Understanding
from bot.core.model.vocabulary import ASPECT, PLACE, SERVICE

SURELY_OURS = 0.96
"""Probability of being the pack's business from which words that name nothing of ours are taken
for ours although nothing answers them.

Of 2,700 questions of the pack's tests 30 lie between this and 0.97, of 15,200 that others ask in
public corpora 2."""
FITS_FULLY, EVEN = 0.9, 0.5
"""Score from which an entry that has words for all that was said makes it ours at even odds.

Of 3,200 questions of the pack's tests this admits 10 more, of 10,600 that others ask one."""
ADMITTED_FROM, FEW_UNKNOWN = 0.4, 0.25
"""Probability of being the pack's business from which an admission that fits as fully is ours, and
the share of unknown words (a unit, the name of a format) that it may leave at even odds.

What goes wrong with an upload or a code names no subject, and who asks a bot of one subject has
that one in mind; another that is named has boundaries of its own before the admission."""
IN_PASSING, IN_PASSING_DOUBT = 0.35, 0.34
"""Score of the best guess up to which our subject is named in passing, and the share of the doubt
at the pack's threshold up to which the words are surely ours even so: who celebrates a certificate
asks where to eat.

Of 78 questions of the pack's tests that name it and that nothing answers none is in more doubt."""
OF_US = 0.3
"""Probability of being the pack's business from which words about what the bot tells are."""
LIKELY = 0.95
"""Share of the probability of being the pack's business that will do where an entry surely fits."""
NEARLY_CERTAIN = 0.995
"""Probability of being the pack's business that is as good as naming it; a talk about it has it."""
GAP_LIKELY = 0.9
"""The same share where an admission fits, from the score `GAP_FITS`: who asks for what the pack
lacks (how an upload looks, what a status means) seldom names its subject.

Of the pack's questions that were declined this admits to 11, and rightly to all; of 6,300 that
others ask in public corpora to 2."""
GAP_FITS = 0.4
UNNAMED_FROM = 0.58
"""Score from which words that name nothing of ours are answered; even odds are not enough there."""
REMARK_FROM = 0.4
"""Score from which a remark (下午好, 辛苦了) is answered with one."""
LEFT_UNSAID, LEFT_AT_A_DOOR, LEFT_FOREIGN = 0.2, 0.12, 0.1
"""Information, as a share of a full sentence, that words may carry besides slots and that an
entry's own phrasings leave unsaid, where nothing of ours is named: before a slot is asked for,
before a door is shown, and where some of them are unknown to the pack.

Other offices' doors are made of characters that a pack knows: of 464 questions for them 99 were
shown ours.  Who says where they are and that they do not know where to go leaves just over a tenth.
"""
SOMETHING = 0.03
"""The same from which a fact is no answer of ours before it is surely ours (水费滞纳金一天多少)."""
MOSTLY = 0.6
"""Share of what is said besides slots from which an entry's own phrasings know most of it."""

TO_RECKON = 2
"""Kinds of quantities that make a sum where money is asked for: three books, ten days each."""
_WHAT_WE_SAY = re.compile(
    r"(?:你们?|上面|这里|以上)[^，,。？?]{0,3}(?:说|讲|写|答|资料|内容|数据|信息)"
    r"|这些(?:东西|内容|资料|数据|信息|说法)|回答|答案"
)
"""Words for what the bot itself tells: who asks where it comes from, or how old it is, asks us."""
_MONEY = ("块", "元")
_OF_MONEY = re.compile(r"[钱费价元块毛罚]|收多少|掏|押金|便宜|报酬|工资|补贴")
_QUANTITY = re.compile(
    r"[\d一二两三四五六七八九十百半]{1,12}(本|册|张|份|人|次|天|日|周|个月|年|块|元|件|小时)(?!月)"
)


def asks_for_a_number(understanding: Understanding) -> bool:
    """Return whether 多少 may be a number: no money is spoken of, so a count answers it too."""
    is_amount = understanding.asked is QuestionType.HOW_MUCH
    return is_amount and not _OF_MONEY.search(understanding.text)


def is_our_business(pack: Pack, understanding: Understanding) -> bool:
    """Whether the utterance is the pack's business, or a remark that it has an answer to.

    A name of a place alone asks for the door there; words that lean on the conversation belong to
    it.
    """
    if not understanding.candidates:
        return False
    best, limits = understanding.candidates[0], understanding.thresholds
    entry, is_fitting = pack.entries[best.entry], best.score >= limits.answer
    if entry.kind is EntryKind.BOUNDARY and is_fitting:
        return True  # it says itself whose business it is
    if understanding.is_ours or is_gap_of_ours(pack, understanding):
        return True
    is_likely = entry.kind is EntryKind.FACT and is_fitting  # a password is forgotten anywhere
    is_ours = understanding.ours >= limits.ours * (LIKELY if is_likely else 1.0)
    if understanding.ours < limits.unnamed:
        is_ours = is_ours and not tells_unnamed(pack, understanding)
    is_place = understanding.asked is None and understanding.names_only(PLACE) is not None
    if is_ours or best.is_verbatim or is_place or _fits_fully(pack, understanding):
        return True
    if _asks_for_a_door(pack, understanding) or (is_likely and _is_of_what_we_say(understanding)):
        return True
    is_follow_up = any(slot.is_inherited for slot in understanding.slots)
    return is_remark(pack, best) or (is_follow_up and best.score >= limits.answer)


def _is_of_what_we_say(understanding: Understanding) -> bool:
    """Return whether the words are about what the bot tells, and nothing foreign was said."""
    is_known = not understanding.candidates[0].has_foreign_words
    return (
        is_known
        and understanding.ours >= OF_US
        and _WHAT_WE_SAY.search(understanding.text) is not None
    )


def _fits_fully(pack: Pack, understanding: Understanding) -> bool:
    """Return whether a fact or an admission is as good as sure and nothing foreign was said.

    An admission does no harm, so less will do for it.
    """
    best = understanding.candidates[0]
    entry, unknown = pack.entries[best.entry], best.signals.get("foreign", 1.0)
    is_admission = entry.kind is EntryKind.NO_DATA
    if PLACE in entry.slots or not (is_admission or entry.kind is EntryKind.FACT):
        return False
    is_known = unknown <= (FEW_UNKNOWN if is_admission else 0.0)
    least = ADMITTED_FROM if is_admission and not unknown else EVEN
    is_likely = understanding.ours >= max(least, understanding.thresholds.unnamed)
    return best.score >= FITS_FULLY and is_known and is_likely


def is_gap_of_ours(pack: Pack, understanding: Understanding) -> bool:
    """Return whether an admission fits what is likely enough to be the pack's business."""
    best, limits = understanding.candidates[0], understanding.thresholds
    is_gap = pack.entries[best.entry].kind is EntryKind.NO_DATA and not best.has_foreign_words
    is_likely = understanding.ours >= limits.ours * GAP_LIKELY
    return is_gap and is_likely and best.score >= GAP_FITS


def with_care(pack: Pack, understanding: Understanding) -> Understanding:
    """The understanding with a higher threshold where the words name nothing of ours."""
    limits = understanding.thresholds
    is_clear = is_named(pack, understanding) or understanding.ours >= NEARLY_CERTAIN
    if limits.answer >= UNNAMED_FROM or is_clear:
        return understanding
    return replace(understanding, thresholds=replace(limits, answer=UNNAMED_FROM))


def is_named(pack: Pack, understanding: Understanding) -> bool:
    """Return whether something of ours is named, now or in the talk before."""
    is_follow_up = any(slot.is_inherited for slot in understanding.slots)
    return is_follow_up or names_us(pack, understanding)


def tells_unnamed(pack: Pack, understanding: Understanding) -> bool:
    """Return whether a fact comes first, nothing of ours is named, and something else is said."""
    if not understanding.candidates or is_named(pack, understanding):
        return False
    first = understanding.candidates[0]
    return pack.entries[first.entry].kind is EntryKind.FACT and _left(first) > SOMETHING


def _asks_for_a_door(pack: Pack, understanding: Understanding) -> bool:
    """Whether a place and the words for its door were said, and nothing that the pack lacks."""
    said = {slot.kind: slot.value for slot in understanding.slots if slot.surface}
    is_door = PLACE in said and said.get(ASPECT) == pack.vocabulary.portal
    return is_door and not understanding.candidates[0].has_foreign_words


def is_remark(pack: Pack, best: Candidate) -> bool:
    """Whether it is small talk: a wrong thanks harms nobody, so less will do."""
    return pack.entries[best.entry].kind is EntryKind.SMALLTALK and best.score >= REMARK_FROM


def asks_for_a_sum(understanding: Understanding) -> bool:
    """Return whether quantities were given to be reckoned with: a fact tells the rate only."""
    if understanding.asked is not QuestionType.HOW_MUCH:
        return False
    found = _QUANTITY.findall(understanding.text)
    return len(set(found)) >= TO_RECKON or not set(found).isdisjoint(_MONEY)


def is_door_of_nowhere(scope: Scope, entry: Entry) -> bool:
    """A place's door where no place was named; the words may be those of any place's."""
    is_door = scope.pack.is_about_portal(entry) and PLACE in entry.slots
    return is_door and PLACE not in scope.slots


def is_only_a_place(
    scope: Scope, entry: Entry, best: Candidate, understanding: Understanding
) -> bool:
    """A portal that nothing but the name of its place speaks for.

    Who asks where, and has named a place and a service before, means its portal.
    """
    if understanding.asked is QuestionType.WHERE and {PLACE, SERVICE} <= scope.slots.keys():
        return False
    if not scope.pack.is_about_portal(entry) or PLACE not in entry.slots:
        return False
    return not (ASPECT in scope.slots or names_us(scope.pack, understanding) or best.is_verbatim)


def names_us(pack: Pack, understanding: Understanding) -> bool:
    """Return whether the subject, a service, detail or own place, or what is done is named."""
    if understanding.is_ours or not set(pack.vocabulary.idle).isdisjoint(understanding.tokens):
        return True
    said = [slot for slot in understanding.slots if slot.surface]
    if not said:
        return False
    ours = (SERVICE, *pack.vocabulary.details)
    is_service = any(slot.kind in ours for slot in said)
    return is_service or any(s.kind == PLACE and s.value in pack.own_places for s in said)


def place_outside(pack: Pack, understanding: Understanding) -> str | None:
    """Return the place that was named, if it is none of those that the pack is about."""
    said = [slot for slot in understanding.of(PLACE) if slot.surface and not slot.is_ambiguous]
    own = {slot.value for slot in said} & {*pack.places}
    return said[0].value if pack.places and said and not own else None


def may_be_ours(pack: Pack, understanding: Understanding) -> bool:
    """Return whether words that nothing answers are still the pack's business."""
    best = understanding.candidates[0]
    is_named = names_us(pack, understanding) and not best.has_foreign_words
    is_sure = understanding.ours >= SURELY_OURS or is_gap_of_ours(pack, understanding)
    doubt = (1 - understanding.thresholds.ours) * IN_PASSING_DOUBT
    is_meant = best.score >= IN_PASSING or 1 - understanding.ours <= doubt
    return (understanding.is_ours and is_meant) or is_named or is_sure


def is_strangers_door(pack: Pack, understanding: Understanding, candidate: Candidate) -> bool:
    """Return whether it is a place's door, or of one place alone, and the words speak of others."""
    entry = pack.entries[candidate.entry]
    is_door = pack.is_about_portal(entry) and PLACE in entry.slots
    is_follow_up = any(slot.is_inherited for slot in understanding.slots)
    is_known = candidate.signals.get("besides", 1.0) >= MOSTLY
    if is_door and not is_follow_up and not is_known:
        return speaks_of_others(pack, understanding, candidate, LEFT_AT_A_DOOR)
    is_of_a_place = len(entry.regions) == 1 or PLACE in entry.slots
    return is_of_a_place and speaks_of_others(pack, understanding, candidate)


def speaks_of_others(
    pack: Pack,
    understanding: Understanding,
    candidate: Candidate,
    left_at_most: float = LEFT_UNSAID,
) -> bool:
    """Return whether the words name nothing of ours, and much that the entry does not say."""
    if candidate.is_verbatim or names_us(pack, understanding):
        return False
    left = _left(candidate)
    return left > (LEFT_FOREIGN if candidate.has_foreign_words else left_at_most)


def _left(candidate: Candidate) -> float:
    """Return the information besides slots that the entry's own phrasings leave unsaid."""
    return candidate.weight * (1 - candidate.signals.get("besides", 1.0))
