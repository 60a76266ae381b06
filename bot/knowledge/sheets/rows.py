"""Turn a YAML file into rows and rows into a file.

A row is one scalar: where it stands, its text, and what the file has around it.  What a newcomer
would get wrong: nothing is dumped.  A file is the texts with the gaps between them, so rows that
nobody touched give back every byte.  Only where rows were added, moved or taken away is the gap
made anew, like that of a neighbour where there is one.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise

from bot.knowledge.reading.located import NAMING_KEYS, Trail
from bot.knowledge.sheets.scalars import (
    Columns,
    Leaf,
    labels_of,
    leaves,
    quoting_of,
    trail_name,
    written,
)

END = "（文件到此为止；请保留这一行）"
"""The text of the last row of a file; `quoting` is the digest of the file, `columns` of `where`."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the table; `line` is its number there, for messages."""

    file: str
    item: str
    where: str
    text: str
    order: str = ""
    quoting: str = ""
    columns: str = ""
    before: str = ""
    """What stands between the line break before the scalar and the scalar itself."""
    after: str = ""
    """What follows the scalar on its line: brackets, a remark."""
    line: int = 0


@dataclass(frozen=True, slots=True)
class _Place:
    """A row whose trail is known."""

    row: Row
    trail: Trail | None
    """`None` is the end of the file."""
    columns: Columns = ()


@dataclass(frozen=True, slots=True)
class _Way:
    """From one leaf to the next, as far as the layout depends on it."""

    before: tuple[str, ...]
    columns: Columns
    shared: int
    after: tuple[str, ...]


class WrongRowError(Exception):
    """A row that cannot be put into its file; the message is for who edited the table."""

    def __init__(self, row: Row, message: str) -> None:
        super().__init__(message)
        self.row = row


def rows_of(file: str, text: str) -> list[Row]:
    """Return the rows of a YAML text, the end of the file last."""
    found = leaves(text)
    names = _item_names(found)
    edges = [(0, 0), *((leaf.start, leaf.end) for leaf in found), (len(text), len(text))]
    gaps = [text[end:start] for (_, end), (start, _) in pairwise(edges)]
    split = [_split(gap, is_first=not number) for number, gap in enumerate(gaps)]
    rows = [
        Row(
            file,
            names.get(leaf.trail[:2], ""),
            trail_name(leaf.trail),
            leaf.text,
            str(number),
            quoting_of(leaf, text[leaf.start : leaf.end]),
            " ".join(leaf.columns),
            split[number - 1][1],
            split[number][0],
        )
        for number, leaf in enumerate(found, 1)
    ]
    end = Row(file, "", "", END, str(len(found) + 1), digest_of(text), _places_of(rows))
    return [*rows, replace(end, before=split[-1][1])]


def _places_of(rows: Iterable[Row]) -> str:
    return digest_of("\n".join(row.where for row in rows))


def _item_names(found: Iterable[Leaf]) -> dict[Trail, str]:
    names: dict[Trail, tuple[int, str]] = {}
    for leaf in found:
        if len(leaf.trail) == 3 and leaf.trail[2] in NAMING_KEYS:
            rank = NAMING_KEYS.index(str(leaf.trail[2]))
            names[leaf.trail[:2]] = min(names.get(leaf.trail[:2], (9, "")), (rank, leaf.text))
    return {trail: name for trail, (_, name) in names.items()}


def _split(gap: str, *, is_first: bool) -> tuple[str, str]:
    """Return what belongs to the leaf before the gap, and what to the one behind it."""
    at = gap.find("\n")
    return ("", gap) if is_first or at < 0 else (gap[:at], gap[at:])


def text_of(rows: Sequence[Row], layouts: Callable[[], Layouts] | None = None) -> str:
    """Return the text of one file from its rows, in the order of the table.

    `layouts` is asked once rows have moved; without it the file's own rows are the example.

    Raises:
        WrongRowError: a row that fits nowhere.
    """
    places = _placed(rows)
    learnt = layouts or cache(lambda: Layouts.of([rows]))
    out: list[str] = []
    last: _Place | None = None
    for place in places:
        gap, columns = _between(last, place, learnt)
        last = replace(place, columns=columns)
        out.append(gap)
        if place.trail is not None:
            inside = any(not column.isdigit() for column in columns)
            row = place.row
            out.append(written(row.text, row.quoting, is_inside_brackets=inside))
    if last is not None and last.trail is not None:  # somebody wrote a file without its end
        out.append(_closing(last, 0) + "\n")
    text = "".join(out)
    if (rows[-1].quoting, rows[-1].columns) != (digest_of(text), _places_of(rows[:-1])):
        _prove(text, places)
    return text


def digest_of(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _placed(rows: Sequence[Row]) -> list[_Place]:
    """Return the rows with their trails; rows that follow the end of the file are an error."""
    places: list[_Place] = []
    finder = _Trails()
    for row in rows:
        if places and places[-1].trail is None:
            raise WrongRowError(row, f"这一行在 {row.file} 的最后一行后面；请移到前面")
        if row.text == END:
            places.append(_Place(row, None))
            continue
        try:
            labels = labels_of(row.where)
        except ValueError:
            labels = ()
        if not labels:
            raise WrongRowError(row, f"where 写的是“{row.where}”，看不懂；请照着邻近的行写")
        places.append(_Place(row, finder.trail_of(labels), tuple(row.columns.split())))
    return places


class _Trails:
    """Counts the items of lists anew: what number somebody typed only tells items apart."""

    def __init__(self) -> None:
        self._labels: Trail = ()
        self._trail: Trail = ()
        self._seen: set[Trail] = set()
        self._lengths: dict[Trail, int] = defaultdict(int)

    def trail_of(self, labels: Trail) -> Trail:
        shared = _shared(labels, self._labels)
        trail = self._continued(labels, shared)
        if trail in self._seen:  # a copied row, or the first of a copied item
            deepest = max((n for n, step in enumerate(labels) if isinstance(step, int)), default=-1)
            if deepest >= 0:
                trail = self._continued(labels, deepest)
        self._seen.add(trail)
        self._labels, self._trail = labels, trail
        for n, step in enumerate(trail):
            if isinstance(step, int):
                self._lengths[trail[:n]] = max(self._lengths[trail[:n]], step + 1)
        return trail

    def _continued(self, labels: Trail, shared: int) -> Trail:
        """Return the trail that keeps `shared` steps of the last one."""
        trail = self._trail[:shared]
        for step in labels[shared:]:
            trail = (*trail, self._lengths[trail] if isinstance(step, int) else step)
        return trail


def _shared(one: Trail, other: Trail) -> int:
    pairs = zip(one, other, strict=False)
    return next((n for n, (a, b) in enumerate(pairs) if a != b), min(len(one), len(other)))


def _between(
    last: _Place | None, place: _Place, layouts: Callable[[], Layouts]
) -> tuple[str, Columns]:
    """Return the gap before a row, and the columns of its steps."""
    row = place.row
    if _is_next(last.row if last else None, row) and _is_laid_out(last):
        return (last.row.after if last else "") + row.before, place.columns
    if last is not None and place.trail is not None and last.trail is not None:
        way = _way(last.trail, last.columns, place.trail)
        bare, columns = layouts().gaps.get(way, ("", ()))
        if not columns or place.columns not in {(), columns}:
            bare, columns = _made(last, place.trail, place.columns)
    elif last is not None:
        bare, columns = _closing(last, 0) + "\n", ()
    elif place.trail is not None:
        bare, columns = _made(None, place.trail, place.columns)
    else:
        return row.before, ()
    return _with_remarks(bare, last, row), columns


def _is_next(last: Row | None, row: Row) -> bool:
    """Return whether a row followed the other one when the table was made."""
    number = int(row.order) if row.order.isdecimal() else 0
    if last is None:
        return number == 1
    return bool(number) and last.order == str(number - 1)


def _is_laid_out(last: _Place | None) -> bool:
    """Return whether a row stands in the brackets and columns that it had."""
    return last is None or " ".join(last.columns) == last.row.columns


def _way(before: Trail, columns: Columns, after: Trail) -> _Way:
    return _Way(_shape(before), columns, _shared(before, after), _shape(after))


def _shape(trail: Trail) -> tuple[str, ...]:
    return tuple("-" if isinstance(step, int) else step for step in trail)


@dataclass(frozen=True, slots=True)
class Layouts:
    """The usual gap between two leaves, without remarks, and the columns of the second."""

    gaps: Mapping[_Way, tuple[str, Columns]]

    @classmethod
    def of(cls, files: Iterable[Sequence[Row]]) -> Layouts:
        """Learn from the rows that were not touched."""
        counts: dict[_Way, Counter[tuple[str, Columns]]] = defaultdict(Counter)
        for rows in files:
            places = _placed(rows)
            for one, two in pairwise(places):
                if one.trail is None or two.trail is None or not _is_next(one.row, two.row):
                    continue
                gap = one.row.after + two.row.before
                way = _way(one.trail, one.columns, two.trail)
                counts[way][_without_remarks(gap), two.columns] += 1
        return cls({way: found.most_common(1)[0][0] for way, found in counts.items()})


def _made(last: _Place | None, trail: Trail, had: Columns) -> tuple[str, Columns]:
    """Return a gap in the usual style, for a way that no file has.

    What the row opens it opens as before, if it `had` columns: what follows it closes that.
    """
    columns: Columns = ("0",)
    if last is None or last.trail is None:
        gap, depth = "", 0
    else:
        depth = min(_shared(last.trail, trail), len(trail) - 1, len(last.columns) - 1)
        gap, columns = _closing(last, depth + 1), last.columns[: depth + 1]
        gap += "\n" + " " * int(columns[-1]) if columns[-1].isdigit() else ", "
    gap += _opened(trail[depth], inside=not columns[-1].isdigit())
    for step, outer in zip(trail[depth + 1 :], trail[depth:], strict=False):
        has_brackets = len(had) == len(trail) and not had[len(columns)].isdigit()
        if has_brackets or not columns[-1].isdigit():
            bracket = "[" if isinstance(step, int) else "{"
            gap, columns = gap.rstrip() + " " + bracket, (*columns, bracket)
        else:
            column = int(columns[-1]) + 2
            is_under_key = isinstance(outer, str)
            gap = gap.rstrip() + "\n" + " " * column if is_under_key else gap
            columns = (*columns, str(column))
        gap += _opened(step, inside=not columns[-1].isdigit())
    return gap, columns


def _opened(step: str | int, *, inside: bool) -> str:
    if isinstance(step, int):
        return "" if inside else "- "
    return written(step, "", is_inside_brackets=inside) + ": "


def _closing(last: _Place, depth: int) -> str:
    """Return the brackets that are open at a row from this depth on, closed."""
    return "".join({"[": "]", "{": "}"}.get(c, "") for c in reversed(last.columns[depth:]))


def _without_remarks(gap: str) -> str:
    first, *lines = gap.split("\n")
    kept = [line for line in lines if not line.lstrip().startswith("#")]
    return "\n".join([re.sub(r"(?<!\s)\s+#.*", "", first), *kept])


def _with_remarks(gap: str, last: _Place | None, row: Row) -> str:
    """Return a new gap with the remarks that stood behind the last row and before this one."""
    own = [line for line in row.before.split("\n") if line.lstrip().startswith("#")]
    if last is None:
        return "".join(f"{line}\n" for line in own) + gap
    if "\n" not in gap:
        return gap
    trailing = re.search(r"(?<!\s)\s+#.*", last.row.after)
    head, rest = gap.split("\n", 1)
    return head + (trailing[0] if trailing else "") + "\n" + "".join(f"{o}\n" for o in own) + rest


def _prove(text: str, places: Sequence[_Place]) -> None:
    """Check that the text says what the rows say.

    Raises:
        WrongRowError: the first row that it does not.
    """
    wanted = [place for place in places if place.trail is not None]
    try:
        found = leaves(text)
    except Exception as error:  # whatever the parser says, the table is what is wrong
        line = getattr(getattr(error, "problem_mark", None), "line", 0)
        raise WrongRowError(_near(text, line, wanted), _MISFIT) from error
    for place, leaf in zip(wanted, found, strict=False):
        if (leaf.trail, leaf.text) != (place.trail, place.row.text):
            raise WrongRowError(place.row, _MISFIT)
    if len(found) != len(wanted):
        raise WrongRowError(places[-1].row, _MISFIT)


_MISFIT = "这一行拼不回文件；加行请复制邻近的一整行，再改 where 和 text"


def _near(text: str, line: int, wanted: Sequence[_Place]) -> Row:
    """Return the row whose text stands last before a line, as far as can be told."""
    before = "\n".join(text.split("\n")[: line + 1])
    inside = [place.row for place in wanted if place.row.text.split("\n")[0] in before]
    return (inside or [place.row for place in wanted])[-1]
