"""What words leave open may be answered by meaning; what they settle or refuse stays as it is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from zlib import crc32

import numpy as np
import pytest

from bot.app import Brain
from bot.core.model.entry import EntryKind
from bot.core.model.pack import Pack
from bot.core.model.reply import Reason, Reply, Status
from bot.core.model.session import Context
from bot.core.model.understanding import Candidate, Slot, Thresholds, Understanding
from bot.knowledge.cases import Question, load_questions
from bot.knowledge.self_test import run_tests
from bot.runtime.replay import Replayer
from bot.understanding.scoring import REREADING, Fallback, Logistic, shipped_fallback
from bot.understanding.semantic.encoder import DIMENSIONS, Encoder, UniversalEncoder, Vectors
from bot.understanding.semantic.fallback import SemanticUnderstander, phrasings_of
from tests.conftest import KNOWLEDGE
from tests.semantics import ToldEncoder, needs_encoder
from tests.workers import SOAK

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
CREDULOUS = Fallback(Logistic(100.0, {}), 0.0)
"""Lifts whatever it is asked about."""
OPEN = Understanding(
    text="压箱底的证",
    utterance="压箱底的证",
    tokens=("压箱底", "的", "证"),
    slots=(),
    candidates=(),
    thresholds=Thresholds(0.6, 0.6),
)
SIGNALS = {"coverage": 0.5, "weight": 1.0}


class Says:
    """An understander with one thing to say."""

    def __init__(self, found: Understanding) -> None:
        self._found = found

    def understand(self, text: str, context: Context, now: datetime) -> Understanding:
        return self._found


@pytest.fixture(scope="module")
def questions(pack: Pack) -> tuple[Question, ...]:
    """One in eight of them, the same as long as the pack keeps them; all with BOT_TEST_SOAK."""
    found = load_questions(KNOWLEDGE, pack.named)
    return tuple(q for q in found if SOAK or crc32(q.turns[-1].encode()) % 8 == 0)


def id_of(pack: Pack, kind: EntryKind, *, portal: bool = False) -> str:
    entries = (e for e in pack.entries.values() if e.kind is kind)
    return next(e.id for e in entries if ("region" in e.slots) is portal)


def reread(pack: Pack, found: Understanding, means: str) -> Understanding:
    """`found` read again by one who takes it to mean what this entry is asked with."""
    entries = tuple(pack.entries.values())
    asked = {ask: n for n, entry in enumerate(entries) for ask in phrasings_of([entry])}
    number = next(n for n, entry in enumerate(entries) if entry.id == means)
    encoder = ToldEncoder({**asked, found.text: number})
    vectors = encoder.encode(phrasings_of(entries))
    reader = SemanticUnderstander(Says(found), entries, vectors, encoder, CREDULOUS)
    return reader.understand(found.text, Context(), NOW)


def test_an_entry_that_words_left_open_is_lifted(pack: Pack) -> None:
    first, other = [e.id for e in pack.entries.values() if e.kind is EntryKind.FACT][-2:]
    candidates = (Candidate(first, 0.5, "", SIGNALS), Candidate(other, 0.2, "", SIGNALS))
    found = reread(pack, replace(OPEN, candidates=candidates), other)
    assert [candidate.entry for candidate in found.candidates] == [other, first]
    assert found.candidates[0].score >= found.thresholds.answer


def left_alone(pack: Pack) -> Iterator[tuple[Understanding, str]]:
    fact = next(e.id for e in reversed(pack.entries.values()) if e.kind is EntryKind.FACT)
    portal = id_of(pack, EntryKind.FACT, portal=True)
    boundary = id_of(pack, EntryKind.BOUNDARY)
    talk = id_of(pack, EntryKind.SMALLTALK)
    mine = Candidate(fact, 0.5, "", SIGNALS)
    yield replace(OPEN, candidates=(replace(mine, score=0.9),)), fact
    yield replace(OPEN, candidates=(replace(mine, score=0.2), replace(mine, score=0.7))), fact
    yield replace(OPEN, candidates=(mine,), slots=(Slot("region", ("西藏",), "西藏"),)), fact
    yield replace(OPEN, candidates=(mine,), slots=(Slot("certificate", ("消防",), "消防"),)), fact
    yield replace(OPEN, candidates=(replace(mine, signals=SIGNALS | {"elsewhere": 1.0}),)), fact
    yield replace(OPEN, candidates=(Candidate(boundary, 0.5, "", SIGNALS), mine)), fact
    yield replace(OPEN, candidates=(mine,), is_rejection=True), fact
    yield replace(OPEN, candidates=(mine, Candidate(portal, 0.4, "", SIGNALS))), portal
    local = next(e.id for e in pack.entries.values() if e.regions and "region" not in e.slots)
    yield replace(OPEN, candidates=(mine, Candidate(local, 0.4, "", SIGNALS))), local
    yield replace(OPEN, candidates=(mine, Candidate(boundary, 0.4, "", SIGNALS))), boundary
    yield replace(OPEN, candidates=(mine, Candidate(talk, 0.4, "", SIGNALS))), talk
    yield replace(OPEN, candidates=(mine,)), next(iter(pack.entries))
    yield OPEN, fact


@pytest.mark.parametrize(
    "number",
    range(13),
    ids=[
        "answered", "second one answered", "names a place", "names another certificate",
        "speaks about elsewhere", "a boundary comes first", "a rejection", "a portal is meant",
        "a fact of one region is meant", "a boundary is meant", "small talk is meant",
        "not found by words", "nothing found",
    ],
)  # fmt: skip
def test_what_must_not_be_lifted_is_left_alone(pack: Pack, number: int) -> None:
    found, means = list(left_alone(pack))[number]
    assert reread(pack, found, means) is found


def reader_of(brain: Brain, encoder: Encoder) -> Replayer:
    entries = tuple(brain.pack.entries.values())
    vectors = encoder.encode(phrasings_of(entries))
    return Replayer(
        Brain(brain.pack, SemanticUnderstander(brain.understander, entries, vectors, encoder)), NOW
    )


class Whisperer:
    """An understander and an encoder: whatever is asked, the candidate of one rank is meant."""

    version = "whispered"

    def __init__(self, brain: Brain, rank: int) -> None:
        self._brain, self._rank = brain, rank
        self._numbers = {id_: n for n, id_ in enumerate(brain.pack.entries)}
        self._meant = 0
        self.is_heard = False
        """Something was asked that words leave open."""

    def understand(self, text: str, context: Context, now: datetime) -> Understanding:
        found = self._brain.understander.understand(text, context, now)
        if len(found.candidates) > self._rank:
            self._meant = self._numbers[found.candidates[self._rank].entry]
        return found

    def encode_one(self, text: str) -> Vectors:
        self.is_heard = True
        return self._of([self._meant])[0]

    def encode(self, texts: Sequence[str]) -> Vectors:
        entries = self._brain.pack.entries.values()
        return self._of([n for n, entry in enumerate(entries) for _ in entry.ask])

    @staticmethod
    def _of(numbers: Sequence[int]) -> Vectors:
        """A direction for each number, drawn by lot: there are more entries than dimensions."""
        rows = [np.random.default_rng(n).standard_normal(DIMENSIONS) for n in numbers]
        return np.asarray([row / np.linalg.norm(row) for row in rows], np.float32)

    def replayer(self) -> Replayer:
        entries = tuple(self._brain.pack.entries.values())
        reader = SemanticUnderstander(self, entries, self.encode(()), self, CREDULOUS)
        return Replayer(Brain(self._brain.pack, reader), NOW)


def placed_in(reply: Reply, pack: Pack) -> list[str]:
    """The answers that hold in some regions only, portals first among them."""
    named = [a.entry for a in reply.answers if a.entry in pack.entries]
    return [
        id_ for id_ in named if "region" in pack.entries[id_].slots or pack.entries[id_].regions
    ]


def harm(before: Reply, after: Reply, pack: Pack) -> bool:
    """A refusal by place or boundary became something else, or a place is spoken of anew.

    A follow-up leans on what was answered before it, so what was said of a place may be missing.
    """
    refusals = (Reason.NO_DATA_FOR_REGION, Reason.BOUNDARY)
    is_refusal_lost = before.reason in refusals and after.reason != before.reason
    return is_refusal_lost or not set(placed_in(after, pack)) <= set(placed_in(before, pack))


def test_not_even_a_credulous_reader_loses_a_refusal_or_adds_a_place(
    brain: Brain, questions: tuple[Question, ...]
) -> None:
    plain = Replayer(brain, NOW)
    open_ones, harmed = questions, []
    for rank in range(5):
        whisperer, heard = Whisperer(brain, rank), []
        credulous = whisperer.replayer()
        for question in open_ones:
            whisperer.is_heard = False
            after = credulous.run(question.turns).reply
            if whisperer.is_heard:
                heard.append(question)
                before = plain.run(question.turns).reply
                harmed += [question.turns] if harm(before, after, brain.pack) else []
        open_ones = tuple(heard) if rank == 0 else open_ones
    assert len(open_ones) > 30  # even odds answer, so words leave fewer open than they did
    assert harmed == []


def test_the_model_in_the_package_has_every_coefficient_and_no_other() -> None:
    assert tuple(shipped_fallback().confidence.weights) == REREADING


@pytest.fixture(scope="module")
def real(brain: Brain) -> Replayer:
    return reader_of(brain, UniversalEncoder())


@needs_encoder
def test_a_second_reading_costs_hardly_a_question(
    real: Replayer, questions: tuple[Question, ...]
) -> None:
    sure = tuple(question for question in questions if not question.known_failure)
    found = run_tests(real.brain.pack, sure, real.understand, lambda turns: real.run(turns).reply)
    lost = list(map(str, found))
    assert len(lost) <= len(sure) / 1000, lost


@needs_encoder
def test_no_question_out_of_scope_gets_an_answer_by_meaning(
    brain: Brain, real: Replayer, questions: tuple[Question, ...]
) -> None:
    plain = Replayer(brain, NOW)
    foreign = [q for q in questions if q.reason == "out_of_domain"]
    answered = [
        question.turns
        for question in foreign
        if real.run(question.turns).reply.status is Status.ANSWERED
        and plain.run(question.turns).reply.status is not Status.ANSWERED
    ]
    assert foreign
    assert answered == []
