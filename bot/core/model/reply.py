"""What the bot says, before any platform decides how it looks.

A `Reply` is a tuple of parts and a verdict (status, reason, what was answered).  Adapters render
parts and never rewrite them; a platform that cannot show a part natively falls back on
`part_as_text`, so no content is ever lost.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from typing import assert_never

from bot.core.model.question_type import QuestionType


SOURCE_LINE = 60
"""Characters of the line that ends an answer; more nobody reads on a phone."""
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


@dataclass(frozen=True, slots=True)
class Text:
    """Plain text. Newlines are kept; no markup is interpreted."""

    text: str


@dataclass(frozen=True, slots=True)
class ListPart:
    """Items in order; numbered when the order matters or people will refer to it."""

    items: tuple[str, ...]
    title: str | None = None
    is_numbered: bool = False


@dataclass(frozen=True, slots=True)
class ClickPath:
    """Where to click, one after another; what leads there stands in the first step."""

    steps: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Link:
    """An address, with what a person must know before opening it."""

    label: str
    url: str
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture by name; `alt` says the same in words wherever it is not shown."""

    name: str
    alt: str


@dataclass(frozen=True, slots=True)
class Document:
    """A file of text to keep; `alt` says the same in words wherever files cannot be sent.

    Without `content` nothing could make the file, and only the words are shown.
    """

    name: str
    media_type: str
    content: str
    alt: str


@dataclass(frozen=True, slots=True)
class SourceNote:
    """Where a statement comes from and when a person last compared the two."""

    title: str
    checked_on: date
    article: str | None = None
    url: str | None = None
    short: str = ""
    """The title as the last line of an answer has it; empty where that is the title."""

    @property
    def name(self) -> str:
        return self.short or self.title


@dataclass(frozen=True, slots=True)
class Sources:
    """The last line of an answer, `as_line`; all notes are there for whoever wants to know more."""

    notes: tuple[SourceNote, ...]
    label: str
    """What introduces the line (依据)."""
    checked: str
    """Filled with a date."""
    more: str = ""
    """Stands behind the first source where there are several, filled with their number."""
    mark: str = ""
    """How old the sources are, where that has to be said; short."""

    @property
    def as_line(self) -> str:
        """At most `SOURCE_LINE` characters where the titles allow it: articles give way first."""
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
    """One turn of the bot, parts in reading order."""

    status: Status
    parts: tuple[Part, ...]
    reason: Reason | None = None
    answers: tuple[Answer, ...] = ()
    slots: Mapping[str, str] = field(default_factory=dict)
    score: float | None = None
    """Calibrated, 0 to 1; `None` where nothing was matched."""
    rule: str = ""
    """Name of the rule that decided, for `--explain` and logs; nothing depends on it."""
    topics: int = 1
    """How many of the things asked it speaks about; more than `answers` where one met a gap."""
    has_card: bool = False
    """Shows the card of a procedure, as a whole or again under an answer."""
    is_unclear: bool = False
    """No question was understood: what was said may have been no question."""
    question_type: QuestionType | None = None
    """What was asked for, as far as it was understood."""

    def as_text(self) -> str:
        """Render every part as plain text, paragraphs apart by one blank line."""
        return "\n\n".join(text for part in self.parts if (text := part_as_text(part)))

    def with_choice(self, choice: Choice) -> Reply:
        """The reply with one more choice behind those it has."""
        others = [part for part in self.parts if not isinstance(part, Choices)]
        return replace(self, parts=(*others, Choices((*self.choices, choice))))

    @property
    def choices(self) -> tuple[Choice, ...]:
        return tuple(
            option for part in self.parts if isinstance(part, Choices) for option in part.options
        )

    @property
    def sources(self) -> tuple[SourceNote, ...]:
        """Every source named in the reply, each once, in reading order."""
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
        case Choices(options):
            return "\n".join(f"{n}. {option.label}" for n, option in enumerate(options, 1))
        case _:
            assert_never(part)


def note_as_text(note: SourceNote) -> str:
    """The source and the place in it."""
    return f"{note.name} {note.article}" if note.article else note.name
