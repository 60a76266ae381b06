"""Say in words what has changed from one version of a pack to another (`zhuce kb diff`)."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.core.model.entry import Entry, Fact, Source
from bot.core.model.lexicon import Term
from bot.core.model.pack import Pack
from bot.core.model.procedure import Procedure, Step, Transition
from bot.core.model.reply import Reply
from bot.knowledge.cases import Question
from bot.runtime.edits import CLOSE, Edit
from bot.runtime.replay import Replayer

_SHOWN = 60
"""Characters of a text that are shown."""


def changes(old: Pack, new: Pack) -> Iterator[str]:
    """Yield every change, a sentence each, in the order of the packs."""
    yield from _of_each("条目", old.entries, new.entries, _entry)
    yield from _of_each("流程", old.procedures, new.procedures, _procedure)
    yield from _of_each("出处", old.sources, new.sources, _source)
    yield from _of_each("算期限", old.calculators, new.calculators, _whole)
    yield from _of_each("算价钱", old.rates, new.rates, _whole)
    yield from _of_each("地区", old.regions, new.regions, _whole)
    yield from _of_each("近义词", _terms(old), _terms(new), _term)
    for locale in dict.fromkeys((*old.phrases, *new.phrases)):
        phrases = old.phrases.get(locale, {}), new.phrases.get(locale, {})
        yield from _of_each(f"{locale} 说法", *phrases, _whole)


def _of_each(kind: str, old: Mapping[str, Any], new: Mapping[str, Any], of: Any) -> Iterator[str]:
    for name in dict.fromkeys((*old, *new)):
        if name not in new:
            yield f"{kind} {name}：去掉了"
        elif name not in old:
            yield f"{kind} {name}：新加的"
        else:
            yield from (f"{kind} {name}：{change}" for change in of(old[name], new[name]))


def _entry(old: Entry, new: Entry) -> Iterator[str]:
    yield from _word("标题", old.title, new.title)
    yield from _word("短答案", old.short, new.short)
    yield from _list("问法（ask）", old.ask, new.ask)
    yield from _list("不该由它回答的（not）", old.not_ask, new.not_ask)
    yield from _list("话里要有的词（needs）", old.needs, new.needs)
    yield from _list("槽位", _pairs(old.slots), _pairs(new.slots))
    yield from _facts("开头的话", *([v.fact for v in e.verdicts] for e in (old, new)))
    yield from _facts("答案", old.facts, new.facts)
    yield from _list("相关条目", old.related, new.related)
    yield from _list("说到以后改由谁回答", _pairs(old.afterwards), _pairs(new.afterwards))
    yield from _list("只管的地区", old.regions, new.regions)
    yield from _word("办事流程", old.procedure or "没有", new.procedure or "没有")


def _facts(name: str, old: Sequence[Fact], new: Sequence[Fact]) -> Iterator[str]:
    before, after = [f.text for f in old], [f.text for f in new]
    gone, come = [t for t in before if t not in after], [t for t in after if t not in before]
    if len(gone) == len(come):
        for one, other in zip(gone, come, strict=True):
            yield from _word(f"{name}第 {before.index(one) + 1} 条", one, other)
    else:
        yield from _list(name, before, after)
    same = {fact.text: fact for fact in old}
    for fact in new:
        if fact.text in same and _about(same[fact.text]) != _about(fact):
            was, now = _about(same[fact.text]), _about(fact)
            yield f"{name}“{_cut(fact.text)}”的{_differing(was, now)}"


def _about(fact: Fact) -> dict[str, str]:
    return {
        "出处": "、".join(f"{c.source.id} {c.article or ''}".strip() for c in fact.citations),
        "把握": fact.confidence.value,
        "生效日": str(fact.valid_from or "没写"),
        "失效日": str(fact.valid_until or "没写"),
        "地区": "、".join(fact.regions) or "各地",
    }


def _differing(old: Mapping[str, str], new: Mapping[str, str]) -> str:
    return "，".join(f"{k}由 {old[k]} 改为 {new[k]}" for k in old if old[k] != new[k])


def _procedure(old: Procedure, new: Procedure) -> Iterator[str]:
    yield from _word("标题", old.title, new.title)
    numbers = {name: number for number, name in enumerate(new.steps, 1)}
    for change in _of_each("步骤", old.steps, new.steps, _step):
        name = change.removeprefix("步骤 ").partition("：")[0]
        at = f"第 {numbers[name]} 步 " if name in numbers else "步骤 "
        yield at + change.removeprefix("步骤 ")


def _step(old: Step, new: Step) -> Iterator[str]:
    yield from _word("做什么", old.action, new.action)
    yield from _word("谁做", old.actor or "没写", new.actor or "没写")
    yield from _list("提醒", old.notes, new.notes)
    yield from _list("去向", _ways(old.transitions), _ways(new.transitions))
    if old.question != new.question:
        yield "问的问题改了"


def _ways(transitions: Sequence[Transition]) -> list[str]:
    return [
        " ".join(filter(None, (*way.registrations, way.outcome, way.label, f"→ {way.to}")))
        for way in transitions
    ]


def _source(old: Source, new: Source) -> Iterator[str]:
    yield from _word("名称", old.title, new.title)
    yield from _word("核对日期", str(old.checked_on), str(new.checked_on))
    yield from _word("网址", old.url or "没写", new.url or "没写")
    yield from _word("备注", old.note or "没写", new.note or "没写")


def _terms(pack: Pack) -> dict[str, Term]:
    return {term.word: term for term in pack.lexicon.terms}


def _term(old: Term, new: Term) -> Iterator[str]:
    yield from _list("说法", old.forms, new.forms)
    yield from _list("只在没说别的时算的说法", old.hints, new.hints)
    yield from _word("槽位", f"{old.slot}：{old.value}", f"{new.slot}：{new.value}")
    yield from _word("别人做了时的说法", old.suffered or "没写", new.suffered or "没写")


def _whole(old: object, new: object) -> Iterator[str]:
    if isinstance(old, str) and isinstance(new, str):
        yield from _word("", old, new)
    elif old != new:
        yield "改了"


def _word(name: str, old: str, new: str) -> Iterator[str]:
    if old != new:
        yield f"{name}由“{_cut(old)}”改为“{_cut(new)}”"


def _list(name: str, old: Sequence[str], new: Sequence[str]) -> Iterator[str]:
    if come := [one for one in new if one not in old]:
        yield f"{name}加了 {_quoted(come)}"
    if gone := [one for one in old if one not in new]:
        yield f"{name}去掉了 {_quoted(gone)}"
    if not come and not gone and list(old) != list(new):
        yield f"{name}换了次序"


def _quoted(texts: Sequence[str]) -> str:
    return "".join(f"“{_cut(text)}”" for text in texts)


def _cut(text: str) -> str:
    return text if len(text) <= _SHOWN else text[:_SHOWN] + "…"


def _pairs(slots: Mapping[str, str]) -> list[str]:
    return [f"{name}：{value}" for name, value in slots.items()]


@dataclass(frozen=True, slots=True)
class Turned:
    """A question that gets another reply than before."""

    question: str
    before: str
    after: str

    def __str__(self) -> str:
        return f"“{self.question}”：以前{self.before}，现在{self.after}"


def turned(
    old: Replayer, new: Replayer, questions: Sequence[Question], seconds: float
) -> tuple[list[Turned], int]:
    """Return questions near the change that are answered from elsewhere, and how many were asked.

    After `seconds` no more are asked.
    """
    lines = _near(old.brain.pack, new, questions)
    found, asked, began = [], 0, time.monotonic()
    for turns in lines:
        if time.monotonic() - began > seconds:
            break
        asked += 1
        before, after = (_answer(replayer.run(turns).reply) for replayer in (old, new))
        if before != after:
            found.append(Turned(" | ".join(turns), before, after))
    return found, asked


def _near(old: Pack, new: Replayer, questions: Sequence[Question]) -> list[tuple[str, ...]]:
    """Return the wordings and questions near the change, the likeliest to be touched first."""
    edit, packs = Edit.between(old, new), (old, new.brain.pack)
    about: dict[tuple[str, ...], tuple[str, ...]] = {
        (ask,): (e.id,) for pack in packs for e in pack.entries.values() for ask in e.ask
    }
    about |= {q.turns: q.entries for q in questions}
    close = edit.closeness(["\n".join(turns) for turns in about], list(about.values()))
    order = sorted(zip(close, about, strict=True), key=lambda pair: -pair[0])
    return [turns for likely, turns in order if likely >= CLOSE]


def _answer(reply: Reply) -> str:
    names = "、".join(answer.entry for answer in reply.answers)
    said = {"answered": "由", "clarify": "反问", "abstained": "不答"}.get(reply.status.value, "")
    return f"{said} {names}".strip() if names else said or reply.status.value
