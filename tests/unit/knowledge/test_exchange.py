"""What other platforms and articles hold becomes a draft that answers at once, and goes back."""

from __future__ import annotations

import re
import time
from collections.abc import Iterable
from datetime import date
from pathlib import Path

import pytest

from bot.core.model.pack import Pack
from bot.errors import KnowledgeError
from bot.knowledge.exchange.answers import Answer, answers_of
from bot.knowledge.exchange.article import read_article
from bot.knowledge.exchange.chart import read_chart
from bot.knowledge.exchange.drafts import draft_of_answers, draft_of_article
from bot.knowledge.exchange.shapes import SHAPES, read, write
from bot.knowledge.loader import load_pack
from bot.knowledge.scaffold import write as write_files
from bot.knowledge.sheets.tables import write_workbook
from tests.conftest import KNOWLEDGE
from tests.unit.test_seed_graph import graph_of

TODAY = date(2026, 11, 29)
SEED = KNOWLEDGE / "sources" / "2021-12-08-registration.md"
LONG = "很长。" * 900

FOREIGN = {
    "maxkb": (
        "分段标题（选填）,分段内容（必填，问题答案，最长不超过4096个字符）,问题（选填，单元格内一行一个）\n"
        '押金,三天内退。,"押金怎么退\n退押金要多久\n"\n'
        ',"带身份证。\n\n带照片。",办证带什么\n'
        f"只有标题,{LONG},\n"
        "没有答案的,,问什么\n"
        ",又一次。,押金怎么退\n"
    ),
    "dify": (
        "问题,答案\n押金怎么退,三天内退。\n办证带什么,'=带身份证。\n退押金要多久,三天内退。\n"
        f"只有标题,{LONG}\n没有答案的,\n"
    ),
    "fastgpt": (
        "q,a,indexes\n"
        "押金怎么退,三天内退。,押金怎么退,退押金要多久\n"
        '办证带什么,带身份证。,"1. 办证要什么\n2. 带啥办证"\n'
        f"只有标题,{LONG}\n没有答案的,\n"
    ),
}


def draft(answers: list[Answer], folder: Path) -> Pack:
    write_files(folder, draft_of_answers(answers, "imported-pack", "导入", "t.csv", TODAY))
    return load_pack(folder)


@pytest.mark.parametrize("name", ["t.csv", "t.xlsx"])
@pytest.mark.parametrize("platform", SHAPES)
def test_a_foreign_table_goes_in_out_and_in_again(platform: str, name: str, tmp_path: Path) -> None:
    shape = SHAPES[platform]
    found = read(shape, FOREIGN[platform].encode("utf-8-sig"), "t.csv")
    assert found.answers[0].questions == ("押金怎么退", "退押金要多久")
    assert len(found.answers) == 3
    assert [reason for _, reason in found.left_out if "没有答案" in reason]
    first = draft(found.answers, tmp_path / "first")
    out = write(shape, answers_of(first, TODAY), name)
    again = read(shape, out, name)
    second = draft(again.answers, tmp_path / "second")
    assert answers_of(second, TODAY) == answers_of(first, TODAY) == again.answers
    assert write(shape, answers_of(second, TODAY), "t.csv") == write(shape, again.answers, "t.csv")
    entries = (list(pack.entries.values())[:3] for pack in (first, second))
    assert len({tuple((e.title, e.ask, e.not_ask, e.short) for e in own) for own in entries}) == 1


@pytest.mark.parametrize("platform", SHAPES)
def test_the_shipped_pack_goes_to_each_platform_and_back(platform: str, pack: Pack) -> None:
    answers = answers_of(pack, TODAY)
    there = read(SHAPES[platform], write(SHAPES[platform], answers, "t.csv"), "t.csv")
    assert not there.left_out
    if platform == "dify":  # it knows no titles, and one answer is one entry
        asked = {question for answer in answers for question in answer.questions}
        assert {question for answer in there.answers for question in answer.questions} == asked
    else:
        assert [a.questions for a in there.answers] == [a.questions for a in answers]
        assert [a.lines for a in there.answers] == [a.lines for a in answers]
        assert [a.sources for a in there.answers] == [a.sources for a in answers]
    back = read(SHAPES[platform], write(SHAPES[platform], there.answers, "t.csv"), "t.csv")
    assert back.answers == there.answers


def test_newer_headings_of_a_platform_are_known() -> None:
    rows = b'q,a,index,metadata\nhow,so,why,"{""rank"":1}"\n'
    [answer] = read(SHAPES["fastgpt"], rows, "t.csv").answers
    assert answer.questions == ("how", "why")
    book = write_workbook({"Sheet1": [("Question", "Answer"), ("how", "so")]})
    [answer] = read(SHAPES["dify"], book, "t.xlsx").answers
    assert (answer.questions, answer.lines) == (("how",), ("so",))


@pytest.mark.parametrize("platform", SHAPES)
@pytest.mark.parametrize("raw", [b"", b"\n", b"a,b,c\n1,2,3\n", b"\xff\xfe", b"x"])
def test_another_table_is_refused_with_the_heading_it_lacks(platform: str, raw: bytes) -> None:
    with pytest.raises(KnowledgeError, match=r"第一行要有|不是 UTF-8"):
        read(SHAPES[platform], raw, "t.csv")


# An article ---------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def article_draft(tmp_path_factory: pytest.TempPathFactory) -> Pack:
    folder = tmp_path_factory.mktemp("article") / "draft"
    article = read_article(SEED.read_bytes(), SEED.as_posix())
    write_files(folder, draft_of_article(article, "seed", TODAY))
    return load_pack(folder)


def bare(text: str) -> str:
    """A statement without the line that leads into its list, which each pack words in its way."""
    lead, _, items = text.partition("：\n")
    return items if items.startswith("1. ") and "\n" not in lead else text


def statements(pack: Pack) -> list[tuple[str, str]]:
    """What a pack says on the word of the article: the place in it, and the text."""
    return [
        (citation.article or "", bare(fact.text))
        for entry in pack.entries.values()
        for fact in (*(verdict.fact for verdict in entry.verdicts), *entry.facts)
        for citation in fact.citations
        if citation.source.id == "seed"
    ]


def mark(place: str, text: str, ours: set[tuple[str, str]]) -> str:
    """＝ the pack has this fact, ≈ it has its words after a lead of its own, ？ it has not."""
    if (place, text) in ours:
        return "＝"
    words = "：" + text.partition("：")[2]
    return "≈" if any(p == place and one.endswith(words) for p, one in ours) else "？"


def test_the_article_has_the_facts_of_the_pack(pack: Pack, article_draft: Pack) -> None:
    ours = {*statements(pack)}
    side_by_side = [
        f"{mark(place, text, ours)} {place or '（开头）'}｜{text}"
        for place, text in statements(article_draft)
    ]
    print("\n".join(side_by_side))  # noqa: T201 - read with `pytest -s`
    assert len(side_by_side) == 40
    others = [line for line in side_by_side if not line.startswith("＝")]
    assert [line[:16] for line in others] == ["≈ 各地二建证书注册网站｜上海："]  # since replaced


def lines_of(texts: Iterable[str]) -> set[str]:
    """The lines of texts without their numbers, blanks and ends."""
    lines = (line for text in texts for line in text.split("\n"))
    return {re.sub(r"^\d+\. |\s|[。；;]$", "", line) for line in lines}


def test_the_article_leaves_out_no_statement_of_the_pack(pack: Pack, article_draft: Pack) -> None:
    """Whatever of our facts stands word for word in the article stands in the draft too."""
    source = re.sub(r"\s|\*\*", "", SEED.read_text("utf-8"))
    drafted = "\n".join(lines_of(text for _, text in statements(article_draft)))
    ours = lines_of(text for _, text in statements(pack))
    verbatim = {line for line in ours if line in source}
    assert len(verbatim) > 60
    assert {line for line in verbatim if line not in drafted} == set()


def test_the_chart_of_the_article_is_the_procedure_of_the_pack(
    pack: Pack, article_draft: Pack
) -> None:
    [drafted] = article_draft.procedures.values()
    assert graph_of(drafted) == graph_of(pack.procedures["sichuan-registration"])
    told = {(step.actor, step.action) for step in drafted.steps.values()}
    assert told == {
        (s.actor, s.action) for s in pack.procedures["sichuan-registration"].steps.values()
    }


def test_the_source_of_the_draft_is_the_article(pack: Pack, article_draft: Pack) -> None:
    drafted, ours = article_draft.sources["seed"], pack.sources["seed"]
    assert (drafted.title, drafted.checked_on) == (ours.title, ours.checked_on)


def test_other_ways_to_draw_a_chart_are_read() -> None:
    chart = read_chart(
        "flowchart LR\n  a[甲] --> b(乙) -->|行| c{丙};\n  b -- 不行 --> d\n  style a fill:#fff\n"
    )
    assert chart.nodes == {"a": "甲", "b": "乙", "c": "丙", "d": "d"}
    assert chart.edges == [("a", "", "b"), ("b", "行", "c"), ("b", "不行", "d")]


def test_an_article_of_another_hand(tmp_path: Path) -> None:
    text = (
        "# 借书证\r\n<!-- 略 -->\r\n## 办证\r\n带身份证,\r\n- 填表\r\n- 拍照\r\n  （一寸）\r\n"
        "```python\nprint(1)\n```\n见[网站](https://example.cn/)。\n"
        "```mermaid\ngraph LR\na-->b\n```\n"
    )
    article = read_article(text.encode(), "dir/card.md")
    write_files(tmp_path / "draft", draft_of_article(article, "card", TODAY))
    pack = load_pack(tmp_path / "draft")
    [entry] = [entry for entry in pack.entries.values() if entry.id.startswith("card")]
    assert [fact.text for fact in entry.facts] == [
        "带身份证。",
        "借书证办证：\n1. 填表\n2. 拍照（一寸）",
        "见网站：https://example.cn/。",
    ]
    assert (article.title, pack.sources["card"].checked_on) == ("card", TODAY)
    [procedure] = pack.procedures.values()
    assert [step.action for step in procedure.steps.values()] == ["a", "b"]


@pytest.mark.parametrize("text", ["", "# 只有标题\n", "---\na: [\n---\n正文。\n", "\x00正文。"])
def test_what_is_no_article_is_refused(text: str) -> None:
    with pytest.raises(KnowledgeError):
        read_article(text.encode(), "a.md")


@pytest.mark.parametrize("piece", ["<!--", "[", "# ", "#", "a", "**a：", "1. ", "{{< ", "a[", "--"])
def test_a_hostile_article_costs_no_more_than_its_length(piece: str) -> None:
    text = f"正文。\n{piece * 100_000}\n```mermaid\n{piece * 100_000}\n"
    began = time.process_time()
    read_chart("\n".join(section.chart for section in read_article(text.encode(), "a.md").sections))
    assert time.process_time() - began < 5
