"""List the regions to choose from, and reply about one that the pack has nothing on."""

from __future__ import annotations

from collections.abc import Sequence

from bot.core.model.choices import ShowEntry, ShowRegions
from bot.core.model.lexicon import Region
from bot.core.model.reply import (
    Choice,
    Choices,
    Link,
    Part,
    Reason,
    Reply,
    Status,
    Text,
)
from bot.core.model.scope import Scope
from bot.core.model.vocabulary import PLACE

REGIONS_PER_PAGE = 8


def no_data_for_region(
    scope: Scope, region: Region, topic: str, options: Sequence[Choice]
) -> Reply:
    """Admit the gap; at most the region's own general portal is named, marked as that."""
    key = "no_data_for_region" if has_offices(scope, region) else "no_data_without_office"
    parts: list[Part] = [Text(scope.phrase(key, region=region.short, topic=topic))]
    if site := region.gov_portal:
        is_sure = site.confidence.is_publishable
        note = scope.phrase("gov_portal_note" if is_sure else "gov_portal_note_weak")
        parts.append(Link(site.name, site.url, note))
    if options:
        parts.append(Choices(tuple(options)))
    return Reply(
        status=Status.ABSTAINED,
        reason=Reason.NO_DATA_FOR_REGION,
        parts=tuple(parts),
        slots=scope.slots,
        rule="region_without_data",
    )


def has_offices(scope: Scope, region: Region) -> bool:
    """Return whether there is somebody to ask there, as far as is known.

    Where the others have a general portal and one has none, its offices are not those of the
    others; nobody is sent to one that may not exist.
    """
    return bool(region.gov_portal) or not any(r.gov_portal for r in scope.pack.regions.values())


def portal_choice(scope: Scope) -> Choice:
    return Choice(scope.phrase("choice_portal"), str(ShowRegions(1)))


def region_page(scope: Scope, page: int) -> tuple[Choice, ...]:
    """Return one page, from 1, of the regions that have a portal; the pack's order."""
    options = [Choice(e.slots[PLACE], str(ShowEntry(e.id))) for e in scope.pack.portals]
    start = (page - 1) * REGIONS_PER_PAGE
    shown = options[start : start + REGIONS_PER_PAGE]
    if len(options) > start + REGIONS_PER_PAGE:
        shown.append(Choice(scope.phrase("more_regions"), str(ShowRegions(page + 1))))
    return tuple(shown)
