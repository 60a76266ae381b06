"""No pattern of ours takes more than linear time, whatever it is given.

Every pattern of the code is found, strings that could hurt it are built from its own parts, and the
strings grow.  Compared are times of one pattern with each other, never with a clock on the wall.
"""

from __future__ import annotations

import ast
import importlib
import pkgutil
import re
import sys
from collections.abc import Callable, Iterator, Mapping, Set
from dataclasses import fields, is_dataclass
from pathlib import Path
from re import _constants as codes  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from time import process_time
from typing import Any

import pytest

import bot
from bot.redaction import Redactor

LONGEST = 8192
"""Longer than any text that reaches a pattern; a quadratic one takes a second there."""
WORTH_COMPARING_S = 0.004
STEP = 8
MOST_GROWTH = 24
"""Times the string's length grows by `STEP`, the time of a linear pattern does; 64 is quadratic."""
ENDS = ("", "\0", "\n", "\nx")


def modules() -> Iterator[Any]:
    for found in pkgutil.walk_packages(bot.__path__, "bot."):
        if not found.name.endswith("__main__") and ".migrations." not in found.name:
            yield importlib.import_module(found.name)


def held(thing: object, depth: int = 4) -> Iterator[re.Pattern[str]]:
    """The patterns in a value of a module."""
    if isinstance(thing, re.Pattern):
        yield thing
    elif depth and isinstance(thing, Mapping):
        for value in thing.values():
            yield from held(value, depth - 1)
    elif depth and isinstance(thing, list | tuple | Set):
        for value in thing:
            yield from held(value, depth - 1)
    elif depth and is_dataclass(thing) and not isinstance(thing, type):
        for each in fields(thing):
            yield from held(getattr(thing, each.name, None), depth - 1)


def written(source: str) -> Iterator[str]:
    """The patterns that stand in a call of `re`, without a name."""
    for node in ast.walk(ast.parse(source)):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and isinstance(node.func.value, ast.Name)
            and node.func.value.id == "re"
            and node.args
            and isinstance(node.args[0], ast.Constant)
        ):
            yield node.args[0].value


def all_patterns() -> dict[str, re.Pattern[str]]:
    found: dict[str, re.Pattern[str]] = {}
    for module in modules():
        for name, value in vars(module).items():
            for number, pattern in enumerate(held(value)):
                found.setdefault(f"{module.__name__}.{name}.{number}", pattern)
        for text in written(Path(module.__file__).read_text("utf-8")):
            found[f"{module.__name__}: {text}"] = re.compile(text)
    found["redactor"] = Redactor(["secret-words"])._pattern
    unique = {(p.pattern, p.flags): name for name, p in found.items() if isinstance(p.pattern, str)}
    return {name: found[name] for name in unique.values()}


def sample(parsed: Any) -> str:
    """A short string that the parsed pattern takes, more or less."""
    return "".join(one(code, value) for code, value in parsed)


def one(code: Any, value: Any) -> str:  # noqa: C901  one case a kind of part
    match code:
        case codes.LITERAL:
            return chr(value)
        case codes.NOT_LITERAL:
            return "a" if value != ord("a") else "b"
        case codes.ANY:
            return "a"
        case codes.IN:
            return next(members(value), "一")
        case codes.MAX_REPEAT | codes.MIN_REPEAT | codes.POSSESSIVE_REPEAT:
            return sample(value[2]) * max(1, value[0])
        case codes.SUBPATTERN:
            return sample(value[3])
        case codes.ATOMIC_GROUP:
            return sample(value)
        case codes.BRANCH:
            return sample(value[1][0])
        case _:
            return ""


KINDS = {
    codes.CATEGORY_SPACE: " ",
    codes.CATEGORY_DIGIT: "1",
    codes.CATEGORY_WORD: "a",
    codes.CATEGORY_NOT_SPACE: "a",
    codes.CATEGORY_NOT_DIGIT: "a",
    codes.CATEGORY_NOT_WORD: " ",
}


def members(value: Any) -> Iterator[str]:
    if value and value[0][0] is codes.NEGATE:
        taken = re.compile("[" + re.escape("".join(members(value[1:]))) + "]") if value[1:] else None
        yield from (c for c in "a1一,! " if taken is None or not taken.match(c))
        return
    for code, what in value:
        match code:
            case codes.LITERAL:
                yield chr(what)
            case codes.RANGE:
                yield chr(what[0])
            case codes.CATEGORY:
                yield KINDS.get(what, "a")


def repeats(parsed: Any, before: str = "") -> Iterator[tuple[str, Any]]:
    """Each repetition of a pattern with what stands before it."""
    for code, value in parsed:
        match code:
            case codes.MAX_REPEAT | codes.MIN_REPEAT | codes.POSSESSIVE_REPEAT:
                if value[1] > 3:
                    yield before, value[2]
                yield from repeats(value[2], before)
            case codes.SUBPATTERN:
                yield from repeats(value[3], before)
            case codes.ATOMIC_GROUP:
                yield from repeats(value, before)
            case codes.BRANCH:
                for branch in value[1]:
                    yield from repeats(branch, before)
            case codes.ASSERT | codes.ASSERT_NOT:
                yield from repeats(value[1], before)
        before += one(code, value)


def pumps(parsed: Any) -> Iterator[str]:
    """What may be taken again and again by a repetition."""
    yield sample(parsed)
    for code, value in parsed:
        if code is codes.IN:
            yield from list(members(value))[:6]
        elif code is codes.BRANCH:
            yield from (sample(branch) for branch in value[1])
        elif code is codes.SUBPATTERN:
            yield from pumps(value[3])


def hostile(pattern: re.Pattern[str]) -> Iterator[Callable[[int], str]]:
    """Makers of strings of about a given length that could hurt the pattern."""
    parsed = parser.parse(pattern.pattern, pattern.flags & ~re.DEBUG)
    whole = sample(parsed)
    pieces = {("", whole), ("", whole[:-1]), ("", whole[:1]), ("", whole[:2])}
    for before, inner in repeats(parsed):
        for pump in pumps(inner):
            pieces |= {(before, pump), ("", before + pump), ("", before[-1:] + pump)}
            pieces.add(("", before + pump * 40))
    for before, pump in sorted(pieces):
        for end in ENDS if pump else ():
            yield lambda n, before=before, pump=pump, end=end: (
                before + pump * (n // len(pump)) + end
            )


def seconds(run: Callable[[str], object], text: str, times: int = 1) -> float:
    best = 9e9
    for _ in range(times):
        began = process_time()
        run(text)
        best = min(best, process_time() - began)
    return best


def growth(run: Callable[[str], object], make: Callable[[int], str]) -> float:
    """How many times longer a string of `STEP` times the length takes, at a size that shows it."""
    length = 16
    while length < LONGEST and seconds(run, make(length)) < WORTH_COMPARING_S:
        length = max(length + 4, length * 5 // 4 if length < 64 else length * 2)
    if length >= LONGEST and seconds(run, make(LONGEST)) < WORTH_COMPARING_S:
        return 0.0
    small = max(seconds(run, make(max(1, length // STEP)), 5), 1e-7)
    return seconds(run, make(length), 3) / small


def ways(pattern: re.Pattern[str]) -> tuple[Callable[[str], object], ...]:
    def everywhere(text: str) -> object:
        return sum(1 for _ in pattern.finditer(text))

    return pattern.fullmatch, everywhere


PATTERNS = all_patterns()


def test_the_patterns_of_the_code_are_found() -> None:
    assert len(PATTERNS) > 60
    assert any("dates" in name for name in PATTERNS)
    assert any("question_cues" in name for name in PATTERNS)
    assert any("storage.postgres" in name for name in PATTERNS)


@pytest.mark.parametrize("name", sorted(PATTERNS))
def test_a_pattern_takes_linear_time(name: str) -> None:
    pattern = PATTERNS[name]
    for make in hostile(pattern):
        for run in ways(pattern):
            # A second look, for a machine that was busy with something else.
            if growth(run, make) > MOST_GROWTH and growth(run, make) > MOST_GROWTH:
                pytest.fail(f"{pattern.pattern!r} is slow for {make(24)!r} and longer")


@pytest.mark.parametrize(
    ("pattern", "is_slow"),
    [
        (r"(.+?)[，, ]*(?:\1[，, ]*)+", True),
        (r"\s+(?=x)", True),
        (r"(a|a)*b", True),
        (r"[\w.]+@", True),
        (r"(?<![\w.])[\w.]++@", False),
        (r"[a-z]+", False),
    ],
)
def test_the_strings_find_what_is_known_to_be_slow(pattern: str, is_slow: bool) -> None:
    compiled = re.compile(pattern)
    worst = max(growth(run, make) for make in hostile(compiled) for run in ways(compiled))
    assert (worst > MOST_GROWTH) == is_slow
