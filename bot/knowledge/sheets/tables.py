"""Read and write tables of text as CSV or XLSX; the ending of a file's name says which.

A text that a spreadsheet would take for a formula gets a `'` before it, in both kinds, and loses it
when it is read: what a person saves as the other kind stays harmless.
"""

from __future__ import annotations

import csv
import io
import re
import warnings
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from bot.errors import KnowledgeError, Problem
from bot.extras import needing

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

Cells = Sequence[str]
Sheets = Mapping[str, Sequence[Cells]]
"""The name of a sheet -> its rows, the heading first."""

RISKY = ("=", "+", "-", "@", "\t", "\r", "\n", "'", "＝", "＋", "－", "＠")
"""First characters that some spreadsheet takes for a formula, and the mark put before them."""
LONGEST_CELL = 32_767
MAX_BYTES = 64 * 1024 * 1024
MAX_CELLS = 5_000_000
"""Limits for a table from elsewhere; the whole pack of this project has a tenth of either."""
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")


def is_workbook(name: str) -> bool:
    return name.lower().endswith(".xlsx")


def write_csv(rows: Iterable[Cells]) -> bytes:
    """Return rows as CSV; with a BOM, or Excel takes the file for GBK."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerows([*map(_guarded, row)] for row in rows)
    return out.getvalue().encode("utf-8-sig")


def read_csv(raw: bytes, name: str) -> list[list[str]]:
    """Return the rows of a CSV file.

    Raises:
        KnowledgeError: it is none, or not UTF-8.
    """
    if len(raw) > MAX_BYTES:
        raise _wrong(name, f"文件超过 {MAX_BYTES // 1024 // 1024} MiB；请分成几个")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise _wrong(name, "不是 UTF-8；另存为“CSV UTF-8（逗号分隔）”") from None
    try:
        return [[*map(_unguarded, row)] for row in csv.reader(io.StringIO(text, newline=""))]
    except csv.Error as error:
        raise _wrong(name, f"不是完整的 CSV：{error}") from None


def write_workbook(sheets: Sheets, hidden: Sequence[int] = (), widths: Cells = ()) -> bytes:
    """Return sheets as XLSX; `hidden` columns count from zero, `widths` are in characters."""
    with needing("sheets", "XLSX 表格"):
        from openpyxl import Workbook
        from openpyxl.utils import get_column_letter
    book = Workbook(write_only=True)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        sheet.freeze_panes = "A2"
        for number, width in enumerate(widths):
            sheet.column_dimensions[get_column_letter(number + 1)].width = float(width)
        for number in hidden:
            sheet.column_dimensions[get_column_letter(number + 1)].hidden = True
        if hidden and len(rows[0]) > 1:
            sheet.auto_filter.ref = f"A1:{get_column_letter(len(rows[0]))}{len(rows)}"
        for row in rows:
            sheet.append([_written(text, title) for text in row])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def read_workbook(raw: bytes, name: str) -> dict[str, list[list[str]]]:
    """Return the sheets of a workbook; formulas, pictures and links in it are not followed.

    Raises:
        KnowledgeError: it is none, or far too large.
    """
    with needing("sheets", "XLSX 表格"):
        from openpyxl import load_workbook
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as parts:
            size = sum(part.file_size for part in parts.infolist())
        _require(size <= MAX_BYTES * 4, name, "展开以后太大；请分成几个")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of styles and parts that nobody reads
            book = load_workbook(io.BytesIO(raw), read_only=True, data_only=True)
            return {sheet.title: list(_rows(sheet, name)) for sheet in book.worksheets}
    except KnowledgeError:
        raise
    except Exception as error:  # noqa: BLE001 - openpyxl raises whatever a broken file leads to
        raise _wrong(name, f"不是完整的 XLSX：{type(error).__name__}") from None


def _rows(sheet: Worksheet, name: str) -> Iterator[list[str]]:
    count = 0
    for row in sheet.iter_rows(values_only=True):
        count += len(row)
        if count > MAX_CELLS:
            raise _wrong(name, f"表“{sheet.title}”的格子太多；请删掉空白的行和列")
        yield [_read(value) for value in row]


def _written(text: str, title: str) -> str | None:
    """Return a cell; a carriage return is written as Excel does, for XML would lose it."""
    if len(text) >= LONGEST_CELL:
        message = f"有一段文字 {len(text)} 字，Excel 的一格最多 {LONGEST_CELL} 字；请用 CSV"
        raise _wrong(title, message)
    text = re.sub(r"_(?=x[0-9A-Fa-f]{4}_)", "_x005F_", text).replace("\r", "_x000D_")
    return _guarded(text) or None


def _read(value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return str(value).lower()
        case float() if value.is_integer():
            return str(int(value))
        case datetime() if not (value.hour or value.minute or value.second):
            return value.date().isoformat()
        case date():
            return value.isoformat()
        case _:
            text = _unguarded(str(value))
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)


def _guarded(text: str) -> str:
    return "'" + text if text.startswith(RISKY) else text


def _unguarded(text: str) -> str:
    return text[1:] if text.startswith("'") and text[1:].startswith(RISKY) else text


def _require(is_fine: bool, name: str, message: str) -> None:
    if not is_fine:
        raise _wrong(name, message)


def _wrong(name: str, message: str) -> KnowledgeError:
    return KnowledgeError((Problem(name, 0, "", message),))
