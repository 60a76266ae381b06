"""Which slots the forms found in an utterance fill, and which of them are meant.

A place that is denied (除了四川还能在哪注册) is not meant, nor is one that somebody only comes from
(四川考的, 户口在四川) or where others are (老婆在成都，我在贵阳): which decides is asked for.
A registration that is denied counts only if no other is named; two are two wishes only where they
are listed side by side.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence

from bot.core.model.understanding import Slot
from bot.core.model.vocabulary import PLACE, SERVICE
from bot.understanding.lexicon.forms import Span

_MOVES_TO = re.compile(r"(?:转|迁|调|挪|换|搬|落|跳槽|跳|入职)(?:到|去|往|入|进|回|至|户到|户)?$")
"""What is said before a place that is moved to, and so another one left: 想转广东."""
_GOES_TO = re.compile(r"(?:到|去|往|赴)$")
"""What is said before a place that is gone to: to do something there, or to register there."""
_REACH = 6
"""Characters before a place in which it is said what is there."""
_SITE_BEFORE = re.compile(r"[都也就却是现还]{0,2}(?:在|位于|是)?$")
_SITE_BEHIND = re.compile(r"(?:省|市|自治区)?(?:那边|这边)?(?:的|有个?|有一个|接了个?|中了?)?")
"""What stands between a place and what is being done there: 在云南的…, 云南那边有个…"""
_WITHDRAWN = re.compile(r"(?:我|我这|这|这个)?(?:不是|并非|又不是|也不是)$")
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
    "不在",
    "没在",
    "离开",
    "搬离",
    "不",
    "没有",
    "没",
    "并非",
    "别",
)
_BOTH_ENDS = 2
_PARTICLES = ("", "的", "了", "啊", "呀", "哦", "哈")
_SPARED = re.compile(r"(?:不要|不用|别|甭|不想)(?:再)?(?:发|给|说|看|要|提|找|推)(?:我)?$")
"""What is said before a place that nobody wants to hear of: 不要发四川的."""
_EXCEPTED = re.compile(r"的?(?:以外|之外|除外|就不用|就不要|不要)")
_HOME_BEFORE = re.compile(
    r"(?:户口|户籍|老家|籍贯|学籍|考试|考区|毕业|出生)(?:地|证)?(?:在|是|于)?$"
)
_HOME_BEHIND = re.compile(
    r"(?:省|市)?的?(?:人(?![员社才事力民防工])|籍|户口|户籍|老家|学历|毕业|出生|[念读](?:[的过了完]|书|大学)|考(?:[的过完上出取]|试|区))"
)
_OTHERS_BEFORE = re.compile(
    r"(?:老婆|老公|爱人|对象|媳妇|丈夫|妻子|配偶|孩子|儿子|女儿|父母|爸妈|爸爸?|妈妈?|哥哥?|姐姐?|弟弟?|妹妹?|"
    r"亲戚|家人|家属|[男女]友|朋友|同学|同事)们?(?:他|她)?(?:人|都|也|还|现在|一直)*(?:住|待|呆)?在$"
)
"""What is said before the place of somebody else: 老婆在成都, 同学都在重庆."""
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
    found = [span for span in spans if span.meaning.values]
    if not found:
        return ()
    joints = _JOINTS | {word + joint for word in idle for joint in _AFTER_IDLE}
    found = [span for span in found if not _is_beside_the_point(utterance, span)]
    found = _without_other_peoples(utterance, found)
    denied = {id(span) for span in found if _is_denied(utterance, span)}
    meant: dict[str | None, list[Span]] = {}
    for span in found:
        if id(span) not in denied:
            meant.setdefault(span.meaning.kind, []).append(span)
    slots: dict[tuple[str, tuple[str, ...]], Slot] = {}
    for span in found:
        kind, values = span.meaning.kind or "", span.meaning.values
        others = meant.get(kind, [])
        if (kind, values) in slots or (id(span) in denied and others):
            continue
        listed = len(values) == 1 and _is_listed(utterance, span, others, joints)
        slots[kind, values] = Slot(kind, values, span.surface, is_listed=listed)
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


def comes_from(utterance: str, spans: Iterable[Span]) -> bool:
    """Whether a place is named that somebody only comes from."""
    return any(is_home(utterance, s) for s in spans if s.meaning.values)


def journey_of(
    utterance: str,
    spans: Iterable[Span],
    idle: Iterable[str] = (),
    sites: tuple[str, ...] = (),
) -> tuple[Span, Span] | None:
    """The place of two that is asked about, and the other: 四川的想转重庆 asks about 重庆.

    Who moves somewhere, or goes there for what the `idle` words say (注册), asks about that place;
    who goes there for something else (到重庆干活) asks what the first one is worth there, and so
    does who has one of the `sites` there.
    """
    named = [span for span in spans if span.meaning.kind == PLACE and not is_home(utterance, span)]
    names = {span.meaning.values: span for span in reversed(named)}  # where each is said first
    if len(names) != _BOTH_ENDS or any(len(values) > 1 for values in names):
        return None
    places = sorted(names.values(), key=lambda span: span.start)
    found = _parted(utterance, places, idle, sites)
    again = {span.meaning.values for span in named if span not in places}
    return found if found and found[1].meaning.values not in again else None


def _parted(
    utterance: str, places: Sequence[Span], idle: Iterable[str], sites: tuple[str, ...]
) -> tuple[Span, Span] | None:
    """The place of two that is asked about, and the other, by what stands round them."""
    first, second = places
    before, behind = utterance[first.end : second.start], utterance[second.end :]
    if _MOVES_TO.search(before):
        return second, first
    at_work = _at_work(utterance, places, sites)
    if at_work is not None:
        return (first, second) if at_work is second else (second, first)
    is_to_start = any(map(behind.startswith, idle))
    is_going = _GOES_TO.search(before) is not None
    if is_going and is_to_start:
        return second, first
    is_doing = is_going and behind and not _MOVES_TO.search(behind)
    return (first, second) if is_doing else None


def _at_work(utterance: str, places: Iterable[Span], sites: tuple[str, ...]) -> Span | None:
    """The one place where one of the `sites` is: 项目在云南, else 云南那边的项目."""
    named, owning = list[Span](), list[Span]()
    for place in places:
        until = _SITE_BEFORE.search(utterance, max(0, place.start - _REACH), place.start)
        since = _SITE_BEHIND.match(utterance, place.end)
        if until and utterance[: until.start()].endswith(sites):
            named.append(place)
        elif since and utterance.startswith(sites, since.end()):
            owning.append(place)
    found = named or owning
    return found[0] if len(found) == 1 else None


def is_withdrawn(utterance: str, span: Span) -> bool:
    """Whether nothing is said but that it is not this service: 不是初次的."""
    before, behind = utterance[: span.start], utterance[span.end :]
    is_all = behind in _PARTICLES and span.meaning.kind == SERVICE
    return is_all and _WITHDRAWN.fullmatch(before) is not None


def is_home(utterance: str, span: Span) -> bool:
    """Return whether a span names a place that somebody only comes from."""
    if span.meaning.kind != PLACE:
        return False
    before, behind = utterance[: span.start], utterance[span.end :]
    return bool(_HOME_BEFORE.search(before) or _HOME_BEHIND.match(behind))


def _is_beside_the_point(utterance: str, span: Span) -> bool:
    """Whether a place is one that is not meant, or one that decides nothing."""
    if span.meaning.kind != PLACE:
        return False
    before, behind = utterance[: span.start], utterance[span.end :]
    if _SPARED.search(before) or _EXCEPTED.match(behind) or _is_denied(utterance, span):
        return True
    return is_home(utterance, span)


def _without_other_peoples(utterance: str, spans: list[Span]) -> list[Span]:
    """Drop where others are, if the asker's own place or the unit's is named as well."""
    places = [span for span in spans if span.meaning.kind == PLACE]
    others = [s for s in places if _OTHERS_BEFORE.search(utterance[: s.start])]
    return [s for s in spans if s not in others] if len(others) < len(places) else spans


def _is_denied(utterance: str, span: Span) -> bool:
    if span.meaning.kind not in (SERVICE, PLACE):
        return False
    before = utterance[max(0, span.start - 4) : span.start]
    around = utterance[max(0, span.start - 4) : span.start + 1]
    if before.endswith(_DOUBTS) or _A_NOT_A.search(before) or _A_NOT_A.search(around):
        return False
    return before.endswith(_NEGATIONS)
