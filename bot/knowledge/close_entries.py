"""Find entries whose questions are nearly answered by another entry (`zhuce kb test --close`).

An `ask` line finds its own entry word for word, so nothing is wrong yet; a question worded a little
differently may get the other answer.  The remedy is an `ask` line that says what is different, or a
`not` line.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass

from bot.core.model.entry import Entry, EntryKind
from bot.core.model.pack import Pack
from bot.core.model.understanding import Candidate, Understanding

CLOSE = 1.0
"""A margin below this is close: about what one word changes."""
SHOWN = 20

Understand = Callable[[str], Understanding]
Rate = Callable[[Candidate], float]
"""Rates a candidate (the model's input, before the logistic) without its verbatim signal."""


@dataclass(frozen=True, slots=True)
class Neighbours:
    """An entry and another one that comes second, or even first, for some of its `ask` lines."""

    entry: str
    other: str
    lines: int
    """Number of these lines."""
    margin: float
    """Smallest lead of the entry; negative if the other one is first."""
    example: str
    """The line with the smallest margin."""

    def __str__(self) -> str:
        return (
            f"{self.entry} → {self.other}  {self.lines} 句，"
            f"最小分差 {self.margin:.2f}  “{self.example}”"
        )


def neighbours(
    pack: Pack, understand: Understand, rate: Rate, only: Collection[str] = ()
) -> list[Neighbours]:
    """Return pairs of entries, most close lines first, then by the smallest margin.

    With `only`, the lines of no other entries are asked.  Pairs of small talk are left out: it
    does not matter which of two greetings answers.
    """
    found: dict[tuple[str, str], list[tuple[float, str]]] = {}
    for entry in (one for one in pack.entries.values() if not only or one.id in only):
        for other, margin, line in _close_lines(pack, entry, understand, rate):
            found.setdefault((entry.id, other), []).append((margin, line))
    pairs = [Neighbours(*pair, len(lines), *min(lines)) for pair, lines in found.items()]
    return sorted(pairs, key=lambda pair: (-pair.lines, pair.margin))


def _close_lines(
    pack: Pack, entry: Entry, understand: Understand, rate: Rate
) -> Iterator[tuple[str, float, str]]:
    """Yield the runner-up, the margin and the line, for each close line."""
    for line in entry.ask:
        rates = {c.entry: rate(c) for c in understand(line).candidates}
        own = rates.pop(entry.id, None)
        others = {name: by for name, by in rates.items() if _is_rival(entry, pack.entries[name])}
        if own is None or not others:
            continue
        next_best = max(others, key=others.__getitem__)
        margin = own - others[next_best]
        if margin < CLOSE:
            yield next_best, round(margin, 2), line


def _is_rival(entry: Entry, other: Entry) -> bool:
    return not entry.kind == other.kind == EntryKind.SMALLTALK
