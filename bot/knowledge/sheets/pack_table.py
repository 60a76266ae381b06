"""Export the files of a pack as a table, and find what an edited table changes in them.

The table holds whole files: what the pack reads, and its tests.  What a newcomer would get wrong:
a file that has changed since the export is not overwritten; the digest in its last row tells.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path

from bot.errors import KnowledgeError, Problem
from bot.knowledge.reading.contents import (
    FOLDERS,
    OPTIONAL,
    REQUIRED,
    WORDS,
    display_name,
    read_inside,
    yaml_names,
)
from bot.knowledge.reading.files import decode
from bot.knowledge.reading.safe_yaml import parse_yaml
from bot.knowledge.sheets import tables
from bot.knowledge.sheets.rows import END, Layouts, Row, WrongRowError, digest_of, rows_of, text_of

COLUMNS = ("file", "item", "where", "text", "order", "layout")
NEEDED = ("file", "where", "text")
TESTS = "tests"
_HIDDEN = (COLUMNS.index("layout"),)
_LAYOUT = ("quoting", "columns", "before", "after")
_WIDTHS = ("28", "28", "26", "90", "8")
_SHEETS = {
    "faq": "问答",
    "procedures": "流程",
    "calculators": "期限",
    "sources.yaml": "出处",
    "synonyms.yaml": "词语",
    WORDS: "词语",
    TESTS: "考题",
}
_OTHERS = "其他"
_GUIDE = (
    ("怎么用这个表",),
    ("一行一段文字。只改 text 一列：where 是它在文件里的位置，item 是它属于哪一条。",),
    ("加一行：复制邻近的一整行，插在要加的地方，再改 text。加一条：复制那一条的所有行。",),
    ("减一行：删掉整行，不要只清空。",),
    ("不要按别的列重新排序；排乱了，先按 file、再按 order 排回来。",),
    ("右边藏起来的一列（layout）是排版和备注，请不要改。",),
    ("有的格子以 ' 开头，是为了不被当成公式，放回去时会去掉。",),
    ("改好以后：zhuce kb import 这个文件 --dry-run 先看会改哪些文件，再去掉 --dry-run。",),
)
_TEXT_FILE = re.compile(r"dictionary\.txt")
_NAME = re.compile(rf"(?:(?:{'|'.join((*FOLDERS, TESTS))})/)?[^/\\\x00-\x1f:.][^/\\\x00-\x1f:]*")


def file_names(folder: Path) -> list[str]:
    """Return the files that the table holds, in reading order."""
    single = [n for n in (*REQUIRED, *OPTIONAL, WORDS) if (folder / n).exists()]
    return single + [name for room in (*FOLDERS, TESTS) for name in yaml_names(folder, room)]


def export(folder: Path, name: str) -> bytes:
    """Return the table of the pack in a folder, as the name of the table asks.

    Raises:
        KnowledgeError: a file is not the YAML of a pack.
    """
    files = {file: list(_rows_of(folder, file)) for file in file_names(folder)}
    if not files:
        raise KnowledgeError((Problem(folder.as_posix(), 0, "", "没有知识包：找不到 pack.yaml"),))
    if not tables.is_workbook(name):
        return tables.write_csv([COLUMNS, *(row for rows in files.values() for row in rows)])
    sheets: dict[str, list[Sequence[str]]] = {"说明": [*_GUIDE]}
    for file, rows in files.items():
        title = _SHEETS.get(file) or _SHEETS.get(file.partition("/")[0], _OTHERS)
        sheets.setdefault(title, [COLUMNS]).extend(rows)
    return tables.write_workbook(sheets, _HIDDEN, _WIDTHS)


def _rows_of(folder: Path, file: str) -> Iterator[tuple[str, ...]]:
    text = _text(folder, file)
    if _TEXT_FILE.fullmatch(file):
        lines = text.split("\n")
        for number, line in enumerate(lines, 1):
            yield _cells(Row(file, "", "line", line, str(number)))
        yield _cells(Row(file, "", "", END, "", digest_of(text)))
        return
    yield from map(_cells, rows_of(file, text))


def _cells(row: Row) -> tuple[str, ...]:
    layout = [getattr(row, name) for name in _LAYOUT]
    cell = json.dumps(layout, ensure_ascii=False) if any(layout) else ""
    return (row.file, row.item, row.where, row.text, row.order, cell)


def _text(folder: Path, file: str) -> str:
    """Return the text of a file, a BOM kept; a file that the pack could not read is refused."""
    name = display_name(folder, file)
    content = decode(read_inside(folder, file), name)
    problems = content.problems
    if not problems and file.endswith(".yaml"):
        problems = parse_yaml(content, name).problems
    if problems:
        raise KnowledgeError(problems)
    return content.raw.decode()


def changed_files(folder: Path, raw: bytes, name: str) -> dict[str, str]:
    """Return the files that the table changes, by name inside the folder, with their new text.

    Files that the table does not have stay as they are, and so do those of another kind.

    Raises:
        KnowledgeError: every row that cannot be put back; `name` is that of the table.
    """
    files = _by_file(_rows_in(raw, name), name)
    layouts = cache(lambda: Layouts.of(rows for file, rows in files.items() if _is_yaml(file)))
    texts: dict[str, str] = {}
    problems: list[Problem] = []
    for file, rows in files.items():
        try:
            text = text_of(rows, layouts) if _is_yaml(file) else _lines_of(rows)
        except WrongRowError as error:
            problems.append(Problem(name, error.row.line, "", str(error)))
            continue
        if (now := _now(folder, file)) == text:
            continue
        digest = next((row.quoting for row in rows if row.text == END), "")
        if now is not None and digest != digest_of(now):
            problems.append(Problem(name, rows[-1].line, "", _STALE.format(file=file)))
        texts[file] = text
    if problems:
        raise KnowledgeError(tuple(problems))
    return texts


_STALE = "{file} 在导出以后改过；请重新导出，把改动放进新的表"


def _now(folder: Path, file: str) -> str | None:
    """Return the text of a file as it is, `None` if there is none."""
    if not (folder / file).exists():
        return None
    content = read_inside(folder, file)
    if content.problems:
        raise KnowledgeError(content.problems)
    return content.raw.decode(errors="replace")


def _is_yaml(file: str) -> bool:
    return not _TEXT_FILE.fullmatch(file)


def _lines_of(rows: Sequence[Row]) -> str:
    return "\n".join(row.text for row in rows if row.text != END)


def _by_file(rows: Sequence[Row], name: str) -> dict[str, list[Row]]:
    """Return the rows of each file.

    Raises:
        KnowledgeError: a name leads elsewhere, or the rows of two files are mixed.
    """
    files: dict[str, list[Row]] = {}
    problems = []
    last = ""
    for row in rows:
        if row.file != last and row.file in files:
            message = f"{row.file} 的行没有连在一起；请先按 file、再按 order 排序"
            problems.append(Problem(name, row.line, "", message))
        if not _is_known(row.file):
            message = f"“{row.file}”不是知识包里的文件名，如 faq/fees.yaml"
            problems.append(Problem(name, row.line, "", message))
        last = row.file
        files.setdefault(row.file, []).append(row)
    if problems:
        raise KnowledgeError(tuple(problems[:100]))
    return files


def _is_known(file: str) -> bool:
    single = file in (*REQUIRED, *OPTIONAL, WORDS)
    return single or bool("/" in file and file.endswith(".yaml") and _NAME.fullmatch(file))


def _rows_in(raw: bytes, name: str) -> list[Row]:
    """Return the rows of the table as they are written there."""
    if tables.is_workbook(name):
        sheets: Mapping[str, Sequence[Sequence[str]]] = tables.read_workbook(raw, name)
    else:
        sheets = {"": tables.read_csv(raw, name)}
    found = [row for rows in sheets.values() for row in _rows_below(rows, name)]
    if not found:
        message = f"没有一行有 {'、'.join(NEEDED)} 三列；请用 zhuce kb export 的表来改"
        raise KnowledgeError((Problem(name, 1, "", message),))
    return found


def _rows_below(rows: Sequence[Sequence[str]], name: str) -> Iterator[Row]:
    """Yield the rows below a heading; a sheet without one is somebody's own notes."""
    if not rows or not set(NEEDED) <= set(rows[0]):
        return
    places = {column: rows[0].index(column) for column in COLUMNS if column in rows[0]}
    for line, cells in enumerate(rows[1:], 2):
        values = {c: cells[at] for c, at in places.items() if at < len(cells)}
        if file := values.get("file", "").strip():
            layout = _layout(values.get("layout", ""), name, line)
            is_bare = layout["quoting"] == "plain"
            text = values.get("text", "")
            yield Row(
                file,
                values.get("item", ""),
                values.get("where", "").strip(),
                _as_typed(text) if is_bare else text,
                values.get("order", "").strip(),
                **layout,
                line=line,
            )


def _as_typed(text: str) -> str:
    """Return a date or a word of YAML as it was before a program saved it as CSV in its way."""
    if found := re.fullmatch(r"(\d{4})/(\d{1,2})/(\d{1,2})", text):
        return f"{found[1]}-{found[2]:0>2}-{found[3]:0>2}"
    return text.lower() if text in {"TRUE", "FALSE"} else text


def _layout(cell: str, name: str, line: int) -> dict[str, str]:
    try:
        found = json.loads(cell) if cell else [""] * len(_LAYOUT)
    except ValueError:
        found = None
    if isinstance(found, list) and [type(one) for one in found] == [str] * len(_LAYOUT):
        return dict(zip(_LAYOUT, found, strict=True))
    message = "layout 一列是排版用的，请不要改；可以整格清空"
    raise KnowledgeError((Problem(name, line, "", message),))
