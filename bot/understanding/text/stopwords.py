"""List the function words of Chinese, and the interchangeable ways to ask a question.

Both lists are closed classes of the language and belong to no subject; a pack's own fillers and
synonyms are in its `synonyms.yaml`.
"""

from __future__ import annotations

import re


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


PARTICLES = _words("""
    的 了 呢 啊 呀 吗 嘛 吧 哦 哈 么 着 得 地 过 啦 哟 呗
    是 有 就 都 也 还 又 很 会 要 能 可以 个 没有 有没有 人
    请 问 求 谢 麻 烦 您 亲 帮 请问 谢谢 麻烦 您好 你好 求助 跪求 急求 一下 帮我 帮忙 想 请教
    大家 各位 谁 知道 告诉 高手 大神 朋友
""")
"""Optional words: particles, auxiliaries, politeness, appeals to whoever may know."""
INTERROGATIVES = _words("""
    怎 样 如 何 什 哪 啥 为 些 咋 怎么 怎样 如何 什么 哪些 哪里 哪个 为什么 为何 怎么样 什么样
    怎么办 是否 能否 多少 多久
""")
"""Words that ask without saying about what; many of them are interchangeable."""

_SAME_QUESTION = {
    "怎么": "如何 怎样 怎么样 怎麽 咋样 咋 怎",
    "什么": "啥子 啥 什麽 甚么 哪些 哪种 哪个 哪款 那些 那种 那个 么子",
    "为何": "为什么 为啥 怎么会 怎么回事 咋回事",
    "哪": "哪里 哪儿 那里 那儿 在哪 什么地方",
    "多久": "多长时间 多少时间 多少天 几天",
    "何时": "什么时候 啥时候 几时 什么时间",
    "能": "能不能 能否 可不可以 可否 可以 能够",
    "是否": "是不是",
}
_USUAL = {way: usual for usual, ways in _SAME_QUESTION.items() for way in (usual, *ways.split())}
_WAYS = re.compile("|".join(sorted(_USUAL, key=len, reverse=True)))


def plainly_asked(utterance: str) -> str:
    """Replace each way to ask how, what, why, where, when and whether by one of them."""
    return _WAYS.sub(lambda way: _USUAL[way.group()], utterance)
