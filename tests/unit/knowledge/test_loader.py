import contextlib
import os
import random
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.core.model.entry import Confidence
from bot.core.model.lexicon import Term
from bot.errors import KnowledgeError
from bot.knowledge.cases import load_questions
from bot.knowledge.loader import load_pack
from tests.packs import PACK, edited, problems_of, write_pack


def test_a_valid_pack_loads(tmp_path: Path) -> None:
    pack = load_pack(write_pack(tmp_path))
    fact = pack.entries["renewal-materials"].facts[0]
    assert (pack.id, fact.citations[0].source.title, fact.confidence) == (
        "tiny",
        "原资料",
        Confidence.HIGH,
    )
    assert pack.entries["renewal-materials"].slots == {"registration": "延续注册", "aspect": "材料"}
    assert pack.procedures["path"].steps["apply"].transitions[1].is_setback
    assert pack.lexicon.words == {"材料": 120}
    assert pack.lexicon.terms[0] == Term(
        "延续注册", ("续期",), slot="registration", value="延续注册"
    )
    assert pack.phrase("hello", name="您") == "你好，您"


def test_a_region_has_its_own_names_and_only_places_that_are_nobody_elses(tmp_path: Path) -> None:
    yunnan = load_pack(write_pack(tmp_path)).regions["云南"]
    assert yunnan.names == ("云南省", "云南", "滇")
    assert yunnan.letter_names == ("yunnan", "yn")
    assert yunnan.places == (
        *("昆明", "昆明市", "渝中区", "滨海新区", "忠县", "吉林区"),
        *("渝中", "滨海"),
    )


def test_the_version_follows_the_content_and_not_the_place(tmp_path: Path) -> None:
    one, same = write_pack(tmp_path / "one"), write_pack(tmp_path / "same")
    other = write_pack(tmp_path / "other", phrases=PACK["phrases.yaml"] + "# x\n")
    versions = [load_pack(folder).version for folder in (one, same, other)]
    assert versions[0] == versions[1] != versions[2]
    assert len(versions[0]) == 12


def test_drafts_and_notes_are_not_read(tmp_path: Path) -> None:
    write_pack(tmp_path)
    for name in ("faq/_draft.yaml", "README.md", "faq/.hidden.yaml"):
        (tmp_path / name).write_text("{")
    assert load_pack(tmp_path).id == "tiny"


@pytest.mark.parametrize(
    ("file", "old", "new", "line", "path", "words"),
    [
        pytest.param(
            *("faq/main.yaml", "source: seed", "source: 7"),
            *(10, "entries > renewal-materials > facts > 1 > sources > 1 > source"),
            *("数字 7，这里要写文字；请加引号",),
            id="number for text",
        ),
        pytest.param(
            *("faq/main.yaml", "    not: [变更程序]\n", ""),
            *(2, "entries > renewal-materials > not", "缺少 not：容易混淆"),
            id="missing key",
        ),
        pytest.param(
            *("faq/main.yaml", "related:", "relatd:"),
            *(11, "entries > renewal-materials > relatd", "是不是“related”"),
            id="misspelt key",
        ),
        pytest.param(
            *("faq/main.yaml", "slots: {registration: 延续注册", "slots: {registration: 延续"),
            *(4, "entries > renewal-materials > slots > registration", "是不是“延续注册”"),
            id="word that is not allowed",
        ),
        pytest.param(
            *("faq/main.yaml", "[延续要什么材料, 续期材料, 续期交什么]", "[延续要什么材料]"),
            *(5, "entries > renewal-materials > ask", "只有 1 项，至少要 3 项"),
            id="too few",
        ),
        pytest.param(
            *("faq/main.yaml", "title: 延续材料", "title:"),
            *(3, "entries > renewal-materials > title", "写的是空的，这里要写文字"),
            id="nothing",
        ),
        pytest.param(
            *("faq/main.yaml", "    short: 交五样。\n", ""),
            *(2, "entries > renewal-materials", "要写 short 或 verdicts"),
            id="no words to say",
        ),
        pytest.param(
            *("faq/main.yaml", "id: first-class", "id: First_Class"),
            *(13, "entries > First_Class > id", "小写英文字母"),
            id="bad id",
        ),
        pytest.param(
            *("sources.yaml", "2021-12-08", "去年"),
            *(2, "sources > seed > checked_on", "文字“去年”，这里要写日期 YYYY-MM-DD"),
            id="date in words",
        ),
        pytest.param(
            *("pack.yaml", "365", "0"),
            *(3, "review_after_days", "不能小于 1"),
            id="number too small",
        ),
        pytest.param(
            *("procedures/path.yaml", "materials: {延续注册", "materials: {延期注册"),
            *(6, "materials > 延期注册", "是不是“延续注册”"),
            id="key that is not allowed",
        ),
        pytest.param(
            *("pack.yaml", PACK["pack.yaml"], "- a\n"),
            *(1, "", "写的是列表"),
            id="list for mapping",
        ),
        pytest.param(
            *("dictionary.txt", "材料 120", "材料 many"),
            *(2, "", "出现次数"),
            id="dictionary",
        ),
    ],
)
def test_a_mistake_is_told_with_file_line_path_and_what_was_expected(
    tmp_path: Path, *, file: str, old: str, new: str, line: int, path: str, words: str
) -> None:
    write_pack(tmp_path, **{Path(file).stem: edited(file, (old, new))})
    found = [p for p in problems_of(tmp_path) if words in p.message]
    assert [(p.file, p.line, p.path) for p in found] == [(f"{tmp_path}/{file}", line, path)]


def test_all_files_are_told_at_once_in_order(tmp_path: Path) -> None:
    broken = edited("faq/main.yaml", ("source: seed", "source: sead"), ("kind: b", "kind: x"))
    write_pack(tmp_path, pack="id: [\n", sources="a: &b c\n", main=broken)
    problems = problems_of(tmp_path)
    assert {Path(p.file).name for p in problems} == {"main.yaml", "pack.yaml", "sources.yaml"}
    assert list(problems) == sorted(problems)


def test_an_unreadable_file_is_told_once_and_not_by_everything_that_points_there(
    tmp_path: Path,
) -> None:
    problems = problems_of(write_pack(tmp_path, sources="sources: ["))
    assert [Path(p.file).name for p in problems] == ["sources.yaml"]


def test_a_broken_item_still_counts_as_a_target(tmp_path: Path) -> None:
    main = edited("faq/main.yaml", ("kind: boundary", "kind: bundary"))
    assert [p.line for p in problems_of(write_pack(tmp_path, main=main))] == [15]


def remove_sources(folder: Path) -> None:
    (folder / "sources.yaml").unlink()


def remove_faq(folder: Path) -> None:
    (folder / "faq/main.yaml").unlink()


def misname(folder: Path) -> None:
    (folder / "faq/more.yml").touch()


def misspell(folder: Path) -> None:
    (folder / "synonims.yaml").touch()


def link_outside(folder: Path) -> None:
    (folder / "faq/link.yaml").symlink_to("/etc/hostname")


def link_in_circle(folder: Path) -> None:
    (folder / "faq/link.yaml").symlink_to("link.yaml")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (remove_sources, "缺少这个文件"),
        (remove_faq, "缺少问答"),
        (misname, "扩展名要写 .yaml"),
        (misspell, "是不是“synonyms.yaml”"),
        (link_outside, "知识包外面"),
        (link_in_circle, "知识包外面"),
    ],
)
def test_a_wrong_set_of_files_is_told(
    tmp_path: Path, change: Callable[[Path], None], words: str
) -> None:
    change(write_pack(tmp_path))
    assert any(words in p.message for p in problems_of(tmp_path))


def test_a_link_inside_the_folder_is_followed(tmp_path: Path) -> None:
    write_pack(tmp_path)
    (tmp_path / "data").mkdir()
    (tmp_path / "faq/main.yaml").rename(tmp_path / "data/main.yaml")
    (tmp_path / "faq/main.yaml").symlink_to("../data/main.yaml")
    assert "first-class" in load_pack(tmp_path).entries


def test_a_folder_that_is_not_a_pack_is_told_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    places = {"none": "没有这个文件夹", "file": "不是文件夹", ".": "没有知识包"}
    for name, words in places.items():
        (problem,) = problems_of(tmp_path / name)
        assert words in problem.message


def test_questions_are_read_with_their_place(tmp_path: Path) -> None:
    (tmp_path / "tests").mkdir()
    text = (
        "questions:\n  - {q: 你好, status: smalltalk}\n  - {turns: [甲, 乙], entry: first-class}\n"
    )
    (tmp_path / "tests/a.yaml").write_text(text)
    greeting, dialogue = load_questions(tmp_path, ["first-class"])
    assert (greeting.turns, greeting.status) == (("你好",), "smalltalk")
    assert (dialogue.turns, dialogue.entries) == (("甲", "乙"), ("first-class",))
    assert dialogue.place == f"{tmp_path}/tests/a.yaml:3"


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("{q: 甲, turns: [乙], entry: first-class}", "只能写一个"),
        ("{q: 甲}", "没有写应有的结果"),
        ("{q: 甲, entry: first-clas}", "是不是“first-class”"),
        ("{q: 甲, stats: answered}", "是不是“status”"),
    ],
)
def test_a_wrong_question_is_told(tmp_path: Path, line: str, words: str) -> None:
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests/a.yaml").write_text(f"questions:\n  - {line}\n")
    with pytest.raises(KnowledgeError, match=words):
        load_questions(tmp_path, ["first-class"])


def corrupt(raw: bytes, dice: random.Random) -> bytes:
    kind = dice.randrange(4)
    if kind == 0:
        return raw[: dice.randrange(len(raw))]
    if kind == 1:
        at = dice.randrange(len(raw))
        return raw[:at] + bytes([dice.randrange(256)]) + raw[at + 1 :]
    lines = raw.splitlines(keepends=True)
    one, other = dice.randrange(len(lines)), dice.randrange(len(lines))
    if kind == 2:
        lines[one], lines[other] = lines[other], lines[one]
    else:
        lines[one] = b"  " + lines[one]
    return b"".join(lines)


def test_a_corrupted_pack_raises_nothing_but_knowledge_errors(tmp_path: Path) -> None:
    dice = random.Random(20211208)
    for _ in range(int(os.environ.get("BOT_TEST_CORRUPTIONS", "60"))):
        name = dice.choice(sorted(PACK))
        path = write_pack(tmp_path) / name
        path.write_bytes(corrupt(path.read_bytes(), dice))
        with contextlib.suppress(KnowledgeError):
            load_pack(tmp_path)
