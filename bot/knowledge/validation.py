"""Validate plain data against a form of `bot.knowledge.schema`.

A file with one invalid item still yields its valid ones, so that the checks across files run in the
same pass.  Validation is strict: a number is not a text and a text is not a date.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

from pydantic import BaseModel, ValidationError

from bot.errors import Problem
from bot.knowledge.messages import explain, is_mark
from bot.knowledge.reading.files import MAX_PROBLEMS
from bot.knowledge.reading.located import Located, Trail

F = TypeVar("F", bound=BaseModel)
G = TypeVar("G", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Item(Generic[F]):
    """A valid form and its place in a file."""

    form: F
    file: Located
    trail: Trail = ()

    def problem(self, message: str, *steps: str | int) -> Problem:
        """Return a problem at the item, or further inside along `steps`."""
        return self.file.problem((*self.trail, *steps), message)

    @property
    def place(self) -> str:
        return f"{self.file.name}:{self.file.line(self.trail)}"


def validate(file: Located, form: type[F]) -> tuple[F | None, list[Problem]]:
    """Return the file as a form, or its problems, except on lines that have one already."""
    if file.data is None:
        return None, []
    try:
        return form.model_validate(file.data, strict=True), []
    except ValidationError as error:
        known = {problem.line for problem in file.problems}
        found = [problem for problem in _problems(file, form, error) if problem.line not in known]
        return None, found[:MAX_PROBLEMS]


def valid_items(
    file: Located, key: str, whole: BaseModel | None, form: type[G]
) -> Iterator[Item[G]]:
    """Yield the valid items under `key`; of an invalid `whole` file each is validated alone."""
    if whole is not None:
        for index, item in enumerate(getattr(whole, key)):
            yield Item(item, file, (key, index))
        return
    for index, row in enumerate(rows(file, key)):
        try:
            yield Item(form.model_validate(row, strict=True), file, (key, index))
        except ValidationError:
            continue  # reported by the validation of the whole file


def rows(file: Located, key: str) -> list[object]:
    """Return the raw list under `key`; empty if there is none."""
    found = file.data.get(key) if isinstance(file.data, dict) else None
    return list(found) if isinstance(found, list) else []


def _problems(file: Located, form: type[BaseModel], error: ValidationError) -> Iterator[Problem]:
    for details in error.errors(include_url=False):
        trail = tuple(step for step in details["loc"] if not is_mark(step))
        yield file.problem(trail, explain(details, form))
