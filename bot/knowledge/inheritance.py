"""Add what a pack inherits: phrases, China's regions, everyday words, small talk.

The files are in `bot/knowledge/defaults/<language>` and have the form of a pack's own.  A pack
writes only what differs: its own phrase, region or small-talk entry replaces the inherited one, and
wordings of the same word are merged.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from functools import cache
from pathlib import Path

from bot.core.model.entry import Entry
from bot.core.model.vocabulary import Role
from bot.knowledge.draft import Draft, Names, draft_of
from bot.knowledge.reading.contents import Contents, read_named
from bot.knowledge.reading.pack_files import parse_files
from bot.knowledge.schema import PhrasesFile, RegionForm, RegionsFile, SynonymsFile, TermForm
from bot.knowledge.validation import Item
from bot.knowledge.vocabulary import name_of

FOLDER = Path(__file__).parent / "defaults"
FILES = {
    "phrases": "phrases.yaml",
    "regions": "regions.yaml",
    "synonyms": "synonyms.yaml",
    "smalltalk": "faq/smalltalk.yaml",
}
"""Maps each part of pack.yaml's `inherit` to its file."""


@cache
def default_files(language: str) -> Contents:
    """Read the files that packs of a language inherit, as bytes."""
    return read_named(FOLDER / language, tuple(FILES.values()))


@cache
def inherited_words(language: str) -> Mapping[str, int]:
    """Return the everyday words of a language with their frequencies."""
    return draft_of(parse_files(default_files(language)))[0].words


@cache
def inherited_regions(language: str) -> frozenset[str]:
    """Return the short names of the regions that packs of a language inherit."""
    regions = draft_of(parse_files(default_files(language)))[0].regions
    return frozenset(item.form.short for item in regions)


@cache
def _inherited_lines(language: str) -> dict[str, tuple[str, ...]]:
    entries = draft_of(parse_files(default_files(language)))[0].entries
    return {entry.form.id: tuple(entry.form.ask) for entry in entries}


def is_inherited(entry: Entry, language: str = "zh") -> bool:
    """Return whether a pack has the entry by inheritance only."""
    return _inherited_lines(language).get(entry.id) == entry.ask


def inherit(draft: Draft, parts: Collection[str]) -> None:
    """Add the inherited parts that pack.yaml names to a draft."""
    language = draft.pack.form.language if draft.pack else "zh"
    defaults, problems = draft_of(parse_files(default_files(language)))
    assert not problems, problems
    if "phrases" in parts:
        _phrases(draft, defaults)
    if "regions" in parts:
        _regions(draft, defaults)
    if "synonyms" in parts:
        _synonyms(draft, defaults)
        draft.words = {**defaults.words, **draft.words}
    if "smalltalk" in parts:
        own = {entry.form.id for entry in draft.entries}
        draft.entries += [entry for entry in defaults.entries if entry.form.id not in own]
        known = draft.entry_ids.known | defaults.entry_ids.known
        draft.entry_ids = Names(known, draft.entry_ids.is_complete)


def _phrases(draft: Draft, defaults: Draft) -> None:
    assert defaults.phrases is not None
    own = draft.phrases
    if own is None:
        draft.phrases = defaults.phrases
        return
    shipped, written = defaults.phrases.form.phrases, own.form.phrases
    tables = {locale: {**shipped.get(locale, {}), **written.get(locale, {})} for locale in shipped}
    draft.phrases = Item(PhrasesFile(phrases=tables), own.file, own.trail)


def _regions(draft: Draft, defaults: Draft) -> None:
    """Override the inherited regions, key by key, with those that the pack writes."""
    own = {region.form.short: region for region in draft.regions}
    merged = [
        _overridden(region, own[region.form.short]) if region.form.short in own else region
        for region in defaults.regions
    ]
    known = {region.form.short for region in defaults.regions}
    added = [region for short, region in own.items() if short not in known]
    draft.inherited_regions = frozenset(known)
    draft.regions = [*merged, *added]
    is_known = draft.region_names.is_complete or FILES["regions"] not in draft.present
    known_names = draft.region_names.known | defaults.region_names.known
    draft.region_names = Names(known_names, is_known)
    draft.regions_file = _joined_regions_file(draft.regions_file, defaults.regions_file)


def _overridden(region: Item[RegionForm], by: Item[RegionForm]) -> Item[RegionForm]:
    update = {name: getattr(by.form, name) for name in by.form.model_fields_set}
    return Item(region.form.model_copy(update=update), by.file, by.trail)


def _joined_regions_file(
    own: Item[RegionsFile] | None, shipped: Item[RegionsFile] | None
) -> Item[RegionsFile] | None:
    if own is None or shipped is None:
        return own or shipped
    names = {**shipped.form.ambiguous_names, **own.form.ambiguous_names}
    careful = [*shipped.form.careful_abbreviations, *own.form.careful_abbreviations]
    update = {"ambiguous_names": names, "careful_abbreviations": careful}
    return Item(own.form.model_copy(update=update), own.file, own.trail)


def _synonyms(draft: Draft, defaults: Draft) -> None:
    """Merge the terms, the pack's own first; terms with the same word become one."""
    assert defaults.synonyms is not None
    terms = [term for item in defaults.terms if (term := _fitting(item, draft))]
    shipped = {term.form.word: term.form for term in terms}
    draft.terms = [
        Item(_with_forms(term.form, shipped.pop(term.form.word)), term.file, term.trail)
        if term.form.word in shipped
        else term
        for term in draft.terms
    ]
    draft.terms += [term for term in terms if term.form.word in shipped]
    own = draft.synonyms
    if own is None:
        draft.synonyms = defaults.synonyms
        return
    fillers = [*own.form.fillers, *defaults.synonyms.form.fillers]
    joined = SynonymsFile.model_construct(terms=own.form.terms, fillers=fillers)
    draft.synonyms = Item(joined, own.file, own.trail)


def _fitting(term: Item[TermForm], draft: Draft) -> Item[TermForm] | None:
    """Return an inherited term under the pack's name of its slot; `None` if its value is unknown.

    In inherited files a slot is named by its role.
    """
    if term.form.slot is None or draft.pack is None:
        return term
    form = draft.pack.form.vocabulary
    name = name_of(form, Role(term.form.slot))
    if name is None or (term.form.value or term.form.word) not in form.values.get(name, []):
        return None
    return Item(term.form.model_copy(update={"slot": name}), term.file, term.trail)


def _with_forms(own: TermForm, shipped: TermForm) -> TermForm:
    """Append the inherited wordings, and the slot, to the pack's term."""
    filled = shipped if own.slot is None else own
    return own.model_copy(
        update={
            "slot": filled.slot,
            "value": filled.value,
            "forms": _unique([*own.forms, *shipped.forms]),
            "hints": _unique([*own.hints, *shipped.hints]),
            "together": _unique([*own.together, *shipped.together]),
            "objects": _unique([*own.objects, *shipped.objects]),
            "suffered": own.suffered or shipped.suffered,
        }
    )


def _unique(lines: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(lines))
