"""Pictographs as the only words of a message."""

from __future__ import annotations

import pytest

from bot.understanding.text.signs import signs_in


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("👍", ("👍",)),
        ("👍🏿 👍🏻！", ("👍",)),
        ("❤️", ("❤",)),
        ("👍🙏", ("👍", "🙏")),
        ("？！……", ()),
        ("", ()),
    ],
)
def test_skin_and_colour_mean_nothing(text: str, found: tuple[str, ...]) -> None:
    assert signs_in(text) == found
