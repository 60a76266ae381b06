"""Verbs that show an edit, explain it and take it back."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.runtime.good_copies import GoodCopies, files_of
from tests.packs import edited, write_pack
from tests.unit.cli.running import Run, run_here


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    return run_here(monkeypatch, capsys)


@pytest.fixture
def pack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    right = edited("faq/main.yaml", ("not: [二建注册]", "not: [变更程序]"))
    return write_pack(tmp_path / "pack", main=right)


def edit(pack: Path) -> None:
    file = pack / "faq" / "main.yaml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("交申请表", "交照片"), encoding="utf-8")


def test_undo_returns_to_what_passed(run: Run, pack: Path) -> None:
    assert run("kb", "test", "--knowledge", str(pack)).code == 0
    before = files_of(pack)
    edit(pack)
    ran = run("kb", "undo", "--yes", "--knowledge", str(pack))
    assert (ran.code, files_of(pack)) == (0, before)
    assert "改动 1 个文件" in ran.out
    assert "faq/main.yaml" in ran.out


def test_undo_without_a_copy_says_so(run: Run, pack: Path) -> None:
    ran = run("kb", "undo", "--yes", "--knowledge", str(pack))
    assert (ran.code, "没有可以退回的样子" in ran.err) == (2, True)


def test_undo_does_nothing_unasked(run: Run, pack: Path) -> None:
    GoodCopies.of(pack).keep()
    edit(pack)
    changed = files_of(pack)
    assert run("kb", "undo", "--knowledge", str(pack)).code == 2
    assert files_of(pack) == changed


def test_why_names_an_entry_that_is_nearly_right(run: Run, pack: Path) -> None:
    ran = run("kb", "why", "续期材料", "renewal-material", "--knowledge", str(pack))
    assert (ran.code, "是不是“renewal-materials”" in ran.err) == (2, True)


def test_why_as_json(run: Run, pack: Path) -> None:
    ran = run("kb", "why", "一建报名", "renewal-materials", "--json", "--knowledge", str(pack))
    assert (ran.reply["first"], ran.reply["wanted"]) == ("first-class", "renewal-materials")


def test_a_failing_test_says_which_word_it_was(run: Run, pack: Path) -> None:
    file = pack / "synonyms.yaml"
    file.write_text(
        file.read_text("utf-8").replace("forms: [一级]", "forms: [一级, 续期材料]"), "utf-8"
    )
    ran = run("kb", "test", "--knowledge", str(pack))
    assert ran.code == 1
    assert "synonyms.yaml:4）填了 certificate：一建" in ran.out


def test_diff_compares_with_what_passed(run: Run, pack: Path) -> None:
    GoodCopies.of(pack).keep()
    edit(pack)
    ran = run("kb", "diff", "--knowledge", str(pack))
    assert "条目 renewal-materials：答案第 1 条由“交申请表。”改为“交照片。”" in ran.out


def test_due_as_json_and_as_a_calendar(run: Run, pack: Path, tmp_path: Path) -> None:
    file = tmp_path / "due.ics"
    options = ("--as-of", "2022-12-01", "--json", "--ics", str(file), "--knowledge", str(pack))
    [found] = run("kb", "due", *options).reply["due"]
    assert (found["what"], found["day"], found["name"]) == ("review", "2022-12-08", "seed")
    assert "DTSTART;VALUE=DATE:20221208" in file.read_text(encoding="utf-8")


def test_preview_writes_a_page(run: Run, pack: Path, tmp_path: Path) -> None:
    file = tmp_path / "page.html"
    ran = run("kb", "preview", "first-class", "--output", str(file), "--knowledge", str(pack))
    assert "1 个条目，0 个流程" in ran.out
    assert "这里只管二建" in file.read_text(encoding="utf-8")


def test_variants_are_asked(run: Run, pack: Path) -> None:
    options = ("renewal-materials", "--json", "--knowledge", str(pack))
    found = run("kb", "variants", *options).reply
    assert found["asked"] == 12
    assert {row["kind"] for row in found["variants"]} == {"homophone", "typo", "drop", "polite"}
    assert found["missed"] == sum(not row["ok"] for row in found["variants"])


def test_a_table_goes_out_and_comes_back(run: Run, pack: Path, tmp_path: Path) -> None:
    table, option = tmp_path / "t.csv", ("--knowledge", str(pack))
    assert run("kb", "export", str(table), *option).code == 0
    before = files_of(pack)
    table.write_text(table.read_text("utf-8-sig").replace("交申请表", "交照片"), "utf-8-sig")
    assert "会改 1 个文件" in run("kb", "import", str(table), "--dry-run", *option).out
    assert files_of(pack) == before
    assert run("kb", "import", str(table), *option).code == 0
    assert b"\xe4\xba\xa4\xe7\x85\xa7\xe7\x89\x87" in files_of(pack)["faq/main.yaml"]


def test_a_table_that_would_break_the_pack_changes_nothing(
    run: Run, pack: Path, tmp_path: Path
) -> None:
    table, option = tmp_path / "t.csv", ("--knowledge", str(pack))
    run("kb", "export", str(table), *option)
    before = files_of(pack)
    table.write_text(table.read_text("utf-8-sig").replace("一建怎么考", "续期材料"), "utf-8-sig")
    ran = run("kb", "import", str(table), *option)
    assert (ran.code, "只留一处" in ran.err, files_of(pack)) == (3, True, before)
