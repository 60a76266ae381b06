"""Noise as people make it: each class is a function from a text and a generator of chance.

The same seed makes the same noise.  A class that finds nothing to change gives the text back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cache
from random import Random

from opencc import OpenCC

from bot.understanding.pinyin import readings, syllables
from bot.understanding.text import is_han

Noise = Callable[[str, Random], str]

OPENINGS = ("请问", "你好，", "麻烦问一下，", "老师您好，", "想咨询一下", "各位大佬，", "打扰了，")
ENDINGS = ("，谢谢", "，谢谢您", "，麻烦了", "，非常感谢", "，拜托", "，在线等")
PARTICLES = ("啊", "呢", "呀", "哈", "嘛", "呗")
MUTTERINGS = ("那个", "嗯", "话说", "其实", "就是说", "哎", "到底")
EMOJI = ("😀", "🙏", "👷🏽", "❓", "🏗️", "😭")
PAUSES = "，。、"
FULL_WIDTH = {n: n + 0xFEE0 for n in range(0x21, 0x7F)} | {0x20: 0x3000}


def polite(text: str, chance: Random) -> str:
    return f"{chance.choice(OPENINGS)}{text}{chance.choice(ENDINGS)}"


def fillers(text: str, chance: Random) -> str:
    return f"{chance.choice(MUTTERINGS)}{text}{chance.choice(PARTICLES)}"


def homophone(text: str, chance: Random) -> str:
    """One character becomes another one that sounds alike and is just as well known."""
    places = [at for at, c in enumerate(text) if _alike(c)]
    if not places:
        return text
    at = chance.choice(places)
    return text[:at] + chance.choice(_alike(text[at])) + text[at + 1 :]


def dropped(text: str, chance: Random) -> str:
    at = _some_han(text, chance)
    return text if at is None else text[:at] + text[at + 1 :]


def doubled(text: str, chance: Random) -> str:
    at = _some_han(text, chance)
    return text if at is None else text[: at + 1] + text[at:]


def swapped(text: str, chance: Random) -> str:
    """Two neighbours change places."""
    at = _some_han(text[:-1], chance)
    return text if at is None else text[:at] + text[at + 1] + text[at] + text[at + 2 :]


def full_width(text: str, chance: Random) -> str:
    """Every letter, digit and sign, and a blank of full width somewhere."""
    at = chance.randrange(len(text) + 1)
    return (text[:at] + " " + text[at:]).translate(FULL_WIDTH)


def traditional(text: str, _: Random) -> str:
    return _s2t().convert(text)


def emoji(text: str, chance: Random) -> str:
    return "".join(c + (chance.choice(EMOJI) if chance.random() < 0.4 else "") for c in text)


def pinyin(text: str, chance: Random) -> str:
    """The whole text in toneless letters, each syllable apart or all in one."""
    return chance.choice((" ", "")).join(syllables("".join(c for c in text if c.isalnum())))


def voice(text: str, chance: Random) -> str:
    """Pauses where the speaker breathed, and a full stop at the end."""
    return (
        "".join(c + (chance.choice(PAUSES) if chance.random() < 0.15 else "") for c in text) + "。"
    )


CLASSES: Mapping[str, Noise] = {
    f.__name__: f
    for f in (
        *(polite, fillers, homophone, dropped, doubled, swapped),
        *(full_width, traditional, emoji, pinyin, voice),
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


def _some_han(text: str, chance: Random) -> int | None:
    places = [at for at, c in enumerate(text) if is_han(c)]
    return chance.choice(places) if places else None


@cache
def _s2t() -> OpenCC:
    return OpenCC("s2t")


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


def _alike(character: str) -> str:
    if not is_han(character):
        return ""
    (sound,) = syllables(character)
    return _by_sound().get(sound, "").replace(character, "")
