"""The questions of one message read in the light of the whole: what each leaves open, it may tell.

What a newcomer would get wrong: a part that is understood by itself may miss what the story before
it says (会挨罚吗), and then finds an answer about something else.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from bot.core.model.entry import EntryKind
from bot.core.model.pack import Pack
from bot.core.model.reply import Reply, Status
from bot.core.model.understanding import Candidate, Slot, Understanding
from bot.core.model.vocabulary import SERVICE

_CLAUSE = re.compile(r"[^，,。！!；;\s]+[，,。！!；;\s]*")

_OWN_SHARE, _OWN_WORDS = 0.4, 0.2
"""Share of the best score from which another entry of the whole message may be what a part asks,
and the share of what is said that it alone has words for."""
_UNLIKELY = 0.2
"""Share of the best score of the whole below which it speaks against the answer of a part."""
_TELLING = 8
"""Characters of a clause that says by itself what is asked."""

_NOT_DONE = re.compile(
    r"(?:那|要是|如果|万一|假如){0,2}(?:逾期|超期|过期|超过|过了|拖|晚|迟|(?:不|没|未)(?:去|按时|及时)?[办报改])"
)
"""How a part begins that asks what follows if that is late which another part speaks of."""


def in_light_of_the_whole(pack: Pack, whole: Understanding) -> Sequence[Understanding]:
    """Return the questions of a message, each with what the whole tells of its answer."""
    return [_lit(pack, whole, part) for part in whole.questions]


def _lit(pack: Pack, whole: Understanding, part: Understanding) -> Understanding:
    best = next(iter(part.candidates), None)
    if best is None or not whole.candidates:
        return part
    limit = part.thresholds.answer
    if best.misses_slot:
        filling = next(_filling(pack, whole, part), None)
        return _with_service(pack, part, filling) if filling else part
    others = {q.candidates[0].entry for q in whole.questions if q is not part and q.candidates}
    if _NOT_DONE.match(part.text) and (meant := _if_late(pack, whole, part, others)):
        return _meaning(part, meant)
    first = whole.candidates[0]
    if best.score < limit:
        touched = _touched(whole, others) if first.entry in others else None
        return replace(part, candidates=(touched,)) if touched else part
    is_told = first.entry in others or first.score < max(limit, best.score)
    if is_told or part is whole.questions[0] or not _fits(pack, first, part):
        return part
    in_whole = next((c.score for c in whole.candidates if c.entry == best.entry), 0.0)
    return part if in_whole >= first.score * _UNLIKELY else _meaning(part, first)


def _filling(pack: Pack, whole: Understanding, part: Understanding) -> Iterator[Candidate]:
    """Yield the entries of a part whose open service the whole message or another part tells."""
    open_ones = {c.entry: c for c in part.candidates if c.misses_slot}
    first = whole.candidates[0]
    if first.entry in open_ones and first.score >= part.thresholds.answer:
        yield open_ones[first.entry]
    told = {q.plain_slots.get(SERVICE) for q in whole.questions if q is not part} - {None}
    for name, candidate in open_ones.items():
        if pack.entries[name].slots.get(SERVICE) in told:
            yield candidate


def _if_late(
    pack: Pack, whole: Understanding, part: Understanding, told: set[str]
) -> Candidate | None:
    """Return what a part asks about the service of another part, if it names none itself.

    逾期不办会怎样 behind 改名要几天内办 asks about that, and not about another service's end.
    """
    services = {pack.entries[name].slots.get(SERVICE) for name in told} - {None}
    own = pack.entries[part.candidates[0].entry].slots.get(SERVICE)
    if own in services or part.of(SERVICE):
        return None
    least = whole.candidates[0].score * _OWN_SHARE
    for candidate in whole.candidates:
        is_of_it = pack.entries[candidate.entry].slots.get(SERVICE) in services
        is_new = candidate.entry not in told and candidate.score >= least
        if is_of_it and is_new and _fits(pack, candidate, part):
            sure = min(part.candidates[0].score, whole.candidates[0].score)
            return replace(candidate, score=max(candidate.score, sure))
    return None


def _with_service(pack: Pack, part: Understanding, meant: Candidate) -> Understanding:
    """Return the part with the service of the entry that is meant, as if it had been said."""
    service = pack.entries[meant.entry].slots.get(SERVICE)
    slot = [Slot(SERVICE, (service,), "")] if service and not part.of(SERVICE) else []
    return replace(_meaning(part, meant), slots=(*part.slots, *slot))


def _meaning(part: Understanding, meant: Candidate) -> Understanding:
    """Return the part with the entry that is meant in front, and nothing that it misses."""
    meant = replace(meant, signals={**meant.signals, "missing": 0.0})
    others = [c for c in part.candidates if c.entry != meant.entry]
    return replace(part, candidates=(meant, *others))


def _touched(whole: Understanding, told: set[str]) -> Candidate | None:
    """Return the entry that has words for what the best one of the whole leaves unsaid."""
    first = whole.candidates[0]
    return next(
        (
            c
            for c in whole.candidates[1:]
            if c.score >= first.score * _OWN_SHARE
            and c.signals.get("beyond", 0.0) >= _OWN_WORDS
            and c.entry not in told
        ),
        None,
    )


def _fits(pack: Pack, candidate: Candidate, part: Understanding) -> bool:
    """Return whether an entry answers what a part asks, as far as it says what it answers."""
    answers = pack.entries[candidate.entry].answers
    return not answers or part.asked in answers


def asking_words(text: str, most: int) -> str:
    """Return the end of a part, which asks: its last clause, and those before if that is short."""
    if len(text) <= most:
        return text
    found = ""
    for clause in reversed(_CLAUSE.findall(text)):
        if found and (len(found) >= _TELLING or len(clause) + len(found) > most):
            break
        found = clause + found
    return found if len(found) <= most else f"{found[: most - 1]}…"


def is_aside(pack: Pack, part: Understanding, reply: Reply) -> bool:
    """Return whether a part is no question of the matter: a remark, or a word that says little."""
    best = next(iter(part.candidates), None)
    is_remark = best is not None and pack.entries[best.entry].kind is EntryKind.SMALLTALK
    is_declined = reply.status is Status.ABSTAINED and not reply.answers
    return reply.rule == "says_too_little" or (is_remark and is_declined)
