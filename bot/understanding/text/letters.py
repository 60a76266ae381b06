"""What frames a letter: whom it greets, that it asks, its thanks, its signature and its date.

None of it says what is asked.  What a newcomer would get wrong: thanks may stand in the middle and
a question follow, so only what stands at either end is taken away, clause by clause, and never the
whole.
"""

from __future__ import annotations

import re

_PIECES = re.compile(r"([^，,。！!？?；;：:\s]*)([，,。！!？?；;：:\s]*)")
_GREETING = re.compile(
    r"(?:尊敬|敬爱|亲爱)的[^吗呢]{1,16}|(?:各位|贵)[^吗呢]{0,8}(?:领导|老师|同志|专家|朋友|[厅局处委科]|部门)们?"
    r"|(?:[^的我]{0,8}(?:(?:[您你]|领导|老师|同志)们?|大家|专家|客服|人员))?"
    r"(?:[早中下晚]上?午?|节日)?好[呀啊哦]?"
    r"|(?:不好意思|抱歉|冒昧|打扰|麻烦|叨扰)+(?:[您你]们?|大家|一下|了|老师|领导)*"
)
"""A clause at the beginning that only greets or excuses."""
_BEFORE_COLON = re.compile(r".{0,12}(?:领导|老师|同志|部门|中心|办公室|[厅局处委科])们?")
"""Whom a letter is addressed to, where a colon stands behind."""
_LEAD = re.compile(
    r"(?:我们?|本人)?(?:烦请|敬请|恳请|麻烦[您你]?|特此|特来?|现|想要?|来信|在此|谨|故)+"
    r"(?:向?[您你贵][^，。]{0,3})?(?:咨询|请教|询问|问问?|告知|请问)(?:一下|下)?"
    r"(?:[您你]|如下|以下)?(?:几?个?问题)?[：:，,]?|(?:咨询|请教)[：:]"
)
"""How a clause begins that says that it asks: 现咨询, 烦请告知."""
_THANKS = re.compile(
    r"(?:非常|万分|衷心|十分|深表|先行?|再次|提前|表示|致以|在此)*"
    r"(?:感谢|谢谢|多谢|致谢|谢过|谢了|拜谢|深谢|感激)[^，]{0,16}|不胜感[激谢]"
    r"|(?:此致)?敬礼|此致|顺[祝颂][^，]{1,8}|祝[^，贺]{1,12}|辛苦(?:[您你]们?|大家|老师|领导|了)*"
    r"|(?:麻烦|打扰|劳驾)(?:[您你]们?|大家|老师|领导|了)*|添麻烦了"
)
_ANSWER_PLEASE = re.compile(
    r"[急敬谨]?盼[复覆]?|(?:烦请|敬请|恳请|敬盼|[还切谨急]?[望盼]|期[盼待]|静候|静待|等待|请|希望|麻烦|辛苦){0,3}"
    r"(?:(?:贵[^，]{1,4}|[您你]们?|各位|老师们?|领导们?|有关部门|专家)的?){0,2}"
    r"(?:尽快|尽早|及时|早日|给予|予以|帮忙|抽空|拨冗|百忙之中|能够?|给个?|一个|准确|明确|的){0,5}"
    r"(?:回复|答复|解答|指导|解惑|赐复|回信|指教|答疑|回答|指点|释疑)(?:一下|为盼|我|为谢|下)?"
    r"|特?来信求证"
)
"""Clauses at the end that only thank, or wish for an answer."""
_SIGNED = re.compile(
    r"(?:联系人|联系电话|联系方式|咨询人|来信人|申请人|署名|落款|电话|手机号?)[^，]{0,20}|[某X×x*\d\-]{1,18}"
    r"|(?:二[〇零]..|\d{2,4})[年./-]\d{1,2}[月./-](?:\d{1,2}[日号]?)?"
    r"|(?!我)[^，的了]{1,20}(?:公司|集团|单位|人力资源部|人事部|办公室|先生|女士|同志)"
    r"|[^我在人是不没有个的了，]{1,2}某{1,2}|一[名个位][^，的]{2,8}"
)
"""Clauses behind the thanks that say who wrote, and when."""
_MOST = 40
"""Clauses that are looked at on either side."""
_LETTER = 20
"""Characters from which a text may be a letter; what is shorter is said in one breath."""


def body(text: str) -> str:
    """Return a text without the frame of a letter; the text itself if nothing else was said."""
    if len(text) < _LETTER:
        return text
    pieces = [(words, mark) for words, mark in _PIECES.findall(text) if words or mark]
    first, last = _first(pieces), _last(pieces)
    if first >= last:
        return text
    return _without_leads(pieces[first:last]) or text


def _first(pieces: list[tuple[str, str]]) -> int:
    """The number of clauses at the beginning that only greet."""
    for at, (words, mark) in enumerate(pieces[:_MOST]):
        is_address = ":" in mark.replace("：", ":") and _BEFORE_COLON.fullmatch(words)
        if words and not (is_address or _GREETING.fullmatch(words)):
            return at
    return len(pieces)


def _last(pieces: list[tuple[str, str]]) -> int:
    """How many clauses are left without those at the end that thank and sign.

    A name or a date is a signature only behind thanks: 谢谢，某某公司.
    """
    left = at = len(pieces)
    for words, mark in reversed(pieces[-_MOST:]):
        at -= 1
        if {*mark} & {*"？?"}:
            break
        if not words or _THANKS.fullmatch(words) or _ANSWER_PLEASE.fullmatch(words):
            left = at
        elif not _SIGNED.fullmatch(words):
            break
    return left


def _without_leads(pieces: list[tuple[str, str]]) -> str:
    """The clauses put together, none beginning with words that only say that it asks."""
    found: list[str] = []
    for words, mark in pieces:
        said = words + mark
        lead = _LEAD.match(said)
        found.append(said[lead.end() :] if lead else said)
    return "".join(found)
