"""Which slots the forms found in an utterance fill, and which of them are meant.

A place that is denied (不是四川，是重庆) counts only if no other is named; two registrations are
two wishes only where they are listed side by side.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

from bot.core.model.understanding import Slot
from bot.core.model.vocabulary import PLACE, SERVICE
from bot.understanding.lexicon.forms import Span

_NEGATIONS = (
    "不管",
    "别管",
    "甭管",
    "不问",
    "不说",
    "不谈",
    "不看",
    "不考虑",
    "除了",
    "除开",
    "撇开",
    "抛开",
    "不是",
    "不想",
    "不要",
    "不办",
    "不用",
    "不",
    "没有",
    "没",
    "并非",
    "别",
)
_DOUBTS = ("要不", "用不", "是不", "能不", "可不", "分别", "特别", "区别", "个别")
"""The beginning of X不X, and words that only end like a denial."""
_A_NOT_A = re.compile(r"(.)[不没]\1$")
"""X不X asks, it does not deny."""
_JOINTS = frozenset(
    (
        "",
        "和",
        "跟",
        "与",
        "及",
        "以及",
        "还有",
        "同",
        "或",
        "或者",
        "的和",
        "的跟",
    )
)
_AFTER_IDLE = ("和", "跟")
_WHICH, _THAT = "哪", "那"
"""Half of those who type 要那些材料 mean 要哪些材料."""
_EACH = ("分别", "各自", "各要", "都要什么")


def slots_of(utterance: str, spans: Iterable[Span], idle: Iterable[str] = ()) -> tuple[Slot, ...]:
    """What the forms fill; `idle` words may stand before 和 where things are listed."""
    joints = _JOINTS | {word + joint for word in idle for joint in _AFTER_IDLE}
    found = [span for span in spans if span.meaning.values]
    denied = {id(span) for span in found if _is_denied(utterance, span)}
    slots: dict[tuple[str, tuple[str, ...]], Slot] = {}
    for span in found:
        kind, values = span.meaning.kind or "", span.meaning.values
        others = [s for s in found if s.meaning.kind == kind and id(s) not in denied]
        if id(span) in denied and others:
            continue
        listed = len(values) == 1 and _is_listed(utterance, span, others, joints)
        slots.setdefault((kind, values), Slot(kind, values, span.surface, is_listed=listed))
    return _settled(tuple(slots.values()))


def _is_listed(utterance: str, span: Span, others: Iterable[Span], joints: Collection[str]) -> bool:
    """Places are always listed; registrations where 和 or the like joins them, or 分别 says so.

    初始注册完多久能变更 names two registrations and asks one thing.
    """
    if span.meaning.kind == PLACE or any(word in utterance for word in _EACH):
        return True
    for other in others:
        first, second = sorted((span, other), key=lambda s: s.start)
        between = utterance[first.end : second.start]
        if other.meaning.values != span.meaning.values and between in joints:
            return True
    return False


def _settled(slots: tuple[Slot, ...]) -> tuple[Slot, ...]:
    """Drop an ambiguous value, or a one-character name, when a certain one stands beside it."""
    if any(slot.kind == PLACE and len(slot.surface) > 1 for slot in slots):
        slots = tuple(slot for slot in slots if slot.kind != PLACE or len(slot.surface) > 1)
    certain = {slot.kind for slot in slots if not slot.is_ambiguous}
    return tuple(slot for slot in slots if not (slot.is_ambiguous and slot.kind in certain))


def _is_denied(utterance: str, span: Span) -> bool:
    if span.meaning.kind not in (SERVICE, PLACE):
        return False
    before = utterance[max(0, span.start - 4) : span.start]
    around = utterance[max(0, span.start - 4) : span.start + 1]
    if before.endswith(_DOUBTS) or _A_NOT_A.search(before) or _A_NOT_A.search(around):
        return False
    return before.endswith(_NEGATIONS)
