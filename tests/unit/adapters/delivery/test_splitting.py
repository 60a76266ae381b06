"""Texts are cut to what a platform holds, counted as it counts, and nothing of them is lost."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.adapters.delivery.plain import plain_pages
from bot.adapters.delivery.splitting import Room, Run, as_html, as_text, cut
from bot.core.model.reply import Choice, Choices, Reply, Status, Text
from bot.plugins.units import Units

LENGTH = {
    Units.UTF16: lambda text: len(text.encode("utf-16-le")) // 2,
    Units.BYTES: lambda text: len(text.encode()),
    Units.CHARACTERS: len,
}
texts = st.lists(st.text(st.sampled_from("四川，。\n a😀é"), max_size=120), max_size=5)


@given(texts, st.sampled_from(Units), st.integers(8, 60))
def test_no_page_is_too_long_in_its_units_and_nothing_is_lost(
    said: list[str], units: Units, longest: int
) -> None:
    pages = [as_text(page) for page in cut([(Run(one),) for one in said], Room(longest, units))]
    assert [page for page in pages if LENGTH[units](page) > longest or not page.strip()] == []
    assert "".join("".join(pages).split()) == "".join("".join(said).split())


@pytest.mark.parametrize("units", Units)
@given(text=st.text(), room=st.integers(0, 40))
def test_what_fits_is_as_much_as_fits(units: Units, text: str, room: int) -> None:
    at = units.within(text, room)
    assert LENGTH[units](text[:at]) <= room
    assert at == len(text) or LENGTH[units](text[: at + 1]) > room


def test_tags_count_where_the_platform_counts_them() -> None:
    link = Run("网站", '<a href="https://example.cn/">', "</a>")
    blocks = [(Run("四" * 20),), (link, Run("川" * 40))]
    pages = cut(blocks, Room(100, Units.BYTES, counts_tags=True))
    assert [page for page in map(as_html, pages) if len(page.encode()) > 100] == []
    assert "".join(map(as_text, pages)).replace("\n", "") == "四" * 20 + "网站" + "川" * 40


def test_in_plain_text_choices_are_numbered_unless_buttons_show_them() -> None:
    options = Choices((Choice("甲", "a"), Choice("乙", "b")))
    reply = Reply(Status.CLARIFY, (Text("哪一种？"), options))
    assert plain_pages(reply, Room(100)) == ("哪一种？\n\n1. 甲\n2. 乙",)
    assert plain_pages(reply, Room(100), with_choices=False) == ("哪一种？",)
