"""What is wrong with a calculator is said in Chinese, with its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.core.model.date_rules import Outcome, Period, Rule
from bot.knowledge.loader import load_pack
from tests.packs import problems_of, write_pack

CALCULATORS = """\
wanted: [算一下 期限|到期]
calculators:
  - id: renewal-deadline
    title: 延续最晚哪天
    rule: before_expiry
    period: {days: 30}
    registration: 延续注册
    date_name: 届满的日期
    ask: 有效期到哪天？
    future: true
    most_ahead: {years: 4}
    results:
      open: 最晚 {last}，还有 {days} 天。
      short: 只剩 {days} 天。
      late: 过了 {days} 天。
    working:
      - text: 届满30日前申请。
        sources: [{source: seed, article: 第一条}]
    advice:
      - text: 先注销。
        when: [short, late]
        confidence: memory
        sources: [{source: seed}]
        regions: [云南]
    reminder: 该延续了
    entries: [renewal-materials]
    cues: [到期|届满 延续]
    unless: [变更]
"""


def pack_in(folder: Path, text: str = CALCULATORS) -> Path:
    write_pack(folder)
    (folder / "calculators").mkdir()
    (folder / "calculators/main.yaml").write_text(text, encoding="utf-8")
    return folder


def test_a_calculator_is_read(tmp_path: Path) -> None:
    pack = load_pack(pack_in(tmp_path))
    [found] = pack.calculators.values()
    assert (found.rule, found.period, found.most_ahead) == (
        Rule.BEFORE_EXPIRY,
        Period(days=30),
        Period(years=4),
    )
    assert found.cues == ((("到期", "届满"), ("延续",)),)
    assert found.advice[0].when == (Outcome.SHORT, Outcome.LATE)
    assert found.allows_future
    assert pack.calculation == ((("算一下",), ("期限", "到期")),)
    assert pack.named == {"renewal-materials", "first-class", "renewal-deadline"}


def test_a_pack_needs_no_calculators(tmp_path: Path) -> None:
    assert load_pack(write_pack(tmp_path)).calculators == {}


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        pytest.param("before_expiry", "befor_expiry", 5, "是不是“before_expiry”", id="rule"),
        pytest.param("{days: 30}", "{days: 30, years: 1}", 6, "只能写一个", id="two units"),
        pytest.param("{days: 30}", "{days: 0}", 6, "要写一个", id="no unit"),
        pytest.param("延续注册", "延续", 7, "没有业务“延续”", id="registration"),
        pytest.param("      late: 过了 {days} 天。\n", "", 12, "缺少 late", id="no words"),
        pytest.param(
            *("late: 过了 {days} 天。", "late: 过了。\n      free: 行"),
            *(16, "不会有结果 free"),
            id="no such result",
        ),
        pytest.param("{last}", "{lasst}", 13, "是不是“last”", id="name in braces"),
        pytest.param("{last}", "{last", 13, "花括号没有配好", id="braces"),
        pytest.param("article: 第一条", "artcle: 第一条", 18, "是不是“article”", id="unknown key"),
        pytest.param("{source: seed, a", "{source: sead, a", 18, "是不是“seed”", id="source"),
        pytest.param("[short, late]", "[short, early]", 21, "不会有结果 early", id="outcome"),
        pytest.param("[云南]", "[云男]", 24, "没有地区“云男”", id="region"),
        pytest.param("[renewal-materials]", "[renewal]", 26, "没有条目“renewal”", id="entry"),
        pytest.param("[到期|届满 延续]", "[到期| 延续]", 27, "两边都要有词", id="cue"),
        pytest.param("id: renewal-deadline", "id: first-class", 3, "已经是一个条目", id="same id"),
    ],
)
def test_a_mistake_is_told_with_its_line(
    tmp_path: Path, old: str, new: str, line: int, words: str
) -> None:
    assert old in CALCULATORS
    [problem, *_] = problems_of(pack_in(tmp_path, CALCULATORS.replace(old, new, 1)))
    assert problem.file.endswith("calculators/main.yaml")
    assert problem.line == line
    assert words in problem.message


def test_two_calculators_of_one_name_are_told(tmp_path: Path) -> None:
    _, _, one = CALCULATORS.partition("calculators:\n")
    [problem] = problems_of(pack_in(tmp_path, CALCULATORS + one))
    assert "写了两次" in problem.message
