"""The examinations in order; they share nothing but the settings."""

from __future__ import annotations

from bot.doctor import house, telegram
from bot.doctor.finding import Finding
from bot.redaction import Redactor
from bot.settings import Settings


async def examine(settings: Settings) -> list[Finding]:
    """Everything that was found, secrets hidden even in what others have said."""
    pack = house.load(settings.knowledge)
    found = [
        *house.knowledge(pack, settings.knowledge),
        *house.understanding(semantic=settings.semantic),
        *await house.store(settings.store),
        *await house.journal(settings.journal),
        *house.clock(pack),
        *house.web(settings.http),
        *await telegram.line(settings),
    ]
    redact = Redactor(settings.secrets())
    return [
        Finding(one.about, one.state, redact(one.text), redact(one.mend) if one.mend else None)
        for one in found
    ]
