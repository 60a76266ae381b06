"""Several wordings in one line: what it stands for, and what is refused."""

from __future__ import annotations

from math import prod
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.model.shorthand import MOST, expand
from bot.errors import Problem
from bot.knowledge.loader import load_pack
from tests.packs import problems_of, write_pack

BROKEN = "括号没有配好：写成 (甲|乙)，不能套着写，| 只能写在括号里"
HAN = "甲乙丙丁戊己庚辛壬癸"
GROUPS = st.lists(st.lists(st.sampled_from(HAN), min_size=1, max_size=4, unique=True), max_size=4)
"""Options of one character each, so that no two ways through them come to the same."""


@pytest.mark.parametrize(
    ("line", "wordings"),
    [
        pytest.param("续期", ("续期",), id="no alternatives"),
        pytest.param("", ("",), id="nothing"),
        pytest.param("头(回|次)注册", ("头回注册", "头次注册"), id="two"),
        pytest.param("(头|首)次", ("头次", "首次"), id="at the front"),
        pytest.param("在(哪|哪里|)报", ("在哪报", "在哪里报", "在报"), id="or nothing"),
        pytest.param("头(回)注册", ("头回注册",), id="one"),
        pytest.param("头()注册", ("头注册",), id="an empty group"),
        pytest.param(
            "头(回|次)(来|去)办",
            ("头回来办", "头回去办", "头次来办", "头次去办"),
            id="two groups, the last one changes first",
        ),
        pytest.param("(a|a)b", ("ab",), id="the same twice is one"),
        pytest.param("(甲|甲乙)(乙|)", ("甲乙", "甲", "甲乙乙"), id="two ways to the same are one"),
    ],
)
def test_a_line_stands_for_its_wordings(line: str, wordings: tuple[str, ...]) -> None:
    assert expand(line) == wordings


@pytest.mark.parametrize(
    "line",
    [
        pytest.param("头(回|次注册", id="not closed"),
        pytest.param("头回|次)注册", id="not opened"),
        pytest.param("头回|次注册", id="a bar outside"),
        pytest.param("头((回|次)|遭)注册", id="nested"),
        pytest.param("头)回(注册", id="the wrong way round"),
    ],
)
def test_wrong_brackets_are_refused_in_chinese(line: str) -> None:
    with pytest.raises(ValueError, match="括号没有配好") as caught:
        expand(line)
    assert str(caught.value) == BROKEN


def test_as_many_wordings_as_are_allowed_are_made() -> None:
    assert (
        len(expand("(甲|乙|丙|丁|戊)(甲|乙|丙|丁|戊)(甲|乙|丙|丁|戊)(子|丑|寅|卯)")) == MOST == 500
    )


def test_more_wordings_than_are_allowed_are_refused_before_they_are_made() -> None:
    with pytest.raises(ValueError, match="代表 1000000000000 种说法，最多 500 种，请拆成几行"):
        expand(f"({'|'.join(HAN)})" * 12)


@given(GROUPS)
def test_there_are_as_many_wordings_as_ways_through_the_groups(groups: list[list[str]]) -> None:
    line = "子".join(f"({'|'.join(group)})" for group in groups)
    assert len(expand(line)) == prod(map(len, groups))


@given(GROUPS)
def test_every_wording_takes_one_option_of_each_group(groups: list[list[str]]) -> None:
    line = "".join(f"({'|'.join(group)})" for group in groups)
    for wording in expand(line):
        assert all(one in group for one, group in zip(wording, groups, strict=True))


@given(st.text(alphabet="甲乙()|", max_size=12))
def test_any_line_is_expanded_without_marks_or_refused(line: str) -> None:
    try:
        wordings = expand(line)
    except ValueError:
        return
    assert not [mark for wording in wordings for mark in "()|" if mark in wording]


def spoken(folder: Path, *lines: str) -> Path:
    """The tiny pack with other forms of 延续注册; the first line stands in line 4 of the file."""
    term = "".join(f"    {line}\n" for line in ("slot: registration", *lines))
    return write_pack(folder, synonyms=f"terms:\n  - word: 延续注册\n{term}  - word: 一级\n")


def test_forms_and_hints_of_a_pack_stand_for_their_wordings(tmp_path: Path) -> None:
    pack = load_pack(spoken(tmp_path, "forms: [(续|延)期, 续证]", "hints: [(再|接着)用]"))
    term = pack.lexicon.terms[0]
    assert (term.forms, term.hints) == (("(续|延)期", "续证"), ("(再|接着)用",))
    assert [form for line in term.forms for form in expand(line)] == ["续期", "延期", "续证"]


@pytest.mark.parametrize(
    ("lines", "line", "path", "message"),
    [
        pytest.param(
            ("forms:", "  - 续证", "  - 续(期|证"),
            *(6, "terms > 延续注册 > forms > 2", BROKEN),
            id="forms",
        ),
        pytest.param(
            ("forms: [续期]", "hints: ['再|用']"),
            *(5, "terms > 延续注册 > hints > 1", BROKEN),
            id="hints",
        ),
        pytest.param(
            ("forms:", f"  - {'(甲|乙|丙|丁|戊|己|庚|辛)' * 3}"),
            *(5, "terms > 延续注册 > forms > 1"),
            "这一行代表 512 种说法，最多 500 种，请拆成几行",
            id="too many",
        ),
        pytest.param(
            ("forms: [续期]", "hints: [再用, (一|二)级]"),
            *(5, "terms > 延续注册 > hints > 2"),
            "“一级”已经是“一级”的说法；只留一处",
            id="an alternative is another term",
        ),
        pytest.param(
            ("hints: [(云|滇)]",),
            *(4, "terms > 延续注册 > hints > 1"),
            "“滇”是地区“云南”的名称，不能当同义词",
            id="an alternative is a place",
        ),
    ],
)
def test_a_wrong_line_is_named_with_file_and_line(
    tmp_path: Path, lines: tuple[str, ...], line: int, path: str, message: str
) -> None:
    (problem,) = problems_of(spoken(tmp_path, *lines))
    assert problem == Problem(str(tmp_path / "synonyms.yaml"), line, path, message)
