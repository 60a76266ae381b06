"""Hold a knowledge pack as frozen data: all that the bot may say and how it hears it.

`bot.knowledge` builds it from YAML that has been checked; `core` trusts it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from bot.core.model.calculator import Calculator, Cue, Rate
from bot.core.model.entry import Entry, Source
from bot.core.model.lexicon import Lexicon, Region
from bot.core.model.procedure import Procedure
from bot.core.model.vocabulary import ASPECT, NO_VOCABULARY, PLACE, Vocabulary


@dataclass(frozen=True, eq=False)
class Pack:
    """Everything the bot knows; `version` is a hash of the files' content, 12 hex digits.

    Two packs are equal only if they are the same object; compare versions to compare content.
    """

    id: str
    title: str
    language: str
    version: str
    review_after_days: int
    sources: Mapping[str, Source]
    entries: Mapping[str, Entry]
    procedures: Mapping[str, Procedure]
    regions: Mapping[str, Region]
    lexicon: Lexicon
    phrases: Mapping[str, Mapping[str, str]]
    """Maps a locale to its phrases: key -> text with `{names}` to fill in."""
    calculators: Mapping[str, Calculator] = field(default_factory=dict)
    calculation: tuple[Cue, ...] = ()
    """Cues of people who want a calculation and give no date."""
    rates: Mapping[str, Rate] = field(default_factory=dict)
    owner: str = ""
    """Who looks after what nobody else does."""
    subject: str | None = None
    """The lexicon's word for the subject of the pack; saying it means no other subject."""
    most_asked: tuple[str, ...] = ()
    """Ids of entries to show before anything was asked, most frequent first."""
    vocabulary: Vocabulary = NO_VOCABULARY
    examples: tuple[str, ...] = ()
    """Questions to begin with."""
    places: tuple[str, ...] = ()
    """Short names of the only regions that the pack has answers for; empty means all."""
    own_places: tuple[str, ...] = ()
    """Those of `places` that nobody but this pack knows, its branches: naming one names us."""

    @cached_property
    def portals(self) -> tuple[Entry, ...]:
        """Return the portal entries, one for each place that has any, in the pack's order."""
        return tuple(
            entry
            for entry in self.entries.values()
            if self.is_about_portal(entry) and PLACE in entry.slots
        )

    def portal_of(self, place: str) -> Entry | None:
        """Return the portal entry of a place."""
        return self._portal_of.get(place)

    @cached_property
    def _portal_of(self) -> Mapping[str, Entry]:
        return {entry.slots[PLACE]: entry for entry in reversed(self.portals)}

    def is_about_portal(self, entry: Entry) -> bool:
        """Return whether the entry says where the service is, for one place or in general."""
        aspect = entry.slots.get(ASPECT)
        return aspect is not None and aspect == self.vocabulary.portal

    @cached_property
    def calculator_cues(self) -> re.Pattern[str]:
        """Return what is found in every text in which a cue of a calculator may match."""
        cues = [cue for calculator in self.calculators.values() for cue in calculator.cues]
        words = {word for cue in cues for word in (cue[0] if cue else ("",))}
        return re.compile("|".join(map(re.escape, sorted(words))) if words else "(?!)")

    @cached_property
    def named(self) -> frozenset[str]:
        """Return the ids that an answer can have."""
        return frozenset((*self.entries, *self.calculators, *self.rates))

    def phrase(self, key: str, locale: str = "zh", **values: object) -> str:
        """Return one of the bot's own phrases with its names filled in.

        Raises:
            KeyError: neither `locale` nor zh has the key; `kb check` makes sure of it.
        """
        table = self.phrases.get(locale, {})
        text = table[key] if key in table else self.phrases["zh"][key]
        return text.format(**values) if values else text
