"""Number strings and map strings to strings, with tries in place of large dicts.

A trie of fifty thousand strings takes a fifth of a megabyte where a dict takes eight, and is mapped
from a file almost at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import marisa_trie

from bot.understanding.arrays.ragged import Ragged
from bot.understanding.arrays.saved import Saved, Writer


@contextmanager
def _as_os_error() -> Iterator[None]:
    """Turn what marisa raises into `OSError`: also a full disk is a `RuntimeError` to it."""
    try:
        yield
    except RuntimeError as error:
        raise OSError(str(error)) from error


@dataclass(frozen=True, slots=True)
class Numbers:
    """Strings numbered from 0, in no particular order."""

    trie: marisa_trie.Trie

    @classmethod
    def of(cls, texts: Iterable[str]) -> Numbers:
        return cls(marisa_trie.Trie(texts))

    def __len__(self) -> int:
        return len(self.trie)

    def get(self, text: str) -> int | None:
        return self.trie.get(text)  # type: ignore[no-any-return]

    def __getitem__(self, text: str) -> int:
        return self.trie[text]  # type: ignore[no-any-return]

    def text(self, number: int) -> str:
        return self.trie.restore_key(number)  # type: ignore[no-any-return]

    def beginnings(self, text: str) -> Iterable[tuple[str, int]]:
        """Return every string that is a prefix of the text, with its number; the shortest first."""
        return self.trie.iter_prefixes_with_ids(text)  # type: ignore[no-any-return]

    def save(self, writer: Writer, name: str) -> None:
        with _as_os_error():
            self.trie.save(str(writer.file(f"{name}.marisa")))

    @classmethod
    def restored(cls, saved: Saved, name: str) -> Numbers:
        with _as_os_error():
            return cls(marisa_trie.Trie().mmap(str(saved.file(f"{name}.marisa"))))


@dataclass(frozen=True, slots=True)
class Lists:
    """Strings that each map to a few strings."""

    keys: Numbers
    _values: Numbers
    _rows: Ragged
    """For each number of a key the numbers of its values."""

    @classmethod
    def of(cls, lists: Mapping[str, Sequence[str]]) -> Lists:
        keys = Numbers.of(lists)
        values = Numbers.of(value for values in lists.values() for value in values)
        ordered = [lists[keys.text(number)] for number in range(len(keys))]
        return cls(keys, values, Ragged.of([[values[v] for v in each] for each in ordered]))

    def get(self, key: str) -> list[str]:
        """Return the strings of a key, in order; none if it is unknown."""
        number = self.keys.trie.get(key)
        return [] if number is None else self.at(number)

    def at(self, number: int) -> list[str]:
        """Return the strings of a key given by its number."""
        return [self._values.text(value) for value in self._rows[number]]

    def save(self, writer: Writer, name: str) -> None:
        self.keys.save(writer, f"{name}-keys")
        self._values.save(writer, f"{name}-values")
        self._rows.save(writer, name)

    @classmethod
    def restored(cls, saved: Saved, name: str) -> Lists:
        return cls(
            Numbers.restored(saved, f"{name}-keys"),
            Numbers.restored(saved, f"{name}-values"),
            Ragged.restored(saved, name),
        )
