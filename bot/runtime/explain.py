"""Explain a reply (`ask --explain`): normalised text, tokens, slots, candidates with signals, rule.

What separated the first candidate from the second is shown by the signals with the largest weight
times difference: a signal that both share equally decides nothing, however large it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from bot.core.model.understanding import Candidate, Slot, Understanding
from bot.runtime.replay import Exchange
from bot.understanding.scoring import shipped

SHOWN = 5
DECISIVE = 3
"""Number of signals that are named as decisive."""
_SLIGHT = 0.05
"""Smallest contribution that is named."""
QUESTION_TYPES = {
    "yes_no": "是不是、能不能",
    "how_long": "多久",
    "when": "什么时候",
    "how_many": "多少",
    "how_much": "多少钱",
    "who": "谁",
    "where": "哪里",
    "which": "哪一个",
    "difference": "有什么区别",
    "consequence": "有什么后果",
    "refusal": "不成怎么办",
    "undo": "怎么撤回、更正",
    "reason": "为什么",
    "list": "有哪些",
}
LABELS = {
    "dice": "句子相像",
    "ratio": "字面相像",
    "profile": "常用说法",
    "meaning": "意思相近",
    "gist": "大意相近",
    "type": "问法",
    "verbatim": "原话",
    "text": "正文提到",
    "coverage": "听懂的词",
    "besides": "其余的词",
    "filled": "对上的槽位",
    "plain": "只说槽位",
    "missing": "没说的槽位",
    "extra": "多说的槽位",
    "conflict": "不符的槽位",
    "against": "说了不要的",
    "elsewhere": "管的是别的地区",
    "unmet": "没说到的特殊情形",
    "weak": "没有一句够像",
    "foreign": "没见过的词占几成",
    "unknown": "没见过的词多少",
    "weight": "话里有多少内容",
    "closeness": "像不像本包的话",
    "ours": "说到本包的事",
    "named": "说到本包的名称",
    "gap": "比日常的话更像本包",
    "rate": "排名分",
    "margin": "比下一名高",
}
"""Names of the signals for operators."""


def explain_as_json(exchange: Exchange, slot_names: Mapping[str, str]) -> dict[str, Any]:
    """Return how the words were understood; `slot_names` maps internal names to the pack's."""
    understanding = exchange.understanding
    if understanding is None:
        return {"rule": exchange.reply.rule}
    return {
        "utterance": understanding.utterance,
        "tokens": list(understanding.tokens),
        "slots": [_slot(slot, slot_names) for slot in understanding.slots],
        "question_type": understanding.asked.value if understanding.asked else None,
        "is_turned": understanding.is_turned,
        "ours": understanding.ours,
        "candidates": [_candidate(candidate) for candidate in understanding.candidates[:SHOWN]],
        "decided_by": [
            {"signal": name, "label": LABELS[name], "contribution": round(by, 2)}
            for name, by in decisive(understanding.candidates)
        ],
        "thresholds": {
            "answer": understanding.thresholds.answer,
            "ask": understanding.thresholds.ask,
            "ours": understanding.thresholds.ours,
        },
        "rule": exchange.reply.rule,
    }


def decisive(candidates: Sequence[Candidate]) -> list[tuple[str, float]]:
    """Return the signals that separated the first candidate from the second, and by how much.

    A contribution in favour of the second is negative.
    """
    if len(candidates) < 2:
        return []
    first, second = (shipped().contributions(c.signals) for c in candidates[:2])
    leads = {n: first.get(n, 0.0) - second.get(n, 0.0) for n in dict.fromkeys((*first, *second))}
    told = [(name, by) for name, by in leads.items() if abs(by) >= _SLIGHT]
    return sorted(told, key=lambda lead: -abs(lead[1]))[:DECISIVE]


def _lead_text(candidates: Sequence[Candidate]) -> Iterator[str]:
    leads = "，".join(f"{LABELS[name]} {by:+.2f}" for name, by in decisive(candidates))
    if leads:
        yield f"分差　{candidates[0].entry} 对 {candidates[1].entry}：{leads}"


def _slot(slot: Slot, names: Mapping[str, str]) -> dict[str, Any]:
    return {
        "kind": names.get(slot.kind, slot.kind),
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
    """Return the explanation for people, one line for each part."""
    understanding = exchange.understanding
    if understanding is None:
        return f"规则　{exchange.reply.rule}"
    lines = [
        f"归一　{understanding.utterance}",
        f"切词　{' / '.join(understanding.tokens)}",
        f"槽位　{'；'.join(_slot_text(slot) for slot in understanding.slots) or '无'}",
        f"问法　{_type_text(understanding)}",
        f"归属　是本包的事的把握 {understanding.ours}，门槛 {understanding.thresholds.ours}",
        f"门槛　回答 {understanding.thresholds.answer}，追问 {understanding.thresholds.ask}",
        *(_candidate_text(candidate) for candidate in understanding.candidates[:SHOWN]),
        *_lead_text(understanding.candidates),
        f"规则　{exchange.reply.rule}",
    ]
    return "\n".join(lines)


def _type_text(understanding: Understanding) -> str:
    turned = "（反问）" if understanding.is_turned else ""
    return (understanding.asked.value if understanding.asked else "没看出") + turned


def _slot_text(slot: Slot) -> str:
    origin = "沿用上文" if slot.is_inherited else slot.surface
    return f"{slot.kind}={'/'.join(slot.values)}（{origin}）"


def _candidate_text(candidate: Candidate) -> str:
    signals = " ".join(f"{name}={value:.2f}" for name, value in candidate.signals.items())
    return f"候选　{candidate.score:.3f} {candidate.entry}（{candidate.phrase}）{signals}"
