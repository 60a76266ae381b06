"""Multiply a price by counts: so much for each book and each day, and no more than so much.

What a newcomer would get wrong: prices are decimal text, never floats, so that 0.1 times 3 is 0.3.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Count:
    """What the price is multiplied by, and the words that it is counted in."""

    name: str
    units: Mapping[str, int]
    """Maps each word to how many of the unit of the price it is: 天 is 1, 周 is 7."""
    unsaid: int = 0
    """The count where none is said; 0: it has to be said."""


@dataclass(frozen=True, slots=True)
class Tariff:
    """The price of one of everything, and the most that is taken; both are decimal text."""

    name: str
    price: str
    most: str = ""
    slots: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """The values of slots that it is for; empty: of any."""

    def is_for(self, said: Mapping[str, str]) -> bool:
        """Return whether nothing that was said is of another tariff."""
        return all(said.get(slot, values[0]) in values for slot, values in self.slots.items())


@dataclass(frozen=True, slots=True)
class Sum:
    """What comes out: `plain` is the product, `limit` the most that may be taken."""

    plain: Decimal
    limit: Decimal | None = None

    @property
    def total(self) -> Decimal:
        return self.plain if self.limit is None else min(self.plain, self.limit)


def work_out(tariff: Tariff, counts: Mapping[str, Decimal], most_for: str) -> Sum:
    """Multiply the price by all counts; the limit counts once for each of `most_for`, if given."""
    plain = Decimal(tariff.price)
    for count in counts.values():
        plain *= count
    if not tariff.most:
        return Sum(plain)
    return Sum(plain, Decimal(tariff.most) * counts.get(most_for, Decimal(1)))


def written(number: Decimal) -> str:
    """Write a number without zeros that say nothing: 6.00 is 6."""
    return f"{number.normalize():f}"
