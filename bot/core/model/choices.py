"""What a choice does when it is pressed: one small class a kind, written as text and read back.

The text is what platforms carry and sessions keep, so a form never changes: a button of last week
has to work today.  A walk is named `<procedure>#<registration>`; its choices carry the step they
were made for, so that tapping twice moves but once.

What a newcomer would get wrong: texts come back from outside and may be old or forged.  `read`
checks the form only; whether there still is such an entry, step or region is for whoever acts.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

MOVES = ("next", "back", "here", "stop")
EXTRAS = ("list", "picture", "again", "other")
_ICS = "ics"


@dataclass(frozen=True, slots=True)
class ShowEntry:
    """The answer of an entry, for the region talked about: `e:<entry>`."""

    entry: str

    def __str__(self) -> str:
        return f"e:{self.entry}"


@dataclass(frozen=True, slots=True)
class ShowDetails:
    """What the answer of an entry rests on, whole: `i:<entry>`."""

    entry: str

    def __str__(self) -> str:
        return f"i:{self.entry}"


@dataclass(frozen=True, slots=True)
class PickRegion:
    """The open question answered for this region: `r:<short name>`."""

    region: str

    def __str__(self) -> str:
        return f"r:{self.region}"


@dataclass(frozen=True, slots=True)
class ShowRegions:
    """A page, from 1, of the regions that have a portal: `regions:<page>`."""

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
    """None of the choices beside it is what was meant: `none`."""

    def __str__(self) -> str:
        return "none"


@dataclass(frozen=True, slots=True)
class OpenAnswers:
    """Whole answers wherever the press comes from: `o:<entry>#<region>`, several apart by commas.

    The region of an answer is empty where it was given for none.
    """

    answers: tuple[tuple[str, str], ...]

    def __str__(self) -> str:
        return "o:" + ",".join(f"{entry}#{region}" for entry, region in self.answers)


@dataclass(frozen=True, slots=True)
class Calculate:
    """Work out a date: `d:<calculator>`, `d:<calculator>:<span>`, and `:ics` behind for a file.

    Without a span the date is asked for.
    """

    calculator: str
    span: str = ""
    as_file: bool = False

    def __str__(self) -> str:
        span = f":{self.span}" if self.span else ""
        return f"d:{self.calculator}{span}" + (f":{_ICS}" if self.as_file else "")


@dataclass(frozen=True, slots=True)
class StopCalculating:
    """Call a calculation off: `d:stop`."""

    def __str__(self) -> str:
        return "d:stop"


@dataclass(frozen=True, slots=True)
class MoveWalk:
    """Move a walk: `w:<move>:<walk>:<step>`, `n:…` under a message that has to stay.

    `w:<move>` alone moves the walk under way, whatever it is.
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
    """Answer the question of a step: `a:<walk>:<step>:<answer>`, `n:a:…` where it has to stay.

    The answer is the number of an outcome, from 0, or a date as a span is written.
    """

    walk: str
    step: str
    answer: str
    stays: bool = False

    def __str__(self) -> str:
        return _staying(f"a:{self.walk}:{self.step}:{self.answer}", stays=self.stays)


@dataclass(frozen=True, slots=True)
class ShowPapers:
    """The papers of a walk, to tick off: `k:<walk>:<step>`, `n:k:…` where it has to stay."""

    walk: str
    step: str = ""
    stays: bool = False

    def __str__(self) -> str:
        step = f":{self.step}" if self.step else ""
        return _staying(f"k:{self.walk}{step}", stays=self.stays)


@dataclass(frozen=True, slots=True)
class ShowSteps:
    """All steps of a walk: `m:<walk>:<step>`, `n:m:…` where it has to stay."""

    walk: str
    step: str = ""
    stays: bool = False

    def __str__(self) -> str:
        step = f":{self.step}" if self.step else ""
        return _staying(f"m:{self.walk}{step}", stays=self.stays)


@dataclass(frozen=True, slots=True)
class TickPaper:
    """A paper is at hand, or no longer: `t:<walk>:<code of the paper>`."""

    walk: str
    code: str

    def __str__(self) -> str:
        return f"t:{self.walk}:{self.code}"


@dataclass(frozen=True, slots=True)
class ResumeWalk:
    """Go on with a walk that is not under way, at this step: `g:<walk>:<step>`."""

    walk: str
    step: str

    def __str__(self) -> str:
        return f"g:{self.walk}:{self.step}"


@dataclass(frozen=True, slots=True)
class StartWalk:
    """A walk from its beginning: `p:<walk>`."""

    walk: str

    def __str__(self) -> str:
        return f"p:{self.walk}"


@dataclass(frozen=True, slots=True)
class SwitchWalk:
    """This walk instead of the one under way: `s:<walk>`."""

    walk: str

    def __str__(self) -> str:
        return f"s:{self.walk}"


@dataclass(frozen=True, slots=True)
class ShowExtra:
    """Something beside the cards, one of `EXTRAS`: `x:<what>:<walk>`; `x:other:` names no walk."""

    what: str
    walk: str = ""

    def __str__(self) -> str:
        return f"x:{self.what}:{self.walk}"


WalkTarget = (
    MoveWalk
    | AnswerStep
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
    | OpenAnswers
    | Calculate
    | StopCalculating
    | WalkTarget
)


def read(value: str) -> Target | None:
    """What a choice of this value does; `None` for a text that no kind has written."""
    kind, _, rest = value.partition(":")
    reader = _READERS.get(kind)
    return reader(rest) if reader else None


def replaces_card(value: str) -> bool:
    """Whether the message with this choice is a card that the reply may take the place of."""
    match read(value):
        case MoveWalk(walk=walk, stays=False):
            return bool(walk)
        case ShowPapers(step=step, stays=False) | ShowSteps(step=step, stays=False):
            return bool(step)
        case AnswerStep(stays=False) | TickPaper() | ResumeWalk():
            return True
        case _:
            return False


def _staying(value: str, *, stays: bool) -> str:
    return f"n:{value}" if stays else value


def _read_regions(page: str) -> ShowRegions | None:
    is_number = page.isascii() and page.isdigit() and len(page) < 3
    return ShowRegions(int(page)) if is_number and int(page) else None


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
        case "k":
            return _read_papers(inner, stays=True)
        case "m":
            return _read_steps(inner, stays=True)
        case _:
            return _read_move(rest, stays=True)


def _read_tick(rest: str) -> TickPaper:
    walk, _, code = rest.partition(":")
    return TickPaper(walk, code)


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
    "o": _read_answers,
    "d": _read_calculation,
    "w": _read_move,
    "n": _read_staying,
    "a": _read_answer,
    "k": _read_papers,
    "m": _read_steps,
    "t": _read_tick,
    "g": _read_resumption,
    "p": StartWalk,
    "s": SwitchWalk,
    "x": _read_extra,
}
