"""Name what a question asks for: a yes or no, a length of time, a place, a list …

It counts beside the slots: 不注销有什么后果 and 注销要什么材料 name the same service and ask for
different things.  Entries say which of these they answer; the words that ask for each are in
`bot.understanding.text.question_types`.
"""

from __future__ import annotations

from enum import StrEnum


class QuestionType(StrEnum):
    """The kinds of questions that are distinguished; JSON and YAML use the values."""

    YES_NO = "yes_no"
    """能不能, 是不是, 要不要, 算不算, 还来得及吗."""
    HOW_LONG = "how_long"
    """A length of time: 多久能批, 管几年."""
    WHEN = "when"
    """A point of time: 什么时候办, 从哪天算."""
    HOW_MANY = "how_many"
    """A number that is neither time nor money: 最多几个专业, 多少学时."""
    HOW_MUCH = "how_much"
    """Money: 多少钱; 收费吗 is a yes-or-no question."""
    WHO = "who"
    """A person or an office: 谁来申请, 哪个部门批."""
    WHERE = "where"
    """A place or a website: 在哪办, 哪个网站."""
    WHICH = "which"
    """One of several that are named: 先注销还是先变更."""
    DIFFERENCE = "difference"
    """The difference between two things: 有什么区别."""
    CONSEQUENCE = "consequence"
    """The consequence of something: 不办会怎样, 有什么后果."""
    REFUSAL = "refusal"
    """What to do if it fails or somebody refuses: 单位不同意怎么办."""
    UNDO = "undo"
    """How to withdraw or correct something: 填错了怎么改, 能撤回吗."""
    REASON = "reason"
    """为什么, 凭什么."""
    LIST = "list"
    """Papers, steps, conditions, or how something is done: 要什么材料, 怎么办理."""
