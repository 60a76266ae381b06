"""Read and write the tables of other platforms: their headings, and what a row means there.

Looked up in their sources in 2026-11: MaxKB `apps/common/handle/impl/qa`, Dify
`api/services/annotation_service.py` and the header of its annotation page, FastGPT
`core/dataset/read` and `exportAll`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from bot.errors import KnowledgeError, Problem
from bot.knowledge.exchange.answers import Answer, Collected, text_of
from bot.knowledge.sheets import tables
from bot.knowledge.sheets.tables import Cells

_MAXKB = (
    "分段标题（选填）",
    "分段内容（必填，问题答案，最长不超过4096个字符）",
    "问题（选填，单元格内一行一个）",
)
_DIFY = ("问题", "答案")
_FASTGPT = ("q", "a", "indexes")
_NUMBER = re.compile(r"^\d+[.、．]\s*")


@dataclass(frozen=True, slots=True)
class Shape:
    """One platform's table; `read` takes the heading and the rows below it."""

    title: str
    read: Callable[[Cells, Sequence[Cells]], Collected | None]
    """`None` if this is not the heading of such a table."""
    write: Callable[[Sequence[Answer]], list[Cells]]
    heading: str
    """How the heading has to look, for messages."""


def read(shape: Shape, raw: bytes, name: str) -> Collected:
    """Return the answers of a table from elsewhere.

    Raises:
        KnowledgeError: it is no table of this shape.
    """
    sheets = (
        list(tables.read_workbook(raw, name).values())
        if tables.is_workbook(name)
        else [tables.read_csv(raw, name)]
    )
    rows = next((rows for rows in sheets if rows), [])
    collected = shape.read([cell.strip() for cell in rows[0]], _all(sheets)) if rows else None
    if collected is None:
        message = f"不是{shape.title}的表；第一行要有 {shape.heading}"
        raise KnowledgeError((Problem(name, 1, "", message),))
    return collected


def _all(sheets: Sequence[Sequence[Cells]]) -> list[Cells]:
    """Return the rows below the headings; every sheet has the first one's heading or is skipped."""
    heading = next(rows[0] for rows in sheets if rows)
    return [row for rows in sheets if rows and rows[0] == heading for row in rows[1:]]


def write(shape: Shape, answers: Sequence[Answer], name: str) -> bytes:
    rows = shape.write(answers)
    return (
        tables.write_workbook({"Sheet1": rows})
        if tables.is_workbook(name)
        else tables.write_csv(rows)
    )


def _cell(row: Cells, at: int | None) -> str:
    return row[at] if at is not None and at < len(row) else ""


def _read_maxkb(heading: Cells, rows: Sequence[Cells]) -> Collected | None:
    def place(start: str) -> int | None:
        return next((n for n, cell in enumerate(heading) if cell.startswith(start)), None)

    title, content, problems = place("分段标题"), place("分段内容"), place("问题")
    if content is None:
        return None
    found = Collected()
    for line, row in enumerate(rows, 2):
        if any(row):
            found.add(
                line, _cell(row, title), _cell(row, problems).split("\n"), _cell(row, content)
            )
    return found


def _write_maxkb(answers: Sequence[Answer]) -> list[Cells]:
    rows = ([a.title, text_of(a), "\n".join(a.questions)] for a in answers)
    return [_MAXKB, *rows]


def _read_dify(heading: Cells, rows: Sequence[Cells]) -> Collected | None:
    """Read one question and one answer a row; questions with one answer become one entry."""
    if len(heading) < 2 or not {cell.lower() for cell in heading[:2]} <= {
        *_DIFY,
        "question",
        "answer",
    }:
        return None
    groups: dict[str, list[tuple[int, str]]] = {}
    for line, row in enumerate(rows, 2):
        if any(row):
            groups.setdefault(_cell(row, 1).strip(), []).append((line, _cell(row, 0)))
    found = Collected()
    for answer, asked in groups.items():
        found.add(asked[0][0], "", [question for _, question in asked], answer)
    return found


def _write_dify(answers: Sequence[Answer]) -> list[Cells]:
    return [_DIFY, *([q, text_of(a)] for a in answers for q in a.questions)]


def _read_fastgpt(heading: Cells, rows: Sequence[Cells]) -> Collected | None:
    """Read `q,a,indexes` and `q,a,index,metadata`; further columns are more indexes."""
    names = [cell.lower() for cell in heading]
    if "q" not in names or "a" not in names:
        return None
    asked, answer = names.index("q"), names.index("a")
    own = {asked, answer, *(n for n, name in enumerate(names) if name == "metadata")}
    found = Collected()
    for line, row in enumerate(rows, 2):
        cells = [cell for n, cell in enumerate(row) if n not in own]
        question, text = _cell(row, asked).strip(), _cell(row, answer).strip()
        if any(row):
            found.add(line, question, [question, *_indexes(cells, question, text)], text)
    return found


def _indexes(cells: Sequence[str], question: str, answer: str) -> Iterator[str]:
    """Yield the other wordings; an index may repeat the row or number several in one cell."""
    for cell in cells:
        if cell.strip() in {question, f"{question}\n{answer}", answer}:
            continue
        lines = cell.strip().split("\n")
        is_numbered = len(lines) > 1 and all(_NUMBER.match(line.strip()) for line in lines)
        for line in lines:
            yield _NUMBER.sub("", line.strip()) if is_numbered else line


def _write_fastgpt(answers: Sequence[Answer]) -> list[Cells]:
    return [_FASTGPT, *([a.questions[0], text_of(a), *a.questions[1:]] for a in answers)]


SHAPES = {
    "maxkb": Shape("MaxKB 问答对", _read_maxkb, _write_maxkb, "分段标题、分段内容、问题"),
    "dify": Shape("Dify 标注", _read_dify, _write_dify, "问题、答案（question、answer）"),
    "fastgpt": Shape("FastGPT 知识库", _read_fastgpt, _write_fastgpt, "q、a、indexes"),
}
