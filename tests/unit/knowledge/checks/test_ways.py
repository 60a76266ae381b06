# ruff: noqa: E501  one case a line
"""`kb check` proves that one way is open in every case, and names a case where it is not so."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.knowledge.loader import load_pack
from tests.packs import problems_of, write_pack

Way = dict[str, Any]
ENDS = ("aa", "bb", "cc")


def way(to: str, when: Any = None, **more: Any) -> Way:
    return {"to": to, **({} if when is None else {"when": when}), **more}


def ask(name: str, question: dict[str, Any], *ways: Way, **more: Any) -> dict[str, Any]:
    return {"id": name, "action": name, "question": question, "next": [*ways], **more}


AGE = {"kind": "number", "text": "几岁", "least": 0, "most": 120}
PRICE = {"kind": "number", "text": "多少钱", "least": 0, "decimals": 2}
MARRIED = {"kind": "yes_no", "text": "结婚了吗"}
COLOUR = {"kind": "choice", "text": "哪种", "options": ["红", "蓝", "绿"]}
PAPERS = {"kind": "several", "text": "有哪些", "options": ["甲", "乙", "丙"]}
DAY = {"kind": "date", "text": "哪天"}
NAME = {"kind": "text", "text": "叫什么"}
COUNT = {"kind": "number", "text": "几个", "least": 0, "most": 3}
COUNTRY = {
    "kind": "choice",
    "text": "哪国",
    "options": [
        {"name": "法国", "group": "欧洲"},
        {"name": "德国", "group": "欧洲"},
        {"name": "日本", "group": "亚洲"},
    ],
}


class _Dumper(yaml.SafeDumper):
    """A pack has no aliases."""

    def ignore_aliases(self, _: Any) -> bool:
        return True


def written(folder: Path, *steps: dict[str, Any], registrations: tuple[str, ...] = ()) -> Path:
    reached = {one["to"] for step in steps for one in step["next"]}
    ends = [{"id": name, "action": name} for name in ENDS if name in reached]
    form = {
        "id": "path",
        "title": "流程",
        "start": steps[0]["id"],
        "registrations": [*registrations],
        "sources": [{"source": "seed"}],
        "steps": [*steps, *ends],
    }
    text = yaml.dump(form, Dumper=_Dumper, allow_unicode=True, sort_keys=False)
    faq = write_pack(folder) / "faq/main.yaml"
    if not registrations:
        text_of_faq = faq.read_text("utf-8").replace("    procedure: path#延续注册\n", "")
        faq.write_text(text_of_faq, "utf-8")
    (folder / "procedures/path.yaml").write_text(text, "utf-8")
    return folder


MARRIED_FIRST = ask("married", MARRIED, way("age"))
RIGHT: dict[str, list[dict[str, Any]]] = {
    "ranges": [
        ask("age", AGE, way("aa", {"age": {"below": 18}}), way("bb", {"age": {"from": 18}})),
    ],
    "a number and the rest": [
        ask("age", AGE, way("aa", {"age": [18, 20]}), way("bb", otherwise=True)),
    ],
    "one of two conditions": [
        MARRIED_FIRST,
        ask(
            "age",
            AGE,
            way("aa", [{"married": "是"}, {"age": {"from": 60}}]),
            way("bb", {"married": "否", "age": {"below": 60}}),
        ),
    ],
    "what was not asked": [
        ask("married", MARRIED, way("age", outcome="是"), way("last", outcome="否")),
        ask("age", AGE, way("last")),
        ask(
            "last",
            COLOUR,
            way("aa", {"age": "unasked"}),
            way("bb", {"age": {"below": 18}}),
            way("cc", {"age": {"from": 18}}),
        ),
    ],
    "options in other letters": [
        ask("kind", {**PAPERS, "options": ["A", "B"]}, way("aa", {"kind": {"any": ["a"]}}), way("bb", {"kind": {"none": ["Ａ"]}})),
    ],
    "sets": [
        ask(
            "papers",
            PAPERS,
            way("aa", {"papers": {"all": ["甲", "乙"]}}),
            way("bb", {"papers": {"any": ["甲"], "none": ["乙"]}}),
            way("cc", {"papers": {"none": ["甲"]}}),
        ),
    ],
    "groups": [
        ask("country", COUNTRY, way("aa", {"country": {"group": "欧洲"}}), way("bb", {"country": "日本"})),
    ],
    "money": [
        ask("price", PRICE, way("aa", {"price": {"below": "50.5"}}), way("bb", {"price": {"from": "50.5"}})),
    ],
    "a case that cannot be": [
        ask("married", MARRIED, way("age", outcome="是"), way("aa", outcome="否")),
        ask("age", AGE, way("office")),
        ask("office", COLOUR, way("bb", {"married": "是"})),
    ],
    "once for each": [
        ask("count", COUNT, way("age", {"count": {"from": 1}}), way("aa", {"count": 0})),
        ask("age", AGE, way("bb", {"age": {"below": 18}}), way("cc", {"age": {"from": 18}}), each="count"),
    ],
}  # fmt: skip


@pytest.mark.parametrize("steps", RIGHT.values(), ids=RIGHT)
def test_ways_that_divide_all_cases_are_no_problem(
    tmp_path: Path, steps: list[dict[str, Any]]
) -> None:
    assert load_pack(written(tmp_path, *steps)).procedures["path"].steps


PLANTED: dict[str, tuple[list[dict[str, Any]], str]] = {
    "a gap between ranges": (
        [ask("age", AGE, way("aa", {"age": {"below": 18}}), way("bb", {"age": {"from": 19}}))],
        "“几岁”答“18”时没有路",
    ),
    "a gap above": (
        [ask("age", AGE, way("aa", {"age": {"below": 18}}), way("bb", {"age": {"from": 18, "below": 65}}))],
        "“几岁”答“65”时没有路",
    ),
    "a gap below": (
        [ask("age", AGE, way("aa", {"age": {"from": 1, "below": 18}}), way("bb", {"age": {"from": 18}}))],
        "“几岁”答“0”时没有路",
    ),
    "ranges that overlap": (
        [ask("age", AGE, way("aa", {"age": {"below": 20}}), way("bb", {"age": {"from": 18}}))],
        "“几岁”答“18”时有 2 条路：“aa”和“bb”",
    ),
    "a number inside a range": (
        [ask("age", AGE, way("aa", {"age": 18}), way("bb", {"age": {"from": 0}}))],
        "“几岁”答“18”时有 2 条路",
    ),
    "a tenth between": (
        [ask("price", PRICE, way("aa", {"price": {"below": 50}}), way("bb", {"price": {"from": "50.01"}}))],
        "“多少钱”答“50”时没有路",
    ),
    "an option without a way": (
        [ask("colour", COLOUR, way("aa", {"colour": "红"}), way("bb", {"colour": "绿"}))],
        "“哪种”答“蓝”时没有路",
    ),
    "an option with two ways": (
        [ask("colour", COLOUR, way("aa", {"colour": ["红", "蓝"]}), way("bb", {"colour": ["蓝", "绿"]}))],
        "“哪种”答“蓝”时有 2 条路",
    ),
    "a country without a way": (
        [ask("country", COUNTRY, way("aa", {"country": {"group": "欧洲"}}), way("bb", {"country": {"group": "欧洲"}}), way("cc", {"country": "日本"}))],
        "“哪国”答“法国”时有 2 条路",
    ),
    "a group without a way": (
        [ask("country", COUNTRY, way("aa", {"country": {"group": "欧洲"}}))],
        "“哪国”答“日本”时没有路",
    ),
    "a day without a way": (
        [ask("day", DAY, way("aa", {"day": {"below": date(2020, 1, 1)}}), way("bb", {"day": {"from": date(2020, 1, 2)}}))],
        "“哪天”答“2020-01-01”时没有路",
    ),
    "a day with two ways": (
        [ask("day", DAY, way("aa", {"day": {"below": date(2020, 2, 1)}}), way("bb", {"day": {"from": date(2020, 1, 1)}}))],
        "“哪天”答“2020-01-01”时有 2 条路",
    ),
    "nothing chosen": (
        [ask("papers", PAPERS, way("aa", {"papers": {"any": ["甲", "乙", "丙"]}}))],
        "“有哪些”答“都没有”时没有路",
    ),
    "both chosen": (
        [ask("papers", PAPERS, way("aa", {"papers": {"any": ["甲"]}}), way("bb", {"papers": {"any": ["乙"]}}), way("cc", otherwise=True))],
        "“有哪些”答“甲、乙”时有 2 条路",
    ),
    "one of two chosen": (
        [ask("papers", PAPERS, way("aa", {"papers": {"all": ["甲", "乙"]}}), way("bb", {"papers": {"none": ["甲"]}}))],
        "“有哪些”答“甲”时没有路",
    ),
    "two answers together": (
        [MARRIED_FIRST, ask("age", AGE, way("aa", {"married": "是", "age": {"below": 18}}), way("bb", {"age": {"from": 18}}))],
        "“结婚了吗”答“否”，“几岁”答“0”时没有路",
    ),
    "two conditions that meet": (
        [MARRIED_FIRST, ask("age", AGE, way("aa", {"married": "是"}), way("bb", {"age": {"from": 60}}), way("cc", otherwise=True))],
        "“结婚了吗”答“是”，“几岁”答“60”时有 2 条路",
    ),
    "what was not asked": (
        [
            ask("married", MARRIED, way("age", outcome="是"), way("last", outcome="否")),
            ask("age", AGE, way("last")),
            ask("last", COLOUR, way("aa", {"age": {"below": 18}}), way("bb", {"age": {"from": 18}})),
        ],
        "“几岁”没有问到，“哪种”答“红”时没有路",
    ),
    "a no without a way": (
        [ask("married", MARRIED, way("aa", outcome="是"))],
        "“结婚了吗”答“否”时没有路",
    ),
    "any other text": (
        [ask("name", NAME, way("aa", {"name": "张三"}))],
        "“叫什么”答“…”时没有路",
    ),
    "no round at all": (
        [ask("count", COUNT, way("age")), ask("age", AGE, way("aa"), each="count")],
        "“几个”答“0”时一遍也不用走，却走到“age”",
    ),
    "a circle": (
        [ask("age", AGE, way("colour")), ask("colour", COLOUR, way("age", {"colour": "红"}), way("aa", otherwise=True))],
        "一直绕圈",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("steps", "case"), PLANTED.values(), ids=PLANTED)
def test_a_planted_mistake_is_named_with_a_case(
    tmp_path: Path, steps: list[dict[str, Any]], case: str
) -> None:
    found = problems_of(written(tmp_path, *steps))
    assert any(case in problem.message for problem in found), found


def test_a_case_names_the_registration(tmp_path: Path) -> None:
    step = ask("age", AGE, way("aa", {"age": {"below": 18}}), way("bb", otherwise=True))
    gap = ask("age", AGE, way("aa", {"age": {"below": 18}}))
    load_pack(written(tmp_path / "right", step, registrations=("延续注册",)))
    [problem] = problems_of(written(tmp_path / "wrong", gap, registrations=("延续注册",)))
    assert problem.message == "办“延续注册”，“几岁”答“18”时没有路；请补一条 next"


@pytest.mark.parametrize(
    ("when", "message"),
    [
        ({"aeg": 1}, "没有步骤“aeg”；是不是“age”？"),
        ({"aa": "是"}, "走到这里之前不会问到“aa”"),
        ({"age": "十八"}, "“age”问的是数，这里写的是“十八”"),
        ({"married": "不是"}, "“married”没有答案“不是”；是不是“是”？"),
        ({"married": {"from": 1}}, "from 和 below 只用于 number 和 date，“married”不是"),
        ({"age": {"any": ["甲"]}}, "any、all、none 只用于 several，“age”不是"),
        ({"age": {"group": "甲"}}, "“age”的选项没有这一组“甲”"),
        ({"age": {"from": 20, "below": 10}}, "from 要比 below 小，现在是 20 和 10"),
        ({"age": {"form": 20}}, "不认识“form”；是不是“from”？"),
        ({"age": {}}, "里面要写 from、below、group、any、all、none 之一"),
        ({"age": True}, '写的是真假值 true，这里要写文字；请加引号："true"'),
    ],
)
def test_what_a_condition_may_not_say(tmp_path: Path, when: Any, message: str) -> None:
    steps = MARRIED_FIRST, ask("age", AGE, way("aa", when), way("bb", otherwise=True))
    messages = [problem.message for problem in problems_of(written(tmp_path, *steps))]
    assert message in messages, messages


def twenty_questions(*last: Way) -> list[dict[str, Any]]:
    names = [f"q{n:02}" for n in range(20)]
    steps = [ask(a, MARRIED, way(b)) for a, b in zip(names, [*names[1:], "last"], strict=True)]
    return [*steps, ask("last", MARRIED, *last, way("bb", otherwise=True))]


def test_twenty_answers_that_are_needed_together_are_few_cases(tmp_path: Path) -> None:
    every = {f"q{n:02}": "是" for n in range(20)}
    load_pack(written(tmp_path, *twenty_questions(way("aa", every))))


def test_a_procedure_with_too_many_cases_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.knowledge.checks.ways.MOST_CASES", 500)
    each = [{f"q{n:02}": "是", "last": "是"} for n in range(20)]
    found = problems_of(written(tmp_path, *twenty_questions(way("aa", each))))
    assert any("证明不了" in problem.message for problem in found), found


PLENTY = [f"第{n}种" for n in range(30)]
MANY = {"kind": "several", "text": "有哪些", "options": PLENTY}


def test_options_that_are_named_together_are_one_case(tmp_path: Path) -> None:
    ways = way("aa", {"many": {"any": PLENTY}}), way("bb", {"many": {"none": PLENTY}})
    load_pack(written(tmp_path, ask("many", MANY, *ways)))


def test_too_many_options_told_apart_are_refused(tmp_path: Path) -> None:
    ways = [way("aa", {"many": {"any": [name]}}) for name in PLENTY[:15]]
    [problem] = problems_of(written(tmp_path, ask("many", MANY, *ways, way("bb", otherwise=True))))
    assert problem.message == "按“many”里的 15 个选项分路，最多 14 个"
