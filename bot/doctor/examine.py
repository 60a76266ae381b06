"""Run the examinations in order; they share nothing but the settings."""

from __future__ import annotations

from bot.doctor import machine, telegram
from bot.doctor.finding import Finding
from bot.redaction import Redactor
from bot.settings import Settings


async def examine(settings: Settings) -> list[Finding]:
    """Return all findings, with secrets hidden also in texts from other programs."""
    pack = machine.load(settings.knowledge)
    found = [
        *machine.knowledge(pack, settings.knowledge),
        *machine.understanding(semantic=settings.semantic),
        *await machine.store(settings.store),
        *await machine.journal(settings.journal),
        *machine.clock(pack),
        *machine.web(settings.http),
        *await telegram.line(settings),
    ]
    redact = Redactor(settings.secrets())
    return [
        Finding(one.about, one.state, redact(one.text), redact(one.mend) if one.mend else None)
        for one in found
    ]
