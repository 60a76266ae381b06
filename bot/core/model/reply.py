"""Represent what the bot says, before a platform renders it.

A `Reply` is a tuple of parts and a verdict (status, reason, answers).  Adapters render parts and
never reword them; a platform that cannot show a part natively shows `part_as_text`, so no content
is lost.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from typing import assert_never

from bot.core.model.question_type import QuestionType

SOURCE_LINE = 60
"""Maximum length of the line that ends an answer, for a phone."""
ARROW = " → "


class Status(StrEnum):
    ANSWERED = "answered"
    CLARIFY = "clarify"
    ABSTAINED = "abstained"
    PROCEDURE = "procedure"
    SMALLTALK = "smalltalk"


class Reason(StrEnum):
    AMBIGUOUS = "ambiguous"
    NO_DATA_FOR_REGION = "no_data_for_region"
    NO_DATA = "no_data"
    BOUNDARY = "boundary"
    EXPIRED = "expired"
    OUT_OF_DOMAIN = "out_of_domain"
    NOT_A_QUESTION = "not_a_question"
    POSTED = "posted"
    LIKED = "liked"
    DISLIKED = "disliked"
    OUTDATED = "outdated"
    BESIDE_THE_POINT = "beside_the_point"
    UNCLEAR = "unclear"
    REGION_MISSING = "region_missing"


FAULTS = (Reason.OUTDATED, Reason.BESIDE_THE_POINT, Reason.UNCLEAR, Reason.REGION_MISSING)
"""What a person may say that was wrong with an answer."""
RATINGS = frozenset((Reason.LIKED, Reason.DISLIKED, *FAULTS))
"""Reasons of replies to what a person says about an answer."""


@dataclass(frozen=True, slots=True)
class Text:
    """Plain text; newlines are kept and no markup is interpreted."""

    text: str


@dataclass(frozen=True, slots=True)
class ListPart:
    """Items in order; numbered if the order matters or people will refer to them."""

    items: tuple[str, ...]
    title: str | None = None
    is_numbered: bool = False


@dataclass(frozen=True, slots=True)
class ClickPath:
    """Where to click, step by step; the first step contains the address."""

    steps: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Link:
    """An address, with what a person must know before opening it."""

    label: str
    url: str
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture by name; `alt` says the same in words where it cannot be shown."""

    name: str
    alt: str


@dataclass(frozen=True, slots=True)
class Document:
    """A text file to save; `alt` says the same in words where files cannot be sent.

    Without `content` only the words are shown.
    """

    name: str
    media_type: str
    content: str
    alt: str


@dataclass(frozen=True, slots=True)
class SourceNote:
    """The source of a statement and the day when a person last compared the two."""

    title: str
    checked_on: date
    article: str | None = None
    url: str | None = None
    short: str = ""
    """The title in the last line of an answer; empty if the title itself is used."""

    @property
    def name(self) -> str:
        return self.short or self.title


@dataclass(frozen=True, slots=True)
class Sources:
    """The last line of an answer, `as_line`; all notes are kept for people who want more."""

    notes: tuple[SourceNote, ...]
    label: str
    """The word before the line (依据)."""
    checked: str
    """Filled with a date."""
    more: str = ""
    """Text after the first source if there are several, filled with their number."""
    mark: str = ""
    """A short remark on the age of the sources, if it has to be shown."""

    @property
    def as_line(self) -> str:
        """Return the line; articles are left out first if it exceeds `SOURCE_LINE` characters."""
        first, *others = self.notes
        oldest = min(note.checked_on for note in self.notes)
        facts = [self.checked.format(date=oldest.isoformat()), self.mark]
        more = self.more.format(count=len(self.notes)) if others else ""
        behind = f"{more}（{'，'.join(filter(None, facts))}）"
        line = f"{self.label}{note_as_text(first)}{behind}"
        return line if len(line) <= SOURCE_LINE else f"{self.label}{first.name}{behind}"


@dataclass(frozen=True, slots=True)
class Choice:
    """An answer on offer: `label` is shown, `value` comes back in the next `Update`."""

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Choices:
    """Buttons, or where there are none a list numbered from 1 in this order.

    Raises:
        ValueError: two options share a label or a value, so an answer would be ambiguous.
    """

    options: tuple[Choice, ...]
    listed: int = 0
    """The first so many are the items of a numbered list above, in this order.

    Text names them there only, and a button needs no more than the mark and the number.
    """

    def __post_init__(self) -> None:
        for kind in ("label", "value"):
            seen = [getattr(option, kind) for option in self.options]
            if twice := {word for word in seen if seen.count(word) > 1}:
                raise ValueError(f"choices share the {kind} {', '.join(sorted(twice))!r}")


Part = Text | ListPart | ClickPath | Link | Picture | Document | Sources | Choices


@dataclass(frozen=True, slots=True)
class Answer:
    """One thing that was answered; a question about two provinces has two."""

    entry: str
    slots: Mapping[str, str] = field(default_factory=dict)
    sources: tuple[SourceNote, ...] = ()


@dataclass(frozen=True, slots=True)
class Reply:
    """One turn of the bot, with its parts in reading order."""

    status: Status
    parts: tuple[Part, ...]
    reason: Reason | None = None
    answers: tuple[Answer, ...] = ()
    slots: Mapping[str, str] = field(default_factory=dict)
    score: float | None = None
    """Calibrated probability, 0 to 1; `None` where nothing was matched."""
    rule: str = ""
    """Name of the rule that decided, for `--explain`, logs and the journal."""
    topics: int = 1
    """Number of things asked that it speaks about; more than `answers` if one has no data."""
    has_card: bool = False
    """Shows the card of a procedure, alone or under an answer."""
    is_unclear: bool = False
    """No question was understood; the words may not have been one."""
    question_type: QuestionType | None = None
    """The question type, as far as it was understood."""
    topic: str | None = None
    """The topic that an abstention was understood to be about."""

    def as_text(self) -> str:
        """Render every part as plain text, separated by one blank line."""
        return "\n\n".join(text for part in self.parts if (text := part_as_text(part)))

    def with_choice(self, choice: Choice) -> Reply:
        """Return the reply with one more choice after those it has, unless it has that one."""
        if any(choice.label == one.label or choice.value == one.value for one in self.choices):
            return self
        others = [part for part in self.parts if not isinstance(part, Choices)]
        return replace(self, parts=(*others, Choices((*self.choices, choice), self.listed)))

    @property
    def choices(self) -> tuple[Choice, ...]:
        return tuple(
            option for part in self.parts if isinstance(part, Choices) for option in part.options
        )

    @property
    def listed(self) -> int:
        """Return how many of the choices are the items of a list above them."""
        return max((part.listed for part in self.parts if isinstance(part, Choices)), default=0)

    @property
    def sources(self) -> tuple[SourceNote, ...]:
        """Return every source named in the reply, each once, in reading order."""
        notes = [note for part in self.parts if isinstance(part, Sources) for note in part.notes]
        return tuple(dict.fromkeys(notes))


def part_as_text(part: Part) -> str:
    match part:
        case Text(text):
            return text
        case ListPart(items, title, is_numbered):
            marks = (
                (f"{n}. " for n in range(1, len(items) + 1))
                if is_numbered
                else ("· ",) * len(items)
            )
            lines = [mark + item for mark, item in zip(marks, items, strict=True)]
            return "\n".join([title, *lines] if title else lines)
        case Link(label, url, note):
            return f"{label}：{url}" + (f"（{note}）" if note else "")
        case Picture(_, alt) | Document(_, _, _, alt):
            return alt
        case ClickPath(steps):
            return ARROW.join(steps)
        case Sources():
            return part.as_line
        case Choices(options, listed):
            numbered = list(enumerate(options, 1))[listed:]
            return "\n".join(f"{n}. {option.label}" for n, option in numbered)
        case _:
            assert_never(part)


def note_as_text(note: SourceNote) -> str:
    """Return the source and the place in it."""
    return f"{note.name} {note.article}" if note.article else note.name
