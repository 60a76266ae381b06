"""Recognise that a sentence leaves something open, and that it says whom to ask."""

from __future__ import annotations

HEDGES = (
    *("没有写", "没写", "没有规定", "没有明确", "没有统一", "没有全国", "没有逐", "没有单独"),
    *("没有专门", "没有查到", "没查到", "各地", "各省", "各处", "多半", "原则上", "不一定"),
)
"""What a careful clerk says where a rule does not settle every case."""
_ASKING = "问"
_GAPS = ("没有写", "没写", "没有查到", "没查到", "没有提到")
_BESIDE_A_GAP = 50
"""Characters up to which a sentence that admits a gap says hardly anything else."""


def leaves_open(sentence: str) -> bool:
    """Return whether a sentence hedges and sends nobody anywhere to ask."""
    return _ASKING not in sentence and any(word in sentence for word in HEDGES)


def admits_gap(sentence: str) -> bool:
    """Return whether a short sentence says that nothing is known, and so tells no practice."""
    return len(sentence) <= _BESIDE_A_GAP and any(word in sentence for word in _GAPS)
