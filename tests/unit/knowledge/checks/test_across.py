from datetime import date
from pathlib import Path

import pytest

from bot.core.model.phrases import REQUIRED
from tests.packs import PACK, edited, problems_of, write_pack

FAQ, PATH, WORDS = "faq/main.yaml", "procedures/path.yaml", "synonyms.yaml"
DONE = "  - id: done\n    action: 领证\n"
CIRCLE = DONE + "    next: [{to: circle}]\n  - {id: circle, action: 甲, next: [{to: done}]}\n"
PERIOD = "- text: 交\n        valid_from: 2024-01-02\n        valid_until: 2024-01-01"


@pytest.mark.parametrize(
    ("file", "old", "new", "line", "words"),
    [
        pytest.param(
            FAQ, "source: seed", "source: sead", 10, "没有出处“sead”；是不是“seed”", id="source"
        ),
        pytest.param(FAQ, "[first-class]", "[first-clas]", 11, "是不是“first-class”", id="related"),
        pytest.param(
            FAQ,
            "related: [first-class]",
            "afterwards: {first-class: first-clas}",
            11,
            "是不是“first-class”",
            id="afterwards",
        ),
        pytest.param(
            *(FAQ, "related: [first-class]", "needs: [续期, 延续材料]"),
            *(5, "“延续要什么材料”里没有 needs 的任何一个词"),
            id="needs of a question",
        ),
        pytest.param(
            *(FAQ, "related: [first-class]", "needs: [续期, 延续要]"),
            *(3, "“延续材料”里没有 needs 的任何一个词"),
            id="needs of the title",
        ),
        pytest.param(FAQ, "path#", "pth#", 12, "没有流程“pth”；是不是“path”", id="procedure"),
        pytest.param(FAQ, "path#延续注册", "path", 12, "流程编号#业务", id="procedure form"),
        pytest.param(FAQ, "path#延续注册", "path#变更注册", 12, "没有“变更注册”的路", id="no path"),
        pytest.param(FAQ, "id: first-class", "id: renewal-materials", 13, "写了两次", id="twins"),
        pytest.param(
            FAQ, "一建注册,", "续期材料 ,", 17, "已经是条目“renewal-materials”", id="ask twice"
        ),
        pytest.param(FAQ, "[变更程序]", "[续期材料]", 6, "同时写在 ask 和 not", id="ask and not"),
        pytest.param(
            FAQ, "aspect: 材料", "region: 云男", 4, "没有地区“云男”；是不是“云南”", id="region slot"
        ),
        pytest.param(
            FAQ, "kind: boundary", "kind: no_data", 13, "至少要有一条 facts", id="no facts"
        ),
        pytest.param(
            FAQ, "kind: boundary", "kind: smalltalk", 16, "只用于 kind: boundary", id="certificate"
        ),
        pytest.param(
            *(FAQ, "- text: 交申请表。", PERIOD),
            *(11, "还早"),
            id="dates",
        ),
        pytest.param(
            PATH, "start: apply", "start: aply", 3, "没有步骤“aply”；是不是“apply”", id="start"
        ),
        pytest.param(PATH, "to: done", "to: don", 12, "没有步骤“don”；是不是“done”", id="target"),
        pytest.param(
            PATH, "id: done", "id: apply", 14, "写了两次，另一处在第 8 行", id="twin steps"
        ),
        pytest.param(
            PATH, DONE, DONE + "  - {id: lost, action: 甲}\n", 16, "走不到这里", id="unreachable"
        ),
        pytest.param(
            *(PATH, DONE, CIRCLE),
            *(8, "走不到任何一个结束"),
            id="no end",
        ),
        pytest.param(
            PATH, "outcome: 不受理", "outcome: 受理", 13, "有两条路：“done”和“apply”", id="overlap"
        ),
        pytest.param(
            *(PATH, "outcome: 不受理", "outcome: 不受理, also: [受理]"),
            *(13, "“受理”已经是“受理”的说法"),
            id="words of another outcome",
        ),
        pytest.param(
            *(PATH, "to: done, outcome: 受理", "to: done, also: [受理]"),
            *(12, "要先写 outcome"),
            id="words of no outcome",
        ),
        pytest.param(
            *(PATH, "to: done,", "to: done, registrations: [变更注册],"),
            *(4, "延续注册走到步骤“apply”就没有路了"),
            id="registration without a path",
        ),
        pytest.param(
            PATH,
            "materials: {延续注册: renewal-materials",
            "materials: {延续注册: none",
            6,
            "没有条目",
            id="materials",
        ),
        pytest.param(
            *(PATH, "materials: {", "without_path: {延续注册: first-class}\nmaterials: {"),
            *(6, "已写在 registrations"),
            id="with and without path",
        ),
        pytest.param(
            *(PATH, "materials: {", "remarks: {变更注册: 甲}\nmaterials: {"),
            *(6, "不办“变更注册”"),
            id="remark on another registration",
        ),
        pytest.param(
            *(PATH, "materials: {", "renamed: {apply: done}\nmaterials: {"),
            *(6, "步骤“apply”还在"),
            id="renamed and still there",
        ),
        pytest.param(
            *(PATH, "materials: {", "renamed: {old: don}\nmaterials: {"),
            *(6, "没有步骤“don”；是不是“done”"),
            id="renamed to nothing",
        ),
        pytest.param(
            PATH,
            DONE,
            DONE + "    related: [first-clas]\n",
            16,
            "是不是“first-class”",
            id="related",
        ),
        pytest.param(
            *(PATH, DONE, DONE + "    papers: true\n  - {id: more, action: 甲, papers: true}\n"),
            *(17, "只能在一个步骤里交"),
            id="papers twice",
        ),
        pytest.param(
            *(PATH, DONE, DONE + "    question: {kind: choice, text: 哪种？}\n"),
            *(16, "至少要有两个可选的结果"),
            id="nothing to choose",
        ),
        pytest.param(
            *(PATH, DONE, DONE + "    question: {kind: date, text: 哪天？, least: 3}\n"),
            *(16, "只用于 number"),
            id="bounds of a date",
        ),
        pytest.param(
            *(PATH, DONE, DONE + "    question: {kind: number, text: 几？, future: true}\n"),
            *(16, "future 只用于 date"),
            id="number in the future",
        ),
        pytest.param(
            *(PATH, DONE, DONE + "    question: {kind: number, text: 几岁？, least: 3, most: 2}\n"),
            *(16, "least 是 3，比 most（2）还大"),
            id="bounds the wrong way round",
        ),
        pytest.param(
            *(
                PATH,
                "    action: 申请\n",
                "    action: 申请\n    question: {kind: yes_no, text: 有吗？}\n",
            ),
            *(12, "outcome 只能是“是”和“否”"),
            id="outcomes of yes and no",
        ),
        pytest.param(
            *(
                PATH,
                "    action: 申请\n",
                "    action: 申请\n    question: {kind: number, text: 几？}\n",
            ),
            *(12, "不按结果分路"),
            id="outcomes of a number",
        ),
        pytest.param(
            "sources.yaml",
            "id: seed,",
            "id: seed, perspective: 四川,",
            2,
            "没有地区“四川”",
            id="perspective",
        ),
        pytest.param(
            "regions.yaml",
            "春城: [云南, 吉林]",
            "春城: [云南, 吉林省]",
            2,
            "是不是“吉林”",
            id="ambiguous",
        ),
        pytest.param(
            "regions.yaml",
            "initials: jl",
            "initials: yn",
            14,
            "也是云南的名称",
            id="shared initials",
        ),
        pytest.param(WORDS, "[啥]", "[续期]", 3, "已经是“延续注册”的说法", id="form twice"),
        pytest.param(WORDS, "[啥]", "[滇]", 3, "是地区“云南”的名称", id="form is a region"),
        pytest.param(
            WORDS,
            "word: 一建,",
            "word: 一造,",
            4,
            "槽位 certificate 没有值“一造”",
            id="certificate value",
        ),
        pytest.param(
            WORDS, "word: 延续注册,", "word: 延续,", 2, "是不是“延续注册”", id="slot value"
        ),
        pytest.param(
            "phrases.yaml",
            "Hello {name}",
            "Hello {nam}",
            3,
            "zh 有 name，这里有 nam",
            id="placeholders",
        ),
        pytest.param(
            "phrases.yaml", "en: {hello", "en: {helo", 3, "是不是“hello”", id="unknown phrase"
        ),
        pytest.param(
            "phrases.yaml", "你好，{name}", "你好，{name.x}", 2, "花括号没有配好", id="braces"
        ),
    ],
)
def test_it_is_told_with_its_line(
    tmp_path: Path, *, file: str, old: str, new: str, line: int, words: str
) -> None:
    write_pack(tmp_path, **{Path(file).stem: edited(file, (old, new))})
    problems = problems_of(tmp_path)
    assert any((p.line, words in p.message) == (line, True) for p in problems), problems


def test_a_phrase_that_the_bot_needs_has_to_be_there(tmp_path: Path) -> None:
    write_pack(tmp_path, pack=edited("pack.yaml", ("inherit: [phrases]", "inherit: []")))
    told = " ".join(p.message for p in problems_of(tmp_path))
    assert [key for key in REQUIRED if f"缺少“{key}”" not in told] == []


def test_a_source_cannot_have_been_checked_tomorrow(tmp_path: Path) -> None:
    (problem,) = problems_of(write_pack(tmp_path), today=date(2021, 12, 7))
    assert "还没有到" in problem.message


def test_an_entry_id_is_unique_across_files(tmp_path: Path) -> None:
    write_pack(tmp_path)
    (tmp_path / "faq/other.yaml").write_text(PACK[FAQ])
    twins = [p for p in problems_of(tmp_path) if "写了两次" in p.message]
    assert [(Path(p.file).name, p.line) for p in twins] == [("other.yaml", 2), ("other.yaml", 13)]
