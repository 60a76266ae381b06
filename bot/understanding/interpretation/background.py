"""What a message tells beside what it asks: names of other things there are no wish for them.

A story is full of such names (我做会计的, 去年交过罚款), and each would fill a slot.  Only what
the clauses that ask leave open is taken from the others.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from bot.core.model.understanding import Slot
from bot.core.model.vocabulary import ASPECT, SERVICE, SUBJECT
from bot.understanding.interpretation.interpreter import Interpreter
from bot.understanding.lexicon.reader import Reading
from bot.understanding.text.normalise import normalise
from bot.understanding.text.questions import MOST_CLAUSES, is_interrogative

_MARKS = re.compile(r"([，,。！!？?；;：:\s]+)")
_DENIED = re.compile(r"(?:我说的|我问的|丢的|这个|那个|可|并|又|而)?不是[^吗么嘛吧呢没]{1,10}$")
"""A clause that only says what is not meant: 不是那张卡; one that asks is none."""
_AFFIRMED = re.compile(r"(?<![不还要总可只但都老像])(?:是|丢的|问的|说的)")
"""What the clause beside it has that says what is meant: 是考试发的那个."""
_FOR_OTHERS = re.compile(
    r"(?:帮|替|给|为)[^，]{1,10}(?:办|弄|做|搞|报|交|申|续|转|问|注|管|整)|(?:他|她|人家|同事)们?的"
)
"""That something is done for somebody else, and not for who tells what they are."""
_WHO_WRITES = re.compile(
    r"(?:我|本人)(?:是|系|乃|现?在|目前|现任|担任|干|做|作为)[^，证换转]{1,20}|[^，证]{0,6}我是[^，证]{1,16}"
)
"""A clause in which somebody says who they are."""
_POST = "员"
"""The end of a name for whoever has a post; what is asked may be about another's papers."""
_COURTESY = re.compile(
    r"谢|辛苦|麻烦|打扰|不好意思|拜托|见谅|祝(?:您|你|好|工作|生活|顺|大家)|[您你]好|[早中下晚]上?午?好"
    r"|第一次(?:问|用|来)|不太(?:懂|会)|不会用|请教|老师|新手|小白|刚接手|哈哈|请(?:你|您)喝"
)
_SHORT = 14
"""Characters of a clause that may be nothing but courtesy."""
_LONG = 40
"""Characters from which a text is a letter, that mentions more than it asks about."""
_SURELY_OURS, _FEWEST = 4.0, 2
"""How much likelier a clause is here than anywhere, as `LikelihoodRatio` tells it, to be ours by
itself, and how many of them make a letter ours.

Of short questions in the pack's tests 7 to 9 of 10 are above it, of those for others 1 of 10."""


class Background:
    """Leaves out what a message only tells. Built once for each pack version."""

    def __init__(self, interpreter: Interpreter, asides: Iterable[str]) -> None:
        """`asides` are the other subjects that a letter may mention in passing."""
        self._interpreter = interpreter
        self._asides = frozenset(asides)

    def read(self, text: str, utterance: str) -> Reading:
        """Read an utterance without the slots that only its background fills."""
        pieces = _pieces(text)
        if not 2 <= len(pieces) <= MOST_CLAUSES:
            return self._interpreter.read(text, utterance)
        asking = [piece for piece in pieces if is_interrogative(piece)]
        if not asking or len(asking) == len(pieces):
            return self._interpreter.read(text, utterance)
        denied = _denied(pieces)
        kept = [p for p in pieces if p not in denied and not self._is_courtesy(p)]
        if len(kept) < len(pieces):
            text = "，".join(kept)
            utterance = normalise(text)
        reading = self._interpreter.read(text, utterance)
        if any(map(self._denies_ours, denied)):
            reading = _without(reading, [s for s in reading.slots if s.kind == SERVICE])
        return self._of_the_question(kept, asking, reading)

    def _denies_ours(self, piece: str) -> bool:
        """Whether what is not meant is what our services are about, and none of them is named."""
        is_service = any(slot.kind == SERVICE for slot in self._interpreter.slots_in(piece))
        return not is_service and any(word in piece for word in self._interpreter.idle)

    def _is_courtesy(self, piece: str) -> bool:
        """Whether a clause only greets, thanks or excuses, and names nothing."""
        if len(piece) > _SHORT or not _COURTESY.search(piece) or is_interrogative(piece):
            return False
        reading = self._interpreter.lexicon.read(normalise(piece))
        return not (reading.slots or self._interpreter.is_about_us(reading))

    def _of_the_question(
        self, pieces: Sequence[str], asking: Sequence[str], reading: Reading
    ) -> Reading:
        """The reading without aspects and subjects that other clauses than the asking ones name."""
        aspects = {slot.value for slot in reading.slots if slot.kind == ASPECT}
        subjects = [slot for slot in reading.slots if slot.kind == SUBJECT]
        if len(aspects) < 2 and not subjects:
            return reading
        asked = [slot for piece in asking for slot in self._interpreter.slots_in(piece)]
        portal = self._interpreter.portal
        left = {slot.value for slot in asked if slot.kind == ASPECT} - {portal}
        if len(aspects) > 1 and left and left < aspects:
            told = [s for s in reading.slots if s.kind == ASPECT and s.value not in left]
            reading = _without(reading, told)
        if subjects and (
            self._is_only_told(pieces, asked, reading) or self._is_aside(pieces, asked, reading)
        ):
            reading = _without(reading, subjects)
        return reading

    def _is_only_told(self, pieces: Sequence[str], asked: Sequence[Slot], reading: Reading) -> bool:
        """Whether another subject is what somebody works as, and the question about ours."""
        kinds = {slot.kind for slot in asked}
        if SUBJECT in kinds:
            return False
        named = [slot for slot in reading.slots if slot.kind == SUBJECT]
        is_post = all(slot.surface.endswith(_POST) for slot in named)
        is_for_others = any(map(_FOR_OTHERS.search, pieces))
        is_ours = self._interpreter.is_ours(reading) or (is_post and is_for_others)
        is_ours = is_ours or (is_post and _introduces(pieces, named))
        return is_ours and bool({SERVICE, ASPECT} & {s.kind for s in reading.slots})

    def _is_aside(self, pieces: Sequence[str], asked: Sequence[Slot], reading: Reading) -> bool:
        """Whether a letter names another subject in passing, and our business apart from it.

        One clause proves nothing: things of all kinds are transferred, and every job ends.
        """
        subjects = {slot.value for slot in reading.slots if slot.kind == SUBJECT}
        is_letter = sum(map(len, pieces)) >= _LONG and subjects <= self._asides
        if not is_letter or any(slot.kind == SUBJECT for slot in asked):
            return False
        read, likelihood = self._interpreter.lexicon.read, self._interpreter.matcher.likelihood
        readings = [(piece, read(normalise(piece))) for piece in pieces]
        apart = [(p, r) for p, r in readings if all(slot.kind != SUBJECT for slot in r.slots)]
        ours = [piece for piece, r in apart if likelihood(r.text) >= _SURELY_OURS]
        is_about_us = any(self._interpreter.is_about_us(r) for _, r in apart)
        return len(ours) >= _FEWEST and (is_about_us or any(map(is_interrogative, ours)))


def _introduces(pieces: Sequence[str], named: Sequence[Slot]) -> bool:
    """Whether a letter names a post only where somebody says who writes: 我是一名保管员."""
    if sum(map(len, pieces)) < _LONG:
        return False
    naming = [p for p in pieces if any(slot.surface in p for slot in named)]
    return bool(naming) and all(map(_WHO_WRITES.fullmatch, naming))


def _pieces(text: str) -> list[str]:
    """The clauses of a text without the marks between them."""
    return [piece for piece in _MARKS.split(text)[::2] if piece]


def _denied(pieces: Sequence[str]) -> list[str]:
    """The clauses that only say what is not meant, if another says what is."""
    denied = [piece for piece in pieces if _DENIED.match(piece)]
    others = [piece for piece in pieces if piece not in denied]
    return denied if any(map(_AFFIRMED.search, others)) else []


def _without(reading: Reading, told: Sequence[Slot]) -> Reading:
    """The reading without slots of what is only told, and of which no entry is meant."""
    slots = tuple(slot for slot in reading.slots if slot not in told)
    return replace(reading, slots=slots, told=reading.told.union(slot.value for slot in told))
