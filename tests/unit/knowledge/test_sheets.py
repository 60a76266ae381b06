"""A pack goes to a table and back: nothing is lost, and what was edited is all that changes."""

from __future__ import annotations

import csv
import html
import io
import os
import re
import zipfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from bot.errors import KnowledgeError
from bot.knowledge.loader import load_pack
from bot.knowledge.reading.files import FORBIDDEN, Content
from bot.knowledge.reading.safe_yaml import parse_yaml
from bot.knowledge.sheets.pack_table import COLUMNS, changed_files, export, file_names
from bot.knowledge.sheets.rows import END, rows_of, text_of
from tests.conftest import KNOWLEDGE
from tests.packs import PACK, edited, write_pack

SOAK = bool(os.environ.get("BOT_TEST_SOAK"))
KINDS = ("t.csv", "t.xlsx")
MAIN = edited("faq/main.yaml", ("short: 交五样。", "# 数过\n    short: 交五样。  # 2021 年"))
Cells = dict[str, str]
Edit = Callable[[list[Cells]], object]


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    return write_pack(tmp_path / "pack", main=MAIN)


def table_of(pack: Path) -> list[Cells]:
    text = export(pack, "t.csv").decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def as_csv(rows: list[Cells]) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, COLUMNS)
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


def at(rows: list[Cells], where: str, file: str = "faq/main.yaml") -> int:
    return next(n for n, row in enumerate(rows) if (row["file"], row["where"]) == (file, where))


def edited_main(pack: Path, edit: Edit) -> str:
    rows = table_of(pack)
    edit(rows)
    changed = changed_files(pack, as_csv(rows), "t.csv")
    assert list(changed) == ["faq/main.yaml"]
    return changed["faq/main.yaml"]


# The round trip ---------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS if SOAK else KINDS[:1])
def test_the_shipped_pack_goes_into_an_empty_folder_byte_by_byte(kind: str, tmp_path: Path) -> None:
    names = file_names(KNOWLEDGE)
    back = changed_files(tmp_path, export(KNOWLEDGE, kind), kind)
    assert {name: text.encode() for name, text in back.items()} == {
        name: (KNOWLEDGE / name).read_bytes() for name in names
    }
    on_disk = [*KNOWLEDGE.glob("*.yaml"), *KNOWLEDGE.glob("*/*.yaml")]
    assert {*names} == {p.relative_to(KNOWLEDGE).as_posix() for p in on_disk} | {"dictionary.txt"}


CHARACTERS = st.characters(
    codec="utf-8", exclude_categories=("C",), exclude_characters="\u2028\u2029"
)
WORDS = st.one_of(
    st.text(CHARACTERS, max_size=12),
    st.sampled_from(
        ["=1+1", "'=x", "_x000D_", "true", "007", "1.5", "a: b", "a #b", "- x", " 空 "]
    ),
    st.sampled_from(["第一行\n第二行", "\t头", "回\r车", "2021-12-08", "-12", "", "~", "null"]),
).filter(lambda text: not FORBIDDEN.search(text))
KEYS = st.sampled_from(["id", "名称", "ask", "a.b", "12", "with blank", "x-y"])
VALUES = st.recursive(
    WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=12,
)
DATA = st.dictionaries(KEYS, VALUES, min_size=1, max_size=4)


class Writer:
    """Writes data as YAML in every way that a hand may choose, with remarks between."""

    def __init__(self, draw: st.DrawFn) -> None:
        self._draw = draw

    def document(self, data: object) -> str:
        head = self._draw(st.sampled_from(["", "# 开头\n", "---\n", "\n"]))
        tail = self._draw(st.sampled_from(["", "\n", "\n\n# 末尾\n", "\n# 末尾"]))
        text = head + self.block(data, 0).lstrip("\n") + tail
        return self._draw(
            st.sampled_from([text, text, text.replace("\n", "\r\n"), "\ufeff" + text])
        )

    def block(self, data: object, indent: int) -> str:
        if not isinstance(data, list | dict) or not data or (indent and self.chance()):
            return " " + self.flow(data)
        pad, step = " " * indent, self._draw(st.sampled_from([1, 2, 4]))
        lines = []
        items = [("- ", v) for v in data] if isinstance(data, list) else self.keys(data)
        for key, value in items:
            remark = f"\n{pad}# 备注：{key.strip()}" if self.chance() else ""
            text = self.block(value, indent + step).rstrip(" ") or ' ""'
            trailing = "  # 尾注" if self.chance() and "\n" not in text else ""
            lines.append(f"{remark}\n{pad}{key.rstrip()}{text}{trailing}")
        return ("\n" if self.chance() else "").join(lines)

    def keys(self, data: dict[str, object]) -> list[tuple[str, object]]:
        return [(f"{self.quoted(key)}: ", value) for key, value in data.items()]

    def flow(self, data: object) -> str:
        gap = self._draw(st.sampled_from([", ", ",", " , "]))
        if isinstance(data, list):
            return "[" + gap.join(map(self.flow, data)) + "]"
        if isinstance(data, dict):
            return "{" + gap.join(k + self.flow(v) for k, v in self.keys(data)) + "}"
        return self.quoted(str(data))

    def quoted(self, text: str) -> str:
        escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
        ways = ['"' + escaped.replace("\r", "\\r").replace("\t", "\\t") + '"']
        if not re.search(r"[\n\r\t]", text):
            ways.append("'" + text.replace("'", "''") + "'")
        if re.fullmatch(r"[\w一-鿿]+", text):
            ways.append(text)
        return self._draw(st.sampled_from(ways))

    def chance(self) -> bool:
        return self._draw(st.booleans())


@st.composite
def packs(draw: st.DrawFn) -> dict[str, str]:
    names = ["pack.yaml", "sources.yaml", "faq/a.yaml", "procedures/b.yaml", "tests/c.yaml"]
    files = {name: Writer(draw).document(draw(DATA)) for name in names}
    return {**files, "dictionary.txt": "\n".join(draw(st.lists(WORDS, max_size=4)))}


@given(files=packs())
@settings(
    max_examples=500 if SOAK else 24,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    deadline=None,
)
def test_any_pack_goes_there_and_back(
    files: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder, empty = tmp_path_factory.mktemp("pack"), tmp_path_factory.mktemp("empty")
    for name, text in files.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(text.encode())
    for kind in KINDS:
        assert changed_files(empty, export(folder, kind), kind) == files


# Edits ------------------------------------------------------------------------------------------


def test_an_unchanged_table_changes_nothing(pack: Path) -> None:
    assert [changed_files(pack, export(pack, kind), kind) for kind in KINDS] == [{}, {}]


def test_only_the_text_of_a_changed_cell_changes(pack: Path) -> None:
    def edit(rows: list[Cells]) -> None:
        rows[at(rows, "entries.1.facts.1.text")]["text"] = "交照片: 两张。"

    assert edited_main(pack, edit) == MAIN.replace("交申请表。", '"交照片: 两张。"')


def test_rows_can_be_copied_typed_and_taken_away(pack: Path) -> None:
    def edit(rows: list[Cells]) -> None:
        first = at(rows, "entries.1.ask.1")
        typed = {"file": "faq/main.yaml", "where": "entries.1.ask.9", "text": "延续带啥"}
        rows[first + 1 : first + 3] = [rows[first] | {"text": "续期带啥"}, typed]

    new = edited_main(pack, edit)
    assert new == MAIN.replace("续期材料, 续期交什么", "续期带啥, 延续带啥")


def test_an_item_is_taken_away_with_all_its_rows_and_remarks_of_others_stay(pack: Path) -> None:
    def edit(rows: list[Cells]) -> None:
        rows[:] = [
            row for row in rows if row["where"] not in {"entries.1.not.1", "entries.1.related.1"}
        ]

    new = edited_main(pack, edit)
    gone = MAIN.replace("    not: [变更程序]\n", "").replace("    related: [first-class]\n", "")
    assert new == gone
    assert "# 数过\n" in new
    assert "# 2021 年\n" in new


def test_a_copied_entry_is_a_new_entry(pack: Path) -> None:
    def edit(rows: list[Cells]) -> None:
        copied = [dict(row) for row in rows if row["item"] == "first-class"]
        for row in copied:
            row["text"] = row["text"].replace("一建", "造价").replace("first-class", "cost")
        end = next(
            n for n, r in enumerate(rows) if r["file"] == "faq/main.yaml" and r["text"] == END
        )
        rows[end:end] = copied

    new = edited_main(pack, edit)
    (pack / "faq" / "main.yaml").write_text(
        new.replace("certificate: 造价", "certificate: 一建"), encoding="utf-8"
    )
    entries = load_pack(pack).entries
    assert entries["cost"].ask == ("造价怎么考", "造价注册", "造价报名")
    assert entries["first-class"].ask == ("一建怎么考", "一建注册", "一建报名")
    assert new.startswith(MAIN.rstrip("\n"))


def test_a_key_that_no_file_has_yet_is_put_in(pack: Path) -> None:
    def edit(rows: list[Cells]) -> None:
        place = at(rows, "entries.1.facts.1.sources.1.source")
        typed = [
            {"file": "faq/main.yaml", "where": f"entries.1.facts.{where}", "text": text}
            for where, text in (
                ("1.sources.1.article", "第二条"),
                ("1.sources.2.source", "seed"),
                ("2.text", "交照片。"),
                ("2.sources.1.source", "seed"),
                ("2.link.name", "网"),
            )
        ]
        rows[place + 1 : place + 1] = typed

    data = parse_yaml(Content(b"", edited_main(pack, edit)), "t").data
    facts = data["entries"][0]["facts"]  # type: ignore[call-overload, index]
    assert facts == [
        {
            "text": "交申请表。",
            "sources": [{"source": "seed", "article": "第二条"}, {"source": "seed"}],
        },
        {"text": "交照片。", "sources": [{"source": "seed"}], "link": {"name": "网"}},
    ]


@given(text=WORDS, quoting=st.sampled_from(["plain", "'single'", '"double"', "|-\n    block"]))
@settings(max_examples=200, deadline=None)
def test_any_text_comes_back_as_it_was_typed(text: str, quoting: str) -> None:
    file = f"# 头\na:\n  b: {quoting}\n  c: [1, 2]  # 尾\n"
    first, *others = rows_of("f", file)
    new = text_of([type(first)(**{**_fields(first), "text": text}), *others])
    data = parse_yaml(Content(b"", new), "t").data
    assert isinstance(data, dict)
    assert data["a"] == {"b": text, "c": [1, 2]}
    assert new.endswith("  c: [1, 2]  # 尾\n")


def _fields(row: object) -> dict[str, str]:
    return {name: getattr(row, name) for name in row.__slots__}  # type: ignore[attr-defined]


def test_a_table_is_read_as_a_spreadsheet_program_saves_it(pack: Path, tmp_path: Path) -> None:
    """The cells have lost their widths, dates are dates, and a sheet of notes was added."""
    file = tmp_path / "t.xlsx"
    file.write_bytes(export(pack, "t.xlsx"))
    book = load_workbook(file)
    book.create_sheet("我的笔记").append(["随便", "写写"])
    book["问答"].append([None, None])
    for row in book["出处"].iter_rows(min_row=2):
        if row[2].value == "sources.1.checked_on":
            row[3].value = datetime(2022, 1, 2)  # noqa: DTZ001 - as openpyxl reads a date
    book.save(file)
    assert changed_files(pack, file.read_bytes(), "t.xlsx") == {
        "sources.yaml": PACK["sources.yaml"].replace("2021-12-08", "2022-01-02")
    }


def test_csv_may_have_been_saved_by_a_program_that_rewrites_dates(pack: Path) -> None:
    text = export(pack, "t.csv").decode("utf-8-sig")
    saved = text.replace("2021-12-08", "2021/12/8").replace(",true,", ",TRUE,")
    assert saved != text
    assert changed_files(pack, saved.encode(), "t.csv") == {}


# What must not happen ---------------------------------------------------------------------------


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "＝", "'="])
def test_a_formula_is_no_formula(pack: Path, start: str) -> None:
    text = f'{start}HYPERLINK("http://127.0.0.1/")'
    main = MAIN.replace("交五样。", "'" + text.replace("'", "''") + "'")
    (pack / "faq" / "main.yaml").write_text(main, encoding="utf-8")
    rows = list(csv.reader(io.StringIO(export(pack, "t.csv").decode("utf-8-sig"), newline="")))
    cells = [cell for row in rows for cell in row]
    assert "'" + text in cells
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n"))]
    with zipfile.ZipFile(io.BytesIO(export(pack, "t.xlsx"))) as book:
        parts = {name: book.read(name).decode() for name in book.namelist()}
    sheets = "".join(text for name, text in parts.items() if name.startswith("xl/worksheets/"))
    assert html.escape("'" + text, quote=False) in sheets
    assert not re.search(r"<f\b|<(t|v)[^>]*>[=+@\t-]", sheets)
    assert [changed_files(pack, export(pack, kind), kind) for kind in KINDS] == [{}, {}]


def problems(pack: Path, raw: bytes, name: str = "t.csv") -> str:
    with pytest.raises(KnowledgeError) as caught:
        changed_files(pack, raw, name)
    return "\n".join(map(str, caught.value.problems))


def test_a_file_that_changed_since_is_not_overwritten(pack: Path) -> None:
    rows = table_of(pack)
    rows[at(rows, "entries.1.title")]["text"] = "改了"
    (pack / "faq" / "main.yaml").write_text(MAIN + "# 别人加的\n", encoding="utf-8")
    assert "faq/main.yaml 在导出以后改过" in problems(pack, as_csv(rows))


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"file": "../faq/main.yaml"}, "不是知识包里的文件名"),
        ({"file": "faq/../../x.yaml"}, "不是知识包里的文件名"),
        ({"file": "faq/_draft/x.yaml"}, "不是知识包里的文件名"),
        ({"where": ".."}, "看不懂"),
        ({"where": "entries"}, "拼不回文件"),
        ({"layout": "x"}, "layout 一列是排版用的"),
    ],
)
def test_a_row_that_fits_nowhere_is_named(change: Cells, told: str, pack: Path) -> None:
    rows = table_of(pack)
    place = at(rows, "entries.1.title")
    rows[place] |= change
    found = problems(pack, as_csv(rows))
    assert told in found
    assert f"t.csv:{place + 2}" in found


def test_what_is_no_table_is_refused(pack: Path) -> None:
    raw = export(pack, "t.xlsx")
    assert "不是 UTF-8" in problems(pack, "文".encode("gbk"))
    assert "kb export 的表" in problems(pack, b"a,b\n1,2\n")
    for broken in (b"", raw[: len(raw) // 2], raw[:200] + bytes(800) + raw[1000:]):
        assert "不是完整的 XLSX" in problems(pack, broken, "t.xlsx")
    rows = table_of(pack)
    assert "没有连在一起" in problems(pack, as_csv(sorted(rows, key=lambda row: row["text"])))
