"""Recognise words that move a walk: 下一步, 回到第3步, 改第二步, 重新开始, 为什么要问.

A text is a move only if it says nothing else: 下一步谁来办 is a question.  These words belong to
the language; the words of a subject are in its pack.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from bot.core.words.numerals import CHARACTERS, read_number


class Kind(StrEnum):
    NEXT = "next"
    BACK = "back"
    HERE = "here"
    REPEAT = "repeat"
    STOP = "stop"
    AGAIN = "again"
    STEPS = "steps"
    PAPERS = "papers"
    OTHER = "other"
    LIST = "list"
    PICTURE = "picture"
    GOTO = "goto"
    WHY = "why"
    DECLINE = "decline"


@dataclass(frozen=True, slots=True)
class Move:
    """A move of the walk; `number` is the step, counted from 1, and set for `GOTO` only."""

    kind: Kind
    number: int = 0


_WORDS = {
    Kind.NEXT: "下一步 下步 再下一步 下一个 下一页 往下 往下走 接下来 接下来呢 然后 然后呢"
    " 之后呢 下面呢 下一步呢 接下来怎么办 然后怎么办 下一步怎么办 接下来干嘛 下一步干嘛 好了"
    " 都好了 这步好了 办好了 办完了 办妥了 做好了 做完了 弄好了 弄完了 搞好了 搞完了 搞定"
    " 搞定了 完事了 完成了 ok了 next",
    Kind.BACK: "上一步 返回 后退 退回 退一步 往回 返回上一步 回到上一步 上一页 back",
    Kind.REPEAT: "再说一遍 再说一次 再说一下 再发一遍 再发一次 重复一遍 重复 没看清 没看懂",
    Kind.HERE: "继续 继续办理 继续办 接着办 接着来 接着说 接着 回到流程 回到步骤 回去办"
    " 刚才到哪了 到哪了 办到哪了 走到哪了 说到哪了 到哪一步了 到第几步了 我到哪步了 我到第几步了"
    " 我在哪一步 我在第几步 第几步了 现在第几步 现在是第几步 现在到哪了 现在到第几步了",
    Kind.STOP: "结束 退出 取消 不办了 不弄了 不搞了 不想办了 算了 算了不办了 先不办了 先这样"
    " 就这样 以后再说 改天再说 回头再说 下次再说 停 停止 到此为止 quit exit",
    Kind.AGAIN: "重新开始 从头开始 从头来 重来 重头来 从头再来 重新来 重新来过 从第一步开始",
    Kind.STEPS: "全部步骤 所有步骤 看全部 看全部步骤 总共几步 一共几步 一共有几步 还有几步"
    " 还有多少步 还剩几步 还要几步 还差几步 后面还有几步 步骤列表",
    Kind.PAPERS: "材料 要准备的材料 材料清单 看材料",
    Kind.OTHER: "换一种 换一个 换别的 办别的 换个业务 换一种业务",
    Kind.LIST: "清单 核对清单 文字清单 打印清单",
    Kind.PICTURE: "流程图 路线图 图 看图 画出来 画个图",
    Kind.WHY: "为什么要问 为什么要问这个 为什么问这个 问这个干嘛 问这个干什么 问这个做什么"
    " 为啥要问 为啥问这个 为什么 为什么要知道 要知道这个干嘛 问我在哪干嘛 问省份干嘛",
    Kind.DECLINE: "不想说 不想回答 不方便说 不告诉你 保密 不便透露 不想填 跳过 不说 不想告诉你",
}
ALONE = (Kind.NEXT, Kind.BACK, Kind.HERE, Kind.AGAIN, Kind.STOP, Kind.GOTO)
"""Moves that are recognised even where no walk is under way."""
_SOUNDS = {
    "xiayibu": Kind.NEXT,
    "xiabu": Kind.NEXT,
    "xiayige": Kind.NEXT,
    "shangyibu": Kind.BACK,
    "shangbu": Kind.BACK,
    "fanhui": Kind.BACK,
    "jixu": Kind.HERE,
    "jiezheban": Kind.HERE,
    "zaishuoyibian": Kind.REPEAT,
    "jieshu": Kind.STOP,
    "quxiao": Kind.STOP,
    "tuichu": Kind.STOP,
    "chongxinkaishi": Kind.AGAIN,
    "zhongxinkaishi": Kind.AGAIN,
    "quanbubuzhou": Kind.STEPS,
    "huanyizhong": Kind.OTHER,
}
"""Toneless pinyin of the words on the cards, for pinyin input and homophones."""
_MOVES = {word: Move(kind) for kind, words in _WORDS.items() for word in words.split()}
_POLITE = re.compile(
    r"^(?:好了|好的?|行了?|可以了?|搞定了?|办好了|弄好了|嗯++|哦++|那就?|请|麻烦|ok了?)?[，, ]*+"
    r"(.*?)(?:吧|啊|呀|呗|哈|了|谢谢)?$",
    re.IGNORECASE,
)
_TWICE = re.compile(r"(.{1,30}?)[，, ]*+(?:\1[，, ]*+)++")
"""Matches a repeated word (下一步下一步), which is one move; no move is longer than this."""
_ENDS = " \t\r\n.。,，!！?？、;；~～)）"
_NTH_STEP = re.compile(
    r"(?:我?(?:想|要)?(?:改|修改|更改|重填|重做|重答|回|回到|返回|退回|退到|跳到|跳回|去|到|看|看看)"
    rf"(?:一下)?)?第\s*(\d+|[{CHARACTERS}]+)\s*步(?:的?(?:回答|答案|内容))?"
)
_NTH_CHOICE = re.compile(
    rf"(?:我?选|就?要|办|就)?\s*第\s*(\d+|[{CHARACTERS}]+)\s*(?:种|个|项|条|样|类)(?:吧|呢)?"
)
_OTHER_KIND = re.compile(
    r"改成|改为|改办|改回|换成|换为|换办|换回|变成|不是.*是|(?:说|搞|弄|选|点)错|错了|不对|应该是|其实是"
    r"|还是办|不办.*办|我要办"
)
_NOT_THAT = re.compile(r"(?<!是)不(?:是|办|要|想办|做|搞|弄)(?!不)")
_ASKING = re.compile(r"[吗么?？]|怎么|咋|啥|什么|哪|能|行不行|可以|要不要|多久|几")

_BACK_TO_IT = re.compile(r"改回|换回|回到|接着办|继续办|还是办|还是回")
_PLACE_WORDS = frozenset("我们在是人的现目前那呢这边里省市区换成改吧了公司单位住就,，。")


def stripped(text: str) -> str:
    """Strip the punctuation round a text."""
    return text.strip(_ENDS)


def read_move(text: str) -> Move | None:
    """Return the move that a text is, or `None`."""
    said = stripped(text)
    if move := _MOVES.get(said.casefold()):
        return move
    if twice := _TWICE.fullmatch(said):
        said = twice[1]
    polite = _POLITE.fullmatch(said)
    core = stripped(polite[1]) if polite else said
    if move := _MOVES.get(core.casefold()):
        return move
    found = _NTH_STEP.fullmatch(core)
    number = read_number(found[1]) if found else None
    return Move(Kind.GOTO, number) if number is not None else None


def heard_move(sound: str) -> Move | None:
    """Return the move that has this sound, or `None`.

    `sound` is toneless pinyin without spaces.
    """
    kind = _SOUNDS.get(sound) or _SOUNDS.get(sound.removesuffix("ba"))
    return Move(kind) if kind else None


def read_ordinal(text: str) -> int | None:
    """Return the number of a choice from 第二种 or 选第2个, or `None`."""
    found = _NTH_CHOICE.fullmatch(stripped(text))
    return read_number(found[1]) if found else None


def means_another_kind(text: str) -> bool:
    """Return whether the words take back what was chosen: 改成, 说错了, 不是补证是换证."""
    return _OTHER_KIND.search(text) is not None


def means_not_that(text: str) -> bool:
    """Return whether the words reject what they name and ask nothing: 我不办补证."""
    return _NOT_THAT.search(text) is not None and not asks(text)


def asks(text: str) -> bool:
    """Return whether the words have the form of a question."""
    return _ASKING.search(text) is not None


def means_back_to_it(text: str) -> bool:
    """Return whether the words resume what was left: 改回, 接着办."""
    return _BACK_TO_IT.search(text) is not None


def tells_where(text: str) -> bool:
    """Return whether the words state where the person is (我在总馆) instead of asking."""
    return "在" in text and not asks(text)


def says_only_where(text: str, place: str) -> bool:
    """Return whether a text says nothing but a place (我在总馆).

    `place` is the place as it is written in the text.
    """
    if not place or place not in text:
        return False
    before, _, after = text.partition(place)
    return set(before + after) <= _PLACE_WORDS
