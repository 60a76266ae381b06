"""Tables and articles of elsewhere, and the pack as a table, from the command line."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.knowledge.sheets.pack_table import file_names
from tests.conftest import KNOWLEDGE
from tests.packs import edited, write_pack
from tests.unit.cli.running import Run, run_here

SEED = KNOWLEDGE / "sources" / "2021-12-08-registration.md"
TABLE = "问题,答案\n押金怎么退,三天内退。\n没有答案的,\n"


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Run:
    monkeypatch.chdir(tmp_path)
    return run_here(monkeypatch, capsys)


def test_a_workbook_makes_the_same_pack_in_a_new_folder(run: Run, tmp_path: Path) -> None:
    right = edited("faq/main.yaml", ("not: [二建注册]", "not: [变更程序]"))
    pack = write_pack(tmp_path / "pack", main=right)
    assert run("kb", "export", "t.xlsx", "--knowledge", str(pack)).code == 0
    ran = run("kb", "import", "t.xlsx", "--knowledge", "new")
    assert (ran.code, "改了 8 个文件" in ran.out) == (0, True)
    for name in file_names(pack):
        assert (tmp_path / "new" / name).read_bytes() == (pack / name).read_bytes()


def test_a_new_folder_that_would_be_no_pack_stays_empty(run: Run, tmp_path: Path) -> None:
    pack = write_pack(tmp_path / "pack")
    (pack / "sources.yaml").unlink()
    run("kb", "export", "t.csv", "--knowledge", str(pack))
    ran = run("kb", "import", "t.csv", "--knowledge", "other")
    assert (ran.code, "已经退回" in ran.err, file_names(Path("other"))) == (3, True, [])


def test_a_foreign_table_becomes_a_draft_that_answers(run: Run, tmp_path: Path) -> None:
    Path("t.csv").write_text(TABLE, encoding="utf-8")
    ran = run("kb", "import", "dify", "t.csv", "--to", "draft")
    assert (ran.code, "1 条问答" in ran.out) == (0, True)
    assert "t.csv:3 没有收进来：没有答案" in ran.err
    assert "三天内退" in run("ask", "押金怎么退", "--knowledge", "draft").out
    assert "已经有了" in run("kb", "import", "dify", "t.csv", "--to", "draft").err
    assert run("kb", "export", "maxkb", "m.csv", "--knowledge", "draft").code == 0
    assert "三天内退。\n依据：从 t.csv 导入（核对于 " in Path("m.csv").read_text("utf-8-sig")


def test_an_article_becomes_a_draft_that_answers(run: Run) -> None:
    ran = run("kb", "import", "markdown", str(SEED))
    assert (ran.code, "40 条事实，1 个流程" in ran.out) == (0, True)
    draft = "2021-12-08-registration-draft"
    assert "聘用合同" in run("ask", "初始注册需提交的材料", "--knowledge", draft).out


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("export", "t.txt"), "扩展名要是 .csv 或 .xlsx"),
        (("import", "none.csv"), "none.csv"),
        (("import", "fastgpt", "t.csv"), "第一行要有 q、a、indexes"),
        (("import", "dify", "empty.csv"), "没有一条问答"),
        (("import", "markdown", "empty.csv"), "没有一句"),
    ],
)
def test_what_does_not_fit_is_told(words: tuple[str, ...], told: str, run: Run) -> None:
    Path("t.csv").write_text(TABLE, encoding="utf-8")
    Path("empty.csv").write_text("问题,答案\n" * ("markdown" not in words), encoding="utf-8")
    ran = run("kb", *words)
    assert ran.code in {2, 3}
    assert told in ran.err
