"""What has the form of a question, and where one ends."""

import pytest

from bot.understanding.text.questions import halves, is_helpless, is_interrogative, without_echo


@pytest.mark.parametrize(
    "clause",
    ["费用公司出还是个人出", "先退卡还是先办卡", "交原件还是复印件", "是自己先报还是单位先报"],
)
def test_one_of_two_is_asked_for(clause: str) -> None:
    assert is_interrogative(clause)


@pytest.mark.parametrize(
    "clause", ["材料交了还是不行", "我还是想留下", "公司改名了，人还是这些人", "改完还是老样子"]
)
def test_what_is_still_so_is_told(clause: str) -> None:
    assert not is_interrogative(clause)


@pytest.mark.parametrize(
    ("clause", "is_of_no_matter"),
    [
        ("我下一步应该怎么做", True),
        ("这种情况该怎么处理才好", True),
        ("退卡怎么办理", False),
        ("怎么处理旧卡", False),
    ],
)
def test_a_clause_may_ask_for_a_way_out_only(clause: str, *, is_of_no_matter: bool) -> None:
    assert is_helpless(clause) is is_of_no_matter


def test_what_goes_along_joins_no_two_questions() -> None:
    assert list(halves("编号会不会跟着变")) == []


@pytest.mark.parametrize(
    ("clause", "before", "expected"),
    [
        ("不用退卡的话多少天能办好", "换卡要先退卡吗", "多少天能办好"),
        ("要是能续借的话要带什么", "我的书能续借吗", "要带什么"),
        ("不续借的话要罚款吗", "我的书能延长吗", "不续借的话要罚款吗"),
        ("可以的话找谁", "我的书能续借吗", "可以的话找谁"),
    ],
)
def test_a_condition_that_repeats_the_question_before_asks_nothing(
    clause: str, before: str, expected: str
) -> None:
    assert without_echo(clause, before) == expected


def test_what_is_compared_is_no_list_of_questions() -> None:
    assert list(halves("卡期是重新算三年还是跟原来的一样")) == []
