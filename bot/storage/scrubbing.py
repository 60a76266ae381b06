"""Remove from people's words what could identify them, before anything is stored.

When in doubt it removes too much: the rest only has to show what was asked.  Every pattern takes
linear time, because people choose what it has to read.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date

NUMBER, ADDRESS, NAME, ACCOUNT = "〔号码〕", "〔邮箱〕", "〔姓名〕", "〔账号〕"
FEWEST_DIGITS = 7
"""Fewer digits are a price, a year or an article; phone and ID numbers have at least as many."""
MAX_CHARACTERS = 200
_READ = 5 * MAX_CHARACTERS

_HAN_DIGITS = {
    "0": "〇零",
    "1": "一壹幺",
    "2": "二贰貳",
    "3": "三叁參",
    "4": "四肆",
    "5": "五伍",
    "6": "六陆陸",
    "7": "七柒",
    "8": "八捌",
    "9": "九玖",
}
_VALUES = {ord(han): digit for digit, written in _HAN_DIGITS.items() for han in written}
_DIGIT = "[0-9" + "".join(_HAN_DIGITS.values()) + "]"
_GAP = r"[\W_]{0,3}"
_NUMBERS = re.compile(f"{_DIGIT}(?:{_GAP}{_DIGIT})+(?:{_GAP}[xX](?![a-zA-Z]))?")
_YEAR = r"(?:19[5-9]|20[0-9])[0-9]"
_DATE = rf"{_YEAR}(?:-(?:0?[1-9]|1[0-2])(?:-(?:0?[1-9]|[12][0-9]|3[01]))?)?(?![0-9])"
_DATES = re.compile(f"{_DATE}(?:-{_DATE})*")
"""Dates and years that follow each other; gaps are hyphens."""

_DOT = r"\s?(?:\.|[\[({<【]\s?dot\s?[\])}>】]|\bdot\b|点)\s?"
_ADDRESSES = re.compile(
    r"(?i)(?<![\w.+-])[\w.+-]++\s{0,3}+(?:@|[\[({<【]\s?at\s?[\])}>】])\s{0,3}+[\w-]++"
    rf"(?:{_DOT}[\w-]++)*"
    r"|(?<![a-z0-9_.+-])[a-z0-9_.+-]++(?:\s{0,3}艾特\s{0,3}|\sat\s)"
    rf"[a-z0-9-]++(?:{_DOT}[a-z0-9-]++)+"
)
_ACCOUNTS = re.compile(
    rf"(?i)((?:[微薇]{_GAP}信|扣扣|支付宝|钉钉|抖音|v{_GAP}信|加\s?v"
    rf"|(?<![a-z])(?:q{_GAP}q|[wv]{_GAP}x|wechat|telegram|tg))"
    rf"{_GAP}(?:号码?|id)?{_GAP}[是为叫]?{_GAP})[a-z0-9_-]{{5,}}"
)

_SURNAMES = (  # the hundred most common ones, some 85 of 100 people
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧肖程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁"
    "魏薛叶阎闫余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易"
    "常武乔贺赖龚文張劉陳楊趙黃吳孫馬羅鄭謝韓馮蕭鄧許蘇盧蔣賈葉閻鍾譚鄒陸顧龍萬錢湯賴龔"
)
_LONG_SURNAMES = "欧阳|歐陽|司马|上官|诸葛|夏侯|皇甫|尉迟|公孙|慕容|令狐|司徒|端木"
_NO_NAMES = (  # words that begin with a surname: 我是高级…, 我是周末…
    "[^\\W\\d_][州县省市区级]|石家庄|张家[口界港]|江[苏西门阴]|黄[山石冈金钻]|唐山|武汉|沈阳|龙岩|马[上来鞍]"
    "|金[华融牌]|高[中新富铁等]|文[科员]|常[年常]|任[何职]|何时|方便|曾用|程序|于是|许多|万分|白[天领]|夏天|周[一二三四五六日末]"
)
_SELDOM = "在想要是的从来去今现已有能可怎请和跟住给把被"
"""Characters that seldom belong to a name: after two of one they begin the next word."""
_ANY_NAME = (
    rf"(?!什么|啥|[他她你它谁人我])[\u4e00-\u9fff·]{{2}}[^\W\d_{_SELDOM}]{{0,2}}"
    r"|[A-Za-z][A-Za-z .'-]{1,40}"
)
_LIKELY_NAME = (
    rf"(?!{_NO_NAMES})(?:{_LONG_SURNAMES}|[{_SURNAMES}])[\u4e00-\u9fff·]{{1,2}}"
    rf"(?=$|[\W\d_{_SELDOM}电手身证])(?![的人])"
)
_LABEL = "(?:(?:联系|收件|收货|经办|申请|持证|负责)人|法人(?:代表)?|[姓户]名|名字|本人)"
_NAMES = tuple(
    re.compile(rf"(?i)({before})[\s:,]{{0,5}}(?:{name})")
    for before, name in (
        (rf"我(?:的名字|名)?叫(?:做)?|我的名字是|\bmy name is\b|{_LABEL}\s?:", _ANY_NAME),
        (rf"我是|本人|{_LABEL}[是为叫]", _LIKELY_NAME),
    )
)


def scrub(text: str) -> str:
    """Replace numbers, e-mail addresses, accounts and stated names by marks."""
    plain = _plain(text)
    plain = _ADDRESSES.sub(ADDRESS, plain)
    for pattern in _NAMES:
        plain = pattern.sub(rf"\g<1>{NAME}", plain)
    plain = _ACCOUNTS.sub(rf"\g<1>{ACCOUNT}", plain)
    return _NUMBERS.sub(_hide_number, plain)[:MAX_CHARACTERS]


_PLAIN = re.compile("[\\n -~\u3000-\u3029\u4e00-\u9fff]*")
"""ASCII and Han with its punctuation: what is seen, and digits that are 0-9 already."""


def _plain(text: str) -> str:
    """Write every digit of whatever script as 0-9, and leave out what is not seen."""
    normal = unicodedata.normalize("NFKC", text[:_READ])[:_READ]  # one may become eighteen
    if _PLAIN.fullmatch(normal):
        return normal
    return "".join(_digit(c) for c in normal if not _is_hidden(c))


def _digit(character: str) -> str:
    value = None if character.isascii() else unicodedata.digit(character, None)
    return character if value is None else str(value)


def _is_hidden(character: str) -> bool:
    """Return whether it is a control of format, a variation selector or the frame of a keycap."""
    return unicodedata.category(character) in {"Cf", "Me"} or "\ufe00" <= character <= "\ufe0f"


def _hide_number(found: re.Match[str]) -> str:
    written = found[0].translate(_VALUES)
    digits = re.sub(r"[^0-9]", "", written)
    is_kept = len(digits) < FEWEST_DIGITS or _is_date(digits) or _are_dates(written)
    return found[0] if is_kept else NUMBER


def _is_date(digits: str) -> bool:
    """Return whether the digits are a date such as 20230601, the date of a certificate."""
    try:
        found = date.fromisoformat(f"{digits[:4]}-{digits[4:6]}-{digits[6:]}")
    except ValueError:
        return False
    return len(digits) == 8 and 1950 <= found.year <= 2099


def _are_dates(written: str) -> bool:
    """Return whether it is a row of dates or years: 2021～2024, 2021.5.1-2024.5.1."""
    return bool(_DATES.fullmatch(re.sub(r"[^0-9]+", "-", written)))
