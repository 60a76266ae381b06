"""Write the journal for people and as JSON."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from bot.core.model.spans import ZONE
from bot.core.ports import Counted, Missed

STATUSES = {
    "answered": "答了",
    "clarify": "反问",
    "abstained": "没答",
    "procedure": "办事步骤",
    "smalltalk": "寒暄和命令",
}
REASONS = {
    "no_data_for_region": "没有这个地区的资料",
    "no_data": "没有这方面的资料",
    "boundary": "别的证书或考试",
    "expired": "资料已经过期",
    "out_of_domain": "不在范围内",
    "not_a_question": "不是问题",
}
RATINGS = {"liked": "👍 有用", "disliked": "👎 没答对"}
SHOWN = 10


def missed_as_json(found: Sequence[Missed]) -> dict[str, Any]:
    return {
        "questions": [
            {
                "words": one.words,
                "reason": one.reason,
                "times": one.times,
                "people": one.people,
                "last_at": one.last_at.astimezone(ZONE).isoformat(timespec="seconds"),
            }
            for one in found
        ]
    }


def missed_as_text(found: Sequence[Missed]) -> str:
    lines = [
        f"{one.people} 人 {one.times} 次  {one.last_at.astimezone(ZONE):%m-%d}  "
        f"{REASONS.get(one.reason, one.reason)}  {one.words}"
        for one in found
    ]
    return "\n".join(lines) or "没有没答上的问题。"


def counted_as_json(found: Sequence[Counted]) -> dict[str, Any]:
    return {
        "replies": sum(one.times for one in found),
        "by_status": _sums(found, "status"),
        "by_reason": _sums(found, "reason"),
        "by_platform": _sums(found, "platform"),
        "by_entry": _sums(found, "entry"),
        "by_day": {
            day.isoformat(): sum(one.times for one in found if one.day == day)
            for day in sorted({one.day for one in found})
        },
    }


def counted_as_text(found: Sequence[Counted]) -> str:
    data = counted_as_json(found)
    groups = [
        ("结果", {STATUSES.get(name, name): n for name, n in data["by_status"].items()}),
        (
            "没答的原因",
            {REASONS[name]: n for name, n in data["by_reason"].items() if name in REASONS},
        ),
        ("评价", {RATINGS[name]: n for name, n in data["by_reason"].items() if name in RATINGS}),
        ("平台", data["by_platform"]),
        (f"问得最多的 {SHOWN} 个条目", dict(list(data["by_entry"].items())[:SHOWN])),
        ("日期", data["by_day"]),
    ]
    lines = [f"一共 {data['replies']} 条回复。"]
    for title, numbers in groups:
        if numbers:
            lines += ["", title, *(f"{times:8}  {name}" for name, times in numbers.items())]
    return "\n".join(lines)


def _sums(found: Sequence[Counted], name: str) -> dict[str, int]:
    """Sum by the values of one field, the most frequent first; the empty value is left out."""
    sums = Counter[str]()
    for one in found:
        if value := getattr(one, name):
            sums[value] += one.times
    return dict(sums.most_common())
