"""Answers that say nothing but no, or that one does not know."""

from __future__ import annotations

import pytest

from bot.core.words.unsure import says_no, says_unsure


@pytest.mark.parametrize("text", ["没有", "不", "都不是", "一个都没有啊", "不是的"])
def test_a_bare_no_is_a_no(text: str) -> None:
    assert says_no(text)
    assert not says_unsure(text)


@pytest.mark.parametrize("text", ["没有卡", "不是学生", "有没有", "不行吗", "是"])
def test_who_says_more_than_no_asks_or_tells_something(text: str) -> None:
    assert not says_no(text)
