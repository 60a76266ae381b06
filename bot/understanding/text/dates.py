"""Find dates in a text: 2023-6-1, 二〇二三年六月, 20230601, 去年三月, 上个月15号, 10天前.

What a newcomer would get wrong: a period is not a date.  届满30日前, 三年内 and 提前30天 speak of
rules, and a document number (2008年48号) is no date either.  Nor is what only says how old somebody
is (今年21, 1966年生) or when something was noticed (今天登录发现).  Nothing is guessed: without a
day the whole month is meant, without a year several years are possible, and 2月30日 is reported as
impossible.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Literal

from bot.core.model.date_rules import Period
from bot.core.model.spans import EARLIEST, LATEST, SaidDate, Span, month_span, year_span
from bot.core.words.ages import AGE, AGED
from bot.understanding.text.normalise import shorten

MOST_YEARS_AHEAD = 40
"""A year in two digits that lies farther ahead is one of the century before: 97年 is 1997."""
MOST = 6
"""Maximum number of dates read from one text; a longer list is no question about one of them."""
_MAY_HOLD_ONE = re.compile(
    r"\d{4}|\d\d\s*+年|[零〇o一二三四五六七八九]{2}年|[月号號]|[去今前明后後本]年"
    r"|[昨今明前后後][天日]|[年天周週期拜]\s*+(?:[以之]\s*+)?[前后後]"
    r"|[上下这這本][上下个個]?[周週星礼禮]|还[有剩].{1,4}[天月周年]|只[有剩].{1,4}[天月周年]|過期.{1,4}[天周週]|过期.{1,4}[天周]"
)
"""A quick test, because most questions hold no date."""
_TRADITIONAL = str.maketrans("號個這後兩週禮臘農陰舊還過", "号个这后两周礼腊农阴旧还过")
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]")
_BLANKS = re.compile(r"(?<=[年月日号个上下本今去前明])\s++|(?<!\s)\s++(?=[年月日号天个])")
_DIGITS = {digit: number for number, digit in enumerate("零一二三四五六七八九")}
_DIGITS |= {"〇": 0, "o": 0, "两": 2, "半": 0}
_YEARS = {"大前年": -3, "前年": -2, "去年": -1, "今年": 0, "本年": 0, "明年": 1, "后年": 2}
_MONTHS = {"上上": -2, "上": -1, "这": 0, "本": 0, "当": 0, "下": 1, "下下": 2}
_DAYS = {"大前天": -3, "前天": -2, "昨天": -1, "昨日": -1, "今天": 0, "今日": 0}
_DAYS |= {"明天": 1, "明日": 1, "后天": 2, "大后天": 3}
_WEEKS = {"上上": -2, "上": -1, "这": 0, "本": 0, "下": 1, "下下": 2}
_WEEKDAYS = {day: n for n, day in enumerate("一二三四五六日")} | {"天": 6, "末": 5}
_ENGLISH = (
    "jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    "|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?"
)
_ENGLISH_MONTHS = (
    "jan",
    "feb",
    "mar",
    "apr",
    "may",
    "jun",
    "jul",
    "aug",
    "sep",
    "oct",
    "nov",
    "dec",
)
_ENDS = re.compile(r"(?:(?<!\s)\s++)?(?:就|才|会|要)?(?:到期|届满|期满|截止|为止|过期|失效|止)")
_BEGINS = re.compile(r"\s*(?:[到至~～—]|起|开始|生效|签发|发证|-(?=\d{4}))")
_LONGEST_LEAD = 6
"""Characters before a date that may say that somebody was born on it."""
_BEHIND_TO = re.compile(r"(?:[到至~～—]|\d-)\s*$")
_THIRDS = {"上旬": (1, 10), "初": (1, 10), "中旬": (11, 20), "中": (11, 20)}
_THIRDS |= {"下旬": (21, 31), "底": (21, 31), "末": (21, 31)}
_SEASONS = {"年初": (1, 3), "初": (1, 3), "年中": (5, 8), "年底": (10, 12), "底": (10, 12)}
"""Months that a part of a year may mean: rather one too many than one too few."""
_SEASONS |= {"年末": (10, 12), "末": (10, 12), "年尾": (10, 12)}
"""Months that a part of a year may mean: rather one too many than one too few."""
_YEARLESS = (-3, -2, -1, 0, 1)
"""A date without a year may be in these years, relative to this one."""
_MONTHLESS = (-1, 0, 1)
"""A day without a month may be in these months, relative to this one."""

_N = r"\d{1,2}|[一二三四五六七八九十]{1,3}"
_FULL_YEAR = r"(?:19|20)\d\d|[一二][九零〇o][零〇o一二三四五六七八九]{2}"
_NO_YEAR_BEFORE = r"\d零〇o一二三四五六七八九十百几第满了干做龄快近超达"
"""Characters before a number that make it a duration: 干了19年."""
_SHORT_YEAR = (
    rf"(?<![{_NO_YEAR_BEFORE}])(?<!工作)(?<!从业)(?:\d\d|[零〇一二三四五六七八九]{{2}})(?=年)"
)
_OF_A_PERSON = re.compile(
    r"(?:出生|生人|生(?=$|[的\s，,。;；!！?？、]))"
    rf"|[就要将才刚正好都已经快]{{0,3}}(?:年?满{AGE}|到?{AGE}周?岁)"
)
_BORN = re.compile(r"(?:生于|出生(?:日期|年月)?[是为在:：]?)$")
_NOTICED = re.compile(
    r"[^，,。;；!！?？\s到期届满失效]{0,10}"
    r"(?:发现|得知|听说|[才就]知道|看[到见]|[查看]到|一[查看]|[收接]到[^，,。]{0,4}(?:短信|微信|电话|消息)"
    r"|(?:登|查|看|打开|上网|进|点|刷)[^。;；!！?？]{0,12}(?:显示|提示|写着|变成|居然|说))"
)
"""What stands behind a day on which somebody only saw what had happened before: 今天登进去显示…."""
_PLANNED = re.compile(
    r"[就才要想再我打算准备]{0,4}(?:换|转|跳槽|调[走去到]|离职|辞职|入职|走人|搬|去[办报交]|(?:办|报|交)(?!下来|好|完))"
)
"""What stands behind a day to come on which somebody will do something: 下个月换学校."""
_SAID_YEAR = (
    rf"(?:(?P<year>21\d\d|{_FULL_YEAR})年?|(?P<short>{_SHORT_YEAR})年|(?P<rel>{'|'.join(_YEARS)}))"
)
_BEHIND_A_DAY = r"(?=$|[\s,，.。;；、!！?？]|到期?|至|起|拿|发|签|取|领|考|届|的|吗|呢)"
_DAY = (
    rf"(?:(?P<day>{_N})(?:日|号|(?![\d年月个日号周天])(?<=\d)|{_BEHIND_A_DAY})"
    rf"|(?P<third>{'|'.join(_THIRDS)}))"
)
_MONTH = rf"(?P<month>{_N})月份?的?"
_BEHIND_A_YEAR = r"(?=[的拿考取发领签批办注过就才毕]|年?底|年?初|$)"


@dataclass(frozen=True)
class _Form:
    """One way to write a date, and a function that reads it; `None` if the match is not a date."""

    written: str
    read: Callable[[re.Match[str], date], tuple[Span, ...] | None]
    lacks: Literal["", "year", "month"] = ""
    is_near: bool = False
    """It is told from today (昨天, 上周): people say so when they noticed something."""

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """Compiled for the first text that may hold a date: most processes of a verb see none."""
        return re.compile(self.written)


def find_dates(text: str, today: date) -> tuple[tuple[SaidDate, ...], str]:
    """Return the dates in a text, in order, and the text without them."""
    if not _MAY_HOLD_ONE.search(text):
        return (), text
    plain = _plain(text)
    found = list(_found(plain, today))
    for _, start, end in reversed(found):
        plain = f"{plain[:start]} {plain[end:]}"
    return tuple(said for said, _, _ in found), plain


def _plain(text: str) -> str:
    # Shortened twice, because NFKC makes eighteen characters of some.
    text = shorten(unicodedata.normalize("NFKC", shorten(text)))
    text = _INVISIBLE.sub("", text).lower()
    return _BLANKS.sub("", text.translate(_TRADITIONAL))


def _found(plain: str, today: date) -> Iterator[tuple[SaidDate, int, int]]:
    at = 0
    for _ in range(MOST):
        hits = [
            (match.start(), number, match, spans, form)
            for number, form in enumerate(_FORMS)
            for match in _matches(form, plain, at)
            if (spans := form.read(match, today)) is not None
        ]
        if not hits:
            return
        _, _, match, spans, form = min(hits, key=lambda hit: hit[:2])
        start, at = match.span()
        role = _role(plain, start, at)
        is_to_come = bool(spans) and spans[0].first > today
        is_aside = form.is_near and not role and _is_done_on(plain, at, is_to_come)
        if not (_is_of_a_person(plain, start, at) or is_aside):
            yield SaidDate(match.group().strip(), spans, form.lacks, role), start, at


def _is_of_a_person(plain: str, start: int, end: int) -> bool:
    """Return whether somebody was born on the date, or comes to an age on it."""
    before = plain[max(0, start - _LONGEST_LEAD) : start]
    return _OF_A_PERSON.match(plain, end) is not None or _BORN.search(before) is not None


def _is_done_on(plain: str, end: int, is_to_come: bool) -> bool:
    """Return whether something was only noticed on the date, or is to be done on it."""
    is_planned = is_to_come and _PLANNED.match(plain, end) is not None
    return is_planned or _NOTICED.match(plain, end) is not None


def _role(plain: str, start: int, end: int) -> Literal["", "start", "end"]:
    """Say whether something begins or ends on a date, from the words round it."""
    if (
        _ENDS.match(plain, end)
        or _ENDS.search(plain, start, end)
        or _BEHIND_TO.search(plain[:start])
    ):
        return "end"
    return "start" if _BEGINS.match(plain, end) else ""


def _matches(form: _Form, plain: str, at: int) -> Iterator[re.Match[str]]:
    """Yield the first matches of a form, up to `MOST`: some may turn out not to be dates."""
    for count, match in enumerate(form.pattern.finditer(plain, at)):
        if count == MOST:
            return
        yield match


def _number(word: str) -> int:
    """Read 12, 十二, 二十, 三十一, or the digits of a year one by one.

    A numeral that is no number (十十) is read as 0, which no month and no day has.
    """
    if word.isdigit() and word.isascii():
        return int(word)
    if "十" in word:
        tens, _, ones = word.partition("十")
        if not {tens, ones} <= _DIGITS.keys() | {""}:
            return 0
        return (_DIGITS[tens] if tens else 1) * 10 + (_DIGITS[ones] if ones else 0)
    return int("".join(str(_DIGITS[digit]) for digit in word))


def _year(match: re.Match[str], today: date) -> int:
    parts = match.groupdict()
    if parts.get("rel"):
        return today.year + _YEARS[parts["rel"]]
    if parts.get("short"):
        year = 2000 + _number(parts["short"])
        return year - 100 if year > today.year + MOST_YEARS_AHEAD else year
    return _number(parts["year"])


def _bounded(first: date, last: date) -> tuple[Span, ...]:
    return (Span(first, last),) if EARLIEST <= first <= last <= LATEST else ()


def _day(year: int, month: int, day: int) -> tuple[Span, ...]:
    """Return the day, or nothing if it does not exist."""
    try:
        found = date(year, month, day)
    except ValueError:
        return ()
    return _bounded(found, found)


def _in_month(year: int, month: int, match: re.Match[str]) -> tuple[Span, ...]:
    """Return the day, the third or the whole of a month that the match names."""
    parts = match.groupdict()
    if parts.get("day"):
        return _day(year, month, _number(parts["day"]))
    if not (1 <= month <= 12 and EARLIEST.year <= year <= LATEST.year):
        return ()
    whole = month_span(year, month)
    if parts.get("third"):
        first, last = _THIRDS[parts["third"]]
        return _bounded(whole.first.replace(day=first), min(whole.last, _late(whole, last)))
    return (whole,)


def _late(whole: Span, day: int) -> date:
    return whole.last if day > whole.last.day else whole.last.replace(day=day)


def _read_numbers(match: re.Match[str], _: date) -> tuple[Span, ...]:
    return _day(int(match["y"]), int(match["m"]), int(match["d"]))


def _read_two_numbers(match: re.Match[str], _: date) -> tuple[Span, ...]:
    return _in_month(int(match["y"]), int(match["m"]), match)


def _read_orders(match: re.Match[str], _: date) -> tuple[Span, ...]:
    """Read 3/1/2027 in both orders; one day only if the other order is no date."""
    year, one, other = int(match["y"]), int(match["a"]), int(match["b"])
    return tuple(dict.fromkeys((*_day(year, one, other), *_day(year, other, one))))


def _read_english(match: re.Match[str], _: date) -> tuple[Span, ...]:
    month = _ENGLISH_MONTHS.index(match["name"][:3]) + 1
    day = match.groupdict().get("day") or match.groupdict().get("first")
    year = int(match["y"])
    return _day(year, month, int(day)) if day else (month_span(year, month),)


def _read_week(match: re.Match[str], today: date) -> tuple[Span, ...]:
    """Read 下周 as seven days from Monday on, 下周三 as one day, 下周末 as two."""
    monday = today - timedelta(days=today.weekday()) + timedelta(weeks=_WEEKS[match["near"]])
    if match["weekday"] is None:
        return (Span(monday, monday + timedelta(days=6)),)
    first = monday + timedelta(days=_WEEKDAYS[match["weekday"]])
    return (Span(first, first + timedelta(days=match["weekday"] == "末")),)


def _read_left(match: re.Match[str], today: date) -> tuple[Span, ...] | None:
    """Read 还有20天到期 and 过期20天 as the day of the expiry; 还有两个月 is too vague for one."""
    count, unit = _number(match["count"]), match["unit"]
    way = 1 if match["left"] else -1
    if not 0 < count < 1000:
        return None
    there = today + timedelta(days=way * count * (1 if unit in ("天", "日") else 7))
    return _bounded(there, there)


def _read_month(match: re.Match[str], today: date) -> tuple[Span, ...]:
    return _in_month(_year(match, today), _number(match["month"]), match)


def _read_year(match: re.Match[str], today: date) -> tuple[Span, ...]:
    year = _year(match, today)
    if not EARLIEST.year <= year <= LATEST.year:
        return ()
    if season := match["season"]:
        first, last = _SEASONS[season]
        return (Span(month_span(year, first).first, month_span(year, last).last),)
    return (year_span(year),)


def _read_near_month(match: re.Match[str], today: date) -> tuple[Span, ...]:
    months = today.year * 12 + today.month - 1 + _MONTHS[match["near"]]
    return _in_month(months // 12, months % 12 + 1, match)


def _read_yearless(match: re.Match[str], today: date) -> tuple[Span, ...]:
    month = _number(match["month"])
    found = (_in_month(today.year + by, month, match) for by in _YEARLESS)
    return tuple(span for spans in found for span in spans)


def _read_monthless(match: re.Match[str], today: date) -> tuple[Span, ...]:
    months = (today.year * 12 + today.month - 1 + by for by in _MONTHLESS)
    found = (_in_month(month // 12, month % 12 + 1, match) for month in months)
    return tuple(span for spans in found for span in spans)


def _read_near_day(match: re.Match[str], today: date) -> tuple[Span, ...]:
    there = today + timedelta(days=_DAYS[match["near"]])
    return (Span(there, there),)


def _read_distance(match: re.Match[str], today: date) -> tuple[Span, ...] | None:
    """Read 三年前 as a year, 三个月前 as a month, 10天前 as a day."""
    unit, way = match["unit"], 1 if match["way"] == "后" else -1
    count = _number(match["count"])
    if match["count"] == "半" and unit == "年":
        unit, count = "个月", 6
    if not 0 < count < 100:
        return None
    if unit == "年":
        year = today.year + way * count
        return _bounded(date(year, 1, 1), date(year, 12, 31))
    if unit.endswith("月"):
        there = _shifted(today, Period(months=count), way)
        return (month_span(there.year, there.month),)
    there = today + timedelta(days=way * count * (1 if unit in "天日" else 7))
    return (Span(there, there),)


def _shifted(day: date, by: Period, way: int) -> date:
    return by.after(day) if way > 0 else by.before(day)


_FORMS = (
    _Form(
        rf"(?:(?P<left>还有?|只有|只剩|还剩)|过期(?:了|已经)?)(?P<count>\d{{1,3}}|{_N}|两)"
        r"(?P<unit>天|日|周(?!岁)|个星期)(?(left)[,，]?(?:就|才|就要|要|快)?(?:到期|届满|过期|期满)|)",
        _read_left,
    ),
    _Form(
        r"(?<![\d/.-])(?P<a>\d{1,2})([/.-])(?P<b>\d{1,2})\2(?P<y>(?:19|20)\d\d)(?!\d)",
        _read_orders,
    ),
    _Form(
        rf"(?<![a-z])(?:(?P<first>\d{{1,2}})(?:st|nd|rd|th)?\s++(?:of\s++)?)?(?P<name>{_ENGLISH})\.?"
        r"(?:\s++(?P<day>\d{1,2})(?:st|nd|rd|th)?(?!\d))?\s*+,?\s*+(?P<y>(?:19|20)\d\d)(?!\d)",
        _read_english,
    ),
    _Form(
        rf"(?P<near>上上|下下|上(?!下)|(?<!上)下|这|本)个?(?:周|星期|礼拜)(?P<weekday>[{''.join(_WEEKDAYS)}])?"
        r"(?![一二三四五六日天]?[前后内]|[转期边围年岁])",
        _read_week,
        is_near=True,
    ),
    _Form(
        r"(?<!\d)(?P<y>(?:19|2[01])\d\d)\s?[-/.–—]\s?(?P<m>\d{1,2})\s?[-/.–—]\s?(?P<d>\d{1,2})(?!\d)"
        r"[日号]?",
        _read_numbers,
    ),
    _Form(
        r"(?<!\d)(?P<y>(?:19|20)\d\d)(?P<m>\d\d)(?P<d>\d\d)(?!\d)",
        _read_numbers,
    ),
    _Form(rf"(?<!\d){_SAID_YEAR}[\s的]?{_MONTH}{_DAY}?", _read_month),
    _Form(
        r"(?<!\d)(?P<y>(?:19|20)\d\d)\s?[-/.]\s?(?P<m>\d{1,2})(?![\d.])",
        _read_two_numbers,
    ),
    _Form(r"(?<!\d)(?P<y>(?:19|20)\d\d)(?P<m>0[1-9]|1[0-2])(?!\d)", _read_two_numbers),
    _Form(
        rf"(?:(?P<rel>{'|'.join(_YEARS)})(?!{AGED})"
        rf"|(?<![\d〔\[(])(?P<year>{_FULL_YEAR})(?:年(?!\d)|(?![\d年号]))"
        rf"|(?P<short>{_SHORT_YEAR})年{_BEHIND_A_YEAR})"
        rf"(?P<season>{'|'.join(_SEASONS)})?",
        _read_year,
    ),
    _Form(rf"(?P<near>上上|下下|[上这本当下])个?月的?{_DAY}?", _read_near_month, is_near=True),
    _Form(
        rf"(?P<near>{'|'.join(sorted(_DAYS, key=len, reverse=True))})", _read_near_day, is_near=True
    ),
    _Form(
        r"(?<![前满期提第\d零一二三四五六七八九十])"
        rf"(?P<count>{_N}|半|两)(?P<unit>年|个月|天|周|个星期|个礼拜|星期)(?:之|以)?(?P<way>前|后)",
        _read_distance,
        is_near=True,
    ),
    _Form(
        rf"(?<![\d年第个零一二三四五六七八九十历]){_MONTH}{_DAY}?(?!以?内)",
        _read_yearless,
        "year",
    ),
    _Form(
        rf"(?<![\d年月第〕\])零一二三四五六七八九十])(?P<day>{_N})号(?![令文楼线院店])",
        _read_monthless,
        "month",
    ),
)
