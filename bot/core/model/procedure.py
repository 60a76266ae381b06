"""Hold procedures as frozen data: graphs of steps, their questions and the ways on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from bot.core.model.conditions import Condition
from bot.core.model.entry import Citation


@dataclass(frozen=True, slots=True)
class Transition:
    """A way on; without `registrations` it is open to all, and `label` is shown on drawings."""

    to: str
    label: str | None = None
    registrations: tuple[str, ...] = ()
    outcome: str | None = None
    """Name of what has to happen (受理, 不受理); `None` if no outcome is needed."""
    is_setback: bool = False
    """Taken when something went wrong; never part of the path shown in advance."""
    also: tuple[str, ...] = ()
    """Other words for the outcome, as people say it at this step."""
    when: tuple[Condition, ...] = ()
    """Answers that open it: one of these conditions has to hold; empty: whatever was answered."""
    is_otherwise: bool = False
    """Taken where no other transition of the step is."""


class QuestionKind(StrEnum):
    """The form of an answer to a step's question."""

    CHOICE = "choice"
    """One of the question's options, or of the outcomes of the step's transitions."""
    SEVERAL = "several"
    """Any number of the question's options; stored as `joined` joins them."""
    YES_NO = "yes_no"
    """是 or 否, which may be outcomes too."""
    NUMBER = "number"
    DATE = "date"
    TEXT = "text"
    """A few words of the person's own; no way depends on what they mean."""


YES, NO = "是", "否"
"""The answers to a question of kind `YES_NO`, as they are stored and as transitions name them."""


def joined(options: Iterable[str]) -> str:
    """Return the answer that consists of these options; empty if none was chosen."""
    return "\n".join(options)


def split_up(answer: str) -> tuple[str, ...]:
    """Invert `joined`."""
    return tuple(answer.split("\n")) if answer else ()


MOST_ON_A_CARD = 10
"""Options of a question that are shown at once."""


@dataclass(frozen=True, slots=True)
class Option:
    """An answer on a list, with other words for it and the group it is listed under."""

    name: str
    also: tuple[str, ...] = ()
    group: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """The question of a step; `least` and `most` bound a number, as text."""

    kind: QuestionKind
    text: str
    why: str | None = None
    """The reply to a person who asks why this is asked, or who does not want to say."""
    least: str | None = None
    most: str | None = None
    unit: str = ""
    allows_future: bool = False
    """A date after today is accepted."""
    options: tuple[Option, ...] = ()
    decimals: int = 0
    """Digits that a number may have after the point."""

    @property
    def is_long(self) -> bool:
        """Return whether its options are too many for one card."""
        return len(self.options) > MOST_ON_A_CARD


@dataclass(frozen=True, slots=True)
class Step:
    """A stop: who does what; an empty `actor` is left out on drawings and cards."""

    id: str
    action: str
    actor: str | None = None
    notes: tuple[str, ...] = ()
    transitions: tuple[Transition, ...] = ()
    elsewhere: str | None = None
    """The action as shown in other regions, without the website of the procedure's region."""
    has_portal: bool = False
    """Is done on a website; the card names the one of the person's region."""
    has_papers: bool = False
    """Is where the papers are handed in; the card lists them to tick off."""
    question: Question | None = None
    related: tuple[str, ...] = ()
    """Ids of entries that say more."""
    each: str = ""
    """Id of the step that asks how often this one is repeated; empty: it is not."""
    is_wait: bool = False
    """The person has nothing to do here but wait for somebody else."""

    @property
    def label(self) -> str:
        return f"{self.actor}:{self.action}" if self.actor else self.action


@dataclass(frozen=True, slots=True, eq=False)
class Procedure:
    """A guided path: a graph of steps, stored and linked by id, never by position.

    Two procedures are equal only if they are the same object.  A procedure without `registrations`
    has one kind, whose name is the empty string.
    """

    id: str
    title: str
    start: str
    steps: Mapping[str, Step]
    registrations: tuple[str, ...]
    citations: tuple[Citation, ...]
    regions: tuple[str, ...] = ()
    materials: Mapping[str, str] = field(default_factory=dict)
    """Maps a registration to the id of the entry that lists its papers."""
    without_path: Mapping[str, str] = field(default_factory=dict)
    """Maps a registration without a path in the graph to the id of the entry shown instead."""
    remarks: Mapping[str, str] = field(default_factory=dict)
    """Maps a registration to a text that is shown at its first step."""
    renamed: Mapping[str, str] = field(default_factory=dict)
    """Maps a former step id to the current one."""
    when_late: str = ""
    """Whom to ask if the steps on which one waits take long."""

    @property
    def kinds(self) -> tuple[str, ...]:
        """Return the kinds that can be walked; one without a name if there are no registrations."""
        return self.registrations or ("",)
