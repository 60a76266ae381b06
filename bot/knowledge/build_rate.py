"""Build the frozen data of one rate from its form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.core.model.calculator import Cue, Rate
from bot.core.model.entry import Fact
from bot.core.model.rates import Count, Tariff
from bot.knowledge.schema import RateForm, TariffForm


def rate_of(
    form: RateForm, working: Sequence[Fact], cues: Sequence[Cue], inside: Mapping[str, str]
) -> Rate:
    """Return the rate; `inside` maps the pack's names of slots to the internal ones."""
    return Rate(
        id=form.id,
        title=form.title,
        unit=form.unit,
        counts=tuple(Count(c.name, dict(c.units), c.unsaid) for c in form.counts),
        tariffs=tuple(_tariff(tariff, inside) for tariff in form.tariffs),
        working=tuple(working),
        entries=tuple(form.entries),
        most_for=form.most_for or "",
        cues=tuple(cues),
        unless=tuple(form.unless),
    )


def _tariff(form: TariffForm, inside: Mapping[str, str]) -> Tariff:
    slots = {inside[name]: tuple(values) for name, values in form.slots.items()}
    return Tariff(form.name, form.price, form.most or "", slots)
