"""Run the examinations in order; they share nothing but the settings."""

from __future__ import annotations

from bot.doctor import machine
from bot.plugins.finding import Finding
from bot.plugins.registry import adapters
from bot.redaction import Redactor
from bot.runtime.services import listening_of
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
    ]
    for adapter in adapters().values():
        found += await adapter.examine(settings.of(adapter), listening_of(settings))
    redact = Redactor(settings.secrets())
    return [
        Finding(one.about, one.state, redact(one.text), redact(one.mend) if one.mend else None)
        for one in found
    ]
