"""Recognise that somebody does not know, or says no: answers to a question, and no small talk."""

from __future__ import annotations

from bot.core.words.folding import folded

UNSURE = frozenset(
    "不知道 不清楚 不确定 不晓得 不记得 不记得了 记不得了 忘了 忘记了 说不好 说不准 不好说 不懂"  # noqa: SIM905  the same
    " 不明白 我不知道 我不清楚 我不确定 我忘了 随便 都行 都可以 无所谓 你看着办 不了解".split()
)
NOTHING = frozenset(
    "没有 没 不 不是 都不是 都没有 都不 一个都没有 一个也没有 一个都不是 哪个都不是 没一个是"  # noqa: SIM905  the same
    " 都没 都不对 没有合适的".split()
)
_SOFTENING = "啊呀呢哦哈嘛吧的了"


def with_and_without_softening(said: str) -> set[str]:
    """Return the words folded, with and without a particle at their end."""
    plain = folded(said)
    return {plain, plain.rstrip(_SOFTENING)}


def says_no(said: str) -> bool:
    return bool(with_and_without_softening(said) & NOTHING)


def says_unsure(said: str) -> bool:
    return bool(with_and_without_softening(said) & UNSURE)
