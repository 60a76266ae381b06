"""Build the retriever of a corpus, with several processes if it is large, or load it from disk.

What a newcomer would get wrong: with a saved index the corpus is not parsed, only hashed, so its
texts are not available; its ids are saved beside the index.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from hashlib import file_digest
from pathlib import Path
from typing import TypeVar

from bot.errors import DataFileError, SavedIndexError, why
from bot.evaluation.files import read_corpus
from bot.understanding.arrays.fingerprint import source, versions
from bot.understanding.arrays.saved import Saved, Writer, load, save
from bot.understanding.arrays.strings import Strings
from bot.understanding.collection.learning import (
    Learnt,
    learn,
    learn_in_parts,
    merge,
    processes_for,
)
from bot.understanding.collection.retriever import Collection, Retriever
from bot.understanding.semantic.vectors import Report
from bot.understanding.text.tokeniser import engine, full_cutter

_T = TypeVar("_T")
_EVERY = 500
_BUILDING = "建索引"


@dataclass(frozen=True, slots=True)
class OpenCorpus:
    """A corpus that can be searched; `ids[group]` is the id of a group in its file."""

    retriever: Retriever
    ids: Sequence[str]
    phrasings: int


def build_collection(texts: Sequence[str], groups: Sequence[int], report: Report) -> Collection:
    """Build the data of an index from texts and their groups."""
    processes = processes_for(len(texts))
    if processes == 1:
        return Collection.of(learn(with_progress(_BUILDING, texts, report), full_cutter()), groups)
    parts = learn_in_parts(texts, partial(full_cutter, engine()), processes)
    return Collection.of(merge(_parts_with_progress(parts, len(texts), report)), groups)


def open_corpus(
    path: Path, folder: Path | None, report: Report, tell: Callable[[str], None]
) -> OpenCorpus:
    """Return the corpus of a file, from the index saved in `folder` if that is still valid.

    If it is not, `tell` gets a sentence, and the index is built and saved again.

    Raises:
        DataFileError: the corpus cannot be read.
        SavedIndexError: the folder cannot be written.
    """
    if folder is None:
        return _read(path, report).opened()
    now = identity(path)
    try:
        found = load(folder, now, _SavedCorpus.restored)
    except SavedIndexError as error:
        tell(f"{error}；重新建一个")
        found = None
    if found is None:
        found = _read(path, report)
        save(folder, now, found)
    return found.opened()


@dataclass(frozen=True, slots=True)
class _SavedCorpus:
    """What is saved of a corpus."""

    collection: Collection
    ids: Sequence[str]

    def opened(self) -> OpenCorpus:
        retriever = Retriever.over(self.collection, full_cutter())
        return OpenCorpus(retriever, self.ids, len(self.collection.plain))

    def save(self, writer: Writer) -> None:
        self.collection.save(writer)
        Strings.of(self.ids).save(writer, "ids")

    @classmethod
    def restored(cls, saved: Saved) -> _SavedCorpus:
        return cls(Collection.restored(saved), [*Strings.restored(saved, "ids")])


def identity(corpus: Path) -> dict[str, str]:
    """Return everything that an index depends on."""
    try:
        with corpus.open("rb") as file:
            content = file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise DataFileError(corpus, None, f"打不开：{why(error)}") from None
    return {
        "corpus": content,
        "tokeniser": versions({engine()}),
        "opencc": versions({"opencc"}),
        "code": source(("understanding",)),
    }


def _read(path: Path, report: Report) -> _SavedCorpus:
    corpus = read_corpus(path)
    return _SavedCorpus(build_collection(corpus.texts, corpus.groups, report), corpus.ids)


def with_progress(doing: str, things: Sequence[_T], report: Report) -> Iterator[_T]:
    """Yield the things, and report the progress."""
    for done, thing in enumerate(things):
        if done % _EVERY == 0:
            report(doing, done, len(things))
        yield thing
    report(doing, len(things), len(things))


def _parts_with_progress(parts: Iterator[Learnt], of: int, report: Report) -> Iterator[Learnt]:
    done = 0
    for part in parts:
        yield part
        done += len(part.plain)
        report(_BUILDING, done, of)
