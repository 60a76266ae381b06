"""No pattern of ours takes more than linear time, whatever it is given.

Every pattern of the code is found, strings that could hurt it are built from its own parts, and the
strings grow.  Compared are times of one pattern with each other, never with a clock on the wall.
"""

from __future__ import annotations

import ast
import gc
import importlib
import pkgutil
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import cache
from itertools import islice
from pathlib import Path
from re import _constants as codes  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from time import process_time
from typing import Any

import pytest

import bot
from bot.redaction import Redactor

SIZES = (500, 1000, 2000, 4000)
FLOOR_S = 0.0003
"""Time at the largest size up to which nobody is hurt."""
MOST_GROWTH = 2.8
"""Times as long that a string of twice the length may take; 2 is linear, 4 quadratic."""
FIRST_LOOK = (20, 200, 2000)
SUSPICIOUS = 20.0
"""Times as long that a string of ten times the length may take before it is looked at closely."""
TOO_LONG_S = 0.02
MOST_STRINGS = 400
MOST_PUMPS = 8
METHODS = ("search", "finditer", "sub", "split", "match", "fullmatch")
GENERIC = (
    (" ",),
    ("\n",),
    ("a.",),
    (".",),
    ("四川", " ", "在哪"),
    ("1",),
    ("@",),
    ("a",),
    ("a", "@"),
    ("一",),
    ("是不",),
    ("，",),
    ("、a",),
    ("<",),
    ("://:",),
    ("a b ",),
)
"""Strings that hurt many a pattern: what is repeated, or what stands before it, it, and the end."""

Run = Callable[[str], object]


@dataclass(frozen=True, slots=True)
class Hostile:
    """A string of any length: a beginning, something again and again, an end."""

    before: str
    pump: str
    end: str = ""

    def of(self, length: int) -> str:
        return self.before + self.pump * (length // len(self.pump)) + self.end


# What is looked at.


@dataclass(frozen=True, slots=True)
class Found:
    """A pattern, and the methods that the code calls on it."""

    pattern: re.Pattern[str]
    methods: frozenset[str]

    @property
    def runs(self) -> Iterator[Run]:
        if self.methods & {"search", "finditer", "findall", "sub", "subn", "split"}:
            yield lambda text: sum(1 for _ in self.pattern.finditer(text))
        if "fullmatch" in self.methods:
            yield self.pattern.fullmatch
        if "match" in self.methods:
            yield self.pattern.match


@cache
def modules() -> tuple[Any, ...]:
    names = (found.name for found in pkgutil.walk_packages(bot.__path__, "bot."))
    return tuple(
        importlib.import_module(name)
        for name in names
        if not name.endswith("__main__") and ".migrations." not in name
    )


def held(thing: object, depth: int = 4) -> Iterator[re.Pattern[str]]:
    """The patterns in a value of a module."""
    if isinstance(thing, re.Pattern):
        yield thing
        return
    if not depth:
        return
    inner: Iterable[object] = ()
    if isinstance(thing, Mapping):
        inner = (*thing.keys(), *thing.values())
    elif isinstance(thing, list | tuple | AbstractSet):
        inner = tuple(thing)
    elif getattr(type(thing), "__module__", "").startswith("bot."):
        slots = getattr(type(thing), "__slots__", ())
        inner = [getattr(thing, name, None) for name in slots]
        inner += vars(thing).values() if hasattr(thing, "__dict__") else ()
    elif isinstance(thing, type) and thing.__module__.startswith("bot."):
        inner = tuple(vars(thing).values())
    for value in inner:
        yield from held(value, depth - 1)


def tree_of(module: Any) -> ast.Module:
    return ast.parse(Path(module.__file__).read_text("utf-8"))


def calls(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """Names and the methods that are called on them: `_SPACE.sub(…)`, or passed on: `_SPACE.sub`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            yield node.value.id, node.attr


def written(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """The patterns that stand in a call of `re`, without a name, with the function."""
    for node in ast.walk(tree):
        match node:
            case ast.Call(
                func=ast.Attribute(value=ast.Name(id="re"), attr=method),
                args=[ast.Constant(value=str(text)), *_],
            ):
                yield text, method


def methods_of(name: str, module: Any) -> frozenset[str]:
    used = {method for named, method in calls(tree_of(module)) if named == name}
    return frozenset(used & {*METHODS, "findall", "subn"}) or frozenset(METHODS)


def every_pattern() -> dict[str, Found]:
    found: dict[tuple[str, int], tuple[str, Found]] = {}
    for module in modules():
        for name, value in vars(module).items():
            for number, pattern in enumerate(held(value)):
                label = f"{module.__name__}.{name}.{number}"
                key = (str(pattern.pattern), pattern.flags)
                if isinstance(pattern.pattern, str) and key not in found:
                    found[key] = label, Found(pattern, methods_of(name, module))
        for text, method in written(tree_of(module)):
            if method in METHODS:
                label = f"{module.__name__}: {text}"
                found[text, -1] = label, Found(re.compile(text), frozenset({method}))
    return dict(found.values())


# Strings that could hurt a pattern, from its own parts.

REPEATS = (codes.MAX_REPEAT, codes.MIN_REPEAT, codes.POSSESSIVE_REPEAT)
KINDS = {
    codes.CATEGORY_SPACE: " ",
    codes.CATEGORY_DIGIT: "1",
    codes.CATEGORY_WORD: "a",
    codes.CATEGORY_NOT_SPACE: "a",
    codes.CATEGORY_NOT_DIGIT: "a",
    codes.CATEGORY_NOT_WORD: " ",
}


def sample(parsed: Any) -> str:
    """A short string that the parsed pattern takes, more or less."""
    return "".join(one(code, value) for code, value in parsed)


def one(code: Any, value: Any) -> str:
    if code is codes.LITERAL:
        return chr(value)
    if code in REPEATS:
        return sample(value[2]) * max(1, value[0])
    if code is codes.BRANCH:
        return sample(value[1][0])
    return next(characters(code, value), "") or sample(next(parts(code, value), ()))


def characters(code: Any, value: Any) -> Iterator[str]:
    """Some characters that a part of a pattern takes; none if it is made of others."""
    if code is codes.LITERAL:
        yield chr(value)
    elif code is codes.ANY:
        yield from "a.1 "
    elif code is codes.NOT_LITERAL:
        yield from (c for c in "a1 " if ord(c) != value)
    elif code is codes.IN:
        yield from members(value)


def members(value: Any) -> Iterator[str]:
    if value and value[0][0] is codes.NEGATE:
        taken = "".join(members(value[1:]))
        yield from (c for c in "a1一,. " if c not in taken)
        return
    for code, what in value:
        if code is codes.LITERAL:
            yield chr(what)
        elif code is codes.RANGE:
            yield chr(what[0])
        elif code is codes.CATEGORY:
            yield KINDS.get(what, "a")


def parts(code: Any, value: Any) -> Iterator[Any]:
    """The patterns that a part is made of."""
    if code in REPEATS:
        yield value[2]
    elif code is codes.SUBPATTERN:
        yield value[3]
    elif code is codes.ATOMIC_GROUP:
        yield value
    elif code is codes.BRANCH:
        yield from value[1]
    elif code in (codes.ASSERT, codes.ASSERT_NOT):
        yield value[1]


def repetitions(parsed: Any, before: str = "") -> Iterator[tuple[str, Any]]:
    """Each repetition without a small bound, with what stands before it in the pattern."""
    for code, value in parsed:
        if code in REPEATS and value[1] > 15:
            yield before, value[2]
        for part in parts(code, value):
            yield from repetitions(part, before)
        before += one(code, value)


def pumps(parsed: Any) -> Iterator[str]:
    """What may be taken again and again by a repetition."""
    yield sample(parsed)
    for code, value in parsed:
        yield from islice(characters(code, value), MOST_PUMPS)
        for part in parts(code, value):
            yield from pumps(part)


def hostile(pattern: re.Pattern[str]) -> list[Hostile]:
    """Strings that could hurt the pattern; those that hurt many come first."""
    parsed = parser.parse(pattern.pattern, pattern.flags & ~re.DEBUG)
    found = [Hostile(*(("", *each) if len(each) == 1 else each)) for each in GENERIC]
    whole = sample(parsed)
    found += [Hostile("", part) for part in (whole, whole[:-1], whole[:1], whole[:2])]
    repeated = list(repetitions(parsed))
    ends = ["", "\0", *dict.fromkeys(p[:1] for _, inner in repeated for p in pumps(inner))][:8]
    for before, inner in repeated:
        for pump in islice(dict.fromkeys(pumps(inner)), 2 * MOST_PUMPS):
            found += [Hostile(before, pump, end) for end in ends if end != pump]
            found += [Hostile("", before + pump), Hostile(before[-1:], before[-1:] + pump, "\0")]
            found.append(Hostile(before + "b", pump, "\0b"))
    return [each for each in dict.fromkeys(found) if each.pump][:MOST_STRINGS]


# How time grows.


def seconds(run: Run, text: str, times: int) -> float:
    best = 9e9
    for _ in range(times):
        began = process_time()
        run(text)
        best = min(best, process_time() - began)
    return best


def is_suspicious(run: Run, string: Hostile) -> bool:
    """Whether a quick look says that the time may grow faster than the string."""
    last = 0.0
    for length in FIRST_LOOK:
        taken = seconds(run, string.of(length), 1)
        if taken > TOO_LONG_S and taken > SUSPICIOUS * last:
            return True
        if taken > TOO_LONG_S:
            return False
        before, last = last, max(taken, 1e-6)
    return last > FLOOR_S / 4 and last > SUSPICIOUS * before


def growth(run: Run, string: Hostile) -> float:
    """Times as long that twice the length takes; 0 if the largest size takes no time to speak of."""
    sizes = SIZES
    while seconds(run, string.of(sizes[0]), 1) > TOO_LONG_S and sizes[0] > 8:
        sizes = tuple(size // 4 for size in sizes)
    taken = [max(seconds(run, string.of(size), 4), 1e-7) for size in sizes]
    if sizes == SIZES and taken[-1] < FLOOR_S:
        return 0.0
    return float((taken[-1] / taken[-3]) ** 0.5)


def slowest(found: Found) -> tuple[float, Hostile] | None:
    """The growth of the first string that hurts the pattern, with the string."""
    for string in hostile(found.pattern):
        for run in found.runs:
            if not is_suspicious(run, string):
                continue
            # Twice, for a machine that was busy with something else.
            grown = min(growth(run, string), growth(run, string))
            if grown > MOST_GROWTH:
                return grown, string
    return None


PATTERNS = every_pattern() | {
    "redactor": Found(Redactor(["secret-words"])._pattern, frozenset({"sub"}))
}


def test_the_patterns_of_the_code_are_found() -> None:
    assert len(PATTERNS) > 90
    for name in ("words.moves._TWICE", "text.dates._FORMS.7", "question_cues.CUES", "postgres: "):
        assert any(name in label for label in PATTERNS), name


@pytest.mark.parametrize("name", sorted(PATTERNS))
def test_a_pattern_takes_linear_time(name: str) -> None:
    slow = slowest(PATTERNS[name])
    assert slow is None, f"{PATTERNS[name].pattern.pattern!r} grows by {slow}"


@pytest.mark.parametrize(
    ("pattern", "is_slow"),
    [
        (r"(.+?)[，, ]*(?:\1[，, ]*)+", True),
        (r"\s+(?=x)", True),
        (r"(a|a)*b", True),
        (r"[\w.]+@", True),
        (r"<[^>]+>", True),
        (r"x?a*a*b", True),
        (r"(?<![\w.])[\w.]++@", False),
        (r"[a-z]+", False),
    ],
)
def test_what_is_known_to_be_slow_is_found(pattern: str, is_slow: bool) -> None:
    slow = slowest(Found(re.compile(pattern), frozenset(METHODS)))
    assert (slow is not None) == is_slow
