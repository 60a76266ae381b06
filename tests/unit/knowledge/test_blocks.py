"""An entry as text, and back into its file with every other byte as it was."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.knowledge.blocks import block_at, editable_files, text_of, with_block, with_wordings
from tests.conftest import KNOWLEDGE
from tests.packs import write_pack


def test_every_entry_of_the_pack_is_cut_out_and_put_back_unchanged() -> None:
    names = [name for name in editable_files(KNOWLEDGE) if name.startswith("faq/")][:4]
    for name in names:
        whole = text_of(KNOWLEDGE, name)
        ids = [line[8:] for line in whole.splitlines() if line.startswith("  - id: ")]
        for id_ in (ids[0], ids[len(ids) // 2], ids[-1]):
            block = block_at(KNOWLEDGE, f"entry:{id_}")
            assert block
            assert block.text.startswith(f"  - id: {id_}\n")
            assert block.text.count("\n  - id: ") == 0
            assert with_block(KNOWLEDGE, block, block.text) == whole
            new = with_wordings(block, ["这样问: 行吗", "那样问"])
            assert new
            changed = with_block(KNOWLEDGE, block, new)
            assert len(changed) - len(whole) == len(new) - len(block.text)
            assert '      - "这样问: 行吗"\n      - 那样问\n' in changed


@pytest.mark.parametrize(
    "where", ["entry:none", "file:../x", "file:/etc/passwd", "file:faq/none.yaml", "x", ""]
)
def test_what_is_no_part_of_the_pack_is_not_found(tmp_path: Path, where: str) -> None:
    assert block_at(write_pack(tmp_path), where) is None


def test_a_list_in_a_row_is_left_to_the_writer(tmp_path: Path) -> None:
    block = block_at(write_pack(tmp_path), "entry:renewal-materials")
    assert block
    assert with_wordings(block, ["续期要带啥"]) is None


def test_the_last_entry_of_a_file_without_a_last_line_break_is_not_doubled(tmp_path: Path) -> None:
    folder = write_pack(tmp_path)
    file = folder / "faq" / "main.yaml"
    file.write_text(file.read_text("utf-8").rstrip("\n"), encoding="utf-8")
    block = block_at(folder, "entry:first-class")
    assert block
    changed = with_block(folder, block, block.text.replace("这里只管二建。", "只管二建。"))
    assert changed == file.read_text("utf-8").replace("这里只管二建。", "只管二建。") + "\n"
