"""Collect what could be read of a pack: valid forms, each with its place.

The checks across files work on a draft, and so does `bot.knowledge.build` once there is no problem.
The id of an invalid item still counts as known; if a whole file could not be read, no id of its
kind counts as unknown, so that one mistake is reported once and not in every file.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from pydantic import BaseModel

from bot.errors import Problem
from bot.knowledge.reading.files import MAX_PROBLEMS
from bot.knowledge.reading.located import Located
from bot.knowledge.reading.pack_files import Files
from bot.knowledge.schema import (
    CalculatorForm,
    CalculatorsFile,
    EntryForm,
    FaqFile,
    PackFile,
    PhrasesFile,
    ProcedureFile,
    RateForm,
    RegionForm,
    RegionsFile,
    SourceForm,
    SourcesFile,
    SynonymsFile,
    TermForm,
)
from bot.knowledge.validation import Item, rows, valid_items, validate

F = TypeVar("F", bound=BaseModel)
G = TypeVar("G", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Names:
    """Ids of one kind; `is_complete` is false if a file that may hold more was unreadable."""

    known: frozenset[str] = frozenset()
    is_complete: bool = False

    def lacks(self, name: str) -> bool:
        return self.is_complete and name not in self.known


@dataclass(slots=True)
class Draft:
    """Filled by `draft_of`; each list holds valid items only, in the order of the files."""

    present: frozenset[str] = frozenset()
    """The names of the files that the pack has, readable or not."""
    pack: Item[PackFile] | None = None
    synonyms: Item[SynonymsFile] | None = None
    phrases: Item[PhrasesFile] | None = None
    regions_file: Item[RegionsFile] | None = None
    calculation_cues: list[str] = field(default_factory=list)
    sources: list[Item[SourceForm]] = field(default_factory=list)
    regions: list[Item[RegionForm]] = field(default_factory=list)
    entries: list[Item[EntryForm]] = field(default_factory=list)
    calculators: list[Item[CalculatorForm]] = field(default_factory=list)
    rates: list[Item[RateForm]] = field(default_factory=list)
    procedures: list[Item[ProcedureFile]] = field(default_factory=list)
    terms: list[Item[TermForm]] = field(default_factory=list)
    words: Mapping[str, int] = field(default_factory=dict)
    source_ids: Names = Names()
    region_names: Names = Names()
    entry_ids: Names = Names()
    procedure_ids: Names = Names()
    inherited_regions: frozenset[str] = frozenset()
    """Short names of regions that every pack knows."""


def services_of(draft: Draft) -> Names:
    """Return the services that pack.yaml lists."""
    if draft.pack is None:
        return Names()
    form = draft.pack.form.vocabulary
    name = next((name for name, role in form.slots.items() if role == "service"), "")
    return Names(frozenset(form.values.get(name, ())), is_complete=True)


def draft_of(files: Files) -> tuple[Draft, list[Problem]]:
    """Return everything valid in the files, and a problem for everything that is not."""
    draft, problems = Draft(present=frozenset(files.yaml)), []
    problems += _read_single_files(draft, files)
    problems += _read_lists(draft, files)
    problems += _read_procedures(draft, files)
    draft.words, wrong = _words(files)
    return draft, problems + wrong


def _read_single_files(draft: Draft, files: Files) -> list[Problem]:
    problems: list[Problem] = []
    draft.pack = _single(files.yaml.get("pack.yaml"), PackFile, problems)
    draft.phrases = _single(files.yaml.get("phrases.yaml"), PhrasesFile, problems)
    return problems


def _single(file: Located | None, form: type[F], problems: list[Problem]) -> Item[F] | None:
    if file is None:
        return None
    whole, wrong = validate(file, form)
    problems += wrong
    return None if whole is None else Item(whole, file)


def _read_lists(draft: Draft, files: Files) -> list[Problem]:
    problems: list[Problem] = []
    sources, regions = _one(files, "sources.yaml"), _one(files, "regions.yaml")
    synonyms = _one(files, "synonyms.yaml")
    faq, calculators = files.of("faq"), files.of("calculators")
    _, draft.sources = _list(sources, SourcesFile, "sources", SourceForm, problems)
    draft.regions_file, draft.regions = _list(regions, RegionsFile, "regions", RegionForm, problems)
    draft.synonyms, draft.terms = _list(synonyms, SynonymsFile, "terms", TermForm, problems)
    _, draft.entries = _list(faq, FaqFile, "entries", EntryForm, problems)
    for file in calculators:
        whole, items = _list([file], CalculatorsFile, "calculators", CalculatorForm, problems)
        draft.calculators += items
        draft.rates += valid_items(file, "rates", whole.form if whole else None, RateForm)
        draft.calculation_cues += whole.form.wanted if whole else []
    draft.source_ids = _names(sources, "sources", "id")
    draft.region_names = _names(regions, "regions", "short")
    draft.entry_ids = _names(faq, "entries", "id")
    return problems


def _one(files: Files, name: str) -> list[Located]:
    return [files.yaml[name]] if name in files.yaml else []


def _list(
    files: Sequence[Located],
    form: type[F],
    key: str,
    item_form: type[G],
    problems: list[Problem],
) -> tuple[Item[F] | None, list[Item[G]]]:
    """Return the last file as a whole, if it is valid, and the valid items of all of them."""
    last: Item[F] | None = None
    items: list[Item[G]] = []
    for file in files:
        last = _single(file, form, problems)
        items += valid_items(file, key, last.form if last else None, item_form)
    return last, items


def _names(files: Sequence[Located], key: str, naming_key: str) -> Names:
    found = (
        row.get(naming_key) for file in files for row in rows(file, key) if isinstance(row, dict)
    )
    known = frozenset(name for name in found if isinstance(name, str))
    return Names(known, bool(files) and all(rows(file, key) for file in files))


def _read_procedures(draft: Draft, files: Files) -> list[Problem]:
    problems: list[Problem] = []
    located = files.of("procedures")
    items = (_single(file, ProcedureFile, problems) for file in located)
    draft.procedures = [item for item in items if item is not None]
    ids = [file.data.get("id") for file in located if isinstance(file.data, dict)]
    known = frozenset(name for name in ids if isinstance(name, str))
    draft.procedure_ids = Names(known, len(known) == len(located))
    return problems


def _words(files: Files) -> tuple[dict[str, int], list[Problem]]:
    """Read dictionary.txt: `word frequency` on each line; `#` starts a comment."""
    words: dict[str, int] = {}
    problems: list[Problem] = []
    for number, word, frequency in _word_lines(files.words.text):
        message = _wrong_word(word, frequency, words)
        if message and len(problems) < MAX_PROBLEMS:
            problems.append(Problem(files.words_name, number, "", message))
        elif not message:
            words[word] = int(frequency)
    return words, problems


def _word_lines(text: str) -> Iterator[tuple[int, str, str]]:
    for number, line in enumerate(text.split("\n"), 1):
        word, _, frequency = line.partition("#")[0].strip().partition(" ")
        if word:
            yield number, word, frequency.strip()


def _wrong_word(word: str, frequency: str, words: Mapping[str, int]) -> str | None:
    if not (frequency.isascii() and frequency.isdigit() and len(frequency) <= 12):
        return f"“{word}”后面要写一个空格和出现次数（整数），现在是“{frequency[:40]}”"
    if word in words:
        return f"“{word}”写了两次"
    return None
