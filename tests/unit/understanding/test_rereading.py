"""What words leave open may be answered by meaning; what they settle or refuse stays as it is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.app import Brain
from bot.core.pack import EntryKind, Pack
from bot.core.reply import Reason, Reply, Status
from bot.core.session import Context
from bot.core.understanding import Candidate, Slot, Thresholds, Understanding
from bot.knowledge.proof import prove
from bot.knowledge.questions import Question, load_questions
from bot.replay import Replayer
from bot.understanding.encoder import Encoder, UniversalEncoder
from bot.understanding.model import REREADING, Rereading, shipped_rereading
from bot.understanding.rereading import RereadingUnderstander, phrasings_of
from tests.conftest import KNOWLEDGE
from tests.semantics import AlikeEncoder, ToldEncoder, needs_encoder

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
CREDULOUS = Rereading(100.0, {}, 0.0)
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
    return load_questions(KNOWLEDGE, pack.named)


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
    reader = RereadingUnderstander(Says(found), entries, vectors, encoder, CREDULOUS)
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
    yield replace(OPEN, candidates=(mine, Candidate(boundary, 0.4, "", SIGNALS))), boundary
    yield replace(OPEN, candidates=(mine, Candidate(talk, 0.4, "", SIGNALS))), talk
    yield replace(OPEN, candidates=(mine,)), next(iter(pack.entries))
    yield OPEN, fact


@pytest.mark.parametrize(
    "number",
    range(12),
    ids=[
        "answered", "second one answered", "names a place", "names another certificate",
        "speaks about elsewhere", "a boundary comes first", "a rejection", "a portal is meant",
        "a boundary is meant", "small talk is meant", "not found by words", "nothing found",
    ],
)  # fmt: skip
def test_what_must_not_be_lifted_is_left_alone(pack: Pack, number: int) -> None:
    found, means = list(left_alone(pack))[number]
    assert reread(pack, found, means) is found


def reader_of(brain: Brain, encoder: Encoder, model: Rereading | None) -> Replayer:
    entries = tuple(brain.pack.entries.values())
    vectors = encoder.encode(phrasings_of(entries))
    reader = RereadingUnderstander(brain.understander, entries, vectors, encoder, model)
    return Replayer(brain.pack, reader, NOW)


def is_settled(reply: Reply, pack: Pack) -> bool:
    """A refusal by place or boundary, or an answer that names a place."""
    if reply.reason in (Reason.NO_DATA_FOR_REGION, Reason.BOUNDARY):
        return True
    return bool(portals_in(reply, pack))


def portals_in(reply: Reply, pack: Pack) -> list[str]:
    named = [a.entry for a in reply.answers if a.entry in pack.entries]
    return [entry for entry in named if "region" in pack.entries[entry].slots]


def test_not_even_a_credulous_reader_changes_a_refusal_or_a_portal(
    brain: Brain, questions: tuple[Question, ...]
) -> None:
    plain = Replayer(brain.pack, brain.understander, NOW)
    credulous = reader_of(brain, AlikeEncoder(), CREDULOUS)
    changed = []
    for question in questions:
        before = plain.run(question.turns).reply
        after = credulous.run(question.turns).reply
        if is_settled(before, brain.pack) and len(question.turns) == 1:
            changed += [question.turns] if after != before else []
        elif portals_in(after, brain.pack) != portals_in(before, brain.pack):
            changed.append(question.turns)
    assert changed == []


def test_the_model_in_the_package_has_every_coefficient_and_no_other() -> None:
    assert tuple(shipped_rereading().weights) == REREADING


@pytest.fixture(scope="module")
def real(brain: Brain) -> Replayer:
    return reader_of(brain, UniversalEncoder(), None)


@needs_encoder
def test_the_pack_proves_itself_with_meaning_too(
    real: Replayer, questions: tuple[Question, ...]
) -> None:
    sure = tuple(question for question in questions if not question.known_failure)
    found = prove(real.pack, sure, real.understand, lambda turns: real.run(turns).reply)
    assert list(map(str, found)) == []


@needs_encoder
def test_no_question_out_of_scope_gets_an_answer_by_meaning(
    brain: Brain, real: Replayer, questions: tuple[Question, ...]
) -> None:
    plain = Replayer(brain.pack, brain.understander, NOW)
    foreign = [q for q in questions if q.reason == "out_of_domain"]
    answered = [
        question.turns
        for question in foreign
        if real.run(question.turns).reply.status is Status.ANSWERED
        and plain.run(question.turns).reply.status is not Status.ANSWERED
    ]
    assert foreign
    assert answered == []
