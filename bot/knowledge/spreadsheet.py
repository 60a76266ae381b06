"""Take the texts of entries out to a table (CSV) and put edited ones back (`kb export`, `import`).

A row is one text: a title, a short answer, one wording of `ask` or `not`, one fact.  What a
newcomer would get wrong: the YAML files are not written anew.  Only the lines of a changed text are
replaced, and a file is written only if reading it again gives exactly what the table says.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.errors import KnowledgeError, Problem
from bot.knowledge.did_you_mean import did_you_mean
from bot.knowledge.draft import draft_of
from bot.knowledge.reading.contents import read_contents
from bot.knowledge.reading.files import Content
from bot.knowledge.reading.located import Located, Trail, Value
from bot.knowledge.reading.pack_files import parse_files
from bot.knowledge.reading.safe_yaml import parse_yaml
from bot.knowledge.schema import EntryForm, FactForm, VerdictForm
from bot.knowledge.validation import Item

COLUMNS = ("id", "what", "number", "text", "source", "valid_from", "valid_until", "confidence")
LISTS, SINGLE, NUMBERED = ("ask", "not"), ("title", "short"), ("verdict", "fact")
_KEYS = {"verdict": "verdicts", "fact": "facts"}
_RISKY = ("=", "+", "-", "@", "\t", "\r", "'")
"""First characters that a spreadsheet takes for a formula, and the mark put before them."""
_PLAIN = re.compile(r"[\u4e00-\u9fffA-Za-z《][^:#\n\"'{}\[\],&*!|>%@`]*")

Edits = dict[Trail, "str | list[str]"]


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the table as far as it is read back."""

    line: int
    id: str
    what: str
    number: str
    text: str


def export(folder: Path) -> str:
    """Return the table of the pack's own entries, in the order of the files.

    Raises:
        KnowledgeError: a file cannot be read.
    """
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for item in _entries(folder):
        writer.writerows([*map(_guarded, row)] for row in _rows(item.form))
    return out.getvalue()


def import_(folder: Path, table: str, name: str) -> dict[str, str]:
    """Return the files that change, by their paths, with their new text; nothing is written.

    Entries that the table does not have stay as they are.

    Raises:
        KnowledgeError: every row that cannot be put back; `name` is that of the table.
    """
    rows, problems = _read(table, name)
    items = {item.form.id: item for item in _entries(folder)}
    edits: dict[str, tuple[Located, Edits]] = {}
    for id_ in dict.fromkeys(row.id for row in rows):
        own = [row for row in rows if row.id == id_]
        if id_ not in items:
            hint = did_you_mean(id_, items) or f"；新条目用 zhuce kb new entry {id_}"
            problems.append(Problem(name, own[0].line, "", f"没有条目“{id_}”{hint}"))
            continue
        item = items[id_]
        _, found = edits.setdefault(item.file.name, (item.file, {}))
        wrong = [(row.line, text) for row in own if (text := _misplaced(row, item.form))]
        problems += [Problem(name, line, "", text) for line, text in wrong]
        if not wrong:
            found.update(_edits(item, own))
    changed: dict[str, str] = {}
    for path, (file, wanted) in edits.items():
        new = {at: text for at, text in wanted.items() if not _is_same(_at(file.data, at), text)}
        if new:
            text, by_hand = _edited(file, new)
            problems += [Problem(path, file.line(at), "", _BY_HAND) for at in by_hand]
            changed[path] = text
    if problems:
        raise KnowledgeError(tuple(problems))
    return changed


_BY_HAND = "这一处的写法不能自动改，请在文件里手工改"


def _entries(folder: Path) -> list[Item[EntryForm]]:
    files = parse_files(read_contents(folder))
    draft, problems = draft_of(files)
    if problems or files.problems:
        raise KnowledgeError((*files.problems, *problems))
    return draft.entries


def _rows(form: EntryForm) -> Iterator[tuple[str, ...]]:
    blank = ("",) * 4
    yield (form.id, "title", "", form.title, *blank)
    yield (form.id, "short", "", form.short or "", *blank)
    for what, lines in (("ask", form.ask), ("not", form.not_)):
        for number, line in enumerate(lines, 1):
            yield (form.id, what, str(number), line, *blank)
    for what, facts in (("verdict", form.verdicts), ("fact", form.facts)):
        for number, fact in enumerate(facts, 1):
            yield (form.id, what, str(number), fact.text, *_about(fact))


def _about(fact: FactForm | VerdictForm) -> tuple[str, ...]:
    sources = "；".join(" ".join(filter(None, (s.source, s.article))) for s in fact.sources)
    ends = (str(day or "") for day in (fact.valid_from, fact.valid_until))
    return (sources, *ends, fact.confidence)


def _read(table: str, name: str) -> tuple[list[Row], list[Problem]]:
    reader = csv.DictReader(io.StringIO(table.removeprefix("\ufeff"), newline=""))
    missing = [c for c in ("id", "what", "number", "text") if c not in (reader.fieldnames or ())]
    if missing:
        message = f"第一行缺少 {'、'.join(missing)}；请用 kb export 的表来改"
        return [], [Problem(name, 1, "", message)]
    rows = []
    for found in reader:
        id_, what, number, text = (
            _unguarded(found[c] or "").strip() for c in ("id", "what", "number", "text")
        )
        if id_:
            rows.append(Row(reader.line_num, id_, what, number, text))
    return rows, []


def _misplaced(row: Row, form: EntryForm) -> str | None:
    """Return what is wrong with a row, else `None`."""
    if row.what not in (*LISTS, *SINGLE, *NUMBERED):
        return f"what 写的是“{row.what}”，只能写：{'、'.join((*SINGLE, *LISTS, *NUMBERED))}"
    if row.what in NUMBERED:
        count = len(form.facts if row.what == "fact" else form.verdicts)
        if not (row.number.isdecimal() and 1 <= int(row.number) <= count):
            found = f"没有第 {row.number or '?'} 条 {row.what}，只有 {count} 条"
            return f"{form.id} {found}；新的请写进文件"
    if not row.text and row.what not in (*LISTS, "short"):
        return f"{form.id} 的 {row.what} 是空的"
    return None


def _edits(item: Item[EntryForm], rows: Sequence[Row]) -> Edits:
    """Return the texts of an entry by their place in the file."""
    found: Edits = {}
    for row in rows:
        if row.what in SINGLE and row.text:
            found[*item.trail, row.what] = row.text
        elif row.what in NUMBERED and row.number.isdecimal():
            found[*item.trail, _KEYS[row.what], int(row.number) - 1, "text"] = row.text
    for what in LISTS:
        if lines := [row.text for row in rows if row.what == what and row.text]:
            found[*item.trail, what] = lines
    return found


def _edited(file: Located, edits: Edits) -> tuple[str, list[Trail]]:
    """Return the text with the values replaced, and the places where that was not possible."""
    whole = file.raw.decode("utf-8-sig")
    end = "\r\n" if "\r\n" in whole else "\n"
    lines = whole.split(end)
    wrong = []
    for trail, value in sorted(edits.items(), key=lambda edit: -file.line(edit[0])):
        first, last = _span(file, trail, lines)
        if (block := _block(lines[first - 1], str(trail[-1]), value)) is None:
            wrong.append(trail)
        else:
            lines[first - 1 : last] = block
    text = end.join(lines)
    if not wrong:
        again = parse_yaml(Content(text.encode(), text), file.name)
        if again.problems or again.data != _with(file.data, edits):
            wrong = list(edits)
    return text, wrong


def _span(file: Located, trail: Trail, lines: Sequence[str]) -> tuple[int, int]:
    """Return the first and the last line of a value; remarks before the next one are the next's."""
    first = file.line(trail)
    later = (n for t, n in file.lines.items() if n > first and t[: len(trail)] != trail)
    last = min(later, default=len(lines) + 1) - 1
    while last > first and re.match(r"\s*(#.*)?$", lines[last - 1]):
        last -= 1
    return first, last


def _block(line: str, key: str, value: str | list[str]) -> list[str] | None:
    """Return the lines of `key: value`; `None` if the old line has more on it than this key."""
    head = re.match(rf"(\s*(?:- )?){key}:", line)
    if head is None:
        return None
    if isinstance(value, str):
        return [f"{head[0]} {_scalar(value)}"]
    indent = " " * (len(head[1]) + 2)
    return [head[0], *(f"{indent}- {_scalar(one)}" for one in value)]


def _scalar(text: str) -> str:
    """Return a text as YAML: bare if that is safe, else in double quotes."""
    is_plain = _PLAIN.fullmatch(text) and text.strip() == text
    return text if is_plain else json.dumps(text, ensure_ascii=False)


def _at(data: Value, trail: Trail) -> Value:
    for step in trail:
        if isinstance(data, dict) and isinstance(step, str):
            data = data.get(step)
        elif isinstance(data, list) and isinstance(step, int):
            data = data[step]
    return data


def _is_same(old: Value, new: str | list[str]) -> bool:
    """Return whether the table has the text of the file; blanks at the ends do not count."""
    if isinstance(old, list):
        return [str(one).strip() for one in old] == new
    return isinstance(old, str) and old.strip() == new


def _with(data: Value, edits: Edits, trail: Trail = ()) -> Value:
    """Return the data with the edits made."""
    if trail in edits:
        return list(new) if isinstance(new := edits[trail], list) else new
    if isinstance(data, dict):
        return {key: _with(value, edits, (*trail, key)) for key, value in data.items()}
    if isinstance(data, list):
        return [_with(one, edits, (*trail, number)) for number, one in enumerate(data)]
    return data


def _guarded(text: str) -> str:
    return "'" + text if text.startswith(_RISKY) else text


def _unguarded(text: str) -> str:
    return text[1:] if text.startswith("'") and text[1:].startswith(_RISKY) else text
