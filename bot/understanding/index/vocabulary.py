"""Features as numbers, given in the order in which the features first come."""

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
    """Feature i, in the order in which features first come."""
    flat: NDArray[np.int32]
    """The features of every phrasing, one phrasing after another."""
    lengths: NDArray[np.int32]
    """How many features each phrasing has."""


def numbered(phrases: Iterable[Collection[str]]) -> Numbered:
    """Number the features of phrasings, none of which has a feature twice."""
    ids = numbers()
    flat, lengths = array("i"), array("i")
    for phrase in phrases:
        flat.extend(map(ids.__getitem__, phrase))
        lengths.append(len(phrase))
    return Numbered(list(ids), np.array(flat, np.int32), np.array(lengths, np.int32))


def numbers() -> defaultdict[str, int]:
    """Gives each new feature the next number."""
    ids: defaultdict[str, int] = defaultdict()
    ids.default_factory = ids.__len__
    return ids
