"""A corpus made ready to be asked: built, by several processes if it is large, or taken from disk.

What a newcomer would get wrong: with a saved index the corpus is not read, only hashed, so its
texts are not there; its ids are saved beside the index.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeVar

from bot.errors import DataFileError, SavedIndexError
from bot.evaluation.files import read_corpus
from bot.understanding.learning import Learnt, learn, learn_in_parts, processes_for, together
from bot.understanding.retrieval import Collection, Retriever
from bot.understanding.saved import Arrays, identity, load, save
from bot.understanding.strings import Strings
from bot.understanding.tokens import engine, full_cutter
from bot.understanding.vectors import Report

_T = TypeVar("_T")
_EVERY = 500
_BUILDING = "建索引"


@dataclass(frozen=True, slots=True)
class Ready:
    """A corpus that can be asked. `ids[group]` is what its file calls a group."""

    retriever: Retriever
    ids: Sequence[str]
    phrasings: int


def built(texts: Sequence[str], groups: Sequence[int], report: Report) -> Collection:
    """Everything that an index of some texts needs."""
    processes = processes_for(len(texts))
    if processes == 1:
        return Collection.of(learn(counted(_BUILDING, texts, report), full_cutter()), groups)
    parts = learn_in_parts(texts, partial(full_cutter, engine()), processes)
    return Collection.of(together(_reported(parts, len(texts), report)), groups)


def ready(path: Path, folder: Path | None, report: Report, tell: Callable[[str], None]) -> Ready:
    """The corpus of a file; with a `folder`, from the index in it if that is still good.

    Where it is not, that is told, and the index is built and saved anew.

    Raises:
        DataFileError: the corpus cannot be read.
        SavedIndexError: the folder cannot be written.
    """
    if folder is None:
        return _read(path, report)[0]
    try:
        now = identity(path, engine())
    except OSError as error:
        raise DataFileError(path, None, f"打不开：{error.strerror}") from None
    try:
        arrays = load(folder, now)
    except SavedIndexError as error:
        tell(f"{error}；重新建一个")
        arrays = None
    if arrays is not None:
        return _found(arrays)
    made, collection = _read(path, report)
    save(folder, now, {**collection.arrays(), **Strings.of(made.ids).arrays("ids")})
    return made


def _read(path: Path, report: Report) -> tuple[Ready, Collection]:
    corpus = read_corpus(path)
    collection = built(corpus.texts, corpus.groups, report)
    retriever = Retriever.over(collection, full_cutter())
    return Ready(retriever, corpus.ids, len(corpus.texts)), collection


def _found(arrays: Arrays) -> Ready:
    collection = Collection.from_arrays(arrays)
    ids = [*Strings.from_arrays(arrays, "ids")]
    return Ready(Retriever.over(collection, full_cutter()), ids, len(collection.plain))


def counted(doing: str, things: Sequence[_T], report: Report) -> Iterator[_T]:
    """The things one by one, and told how far they have come."""
    for done, thing in enumerate(things):
        if done % _EVERY == 0:
            report(doing, done, len(things))
        yield thing
    report(doing, len(things), len(things))


def _reported(parts: Iterator[Learnt], of: int, report: Report) -> Iterator[Learnt]:
    done = 0
    for part in parts:
        yield part
        done += len(part.plain)
        report(_BUILDING, done, of)
