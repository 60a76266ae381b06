"""Define what a choice does when it is pressed: one class per kind, written as text and read back.

Platforms carry this text and sessions store it, so a form never changes: a button of last week has
to work today.  A walk is named `<procedure>#<registration>`; its choices carry the step they were
made for, so that a button that is pressed twice moves once.

What a newcomer would get wrong: the texts come back from outside and may be old or forged.  `read`
checks the form only; the caller checks that the entry, step or region still exists.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import ClassVar

from bot.core.model.reply import FAULTS, Reason

MOVES = ("next", "back", "here", "stop")
EXTRAS = ("list", "picture", "again", "other")
_ICS = "ics"
_UP, _DOWN = "up", "down"


@dataclass(frozen=True, slots=True)
class ShowEntry:
    """Show the answer of an entry, for the region of the conversation: `e:<entry>`."""

    entry: str

    def __str__(self) -> str:
        return f"e:{self.entry}"


@dataclass(frozen=True, slots=True)
class ShowDetails:
    """Show everything that the answer of an entry rests on: `i:<entry>`."""

    entry: str

    def __str__(self) -> str:
        return f"i:{self.entry}"


@dataclass(frozen=True, slots=True)
class PickRegion:
    """Answer the open question for this region: `r:<short name>`."""

    region: str

    def __str__(self) -> str:
        return f"r:{self.region}"


@dataclass(frozen=True, slots=True)
class ShowRegions:
    """Show a page, from 1, of the regions that have a portal: `regions:<page>`."""

    page: int

    def __str__(self) -> str:
        return f"regions:{self.page}"


@dataclass(frozen=True, slots=True)
class ClearContext:
    """Forget what was said before: `context:clear`."""

    def __str__(self) -> str:
        return "context:clear"


@dataclass(frozen=True, slots=True)
class NoneOfThese:
    """Reject the other choices of the reply: `none`."""

    def __str__(self) -> str:
        return "none"


@dataclass(frozen=True, slots=True)
class RateAnswer:
    """Say that the answer of an entry was good, or that it was not: `v:up:<entry>#<region>`.

    Without a region, which the answer may not have had, the `#` is left out.
    """

    entry: str
    is_good: bool
    region: str = ""

    def __str__(self) -> str:
        return f"v:{_UP if self.is_good else _DOWN}:{_told(self.entry, self.region)}"


@dataclass(frozen=True, slots=True)
class ReportFault:
    """Say what was wrong with the answer of an entry: `v:<fault>:<entry>#<region>`."""

    entry: str
    fault: Reason
    region: str = ""

    def __str__(self) -> str:
        return f"v:{self.fault}:{_told(self.entry, self.region)}"


@dataclass(frozen=True, slots=True)
class OpenAnswers:
    """Show whole answers, in any chat: `o:<entry>#<region>`, several separated by commas.

    The region is empty for an answer that was given for no region.
    """

    answers: tuple[tuple[str, str], ...]

    def __str__(self) -> str:
        return "o:" + ",".join(f"{entry}#{region}" for entry, region in self.answers)


@dataclass(frozen=True, slots=True)
class Calculate:
    """Work out a date: `d:<calculator>`, `d:<calculator>:<span>`, or with `:ics` for a file.

    Without a span the bot asks for the date.
    """

    calculator: str
    span: str = ""
    as_file: bool = False

    def __str__(self) -> str:
        span = f":{self.span}" if self.span else ""
        return f"d:{self.calculator}{span}" + (f":{_ICS}" if self.as_file else "")


@dataclass(frozen=True, slots=True)
class StopCalculating:
    """Cancel a calculation: `d:stop`."""

    def __str__(self) -> str:
        return "d:stop"


@dataclass(frozen=True, slots=True)
class MoveWalk:
    """Move a walk: `w:<move>:<walk>:<step>`, or `n:…` under a message that has to stay.

    `w:<move>` alone moves the walk under way, whichever it is.
    """

    move: str
    walk: str = ""
    step: str = ""
    stays: bool = False

    def __str__(self) -> str:
        if not self.walk:
            return f"w:{self.move}"
        return f"{'n' if self.stays else 'w'}:{self.move}:{self.walk}:{self.step}"


@dataclass(frozen=True, slots=True)
class AnswerStep:
    """Answer the question of a step: `a:<walk>:<step>:<answer>`, or `n:a:…` if the message stays.

    The answer is the number of an outcome, from 0, or a date in the form of a span.
    """

    walk: str
    step: str
    answer: str
    stays: bool = False

    def __str__(self) -> str:
        return _staying(f"a:{self.walk}:{self.step}:{self.answer}", stays=self.stays)


@dataclass(frozen=True, slots=True)
class PickOption:
    """Tick an option of a step's question, or untick it: `u:<walk>:<step>:<number>`, from 0.

    `DONE` in place of the number completes the answer.  `n:u:…` if the message stays.
    """

    DONE: ClassVar[str] = "done"
    walk: str
    step: str
    option: str
    stays: bool = False

    def __str__(self) -> str:
        return _staying(f"u:{self.walk}:{self.step}:{self.option}", stays=self.stays)


@dataclass(frozen=True, slots=True)
class ShowOptions:
    """Show a page, from 1, of a step's options: `l:<walk>:<step>:<group>:<page>`.

    The group is its number, from 0; empty for the list of groups, or where there are none.
    `n:l:…` if the message stays.
    """

    walk: str
    step: str
    group: str = ""
    page: int = 1
    stays: bool = False

    def __str__(self) -> str:
        return _staying(f"l:{self.walk}:{self.step}:{self.group}:{self.page}", stays=self.stays)


@dataclass(frozen=True, slots=True)
class ShowPapers:
    """Show the papers of a walk, to tick: `k:<walk>:<step>`, or `n:k:…` if the message stays."""

    walk: str
    step: str = ""
    stays: bool = False

    def __str__(self) -> str:
        step = f":{self.step}" if self.step else ""
        return _staying(f"k:{self.walk}{step}", stays=self.stays)


@dataclass(frozen=True, slots=True)
class ShowSteps:
    """Show all steps of a walk: `m:<walk>:<step>`, or `n:m:…` if the message stays."""

    walk: str
    step: str = ""
    stays: bool = False

    def __str__(self) -> str:
        step = f":{self.step}" if self.step else ""
        return _staying(f"m:{self.walk}{step}", stays=self.stays)


@dataclass(frozen=True, slots=True)
class TickPaper:
    """Tick a paper or untick it: `t:<walk>:<code of the paper>`.

    `n:t:…` if the message with the list stays; then only what is left is said.
    """

    walk: str
    code: str
    stays: bool = False

    def __str__(self) -> str:
        return _staying(f"t:{self.walk}:{self.code}", stays=self.stays)


@dataclass(frozen=True, slots=True)
class ResumeWalk:
    """Resume a walk that is not under way, at this step: `g:<walk>:<step>`."""

    walk: str
    step: str

    def __str__(self) -> str:
        return f"g:{self.walk}:{self.step}"


@dataclass(frozen=True, slots=True)
class StartWalk:
    """Start a walk at its first step: `p:<walk>`."""

    walk: str

    def __str__(self) -> str:
        return f"p:{self.walk}"


@dataclass(frozen=True, slots=True)
class SwitchWalk:
    """Change from the walk under way to this one: `s:<walk>`."""

    walk: str

    def __str__(self) -> str:
        return f"s:{self.walk}"


@dataclass(frozen=True, slots=True)
class ShowExtra:
    """Show one of `EXTRAS` beside the cards: `x:<what>:<walk>`.

    `x:other:` names no walk but a page of the menu, `x:other:2`; none is the first.
    """

    what: str
    walk: str = ""

    def __str__(self) -> str:
        return f"x:{self.what}:{self.walk}"


WalkTarget = (
    MoveWalk
    | AnswerStep
    | PickOption
    | ShowOptions
    | ShowPapers
    | ShowSteps
    | TickPaper
    | ResumeWalk
    | StartWalk
    | SwitchWalk
    | ShowExtra
)
Target = (
    ShowEntry
    | ShowDetails
    | PickRegion
    | ShowRegions
    | ClearContext
    | NoneOfThese
    | RateAnswer
    | ReportFault
    | OpenAnswers
    | Calculate
    | StopCalculating
    | WalkTarget
)


def read(value: str) -> Target | None:
    """Read the value of a choice; `None` if no kind writes such a text."""
    kind, _, rest = value.partition(":")
    reader = _READERS.get(kind)
    return reader(rest) if reader else None


def in_words(value: str) -> str:
    """Return the value of a choice that was taken in words: no message is replaced by them."""
    target = read(value)
    return str(replace(target, stays=True)) if isinstance(target, TickPaper) else value


def replaces_card(value: str) -> bool:
    """Return whether the choice is under a message that the reply may replace, such as a card."""
    match read(value):
        case MoveWalk(walk=walk, stays=False):
            return bool(walk)
        case ShowPapers(step=step, stays=False) | ShowSteps(step=step, stays=False):
            return bool(step)
        case PickOption(stays=False) | ShowOptions(stays=False):
            return True
        case AnswerStep(stays=False) | TickPaper(stays=False) | ResumeWalk() | ReportFault():
            return True
        case _:
            return False


def _staying(value: str, *, stays: bool) -> str:
    return f"n:{value}" if stays else value


def _read_regions(page: str) -> ShowRegions | None:
    is_number = page.isascii() and page.isdigit() and len(page) < 3
    return ShowRegions(int(page)) if is_number and int(page) else None


def _told(entry: str, region: str) -> str:
    return f"{entry}#{region}" if region else entry


def _read_rating(rest: str) -> RateAnswer | ReportFault | None:
    way, _, told = rest.partition(":")
    entry, _, region = told.partition("#")
    if way in (_UP, _DOWN):
        return RateAnswer(entry, way == _UP, region)
    return ReportFault(entry, Reason(way), region) if way in FAULTS else None


def _read_answers(rest: str) -> OpenAnswers:
    pairs = (one.partition("#") for one in rest.split(","))
    return OpenAnswers(tuple((entry, region) for entry, _, region in pairs))


def _read_calculation(rest: str) -> Calculate | StopCalculating | None:
    if rest == "stop":
        return StopCalculating()
    name, _, behind = rest.partition(":")
    span, _, wish = behind.partition(":")
    return Calculate(name, span, wish == _ICS) if wish in ("", _ICS) else None


def _read_move(rest: str, *, stays: bool = False) -> MoveWalk | None:
    move, _, place = rest.partition(":")
    walk, _, step = place.partition(":")
    return MoveWalk(move, walk, step, stays) if move in MOVES else None


def _read_answer(rest: str, *, stays: bool = False) -> AnswerStep:
    walk, _, place = rest.partition(":")
    step, _, answer = place.partition(":")
    return AnswerStep(walk, step, answer, stays)


def _read_pick(rest: str, *, stays: bool = False) -> PickOption:
    walk, _, place = rest.partition(":")
    step, _, option = place.partition(":")
    return PickOption(walk, step, option, stays)


def _read_options(rest: str, *, stays: bool = False) -> ShowOptions | None:
    walk, _, place = rest.partition(":")
    step, _, where = place.partition(":")
    group, _, page = where.partition(":")
    is_fitting = _is_number(page) and (not group or _is_number(group))
    return ShowOptions(walk, step, group, int(page), stays) if is_fitting else None


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 3


def _read_papers(rest: str, *, stays: bool = False) -> ShowPapers:
    walk, _, step = rest.partition(":")
    return ShowPapers(walk, step, stays)


def _read_steps(rest: str, *, stays: bool = False) -> ShowSteps:
    walk, _, step = rest.partition(":")
    return ShowSteps(walk, step, stays)


def _read_staying(rest: str) -> Target | None:
    kind, _, inner = rest.partition(":")
    match kind:
        case "a":
            return _read_answer(inner, stays=True)
        case "u":
            return _read_pick(inner, stays=True)
        case "l":
            return _read_options(inner, stays=True)
        case "k":
            return _read_papers(inner, stays=True)
        case "m":
            return _read_steps(inner, stays=True)
        case "t":
            return _read_tick(inner, stays=True)
        case _:
            return _read_move(rest, stays=True)


def _read_tick(rest: str, *, stays: bool = False) -> TickPaper:
    walk, _, code = rest.partition(":")
    return TickPaper(walk, code, stays)


def _read_resumption(rest: str) -> ResumeWalk:
    walk, _, step = rest.partition(":")
    return ResumeWalk(walk, step)


def _read_extra(rest: str) -> ShowExtra | None:
    what, _, walk = rest.partition(":")
    return ShowExtra(what, walk) if what in EXTRAS else None


_READERS: dict[str, Callable[[str], Target | None]] = {
    "e": ShowEntry,
    "i": ShowDetails,
    "r": PickRegion,
    "regions": _read_regions,
    "context": lambda what: ClearContext() if what == "clear" else None,
    "none": lambda _: NoneOfThese(),
    "v": _read_rating,
    "o": _read_answers,
    "d": _read_calculation,
    "w": _read_move,
    "n": _read_staying,
    "a": _read_answer,
    "u": _read_pick,
    "l": _read_options,
    "k": _read_papers,
    "m": _read_steps,
    "t": _read_tick,
    "g": _read_resumption,
    "p": StartWalk,
    "s": SwitchWalk,
    "x": _read_extra,
}
