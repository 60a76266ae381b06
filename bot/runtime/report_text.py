"""Write the journal for people and as JSON."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice
from typing import Any

from bot.core.model.pack import Pack
from bot.core.model.reply import FAULTS, Reason
from bot.core.model.spans import ZONE
from bot.core.ports import Rated, Usage
from bot.drawing.bars import Bar, Panel, draw_bars
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
    "outdated": "答了，说是过期",
    "beside_the_point": "答了，说是答非所问",
    "unclear": "答了，说看不懂",
    "region_missing": "答了，说缺自己的地区",
}
RATINGS = {
    "posted": "打字时选中，发到了聊天里",
    "liked": "有用",
    "disliked": "没解决",
    "outdated": "过期",
    "beside_the_point": "答非所问",
    "unclear": "看不懂",
    "region_missing": "缺我省",
}
BAD = (Reason.DISLIKED, *FAULTS)
SAID = (Reason.LIKED, *BAD)
"""What people say of answers."""
SHOWN = 10
MOST_DRAWN = 40
_DAYS = "日期"
BAR = 24
"""Blocks of the longest bar."""


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


def usage_as_json(found: Usage) -> dict[str, Any]:
    return {
        "replies": found.replies,
        **{f"by_{what}": dict(counts) for what, counts in found.by.items()},
        "by_day": {day.isoformat(): times for day, times in found.days.items()},
    }


def usage_as_rows(found: Usage) -> Iterator[tuple[str, str, int]]:
    """Yield the lines of a table: what is counted, its value, how often."""
    for what, counts in found.by.items():
        yield from ((what, value, times) for value, times in counts.items())
    yield from (("day", day.isoformat(), times) for day, times in found.days.items())


def _groups(found: Usage) -> list[tuple[str, Mapping[str, int]]]:
    """Return the headings of a report of usage, each with its numbers."""
    by = found.by
    return [
        ("结果", {STATUSES.get(name, name): n for name, n in by["status"].items()}),
        ("没答的原因", {REASONS[k]: n for k, n in by["reason"].items() if k in REASONS}),
        ("评价", {RATINGS[k]: n for k, n in by["reason"].items() if k in RATINGS}),
        ("平台", by["platform"]),
        (f"问得最多的 {SHOWN} 个条目", dict(islice(by["entry"].items(), SHOWN))),
        (f"问得最多的 {SHOWN} 个地区", dict(islice(by["region"].items(), SHOWN))),
        (_DAYS, {day.isoformat(): times for day, times in found.days.items()}),
    ]


def usage_as_text(found: Usage) -> str:
    lines = [f"一共 {found.replies} 条回复。"]
    for title, numbers in _groups(found):
        if numbers:
            lines += ["", title, *_bars(numbers)]
    return "\n".join(lines)


def usage_as_svg(found: Usage) -> str:
    """Return the same as a picture; of each day it shows how many were no answer."""
    missed = {day.isoformat(): times for day, times in found.missed.items()}
    panels = [
        Panel(
            title,
            [Bar(n, times, missed.get(n, 0) if title == _DAYS else 0) for n, times in of.items()],
        )
        for title, of in _groups(found)
        if of
    ]
    note = f"一共 {found.replies} 条回复；日期里另一种颜色和括号里的数是没答的"
    return draw_bars("使用情况", note, panels)


def _bars(numbers: Mapping[str, int]) -> Iterator[str]:
    """Yield a line for each number with a bar; the longest has `BAR` blocks."""
    most = max(numbers.values())
    for name, times in numbers.items():
        bar = "█" * max(1, round(BAR * times / most))
        yield f"{times:8}  {bar:{BAR}}  {name}"


def feedback_as_json(found: Sequence[Rated], pack: Pack) -> dict[str, Any]:
    return {"answers": [dict(zip(COLUMNS, row, strict=True)) for row in rated_rows(found, pack)]}


COLUMNS = ("entry", "title", "region", *(rating.value for rating in SAID))


def rated_rows(found: Sequence[Rated], pack: Pack) -> Iterator[tuple[str | int, ...]]:
    """Yield the cells of `COLUMNS`: who said 没解决 and gave a reason counts at the reason."""
    for one in found:
        numbers = (one.ratings.get(rating, 0) for rating in SAID)
        yield one.entry, _title(one.entry, pack), one.region, *numbers


def feedback_as_text(found: Sequence[Rated], pack: Pack) -> str:
    """Return one line for each answer, those that most people found bad first."""
    if not found:
        return "还没有人评价过回答。"
    liked = sum(one.ratings.get(Reason.LIKED, 0) for one in found)
    lines = [
        f"一共 {liked} 次有用，{sum(one.bad for one in found)} 次没解决；一个人对一条只算一次。",
        "",
    ]
    for one in found:
        said = [(RATINGS[rating], one.ratings.get(rating, 0)) for rating in SAID]
        told = "，".join(f"{name} {people}" for name, people in said if people)
        where = f"（{one.region}）" if one.region else ""
        lines.append(f"{one.entry}{where}  {_title(one.entry, pack)}：{told}")
    return "\n".join(lines)


def feedback_as_svg(found: Sequence[Rated], pack: Pack) -> str:
    """Return a picture of the answers that were rated by most people, the bad ones first."""
    bars = [
        Bar(_title(one.entry, pack) + one.region, sum(one.ratings.values()), one.bad)
        for one in found[:MOST_DRAWN]
    ]
    note = "有多少人评价过；另一种颜色和括号里的数是说没解决的"
    return draw_bars("大家怎么说回答", note, [Panel("没解决的人多的在前", bars)])


def _title(entry: str, pack: Pack) -> str:
    return pack.entries[entry].title if entry in pack.entries else "现在没有这个条目"


def as_csv(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return a table that a spreadsheet opens, in UTF-8 with a mark that says so."""
    written = io.StringIO()
    lines = csv.writer(written)
    lines.writerow(head)
    lines.writerows(rows)
    return "\ufeff" + written.getvalue()
