"""Print an evaluation for people: the names of the figures, and the progress."""

from __future__ import annotations

from time import monotonic
from typing import TextIO

from bot.evaluation.run import Figures
from bot.understanding.semantic.vectors import Report

_NAMES = {
    "hit1": "第一个就对",
    "hit5": "前五个里有",
    "mrr10": "平均倒数排名",
    "au_far": "与别的领域分得开",
    "au_near": "与同领域没有的问题分得开",
    "cov95": "答出的 95% 对时能答",
    "cov90": "答出的 90% 对时能答",
    "build_s": "建好用时（秒）",
    "rss_mb": "内存峰值（MiB）",
    "p50_ms": "一次查找的中位数（毫秒）",
    "p95_ms": "一次查找的 95% 分位（毫秒）",
    "semantic_share": "请语义模型再看的比例",
    "phrasings": "问法",
    "n": "题数",
    "auroc": "是不是同一个问题分得开",
}
_EVERY_S = 0.5


def as_text(figures: Figures) -> str:
    return "\n".join(
        f"{name:<9} {'—' if value is None else value:<8} {_NAMES[name]}"
        for name, value in figures.items()
    )


def reporter(to: TextIO) -> Report:
    """Return a function that shows progress on a terminal, and nothing elsewhere."""
    if not to.isatty():
        return lambda _doing, _done, _of: None
    told = monotonic()

    def report(doing: str, done: int, of: int) -> None:
        nonlocal told
        if done == of or monotonic() - told > _EVERY_S:
            told = monotonic()
            to.write(f"\r{doing} {done}/{of}" + ("\n" if done == of else ""))
            to.flush()

    return report
