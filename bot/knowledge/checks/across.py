"""Run all checks that need more than one file.

Each check takes a draft and yields problems; none raises.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import date
from itertools import chain

from bot.errors import Problem
from bot.knowledge.checks.calculators import check_calculators
from bot.knowledge.checks.entries import check_entries
from bot.knowledge.checks.procedures import check_procedures
from bot.knowledge.checks.rates import check_rates
from bot.knowledge.checks.references import duplicates, listed, unknown_names
from bot.knowledge.checks.words import check_phrases, check_terms, region_words
from bot.knowledge.draft import Draft
from bot.knowledge.schema import RegionForm
from bot.knowledge.validation import Item
from bot.knowledge.vocabulary import check_vocabulary


def check(draft: Draft, today: date | None = None) -> Iterator[Problem]:
    """Yield every problem across the files, in no particular order."""
    return chain(
        check_pack_file(draft),
        check_sources(draft, today),
        check_regions(draft),
        check_entries(draft),
        check_procedures(draft),
        check_calculators(draft),
        check_rates(draft),
        check_terms(draft),
        check_phrases(draft),
    )


def check_pack_file(draft: Draft) -> Iterator[Problem]:
    if draft.pack:
        uses = listed("most_asked", draft.pack.form.most_asked)
        yield from unknown_names(draft.pack, "条目", draft.entry_ids, uses)
        regions = listed("regions", draft.pack.form.regions)
        yield from unknown_names(draft.pack, "地区", draft.region_names, regions)
        yield from check_vocabulary(draft.pack)


def check_sources(draft: Draft, today: date | None) -> Iterator[Problem]:
    yield from duplicates((source, source.form.id) for source in draft.sources)
    for source in draft.sources:
        if source.form.perspective:
            uses = [(source.form.perspective, ("perspective",))]
            yield from unknown_names(source, "地区", draft.region_names, uses)
        if today and source.form.checked_on > today:
            found = source.form.checked_on.isoformat()
            yield source.problem(f"核对日期 {found} 还没有到", "checked_on")


def check_regions(draft: Draft) -> Iterator[Problem]:
    yield from duplicates((region, region.form.short) for region in draft.regions)
    file = draft.regions_file
    if file is None:
        return
    for word, regions in file.form.ambiguous_names.items():
        uses = [(name, ("ambiguous_names", word, n)) for n, name in enumerate(regions)]
        yield from unknown_names(file, "地区", draft.region_names, uses)
    yield from _shared_names(draft.regions, file.form.ambiguous_names)


def _shared_names(
    regions: Iterable[Item[RegionForm]], ambiguous: Collection[str]
) -> Iterator[Problem]:
    """Yield names that two regions share: one of the two would be picked by chance."""
    owners: dict[str, str] = {}
    for region in regions:
        for word in region_words(region.form):
            owner = owners.setdefault(word, region.form.short)
            if owner != region.form.short and word not in ambiguous:
                yield region.problem(f"“{word}”也是{owner}的名称；请写进 ambiguous_names")
