"""Values that the forms of several files share: lines, ids, words to choose from."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    StringConstraints,
)

from bot.core.model.shorthand import expand

Line = Annotated[str, StringConstraints(min_length=1, max_length=200, strip_whitespace=True)]
Prose = Annotated[str, StringConstraints(min_length=1, max_length=2000, strip_whitespace=True)]


def _expandable(line: str) -> str:
    expand(line)
    return line


Wordings = Annotated[Line, AfterValidator(_expandable)]
"""A line that may stand for several wordings, see `bot.core.model.shorthand`."""


def _grouped(line: str) -> str:
    if not all(word for group in line.split() for word in group.split("|")):
        raise ValueError("| 的两边都要有词；各组之间用空格隔开，如 拿|取得 证 办")
    return line


CueLine = Annotated[Line, AfterValidator(_grouped)]
"""Groups of words apart by blanks, the words of a group by `|`."""
Price = Annotated[str, StringConstraints(pattern=r"^\d{1,9}(\.\d{1,4})?$")]
"""A price as decimal text."""
Id = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{1,63}$")]
PointText = Annotated[str, StringConstraints(pattern=r"^-?\d{1,2}(\.\d+)? -?\d{1,3}(\.\d+)?$")]
"""Latitude and longitude in degrees."""
RuleWord = Literal["within", "not_before", "before_expiry", "keeps"]
OutcomeWord = Literal["open", "late", "early", "free", "short"]
ConfidenceWord = Literal["high", "medium", "low", "memory"]
QuestionWord = Literal[
    "yes_no",
    "how_long",
    "when",
    "how_many",
    "how_much",
    "who",
    "where",
    "which",
    "difference",
    "consequence",
    "refusal",
    "undo",
    "reason",
    "list",
]
"""The values of `QuestionType`."""
RoleWord = Literal["place", "service", "aspect", "subject", "detail"]
InheritedWord = Literal["phrases", "regions", "synonyms", "smalltalk"]
SlotName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z_]{0,30}$")]


class Form(BaseModel):
    """Every form of a file: unknown keys are mistakes."""

    model_config = ConfigDict(extra="forbid", frozen=True)
