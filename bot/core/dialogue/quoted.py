"""Find the context of words that reply to a message: the message, before the last topic."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from bot.core.answering.recognition import entry_told_in, reader_named_in
from bot.core.model.entry import Entry, EntryKind
from bot.core.model.pack import Pack
from bot.core.model.session import Context, Session
from bot.core.model.understanding import Understanding
from bot.core.model.update import Quoted
from bot.core.model.vocabulary import PLACE
from bot.core.ports import Brain


def in_context_of(brain: Brain, session: Session, quoted: Quoted, now: datetime) -> Session:
    """Return the session as if the message replied to had been talked about last.

    A message that says nothing of the pack's business changes nothing: what the bot asked last is
    the context of an answer to it.
    """
    whole = _context_of_message(brain, session.context, quoted, now)
    part = _read(brain, quoted.part, whole or Context(), now) if quoted.part else None
    context = part or whole
    return replace(session, context=context) if context else session


def _context_of_message(
    brain: Brain, last: Context, quoted: Quoted, now: datetime
) -> Context | None:
    if not quoted.is_ours:
        return _read(brain, quoted.words, Context(), now)
    entry = entry_told_in(brain.pack, quoted.words)
    if entry is None or not _is_topic(entry):
        return None
    place = _place_of(brain, quoted.words, now)
    if entry.id == last.entry:
        return replace(last, slots={**last.slots, **place}, at=now)
    return last.told({**place, **entry.slots}, entry.id, now)


def _place_of(brain: Brain, answer: str, now: datetime) -> dict[str, str]:
    """Return the place that an answer of ours is for."""
    words = reader_named_in(brain.pack, answer)
    found = brain.understander.understand(words, Context(), now).of(PLACE)
    names = {value for slot in found for value in slot.values}
    return {PLACE: names.pop()} if len(names) == 1 else {}


def _read(brain: Brain, words: str, context: Context, now: datetime) -> Context | None:
    """Return what words of somebody's are about; `None` if they are not the pack's business."""
    found = brain.understander.understand(words, context, now)
    entry = _entry_meant(brain.pack, found)
    slots = dict(found.plain_slots)
    return Context(slots, entry, now) if slots or entry else None


def _entry_meant(pack: Pack, found: Understanding) -> str | None:
    best = found.candidates[0] if found.candidates else None
    if best is None or best.score < found.thresholds.answer or found.ours < found.thresholds.ours:
        return None
    return best.entry if _is_topic(pack.entries[best.entry]) else None


def _is_topic(entry: Entry) -> bool:
    return entry.kind not in (EntryKind.SMALLTALK, EntryKind.BOUNDARY)
