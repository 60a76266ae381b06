"""Write the journal for people and as JSON."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from bot.core.model.pack import Pack
from bot.core.model.spans import ZONE
from bot.core.ports import Counted
from bot.runtime.unanswered import FEWEST_PEOPLE, Group, proposal

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
BADLY = {
    "unsure": "答了，但没把握",
    "declined": "不是想问的（都不是、不是这个）",
    "asked_again": "答了，两分钟内换个说法又问",
    "disliked": "答了，点了没解决",
}
RATINGS = {"posted": "打字时选中，发到了聊天里", "liked": "👍 有用", "disliked": "👎 没答对"}
SHOWN = 10


def groups_as_json(groups: Sequence[Group], pack: Pack) -> dict[str, Any]:
    """Return every group; `wordings` and `yaml` are empty where too few people asked."""
    return {
        "groups": [
            {
                "people": group.people,
                "times": group.times,
                "reason": group.reason,
                "last_at": _day_and_time(group),
                "wordings": list(group.wordings),
                "replied": list(group.replied),
                "nearest": group.nearest,
                "slots": {pack.vocabulary.names.get(k, k): v for k, v in group.slots.items()},
                "answered_by": group.answered_by,
                "yaml": "" if group.is_closed else proposal(pack, group, number),
            }
            for number, group in enumerate(groups, 1)
        ]
    }


def groups_as_text(groups: Sequence[Group], pack: Pack, *, with_yaml: bool) -> str:
    """Return the open groups, one paragraph each, and how many are closed."""
    opened = [(n, group) for n, group in enumerate(groups, 1) if not group.is_closed]
    closed = len(groups) - len(opened)
    lines = [line for n, group in opened for line in _group_lines(group, pack, n, with_yaml)]
    if not lines:
        lines = ["没有没答上的问题。"]
    if closed:
        lines += ["", f"另有 {closed} 组现在答得上了，不再列出。"]
    hidden = sum(not group.wordings for _, group in opened)
    if hidden:
        lines += ["", f"其中 {hidden} 组问的不到 {FEWEST_PEOPLE} 人，不显示原话。"]
    return "\n".join(lines)


def _group_lines(group: Group, pack: Pack, number: int, with_yaml: bool) -> Iterator[str]:
    reason = (REASONS | BADLY).get(group.reason, group.reason)
    yield f"{number}. {group.people} 人 {group.times} 次  {_last(group):%m-%d}  {reason}"
    yield from (f"   “{words}”" for words in group.wordings)
    if group.replied:
        yield f"   当时回答的条目：{'、'.join(group.replied)}"
    if group.nearest and group.nearest in pack.entries:
        yield f"   最接近的条目：{group.nearest}（{pack.entries[group.nearest].title}）"
    if with_yaml and group.wordings:
        yield "   贴进 faq/ 里的一个文件，改编号、标题和答案："
        yield from proposal(pack, group, number).splitlines()


def _last(group: Group) -> datetime:
    return max(one.last_at for one in group.missed).astimezone(ZONE)


def _day_and_time(group: Group) -> str:
    return _last(group).isoformat(timespec="seconds")


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
