"""Add typing errors to queries; the same seed makes the same errors.

A query in which nothing can be changed stays as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from random import Random
from typing import Literal, get_args

from bot.understanding.text.normalise import is_han
from bot.understanding.text.pinyin import readings, syllables

Kind = Literal["homophone", "typo", "drop", "polite"]
KINDS: tuple[Kind, ...] = get_args(Kind)
_OPENINGS = ("请问", "你好，", "麻烦问一下，", "想咨询一下")
_ENDINGS = ("，谢谢", "，谢谢您", "，麻烦了", "，在线等")


class NoiseMaker:
    """Makes one kind of error in every text, with characters of the corpus."""

    def __init__(self, kind: Kind, corpus: Iterable[str], seed: int) -> None:
        self._chance = Random(seed)  # noqa: S311  the same noise for the same seed is the point
        self._characters = sorted({c for text in corpus for c in text if is_han(c)})
        self._alike: dict[str, list[str]] = {}
        for character in self._characters:
            if character in readings():
                self._alike.setdefault(syllables(character)[0], []).append(character)
        makers: dict[Kind, Callable[[str], str]] = {
            "homophone": self._homophone,
            "typo": self._typo,
            "drop": self._drop,
            "polite": self._polite,
        }
        self.make = makers[kind]

    def _homophone(self, text: str) -> str:
        others = [[c for c in self._sounding(said) if c != said] for said in text]
        places = [at for at, found in enumerate(others) if found]
        return self._replaced(text, places, lambda at: others[at])

    def _sounding(self, character: str) -> Sequence[str]:
        return self._alike.get(syllables(character)[0], ()) if is_han(character) else ()

    def _typo(self, text: str) -> str:
        return self._replaced(text, _han_places(text), lambda _: self._characters)

    def _replaced(self, text: str, places: list[int], by: Callable[[int], Sequence[str]]) -> str:
        if not places:
            return text
        at = self._chance.choice(places)
        return text[:at] + self._chance.choice(by(at)) + text[at + 1 :]

    def _drop(self, text: str) -> str:
        places = _han_places(text)
        if len(places) < 2:
            return text
        at = self._chance.choice(places)
        return text[:at] + text[at + 1 :]

    def _polite(self, text: str) -> str:
        return self._chance.choice(_OPENINGS) + text + self._chance.choice(_ENDINGS)


def _han_places(text: str) -> list[int]:
    return [at for at, character in enumerate(text) if is_han(character)]
