"""What changed from one version of a pack to another, in words."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.app import load_brain
from bot.runtime.pack_diff import changes, turned
from bot.runtime.replay import Replayer
from tests.packs import PACK, write_pack

NOW = datetime(2026, 11, 22, 4, tzinfo=UTC)
EDITS = {
    "an answer": (
        *("faq/main.yaml", "交申请表", "交照片"),
        "条目 renewal-materials：答案第 1 条由“交申请表。”改为“交照片。”",
    ),
    "a question": (
        *("faq/main.yaml", "[延续要什么材料, ", "[延续要什么材料, 延续带啥, "),
        "条目 renewal-materials：问法（ask）加了 “延续带啥”",
    ),
    "the day of a fact": (
        *("faq/main.yaml", "text: 交申请表。", "text: 交申请表。\n        valid_until: 2030-01-01"),
        "条目 renewal-materials：答案“交申请表。”的失效日由 没写 改为 2030-01-01",
    ),
    "a step": (
        *("procedures/path.yaml", "action: 领证", "action: 领电子证书"),
        "流程 path：第 2 步 done：做什么由“领证”改为“领电子证书”",
    ),
    "a way on": (
        *("procedures/path.yaml", "outcome: 受理}", "outcome: 收下}"),
        "流程 path：第 1 步 apply：去向加了 “收下 → done”",
    ),
    "a word": (
        *("synonyms.yaml", "forms: [续期]", "forms: [续期, 续证]"),
        "近义词 延续注册：说法加了 “续证”",
    ),
    "a source": (
        *("sources.yaml", "2021-12-08", "2022-12-08"),
        "出处 seed：核对日期由“2021-12-08”改为“2022-12-08”",
    ),
}


def edited_pack(folder: Path, name: str, old: str, new: str) -> Path:
    pack = write_pack(folder)
    assert old in PACK[name]
    (pack / name).write_text(PACK[name].replace(old, new, 1), encoding="utf-8")
    return pack


@pytest.mark.parametrize("edit", EDITS.values(), ids=EDITS)
def test_a_change_is_told(edit: tuple[str, str, str, str], tmp_path: Path) -> None:
    *what, sentence = edit
    old = load_brain(write_pack(tmp_path / "old")).pack
    new = load_brain(edited_pack(tmp_path / "new", *what)).pack
    assert sentence in list(changes(old, new))
    assert not list(changes(old, old))


def test_an_entry_that_is_new_or_gone_is_told(tmp_path: Path) -> None:
    old = load_brain(write_pack(tmp_path / "old")).pack
    new = load_brain(edited_pack(tmp_path / "new", "faq/main.yaml", "title: 延", "title: 续")).pack
    less = {name: entry for name, entry in new.entries.items() if name != "first-class"}
    object.__setattr__(new, "entries", less)
    assert "条目 first-class：去掉了" in list(changes(old, new))
    assert "条目 first-class：新加的" in list(changes(new, old))


def test_a_question_that_gets_another_reply_is_named(tmp_path: Path) -> None:
    old = Replayer(load_brain(write_pack(tmp_path / "old")), NOW)
    folder = edited_pack(
        *(tmp_path / "new", "synonyms.yaml"), "forms: [一级]", "forms: [一级, 续期材料]"
    )
    found, asked = turned(old, Replayer(load_brain(folder), NOW), (), 60)
    [one] = [one for one in found if one.question == "续期材料"]
    assert one.before == "由 renewal-materials"
    assert one.after != one.before
    assert asked >= len(found)


def test_without_time_nothing_is_asked(tmp_path: Path) -> None:
    old = Replayer(load_brain(write_pack(tmp_path / "old")), NOW)
    assert turned(old, old, (), 0) == ([], 0)
