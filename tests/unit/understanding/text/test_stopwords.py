"""Little words of Chinese."""

from __future__ import annotations

import pytest

from bot.understanding.text.stopwords import INTERROGATIVES, PARTICLES, plainly_asked


@pytest.mark.parametrize(
    ("said", "plain"),
    [
        ("如何办理", "怎么办理"),
        ("怎么样办理", "怎么办理"),
        ("为什么退回", "为何退回"),
        ("哪儿领证", "哪领证"),
        ("多长时间批", "多久批"),
        ("能不能代办", "能代办"),
        ("什么时候到期", "何时到期"),
        ("证书丢了", "证书丢了"),
    ],
)
def test_one_way_to_ask_stands_for_all(said: str, plain: str) -> None:
    assert plainly_asked(said) == plain


@pytest.mark.parametrize("said", ["怎么办", "什么", "为何", "哪", "多久", "何时", "能", "是否"])
def test_the_usual_way_stays(said: str) -> None:
    assert plainly_asked(said) == said


def test_no_word_is_of_both_classes() -> None:
    assert set() == PARTICLES & INTERROGATIVES
