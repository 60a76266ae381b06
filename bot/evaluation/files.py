"""Read the files of an evaluation: one JSON object a line, each line checked as it is read.

The format is described in docs/reference/evaluation.md.  The first bad line ends the reading:
unlike a pack, such files are made by scripts, and a mistake in one line is a mistake in all.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.errors import DataFileError, why

KINDS = ("in", "far", "near")


@dataclass(frozen=True, slots=True)
class Corpus:
    """Questions in groups that ask the same; `groups[i]` is the index of the i-th text's group."""

    ids: tuple[str, ...]
    texts: tuple[str, ...]
    groups: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Query:
    """A question put to a corpus; `gold` is the index of its group, `None` if it has none."""

    text: str
    gold: int | None
    kind: str
    """`in`, `far` (out of scope, another subject) or `near` (out of scope, the same subject)."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two questions, and whether they ask the same."""

    a: str
    b: str
    is_same: bool


def read_corpus(path: Path) -> Corpus:
    """Read the groups of a corpus.

    Raises:
        DataFileError: a line has another form, an id comes twice, or there is no group at all.
    """
    numbers: dict[str, int] = {}
    texts: list[str] = []
    groups: list[int] = []
    for line, row in _rows(path):
        id_, questions = row.get("id"), row.get("questions", [])
        if not isinstance(id_, str) or not _is_texts(questions):
            raise DataFileError(
                path, line, '应当是 {"id": "…", "questions": ["…", …]}，至少一个问题'
            )
        if id_ in numbers:
            raise DataFileError(path, line, f"id “{id_}” 前面已经有了")
        groups += [numbers.setdefault(id_, len(numbers))] * len(questions)
        texts += questions
    if not texts:
        raise DataFileError(path, None, "一组问题也没有")
    return Corpus(tuple(numbers), tuple(texts), tuple(groups))


def read_queries(path: Path, ids: Sequence[str]) -> list[Query]:
    """Read the queries to a corpus whose groups have these `ids`.

    Raises:
        DataFileError: a line has another form, or its `gold` is no group of the corpus.
    """
    places = {id_: place for place, id_ in enumerate(ids)}
    return [_query(path, line, row, places) for line, row in _rows(path)]


def _query(path: Path, line: int, row: dict[str, Any], places: dict[str, int]) -> Query:
    text, gold, kind = row.get("q"), row.get("gold"), row.get("kind")
    if not isinstance(text, str) or kind not in KINDS or not isinstance(gold, str | None):
        raise DataFileError(
            path, line, '应当是 {"q": "…", "gold": "…", "kind": "in"}；kind 是 in、far 或 near'
        )
    if (gold is None) == (kind == "in"):
        raise DataFileError(path, line, "kind 是 in 的要写 gold，far 和 near 的 gold 应当是 null")
    if gold is not None and gold not in places:
        raise DataFileError(path, line, f"语料里没有 gold 写的“{gold}”")
    return Query(text, None if gold is None else places[gold], str(kind))


def read_pairs(path: Path) -> list[Pair]:
    """Read pairs of questions.

    Raises:
        DataFileError: a line has another form, or all pairs have the same label.
    """
    pairs = [_pair(path, line, row) for line, row in _rows(path)]
    if len({pair.is_same for pair in pairs}) < 2:
        raise DataFileError(path, None, "y 至少要有一个 1 和一个 0，不然没有什么可分的")
    return pairs


def _pair(path: Path, line: int, row: dict[str, Any]) -> Pair:
    a, b, y = row.get("a"), row.get("b"), row.get("y")
    if not isinstance(a, str) or not isinstance(b, str) or y not in (0, 1):
        raise DataFileError(path, line, '应当是 {"a": "…", "b": "…", "y": 1}；y 是 1 或 0')
    return Pair(a, b, bool(y))


def _is_texts(value: object) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(v, str) for v in value)


def _rows(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield line number and object of every line that is not blank."""
    line = 0
    try:
        with path.open(encoding="utf-8-sig") as file:
            for line, text in enumerate(file, 1):
                if text.strip():
                    yield line, _object(path, line, text)
    except UnicodeDecodeError:
        raise DataFileError(path, line + 1, "不是 UTF-8 编码") from None
    except OSError as error:
        raise DataFileError(path, None, f"打不开：{why(error)}") from None


def _object(path: Path, line: int, text: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise DataFileError(path, line, "不是一个 JSON 对象")
    return found
