"""Words that move a walk, and words that only look like it."""

from __future__ import annotations

import pytest

from bot.core.words.moves import (
    Kind,
    Move,
    heard_move,
    means_another_kind,
    means_back_to_it,
    means_not_that,
    read_move,
    read_ordinal,
    says_only_where,
)


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("下一步", Kind.NEXT),
        ("好的，下一步", Kind.NEXT),
        ("嗯 下一步吧", Kind.NEXT),
        ("办好了。", Kind.NEXT),
        ("上一步", Kind.BACK),
        ("返回", Kind.BACK),
        ("继续", Kind.HERE),
        ("那继续吧", Kind.HERE),
        ("再说一遍", Kind.REPEAT),
        ("结束", Kind.STOP),
        ("算了", Kind.STOP),
        ("取消！", Kind.STOP),
        ("重新开始", Kind.AGAIN),
        ("从头来", Kind.AGAIN),
        ("全部步骤", Kind.STEPS),
        ("一共几步？", Kind.STEPS),
        ("材料", Kind.PAPERS),
        ("换一种", Kind.OTHER),
        ("清单", Kind.LIST),
        ("流程图", Kind.PICTURE),
        ("为什么要问这个？", Kind.WHY),
        ("不想说", Kind.DECLINE),
        ("NEXT", Kind.NEXT),
        ("好了，下一个", Kind.NEXT),
        ("下一步，下一步，下一步", Kind.NEXT),
        ("然后呢？", Kind.NEXT),
        ("现在第几步了", Kind.HERE),
        ("还有几步", Kind.STEPS),
        ("改天再说吧", Kind.STOP),
    ],
)
def test_words_that_move(said: str, kind: Kind) -> None:
    assert read_move(said) == Move(kind)


@pytest.mark.parametrize(
    ("said", "number"),
    [
        ("改第 2 步", 2),
        ("改第二步", 2),
        ("回到第3步", 3),
        ("第三步", 3),
        ("我想改一下第二步的答案", 2),
        ("跳到第十二步吧", 12),
        ("看看第１步", 1),
    ],
)
def test_words_that_lead_to_a_step(said: str, number: int) -> None:
    assert read_move(said) == Move(Kind.GOTO, number)


@pytest.mark.parametrize(
    "said",
    [
        "",
        "下一步谁来办",
        "第三步是什么",
        "上一步没办完怎么办",
        "材料要原件吗",
        "取消注册怎么办",
        "结束了吗",
        "第二种",
        "流程图里有换单位吗",
        "重新注册",
        "改成增项注册",
    ],
)
def test_questions_that_hold_such_words_are_questions(said: str) -> None:
    assert read_move(said) is None


def test_what_only_sounds_like_the_word_on_a_card_is_heard() -> None:
    assert heard_move("xiayibu") == heard_move("xiayibuba") == Move(Kind.NEXT)
    assert heard_move("xiayibushuilaiban") is None
    assert heard_move("") is None


@pytest.mark.parametrize(
    ("said", "is_turned_down"),
    [
        ("我不办初始注册了", True),
        ("不是初始注册", True),
        ("不要初始注册", True),
        ("是不是初始注册", False),
        ("不办初始注册行不行", False),
        ("不办初始注册会怎么样", False),
        ("办初始注册", False),
    ],
)
def test_words_that_turn_down_what_they_name(said: str, is_turned_down: bool) -> None:
    assert means_not_that(said) is is_turned_down


@pytest.mark.parametrize(
    ("said", "number"),
    [
        ("第二种", 2),
        ("第2个", 2),
        ("选第三个吧", 3),
        ("要第一样", 1),
        ("就第二种", 2),
        ("第二步", None),
        ("二", None),
    ],
)
def test_a_choice_can_be_named_by_its_place(said: str, number: int | None) -> None:
    assert read_ordinal(said) == number


@pytest.mark.parametrize(
    "said",
    [
        "改成变更注册",
        "换成增项",
        "不是初始，是增项",
        "说错了，我要办延续",
        "不对，还是办初始",
        "应该是注销",
    ],
)
def test_words_that_take_a_choice_back(said: str) -> None:
    assert means_another_kind(said)


@pytest.mark.parametrize("said", ["增项注册要什么材料", "变更注册", "初始注册和增项注册有什么区别"])
def test_a_registration_that_is_only_named_takes_nothing_back(said: str) -> None:
    assert not means_another_kind(said)


def test_words_that_take_up_what_was_left() -> None:
    assert [means_back_to_it(said) for said in ("改回初始注册", "接着办延续", "初始注册")] == [
        True,
        True,
        False,
    ]


@pytest.mark.parametrize(
    ("said", "place", "is_all"),
    [
        ("我在重庆", "重庆", True),
        ("那重庆呢", "重庆", True),
        ("我们单位在重庆", "重庆", True),
        ("重庆在哪注册", "重庆", False),
        ("重庆要什么材料", "重庆", False),
        ("我在重庆", "", False),
        ("我在重庆", "四川", False),
    ],
)
def test_a_place_and_nothing_else(said: str, place: str, is_all: bool) -> None:
    assert says_only_where(said, place) is is_all
