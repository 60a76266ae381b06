"""Twenty-four mistakes of people who have never written YAML: each is named with its cure."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.errors import KnowledgeError, Problem
from bot.knowledge.cases import load_questions
from bot.knowledge.did_you_mean import did_you_mean
from bot.knowledge.loader import load_pack
from tests.packs import PACK, write_pack

MAIN, SOURCES, SYNONYMS = "faq/main.yaml", "sources.yaml", "synonyms.yaml"
PLANTED = {
    "a wide colon": (MAIN, "title: 延续材料", "title：延续材料", 3, "英文冒号加空格“: ”"),
    "a wide colon after an id": (MAIN, "- id: ren", "- id：ren", 2, "英文冒号加空格“: ”"),
    "no blank after a colon": (MAIN, "title: 延续", "title:延续", 3, "冒号后面要空一格"),
    "wide commas": (MAIN, "料, 续期材料, 续", "料，续期材料，续", 5, "要用英文逗号加空格“, ”"),
    "a wide hyphen": (MAIN, "  - id: first", "  － id: first", 13, "英文减号加空格“- ”"),
    "a dash": (MAIN, "      - text", "      — text", 9, "英文减号加空格“- ”"),
    "no blank after a hyphen": (
        *(
            MAIN,
            "[延续要什么材料, 续期材料, 续期交什么]",
            "\n      -延续要什么材料\n      -续期材料",
        ),
        *(5, "“-”后面要空一格"),
    ),
    "wide brackets": (MAIN, "[变更程序]", "【变更程序】", 6, "方括号要用英文的 [ ]"),
    "a tab": (MAIN, "    title: 延续材料", "\ttitle: 延续材料", 3, "缩进只能用空格"),
    "a wide blank": (MAIN, "    title: 延续材料", "　　title: 延续材料", 3, "缩进只能用英文空格"),
    "a text cut by a hash": (
        MAIN,
        "short: 交五样。",
        "short: 交五样 #另加照片",
        7,
        "“#另加照片”不算数",
    ),
    "a list cut by a hash": (MAIN, "续期交什么]", "续期 #2]", 5, "“#2]”不算数"),
    "a colon in a text": (MAIN, "short: 交", "short: 注意: 交", 7, "整段文字加引号"),
    "half a quotation": (MAIN, "short: 交", 'short: "交', 7, "引号没有配好"),
    "a misspelt key": (MAIN, "short: 交", "shrot: 交", 7, "是不是“short”"),
    "a source misspelt": (MAIN, "source: seed", "source: sead", 10, "是不是“seed”"),
    "an entry misspelt": (MAIN, "related: [first-", "related: [frist-", 11, "是不是“first-class”"),
    "a word that sounds alike": (MAIN, "aspect: 材料", "aspect: 才料", 4, "是不是“材料”"),
    "a place that sounds alike": (
        MAIN,
        "title: 延续材料",
        "title: 延续\n    regions: [云楠]",
        4,
        "是不是“云南”",
    ),
    "places with a wide comma": (
        *(MAIN, "title: 延续材料", "title: 延续\n    regions: [云南，吉林]"),
        *(4, "这是 2 项"),
    ),
    "a question of two entries": (MAIN, "[一建怎么考", "[续期材料", 17, "只留一处"),
    "a date with slashes": (SOURCES, "2021-12-08", "2021/12/8", 2, "要写日期 YYYY-MM-DD"),
    "a number for a text": (MAIN, "short: 交五样。", "short: 2021", 7, '请加引号："2021"'),
    "half a bracket": (SYNONYMS, "forms: [啥]", "forms: [(啥|嘛]", 3, "括号没有配好"),
}


def problems(folder: Path) -> tuple[Problem, ...]:
    with pytest.raises(KnowledgeError) as caught:
        load_questions(folder, load_pack(folder).named)
    return caught.value.problems


@pytest.mark.parametrize("planted", PLANTED.values(), ids=PLANTED)
def test_a_mistake_is_named_with_its_line_and_cure(
    planted: tuple[str, str, str, int, str], tmp_path: Path
) -> None:
    name, right, wrong, line, cure = planted
    folder = write_pack(tmp_path)
    assert right in PACK[name]
    (folder / name).write_text(PACK[name].replace(right, wrong, 1), encoding="utf-8")
    found = [one for one in problems(folder) if cure in one.message]
    assert [(Path(one.file).name, one.line) for one in found] == [(Path(name).name, line)]


def test_a_file_that_cannot_be_read_is_the_only_one_that_is_blamed(tmp_path: Path) -> None:
    folder = write_pack(tmp_path, main=PACK[MAIN].replace("title: 延", "title：延", 1))
    assert {Path(problem.file).name for problem in problems(folder)} == {"main.yaml"}


def test_a_remark_after_a_text_is_no_mistake(tmp_path: Path) -> None:
    main = PACK[MAIN].replace("short: 交五样。", "short: 交五样。  # 数过")
    assert (
        load_pack(write_pack(tmp_path, main=main)).entries["renewal-materials"].short == "交五样。"
    )


@pytest.mark.parametrize(
    ("written", "meant"),
    [("海楠", "海南"), ("折江", "浙江"), ("山溪", "山西"), ("续其", "续期")],
)
def test_the_right_word_is_found_by_sound_and_shape(written: str, meant: str) -> None:
    known = ["海南", "上海", "青海", "浙江", "江西", "江苏", "山西", "山东", "续期", "续费"]
    assert did_you_mean(written, known) == f"；是不是“{meant}”？"
