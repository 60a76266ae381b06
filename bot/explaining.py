"""`ask --explain`: normalised text, tokens, slots, the nearest entries with signals, the rule."""

from __future__ import annotations

from typing import Any

from bot.core.understanding import Candidate, Slot
from bot.replay import Exchange

SHOWN = 5


def explain_as_json(exchange: Exchange) -> dict[str, Any]:
    understanding = exchange.understanding
    if understanding is None:
        return {"rule": exchange.reply.rule}
    return {
        "utterance": understanding.utterance,
        "tokens": list(understanding.tokens),
        "slots": [_slot(slot) for slot in understanding.slots],
        "candidates": [_candidate(candidate) for candidate in understanding.candidates[:SHOWN]],
        "thresholds": {
            "answer": understanding.thresholds.answer,
            "ask": understanding.thresholds.ask,
        },
        "rule": exchange.reply.rule,
    }


def _slot(slot: Slot) -> dict[str, Any]:
    return {
        "kind": slot.kind,
        "values": list(slot.values),
        "surface": slot.surface,
        "inherited": slot.is_inherited,
    }


def _candidate(candidate: Candidate) -> dict[str, Any]:
    signals = {name: round(value, 3) for name, value in candidate.signals.items()}
    return {
        "entry": candidate.entry,
        "score": candidate.score,
        "phrase": candidate.phrase,
        "signals": signals,
    }


def explain_as_text(exchange: Exchange) -> str:
    """The same for people, one line for each thing."""
    understanding = exchange.understanding
    if understanding is None:
        return f"规则　{exchange.reply.rule}"
    lines = [
        f"归一　{understanding.utterance}",
        f"切词　{' / '.join(understanding.tokens)}",
        f"槽位　{'；'.join(_slot_text(slot) for slot in understanding.slots) or '无'}",
        f"门槛　回答 {understanding.thresholds.answer}，追问 {understanding.thresholds.ask}",
        *(_candidate_text(candidate) for candidate in understanding.candidates[:SHOWN]),
        f"规则　{exchange.reply.rule}",
    ]
    return "\n".join(lines)


def _slot_text(slot: Slot) -> str:
    origin = "沿用上文" if slot.is_inherited else slot.surface
    return f"{slot.kind}={'/'.join(slot.values)}（{origin}）"


def _candidate_text(candidate: Candidate) -> str:
    signals = " ".join(f"{name}={value:.2f}" for name, value in candidate.signals.items())
    return f"候选　{candidate.score:.3f} {candidate.entry}（{candidate.phrase}）{signals}"
