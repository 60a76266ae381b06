"""Tell what an update is: a press, event, position, move of the walk under way, command, or words.

Looked at once for each update; `bot.core.dialogue.decide` says what each of them leads to.
"""

from __future__ import annotations

from dataclasses import dataclass

from bot.core.dialogue import commands, small_talk
from bot.core.model.choices import in_words
from bot.core.model.procedure import QuestionKind
from bot.core.model.session import Session
from bot.core.model.update import Event, Position, Update
from bot.core.procedures.checklist import HAVE, LACK
from bot.core.words.moves import Kind, Move, read_move, read_ordinal, stripped
from bot.core.words.numerals import FULL_WIDTH_DIGITS, read_number

_NEEDS_A_QUESTION = (Kind.WHY, Kind.DECLINE)
"""Moves that are words like any other unless the card has asked for something."""


@dataclass(frozen=True, slots=True)
class Press:
    """A choice by its value: pressed, or named by its label or its number."""

    value: str


@dataclass(frozen=True, slots=True)
class Words:
    """Free text, to be understood."""

    text: str


Heard = Press | Event | Position | Move | commands.Command | Words


def hear(session: Session, update: Update) -> Heard:
    """Return what the update is to a conversation with this session."""
    if update.press is not None:
        return Press(update.press)
    if update.event is not None:
        return update.event
    if update.position is not None:
        return update.position
    text = update.text or ""
    if (value := _rating(session, text) or offered_value(session, text)) is not None:
        return Press(in_words(value))
    return move_of(session, text) or commands.read(text) or Words(text)


def move_of(session: Session, text: str) -> Move | None:
    """Return the move that a text is for the walk under way."""
    found = read_move(text) if session.walk else None
    is_asked = session.asked not in ("", small_talk.SLOT)
    return found if found and (is_asked or found.kind not in _NEEDS_A_QUESTION) else None


def _rating(session: Session, text: str) -> str | None:
    """Return what a text says about the answer before, if it says nothing else."""
    return dict(session.rated).get(stripped(text))


def offered_value(session: Session, text: str) -> str | None:
    """Return the choice that a text picks: by its label, its number, or 第二种.

    A bare number is the answer where a number or a date was asked for.  The name of an option that
    can be ticked is a whole answer to its question, and no tick.
    """
    said = stripped(text)
    for label, value in session.offered:
        plain = label.removeprefix(HAVE).removeprefix(LACK)
        is_option = session.asked == QuestionKind.SEVERAL and plain != label
        if said == label or (said == plain and not is_option):
            return value
    is_number_asked = session.asked in (QuestionKind.NUMBER, QuestionKind.DATE)
    number = read_ordinal(said) if is_number_asked else picked_number(said)
    if number is not None and 1 <= number <= len(session.offered):
        return session.offered[number - 1][1]
    return None


def picked_number(said: str) -> int | None:
    """Read 第二种 or a number in digits; 三 alone may mean many things."""
    number = read_ordinal(said)
    if number is None and said.translate(FULL_WIDTH_DIGITS).isascii():
        return read_number(said)
    return number
