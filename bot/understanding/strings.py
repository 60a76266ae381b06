"""Many strings in two arrays, which can be saved, mapped and shared as arrays can.

A million short strings take 100 MB as objects and 40 MB here; one is made when it is asked for.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray


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

    def arrays(self, name: str) -> dict[str, NDArray[Any]]:
        return {f"{name}.text": self.text, f"{name}.bounds": self.bounds}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]], name: str) -> Strings:
        return cls(arrays[f"{name}.text"], arrays[f"{name}.bounds"])

    def __len__(self) -> int:
        return len(self.bounds) - 1

    def __getitem__(self, at: int) -> str:
        return self.text[self.bounds[at] : self.bounds[at + 1]].tobytes().decode()

    def __iter__(self) -> Iterator[str]:
        text = self.text.tobytes()
        return (text[start:end].decode() for start, end in pairwise(self.bounds.tolist()))
