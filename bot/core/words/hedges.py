"""Recognise that a sentence leaves something open, and that it says whom to ask."""

from __future__ import annotations

HEDGES = (
    *("没有写", "没写", "没有规定", "没有明确", "没有统一", "没有全国", "没有逐", "没有单独"),
    *("没有专门", "没有查到", "没查到", "各地", "各省", "各处", "多半", "原则上", "不一定"),
)
"""What a careful clerk says where a rule does not settle every case."""
_ASKING = "问"


def leaves_open(sentence: str) -> bool:
    """Return whether a sentence hedges and sends nobody anywhere to ask."""
    return _ASKING not in sentence and any(word in sentence for word in HEDGES)
