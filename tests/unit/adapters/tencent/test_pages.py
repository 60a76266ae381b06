"""Texts are divided by bytes, between parts and sentences, and nothing of them is lost."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.adapters.delivery.splitting import GAP
from bot.adapters.tencent.pages import pages_of, shortened, size, texts_of
from bot.core.model.reply import Choice, Choices, Text

TEXTS = st.lists(st.text("四𠀀a。\n ", min_size=1, max_size=80), min_size=1, max_size=6)


@given(TEXTS, st.integers(8, 200))
def test_every_page_fits_and_together_they_say_it_all(texts: list[str], limit: int) -> None:
    pages = pages_of(texts, limit)
    assert all(page.strip() and size(page) <= limit for page in pages)
    told, said = ("".join("".join(all_).split()) for all_ in (pages, texts))
    assert told == said


def test_a_page_ends_where_a_part_ends_if_it_can() -> None:
    assert pages_of(["一" * 10, "二" * 10, "三" * 10], 64) == [
        "一" * 10 + GAP + "二" * 10,
        "三" * 10,
    ]


def test_a_shortened_reply_keeps_its_line_and_its_choices() -> None:
    choices = Choices((Choice("初始", "a"), Choice("延续", "b")))
    told = shortened((Text("甲。" * 500), choices), "全文：https://example.cn/f", 300)
    assert size(told) <= 300
    assert told.endswith("全文：https://example.cn/f\n\n1. 初始\n2. 延续")
    assert texts_of((choices,)) == ("1. 初始\n2. 延续",)
