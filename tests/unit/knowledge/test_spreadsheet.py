"""Texts of entries as a table, and back into the files."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.errors import KnowledgeError
from bot.knowledge.loader import load_pack
from bot.knowledge.reading.files import Content
from bot.knowledge.reading.safe_yaml import parse_yaml
from bot.knowledge.spreadsheet import COLUMNS, export, import_
from tests.conftest import KNOWLEDGE
from tests.packs import edited, write_pack

MAIN = edited("faq/main.yaml", ("short: 交五样。", "# 数过\n    short: 交五样。  # 2021 年"))
TEXTS = st.text(
    st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=40
)


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    return write_pack(tmp_path / "pack", main=MAIN)


def table_of(pack: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(export(pack), newline="")))


def as_csv(rows: list[dict[str, str]]) -> str:
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, COLUMNS)
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def changed(pack: Path, what: str, text: str) -> str:
    """The main file after one text was changed in the table."""
    rows = table_of(pack)
    next(row for row in rows if row["what"] == what)["text"] = text
    [new] = import_(pack, as_csv(rows), "t.csv").values()
    return new


def test_an_unchanged_table_changes_nothing(pack: Path) -> None:
    assert import_(pack, export(pack), "t.csv") == {}


def test_the_whole_pack_goes_out_and_back_without_a_change() -> None:
    assert import_(KNOWLEDGE, export(KNOWLEDGE), "t.csv") == {}


def test_only_the_lines_of_a_changed_text_change(pack: Path) -> None:
    assert changed(pack, "fact", "交照片。") == MAIN.replace("交申请表。", "交照片。")


def test_wordings_can_be_added_and_taken_away(pack: Path) -> None:
    rows = [row for row in table_of(pack) if row["text"] != "续期材料"]
    rows.append({"id": "renewal-materials", "what": "ask", "number": "", "text": "延续带啥"})
    [new] = import_(pack, as_csv(rows), "t.csv").values()
    (pack / "faq" / "main.yaml").write_text(new, encoding="utf-8")
    asks = load_pack(pack).entries["renewal-materials"].ask
    assert asks == ("延续要什么材料", "续期交什么", "延续带啥")
    assert "# 数过" in new


@given(text=TEXTS)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_any_text_comes_back_as_it_was_typed(pack: Path, text: str) -> None:
    rows = table_of(pack)
    row = next(row for row in rows if row["what"] == "title")
    row["text"] = "'" + text if text.startswith(("=", "+", "-", "@", "'")) else text
    for new in import_(pack, as_csv(rows), "t.csv").values():
        data = parse_yaml(Content(new.encode(), new), "t").data
        assert isinstance(data, dict)
        assert data["entries"][0]["title"] == text  # type: ignore[index, call-overload]


def test_a_formula_is_no_formula(pack: Path) -> None:
    (pack / "faq" / "main.yaml").write_text(MAIN.replace("交五样。", "=1+1"), encoding="utf-8")
    assert ",'=1+1," in export(pack)
    assert import_(pack, export(pack), "t.csv") == {}


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ({"id": "renewal-material", "what": "title", "text": "x"}, "是不是“renewal-materials”"),
        ({"id": "first-class", "what": "tilte", "text": "x"}, "只能写：title"),
        ({"id": "first-class", "what": "fact", "number": "1", "text": "x"}, "只有 0 条"),
    ],
)
def test_a_row_that_fits_nowhere_is_named(row: dict[str, str], told: str, pack: Path) -> None:
    with pytest.raises(KnowledgeError) as caught:
        import_(pack, as_csv([row]), "t.csv")
    [problem] = caught.value.problems
    assert (problem.file, problem.line) == ("t.csv", 2)
    assert told in problem.message


def test_what_cannot_be_put_back_changes_nothing(pack: Path) -> None:
    one_line = MAIN.replace(
        "      - text: 交申请表。\n        sources: [{source: seed}]",
        "      - {sources: [{source: seed}], text: 交申请表。}",
    )
    (pack / "faq" / "main.yaml").write_text(one_line, encoding="utf-8")
    with pytest.raises(KnowledgeError, match="请在文件里手工改"):
        changed(pack, "fact", "交照片。")
