"""Charts as pictures: nothing of the chart is missing, nothing lies on anything else."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from bot.core.model.chart import Arrow, Box, Chart
from bot.core.model.pack import Pack
from bot.core.model.procedure import Procedure, Transition
from bot.core.procedures.drawings import chart_of, chart_of_path, draw_mermaid, draw_text
from bot.drawing import ChartDrawer, as_dot
from bot.drawing.layout import lay_out, program
from bot.drawing.lettering import break_evenly, break_lines, width_of
from bot.drawing.png import can_write_chinese
from bot.drawing.svg import _box_size, _label_size, draw_svg
from tests.tiny import WALK, with_transitions

needs_layout = pytest.mark.skipif(program() is None, reason="pip install zhuce[pictures]")
needs_font = pytest.mark.skipif(
    not can_write_chinese(), reason="pip install zhuce[pictures], apt install fonts-noto-cjk"
)
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def seed(pack: Pack) -> Procedure:
    return pack.procedures["sichuan-registration"]


# Words


@pytest.mark.parametrize(
    ("text", "width"), [("", 0.0), ("注册", 2.0), ("ab", 1.12), ("（）", 2.0), ("→", 1.0)]
)
def test_chinese_characters_are_one_em_wide(text: str, width: float) -> None:
    assert width_of(text) == pytest.approx(width)


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("", []),
        ("审查", ["审查"]),
        ("登录网站 --> 申请", ["登录网站", "→ 申请"]),
        ("一二三四五六", ["一二三四五", "六"]),
        ("一二三四五，六", ["一二三四五，", "六"]),
        ("一二三四（五六）", ["一二三四", "（五六）"]),
        ("甲 sichuan 乙", ["甲", "sichuan", "乙"]),
    ],
)
def test_lines_are_broken_where_a_reader_expects_it(text: str, lines: list[str]) -> None:
    assert break_lines(text, 5.0) == lines


# Charts


def test_an_arrow_that_is_one_of_several_says_whom_it_is_for(seed: Procedure) -> None:
    arrows = chart_of(seed).arrows
    forks = [a for a in arrows if sum(b.source == a.source for b in arrows) > 1]
    assert len(forks) == 8
    assert [arrow for arrow in forks if not arrow.label] == []


def test_the_chart_of_a_way_shows_its_setbacks_and_no_other_branch(seed: Procedure) -> None:
    chart = chart_of_path(seed, "遗失补办", {}, "examine")
    assert [box.id for box in chart.boxes] == [
        "apply", "employer-review", "accept", "examine", "issue-certificate",
        "generate-certificate", "print-and-seal", "refuse-acceptance",
    ]  # fmt: skip
    assert [box.id for box in chart.boxes if box.is_here] == ["examine"]
    assert [(a.source, a.target) for a in chart.arrows if a.is_setback] == [
        ("accept", "refuse-acceptance")
    ]


def test_elsewhere_the_website_of_the_procedure_is_left_out(seed: Procedure) -> None:
    chart = chart_of_path(seed, "初始注册", {}, is_away=True)
    assert "四川政务服务网" not in draw_text(chart)
    assert "申请人:填报注册申请" in draw_text(chart)


def test_mermaid_marks_where_one_is() -> None:
    assert draw_mermaid(WALK, "accept").endswith(
        "    classDef here stroke-width:4px\n    class accept here\n"
    )


def test_dot_holds_every_word_and_escapes_what_would_end_one() -> None:
    way = Transition("issue", 'a "b" \\', is_setback=True)
    dot = as_dot(chart_of(with_transitions(WALK, "apply", Transition("accept"), way), "accept"))
    assert '  "apply" -> "issue" [label="a \\"b\\" \\\\", style=dashed];' in dot
    assert '  "accept" [label="中心:受理\\n◀ 您在这里", penwidth=3];' in dot


# Pictures


def overlaps(one: tuple[float, ...], other: tuple[float, ...]) -> bool:
    (x, y, w, h), (u, v, r, s) = one, other
    return abs(x - u) < (w + r) / 2 - 1 and abs(y - v) < (h + s) / 2 - 1


@needs_layout
def test_no_box_and_no_word_lies_on_another_box(seed: Procedure) -> None:
    chart = chart_of(seed, "examine")
    layout = lay_out(chart, _box_size, _label_size)
    assert layout
    boxes = [(*p, *_box_size(b)) for b, p in zip(chart.boxes, layout.boxes, strict=True)]
    labels = [(*p, *_label_size(a)) for a, p in zip(chart.arrows, layout.labels, strict=True) if p]
    assert len(labels) == 8
    clashes = [
        (one, other)
        for n, one in enumerate([*boxes, *labels])
        for other in boxes[:n]
        if overlaps(one, other)
    ]
    assert clashes == []


@needs_layout
def test_the_svg_has_every_word_and_no_style_or_script(seed: Procedure) -> None:
    drawn = draw_svg(chart_of(seed, "examine"))
    assert drawn
    root = ET.fromstring(drawn)
    words = "".join(element.text or "" for element in root.iter(f"{SVG}text"))
    said = [step.action for step in seed.steps.values()]
    said += [way.label or "" for step in seed.steps.values() for way in step.transitions]
    plain = re.sub(r"-->|[\s→]", "", words)
    assert [text for text in said if re.sub(r"-->|\s", "", text) not in plain] == []
    assert "您在这里" in words
    assert {element.tag.removeprefix(SVG) for element in root.iter()} == {
        "svg", "title", "rect", "g", "text", "path", "polygon",
    }  # fmt: skip
    assert "style" not in drawn


@needs_layout
def test_what_would_be_markup_is_shown_as_it_is() -> None:
    chart = Chart("<b>", (Box("a", "", "<script>&"), Box("b", "", "完")), (Arrow("a", "b", "<i>"),))
    drawn = draw_svg(chart)
    assert drawn
    words = [element.text for element in ET.fromstring(drawn).iter(f"{SVG}text")]
    assert sorted(filter(None, words)) == sorted(["<b>", "<script>&", "完", "<i>"])


@needs_layout
def test_a_circle_and_a_lonely_box_can_be_drawn() -> None:
    ring = Chart(
        "圈", (Box("a", "", "甲"), Box("b", "", "乙")), (Arrow("a", "b"), Arrow("b", "a", "回"))
    )
    assert draw_svg(ring)
    assert draw_svg(Chart("一", (Box("a", "", "甲"),), ()))


@needs_layout
@pytest.mark.parametrize("kind", ["初始注册", "注销注册", "个人信息修改", "遗失补办"])
def test_a_way_is_legible_on_a_phone(seed: Procedure, kind: str) -> None:
    """306 pixels are left for it in a window of 360; the smallest text has 14."""
    svg = draw_svg(chart_of_path(seed, kind, {}, "apply"))
    assert svg is not None
    width = int(re.findall(r'width="(\d+)"', svg)[0])
    smallest = min(map(int, re.findall(r'font-size="(\d+)"', svg)))
    assert smallest * min(1, 306 / width) >= 12


def test_a_line_of_one_character_is_avoided() -> None:
    assert break_evenly("不符合受理要求", 6) == ["不符合受", "理要求"]
    assert break_evenly("受理", 6) == ["受理"]


@needs_layout
@needs_font
def test_a_png_is_drawn_and_drawn_once_only(seed: Procedure) -> None:
    drawer, chart = ChartDrawer(), chart_of_path(seed, "注销注册", {})
    drawn = drawer.draw(chart, "png")
    assert drawn
    assert drawn.startswith(b"\x89PNG")
    assert drawer.draw(chart, "png") is drawn


def test_without_the_program_there_is_no_picture(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("bot.drawing.layout.program", lambda: str(tmp_path / "gone"))
    assert draw_svg(chart_of(WALK)) is None
    monkeypatch.setattr("bot.drawing.layout.program", lambda: None)
    assert draw_svg(chart_of(WALK)) is None
