"""Number features in the order in which they first occur."""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Numbered:
    """Phrasings as features, features as numbers."""

    vocabulary: list[str]
    """Text of feature i, in the order in which features first occur."""
    flat: NDArray[np.int32]
    """The features of every phrasing, one phrasing after another."""
    lengths: NDArray[np.int32]
    """Number of features of each phrasing."""


def numbered(phrases: Iterable[Collection[str]]) -> Numbered:
    """Number the features of phrasings, none of which has a feature twice."""
    ids = numbers()
    flat, lengths = array("i"), array("i")
    for phrase in phrases:
        flat.extend(map(ids.__getitem__, phrase))
        lengths.append(len(phrase))
    return Numbered(list(ids), np.array(flat, np.int32), np.array(lengths, np.int32))


def numbers() -> defaultdict[str, int]:
    """Return a dictionary that gives each new feature the next number."""
    ids: defaultdict[str, int] = defaultdict()
    ids.default_factory = ids.__len__
    return ids
