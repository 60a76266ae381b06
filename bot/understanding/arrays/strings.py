"""Hold many strings in two arrays, which can be saved, mapped and shared.

A million short strings take 100 MB as objects and 40 MB here; each is made when it is read.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import accumulate, pairwise

import numpy as np
from numpy.typing import NDArray

from bot.understanding.arrays.saved import Saved, Writer

_FIRST_BITS, _CONTINUES = np.uint8(0b1100_0000), np.uint8(0b1000_0000)
"""Bits of the bytes of a UTF-8 character other than its first (RFC 3629, section 3)."""


@dataclass(frozen=True, slots=True)
class Strings:
    """String i lies, in UTF-8, between `bounds[i]` and `bounds[i + 1]` of `text`."""

    text: NDArray[np.uint8]
    bounds: NDArray[np.int64]

    @classmethod
    def of(cls, strings: Iterable[str]) -> Strings:
        encoded = [string.encode() for string in strings]
        text = np.frombuffer(b"".join(encoded), np.uint8)
        return cls(text, np.fromiter(accumulate(map(len, encoded), initial=0), np.int64))

    def save(self, writer: Writer, name: str) -> None:
        writer.arrays(name, self)

    @classmethod
    def restored(cls, saved: Saved, name: str) -> Strings:
        return saved.arrays(name, cls)

    def __len__(self) -> int:
        return len(self.bounds) - 1

    def __getitem__(self, at: int) -> str:
        return self.text[self.bounds[at] : self.bounds[at + 1]].tobytes().decode()

    def __iter__(self) -> Iterator[str]:
        begins = (self.text & _FIRST_BITS) != _CONTINUES
        characters = np.concatenate(([0], begins.cumsum(dtype=np.int64)))[self.bounds].tolist()
        whole = self.text.tobytes().decode()
        return (whole[start:end] for start, end in pairwise(characters))
