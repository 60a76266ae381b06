"""Parts as Telegram's HTML: nothing unescaped, nothing too long, nothing lost.

1,000 random replies are found by hypothesis, which makes them small where one fails, and 100,000
made by dice with BOT_TEST_SOAK=1: those cost a fifth.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date
from html.parser import HTMLParser

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from bot.adapters.delivery.splitting import Run, as_html, cut
from bot.adapters.telegram.outgoing.html import ROOM, render
from bot.adapters.telegram.outgoing.keyboards import rows_of
from bot.adapters.telegram.outgoing.rich_message import rich_blocks
from bot.adapters.telegram.outgoing.sender import plain
from bot.adapters.telegram.utf16 import units, within
from bot.core.model.reply import (
    Answer,
    Choice,
    Choices,
    Link,
    ListPart,
    Part,
    Picture,
    Reply,
    SourceNote,
    Sources,
    Status,
    Text,
    part_as_text,
)
from tests.workers import size

EXAMPLES, BY_DICE = 1_000, size(100_000, 300)
ALLOWED = {"a": {"href"}, "b": set(), "blockquote": set()}
NOTE = SourceNote("办法", date(2021, 12, 8), "第七条")


class Seen(HTMLParser):
    """What a strict reader of Telegram's HTML sees: visible text and well-nested known tags."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.text = ""
        self.links: list[str] = []
        self._open: list[str] = []
        self.feed(page)
        self.close()
        assert self._open == [], f"left open: {self._open}"

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        assert {name for name, _ in attributes} <= ALLOWED[tag]
        self._open.append(tag)
        self.links += [value or "" for name, value in attributes if name == "href"]

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data

    def handle_comment(self, data: str) -> None:
        raise AssertionError(f"a comment: {data!r}")

    def handle_decl(self, decl: str) -> None:
        raise AssertionError(f"a declaration: {decl!r}")

    def handle_pi(self, data: str) -> None:
        raise AssertionError(f"an instruction: {data!r}")


def reply_of(*parts: Part) -> Reply:
    return Reply(Status.ANSWERED, parts)


def html(*parts: Part) -> str:
    [page] = render(reply_of(*parts)).pages
    return page


def squeezed(text: str) -> str:
    return "".join(text.split())


nasty = st.text(
    st.sampled_from("<>&\"'/;#x3b=!-?[]\n\t\u200b\u202e\u0301 ab四川🏗👩")
    | st.characters(exclude_categories=["Cs"]),
    max_size=200,
)
long_text = st.builds(lambda text, times: text * times, nasty, st.integers(1, 120))
words = nasty | long_text
parts = st.one_of(
    st.builds(Text, words),
    st.builds(
        ListPart,
        st.lists(nasty, min_size=1, max_size=5).map(tuple),
        st.none() | nasty,
        st.booleans(),
    ),
    st.builds(Link, nasty, nasty.map("https://example.cn/{}".format) | nasty, st.none() | nasty),
    st.builds(Picture, nasty, words),
    st.builds(
        Sources,
        st.lists(
            st.builds(SourceNote, words, st.just(date(2021, 12, 8)), st.none() | nasty),
            min_size=1,
            max_size=3,
        ).map(tuple),
        nasty,
        st.just("核对于 {date}"),
        st.just("等 {count} 份"),
        nasty,
    ),
)


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(parts, min_size=1, max_size=6))
@example([Text("<b>&amp;</b>"), Link("<a>", 'https://x/"onclick="', "&")])
@example([Text("🏗" * 5000)])
@example([Link("四" * 5000, "https://example.cn/")])
@example([Text(" \n "), Text("\u200b")])
def test_any_reply_is_escaped_short_enough_and_whole(chosen: list[Part]) -> None:
    is_whole(chosen)


def is_whole(chosen: list[Part]) -> None:
    pages = render(reply_of(*chosen)).pages
    seen = [Seen(page) for page in pages]
    assert all(page.text.strip() for page in seen)
    assert [units(page.text) for page in seen if units(page.text) > 4096] == []
    said = "".join(part_as_text(part) for part in chosen)
    assert squeezed("".join(page.text for page in seen)) == squeezed(said)
    assert [plain(page) for page in pages] == [page.text for page in seen]


NASTY = "<>&\"'/;#x3b=!-?[]\n\t\u200b\u202e\u0301 ab四川🏗👩"


def nasty_text(dice: random.Random) -> str:
    """Signs of markup, letters of every plane but surrogates, sometimes very often."""
    some = [
        dice.choice(NASTY)
        if dice.random() < 0.7
        else chr(dice.choice((dice.randrange(1, 0xD800), dice.randrange(0xE000, 0x110000))))
        for _ in range(dice.randrange(40))
    ]
    return "".join(some) * (dice.randrange(1, 120) if dice.random() < 0.05 else 1)


def nasty_part(dice: random.Random) -> Part:
    one, two = nasty_text(dice), nasty_text(dice)
    match dice.randrange(4):
        case 0:
            return Text(one)
        case 1:
            items = tuple(nasty_text(dice) for _ in range(dice.randint(1, 5)))
            return ListPart(items, one or None, dice.random() < 0.5)
        case 2:
            return Link(one, f"https://example.cn/{two}", one or None)
        case _:
            note = SourceNote(one, date(2021, 12, 8), two or None)
            return Sources((note,) * dice.randint(1, 3), two, "核对于 {date}", "等 {count} 份", one)


def test_replies_made_by_dice_are_whole(figures: Callable[[str], None]) -> None:
    dice = random.Random(20261129)
    for _ in range(BY_DICE):
        is_whole([nasty_part(dice) for _ in range(dice.randint(1, 6))])
    figures(f"{BY_DICE} random replies: 0 unescaped, 0 too long, 0 cut short")


def test_text_is_escaped_once() -> None:
    assert html(Text('甲 <b>&amp;</b> "乙"')) == '甲 &lt;b&gt;&amp;amp;&lt;/b&gt; "乙"'


def test_a_link_is_openable_and_its_address_visible() -> None:
    assert html(Link("网站", 'https://example.cn/?a=1&b="2"', "未核实")) == (
        '网站：https://example.cn/?a=1&amp;b="2"（未核实）'
    )
    assert html(Link("网站", "https://example.cn/?a=1&b=2", "未核实")) == (
        '<a href="https://example.cn/?a=1&amp;b=2">网站</a>：https://example.cn/?a=1&amp;b=2（未核实）'
    )


def test_what_is_no_web_address_is_not_linked() -> None:
    assert html(Link("点我", "javascript:alert(1)")) == "点我：javascript:alert(1)"


def test_sources_are_one_line_in_a_quote() -> None:
    assert html(Sources((NOTE,), "依据：", "核对于 {date}")) == (
        "<blockquote>依据：办法 第七条（核对于 2021-12-08）</blockquote>"
    )


def test_a_heading_of_a_list_is_bold() -> None:
    assert html(ListPart(("甲", "乙"), "材料", is_numbered=True)) == "<b>材料</b>\n1. 甲\n2. 乙"


def test_choices_stand_in_the_text_only_on_request() -> None:
    reply = reply_of(Text("哪个？"), Choices((Choice("四川", "r:四川"), Choice("云南", "r:云南"))))
    assert render(reply).pages == ("哪个？",)
    assert render(reply, with_choices=True).pages == ("哪个？\n\n1. 四川\n2. 云南",)


def test_choices_alone_are_said() -> None:
    assert render(reply_of(Choices((Choice("四川", "r:四川"),)))).pages == ("1. 四川",)


def test_blocks_are_kept_together() -> None:
    pages = render(reply_of(Text("甲" * 3000), Text("乙" * 3000), Text("丙" * 1000))).pages
    assert pages == ("甲" * 3000, "乙" * 3000 + "\n\n" + "丙" * 1000)


def test_a_block_that_is_too_long_is_cut_behind_a_sentence() -> None:
    sentence = "四" * 99 + "。"
    pages = render(reply_of(Text(sentence * 50))).pages
    assert pages == (sentence * 40, sentence * 10)


def test_a_quote_that_is_cut_is_a_quote_on_both_pages() -> None:
    note = SourceNote("法" * 5000, date(2021, 12, 8))
    pages = render(reply_of(Sources((note,), "依据：", "核对于 {date}"))).pages
    assert [page.count("<blockquote>") for page in pages] == [1, 1]


def test_a_link_is_not_cut() -> None:
    label = "网" * 100
    pages = cut([[Run("四" * 4050), Run(label, "<a>", "</a>", is_whole=True)]], ROOM)
    assert [as_html(page) for page in pages] == ["四" * 4050, f"<a>{label}</a>"]


def test_lengths_are_counted_as_telegram_counts() -> None:
    assert [units("a"), units("四"), units("🏗"), units("")] == [1, 1, 2, 0]
    assert [within("🏗🏗", room) for room in range(5)] == [0, 0, 1, 1, 2]


@pytest.mark.parametrize(
    ("text", "addresses"),
    [
        ("四川政务服务网：https://www.sczwfw.gov.cn/", ("https://www.sczwfw.gov.cn/",)),
        ("见 http://a.cn/b?c=1，或 https://d.cn。", ("http://a.cn/b?c=1", "https://d.cn")),
        ("没有网址", ()),
        ("https://" + "a" * 300 + ".cn", ()),
    ],
)
def test_addresses_in_a_text_can_be_copied(text: str, addresses: tuple[str, ...]) -> None:
    assert render(reply_of(Text(text))).addresses == addresses


@pytest.mark.parametrize(
    ("labels", "rows"),
    [
        (["下一步", "上一步", "结束"], [3]),
        (["四川", "云南", "安徽", "重庆", "北京", "上海", "天津", "河北", "更多省份"], [4, 4, 1]),
        (["初始注册的办理程序", "下一步"], [1, 1]),
        (["OK"] * 5, [4, 1]),
    ],
)
def test_short_labels_share_a_row(labels: list[str], rows: list[int]) -> None:
    assert [len(row) for row in rows_of([{"text": label} for label in labels])] == rows


PAPERS = Text("要交的材料：\n1. 申请表；\n2. 身份证。")


def materials(*parts: Part) -> Reply:
    return Reply(Status.ANSWERED, parts, answers=(Answer("a", {"aspect": "材料"}),))


def test_papers_become_a_table_and_the_sources_stay_a_line() -> None:
    blocks = rich_blocks(
        materials(PAPERS, Text("备注"), Sources((NOTE,), "依据：", "核对于 {date}")),
        "材料",
    )
    cell = {"align": "left", "valign": "top"}
    assert blocks == [
        {
            "type": "table",
            "caption": "要交的材料：",
            "is_striped": True,
            "cells": [
                [cell | {"text": "1"}, cell | {"text": "申请表；"}],
                [cell | {"text": "2"}, cell | {"text": "身份证。"}],
            ],
        },
        {"type": "paragraph", "text": "备注"},
        {"type": "paragraph", "text": "依据：办法 第七条（核对于 2021-12-08）"},
    ]


@pytest.mark.parametrize(
    "reply",
    [
        pytest.param(reply_of(PAPERS), id="not about papers"),
        pytest.param(materials(Text("一句话。")), id="no list"),
        pytest.param(materials(Text("材料：\n1. 表；\n另外一行")), id="not only a list"),
        pytest.param(materials(PAPERS, Text("长" * 40_000)), id="too long"),
    ],
)
def test_what_gains_nothing_stays_html(reply: Reply) -> None:
    assert rich_blocks(reply, "材料") is None
