"""Noise as people make it: each class is a function from a text and a generator of chance.

The same seed makes the same noise.  A class that finds nothing to change gives the text back.
Characters are changed only in texts of `LEAST` and more, below which nothing can tell what was
meant, and never one that denies or counts: without its 不 a question is another question.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from importlib.resources import files
from itertools import groupby
from random import Random

from opencc import OpenCC

from bot.understanding.text.normalise import is_han
from bot.understanding.text.pinyin import readings, syllables
from bot.understanding.text.tokeniser import full_cutter

Noise = Callable[[str, Random], str]

LEAST = 4
TELLING = "不没未非无别莫冇唔甭一二三四五六七八九十两几"
"""Characters that change what is asked."""
OPENINGS = ("请问", "你好，", "麻烦问一下，", "老师您好，", "想咨询一下", "各位大佬，", "打扰了，")
ENDINGS = ("，谢谢", "，谢谢您", "，麻烦了", "，非常感谢", "，拜托", "，在线等")
MUTTERINGS = ("那个", "嗯", "话说", "其实", "就是说", "哎", "到底")
PARTICLES = ("啊", "呢", "呀", "哈", "嘛", "呗", "噻", "撒", "咯", "哟", "嘞", "啦", "哒", "喃")
EMOJI = ("😀", "🙏", "👷🏽", "❓", "🏗️", "😭")
PAUSES = "，。、"
FULL_WIDTH = {n: n + 0xFEE0 for n in range(0x21, 0x7F)} | {0x20: 0x3000}
_INITIALS = """
    北京=bj 天津=tj 内蒙古=nmg 辽宁=ln 吉林=jl 黑龙江=hlj 上海=sh 江苏=js 浙江=zj 安徽=ah 福建=fj
    江西=jx 山东=sd 广东=gd 广西=gx 重庆=cq 四川=sc 云南=yn 西藏=xz 甘肃=gs 青海=qh 宁夏=nx 新疆=xj
    香港=hk
"""
INITIALS = dict(pair.split("=") for pair in _INITIALS.split())
"""Regions whose initials nobody else has."""


def polite(text: str, chance: Random) -> str:
    return f"{chance.choice(OPENINGS)}{text}{chance.choice(ENDINGS)}"


def fillers(text: str, chance: Random) -> str:
    """Said while thinking, before the question and once more before its last words."""
    return (
        f"{chance.choice(MUTTERINGS)}{text}{chance.choice(('', '，' + chance.choice(MUTTERINGS)))}"
    )


def particles(text: str, chance: Random) -> str:
    """One or two of the little words that end a spoken sentence, those of dialects too."""
    return text + "".join(chance.sample(PARTICLES, chance.choice((1, 1, 2))))


def homophone(text: str, chance: Random) -> str:
    """One character becomes another one that sounds alike and is just as well known."""
    return _replaced(text, chance, _sounding_alike)


def look_alike(text: str, chance: Random) -> str:
    """One character becomes another one that looks like it."""
    return _replaced(text, chance, lambda c: _lookalikes().get(c, ""))


def missing(text: str, chance: Random) -> str:
    at = _some_han(text, chance)
    return text if at is None else text[:at] + text[at + 1 :]


def doubled(text: str, chance: Random) -> str:
    at = _some_han(text, chance)
    return text if at is None else text[: at + 1] + text[at:]


def swapped(text: str, chance: Random) -> str:
    """Two neighbours change places."""
    at = _some_han(text[:-1], chance) if len(text) >= LEAST else None
    return text if at is None else text[:at] + text[at + 1] + text[at] + text[at + 2 :]


def pinyin(text: str, _: Random) -> str:
    """The whole text in toneless letters, all in one."""
    return "".join(_spelt(text))


def spaced_pinyin(text: str, _: Random) -> str:
    """The whole text in toneless letters, each syllable apart."""
    return " ".join(_spelt(text))


def mixed_pinyin(text: str, chance: Random) -> str:
    """One word in three is typed in letters, one of them at least."""
    words = list(_cut()(text))
    places = [at for at, word in enumerate(words) if all(map(is_han, word))]
    some = chance.sample(places, max(1, len(places) // 3)) if places else []
    return "".join("".join(_spelt(w)) if at in some else w for at, w in enumerate(words))


def initials(text: str, _: Random) -> str:
    """The name of a region becomes its initials, where no other region has them."""
    for name, letters in INITIALS.items():
        text = text.replace(name, letters)
    return text


def traditional(text: str, _: Random) -> str:
    return _s2t().convert(text)


def full_width(text: str, chance: Random) -> str:
    """Every letter, digit and sign, and a blank of full width somewhere."""
    at = chance.randrange(len(text) + 1)
    return (text[:at] + " " + text[at:]).translate(FULL_WIDTH)


def emoji(text: str, chance: Random) -> str:
    return "".join(c + (chance.choice(EMOJI) if chance.random() < 0.4 else "") for c in text)


def voice(text: str, chance: Random) -> str:
    """Pauses where the speaker breathed, and a full stop at the end."""
    return (
        "".join(c + (chance.choice(PAUSES) if chance.random() < 0.15 else "") for c in text) + "。"
    )


CLASSES: Mapping[str, Noise] = {
    f.__name__: f
    for f in (
        *(polite, fillers, particles, homophone, look_alike, missing, doubled, swapped),
        *(pinyin, spaced_pinyin, mixed_pinyin, initials),
        *(traditional, full_width, emoji, voice),
    )
}


def harmless(noise: Noise, text: str, chance: Random, names: Iterable[str]) -> str:
    """Noise that does not happen to spell another of `names` than the text did."""
    others = [name for name in names if name not in text]
    for _ in range(20):
        noisy = noise(text, chance)
        if not any(name in noisy for name in others):
            return noisy
    return text


def _replaced(text: str, chance: Random, others: Callable[[str], Sequence[str]]) -> str:
    places = [at for at in _changeable(text) if others(text[at])]
    if not places:
        return text
    at = chance.choice(places)
    return text[:at] + chance.choice(others(text[at])) + text[at + 1 :]


def _some_han(text: str, chance: Random) -> int | None:
    places = _changeable(text)
    return chance.choice(places) if places else None


def _changeable(text: str) -> list[int]:
    """Where a character may be changed; nowhere in a text that is too short."""
    places = [at for at, c in enumerate(text) if is_han(c)]
    return [at for at in places if text[at] not in TELLING] if len(places) >= LEAST else []


def _spelt(text: str) -> list[str]:
    """Each syllable; Latin words and numbers stay whole."""
    stretches = ("".join(group) for _, group in groupby(filter(str.isalnum, text), is_han))
    return [
        sound for said in stretches for sound in (syllables(said) if is_han(said[0]) else (said,))
    ]


@cache
def _cut() -> Callable[[str], tuple[str, ...]]:
    return full_cutter()


@cache
def _s2t() -> OpenCC:
    return OpenCC("s2t")


@cache
def _lookalikes() -> Mapping[str, str]:
    found: dict[str, str] = {}
    table = files("bot.understanding").joinpath("data/lookalikes.txt").read_text("utf-8")
    for line in table.splitlines():
        for character in () if line.startswith("#") else line:
            found[character] = found.get(character, "") + line.replace(character, "")
    return found


@cache
def _by_sound() -> Mapping[str, str]:
    """Syllable -> the common characters whose first reading it is."""
    found: dict[str, str] = {}
    for character, (first, *_) in readings().items():
        if _is_common(character):
            found[first] = found.get(first, "") + character
    return found


def _is_common(character: str) -> bool:
    """In GB 2312 level 1: the 3,755 characters that every input method offers first."""
    try:
        code = character.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return 0xB0 <= code[0] <= 0xD7


def _sounding_alike(character: str) -> str:
    if not is_han(character):
        return ""
    (sound,) = syllables(character)
    return _by_sound().get(sound, "").replace(character, "")
