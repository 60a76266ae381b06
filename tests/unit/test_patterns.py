"""No pattern of ours takes more than linear time, whatever it is given.

Every pattern of the code is found, strings that could hurt it are built from its own parts, and the
strings grow.  Compared are times of one pattern with each other, never with a clock on the wall.
"""

from __future__ import annotations

import ast
import importlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from re import _constants as codes  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from time import process_time
from typing import Any

import pytest

import bot
from bot.core.model.pack import Pack
from bot.redaction import Redactor
from bot.understanding.lexicon.objects import Objects

SIZES = (1000, 2000, 4000)
FLOOR_S = 0.0003
"""Time at the largest size up to which nobody is hurt."""
MOST_GROWTH = 2.8
"""Times as long that a string of twice the length may take; 2 is linear, 4 quadratic."""
FIRST_LOOK = (20, 200, 2000)
SUSPICIOUS = 20.0
"""Times as long that a string of ten times the length may take before it is looked at closely."""
TOO_LONG_S = 0.002
"""Time from which a string that takes suspiciously long is not made longer still."""
MOST_STRINGS = 300
MOST_PUMPS = 6
ANYWHERE = frozenset({"search", "finditer", "findall", "sub", "subn", "split"})
METHODS = ANYWHERE | {"match", "fullmatch"}
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
        if self.methods & ANYWHERE:
            yield lambda text: sum(1 for _ in self.pattern.finditer(text))
        if "fullmatch" in self.methods:
            yield self.pattern.fullmatch
        if "match" in self.methods:
            yield self.pattern.match


def names_of_modules() -> Iterator[str]:
    """The modules that use patterns."""
    home = Path(bot.__file__).parent
    for path in sorted(home.rglob("*.py")):
        if re.search(r"^import re$", path.read_text("utf-8"), re.MULTILINE):
            yield ".".join(("bot", *path.relative_to(home).with_suffix("").parts))


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
        inner += (getattr(thing, "pattern", None),)  # compiled when it is first asked for
    elif isinstance(thing, type) and thing.__module__.startswith("bot."):
        inner = tuple(vars(thing).values())
    for value in inner:
        yield from held(value, depth - 1)


def calls(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """Names and the methods of theirs that are called or passed on."""
    for node in ast.walk(tree):
        match node:
            case ast.Attribute(value=ast.Name(id=name), attr=method) if method in METHODS:
                yield name, method


def written(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """The patterns that stand in a call of `re`, without a name, with the function."""
    for node in ast.walk(tree):
        match node:
            case ast.Call(
                func=ast.Attribute(value=ast.Name(id="re"), attr=method),
                args=[ast.Constant(value=str(text)), *_],
            ) if method in METHODS:
                yield text, method


def patterns_in(module: Any) -> dict[str, Found]:
    """The patterns of a module by their names; without a name, by themselves."""
    tree = ast.parse(Path(module.__file__).read_text("utf-8"))
    used: dict[str, set[str]] = {}
    for name, method in calls(tree):
        used.setdefault(name, set()).add(method)
    found = {
        f"{name} {number}": Found(pattern, frozenset(used.get(name, METHODS)))
        for name, value in vars(module).items()
        for number, pattern in enumerate(held(value))
        if isinstance(pattern.pattern, str)
    }
    inline = {text: Found(re.compile(text), frozenset({way})) for text, way in written(tree)}
    return found | inline


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
            yield from (chr(what[0]), chr(sum(what) // 2))
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
    ends = [
        "",
        "\0",
        "\nx",
        "a",
        *dict.fromkeys(p[:1] for _, inner in repeated for p in pumps(inner)),
    ][:9]
    for before, inner in repeated:
        for pump in islice(dict.fromkeys(pumps(inner)), 2 * MOST_PUMPS):
            found += [Hostile(before, pump, end) for end in ends if end != pump]
            found += [Hostile("", before + pump), Hostile(before[-1:], before[-1:] + pump, "\0")]
            found.append(Hostile(before + "b", pump, "\0b"))
    return [each for each in dict.fromkeys(found) if each.pump][:MOST_STRINGS]


# How time grows.


def seconds(run: Run, text: str, times: int) -> float:
    """The shortest of several runs; of one where that takes long."""
    best, until = 9e9, process_time() + 10 * TOO_LONG_S
    for _ in range(times):
        began = process_time()
        run(text)
        best = min(best, process_time() - began)
        if process_time() > until:
            break
    return best


def sizes_to_look_at(run: Run, string: Hostile) -> tuple[int, int, int] | None:
    """Sizes that show how the time grows; `None` if a quick look says that it grows no faster."""
    before = last = 0.0
    for length in FIRST_LOOK:
        before, last = last, max(seconds(run, string.of(length), 1), 1e-6)
        if last > TOO_LONG_S and last > SUSPICIOUS * before:
            return length // 4, length // 2, length
    return SIZES if last > FLOOR_S / 4 and last > SUSPICIOUS * before else None


def growth(run: Run, string: Hostile, sizes: tuple[int, int, int]) -> float:
    """Times as long that twice the length takes; 0 if even the largest takes next to no time."""
    first, _, last = (max(seconds(run, string.of(size), 4), 1e-7) for size in sizes)
    return 0.0 if sizes == SIZES and last < FLOOR_S else float((last / first) ** 0.5)


def slowest(found: Found) -> tuple[float, Hostile] | None:
    """The growth of the first string that hurts the pattern, with the string."""
    for string in hostile(found.pattern):
        for run in found.runs:
            sizes = sizes_to_look_at(run, string)
            # Twice, for a machine that was busy with something else.
            grown = min(growth(run, string, sizes) for _ in range(2)) if sizes else 0
            if grown > MOST_GROWTH:
                return grown, string
    return None


@pytest.mark.parametrize("name", [*names_of_modules()])
def test_patterns_take_linear_time(name: str) -> None:
    found = patterns_in(importlib.import_module(name))
    slow = {label: slowest(pattern) for label, pattern in found.items()}
    assert {label: each for label, each in slow.items() if each} == {}


def test_the_pattern_that_hides_secrets_takes_linear_time() -> None:
    assert slowest(Found(Redactor(["secret-words"])._pattern, frozenset({"sub"}))) is None


def test_patterns_made_of_a_pack_take_linear_time(pack: Pack) -> None:
    made = {term.word: Objects.of(term) for term in pack.lexicon.terms}
    slow = {
        word: slowest(Found(objects._pattern, frozenset({"match"})))
        for word, objects in made.items()
        if objects
    }
    assert slow
    assert {word: each for word, each in slow.items() if each} == {}


def test_patterns_are_found_wherever_they_stand() -> None:
    def labels(name: str) -> set[str]:
        return set(patterns_in(importlib.import_module(name)))

    assert "_TWICE 0" in labels("bot.core.words.moves")
    assert "_FORMS 7" in labels("bot.understanding.text.dates")
    assert "CUES 12" in labels("bot.understanding.text.question_cues")
    assert "/?[0-9]{0,9}" in labels("bot.storage.redis_server")


@pytest.mark.parametrize(
    ("pattern", "is_slow"),
    [
        (r"(.+?)[，, ]*(?:\1[，, ]*)+", True),
        (r"\s+(?=x)", True),
        (r"(a|a)*b", True),
        (r"[\w.]+@", True),
        (r"<[^>]+>", True),
        (r"x?a*a*b", True),
        (r"https?://[!-~]+?(?=[,.]*(?:[^!-~]|$))", True),
        (r"(?<![\w.])[\w.]++@", False),
        (r"[a-z]+", False),
    ],
)
def test_what_is_known_to_be_slow_is_found(pattern: str, is_slow: bool) -> None:
    slow = slowest(Found(re.compile(pattern), frozenset(METHODS)))
    assert (slow is not None) == is_slow
