"""Questions with their answer, as other platforms keep them, and the entries of a pack.

What a newcomer would get wrong: an entry needs three wordings, and other platforms are content with
one.  What is missing is filled up with polite forms that change nothing, and these are left out
again on the way back.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from bot.core.model.entry import Confidence, Entry, EntryKind, Fact
from bot.core.model.pack import Pack
from bot.knowledge.reading.files import FORBIDDEN

LONGEST_LINE, LONGEST_PROSE, LONGEST_SHORT = 200, 2000, 120
FEWEST_ASKS = 3
_POLITE = ("请问", "想问一下", "我想知道")
ELSEWHERE = "今天天气怎么样"
"""A question that belongs to no entry, for a draft of one entry."""
_SOURCES = "依据："
_SOURCE = re.compile(r"(?P<title>[^；]{1,120}?)（核对于 (?P<day>\d{4}-\d\d-\d\d)）(?:；|$)")
_UNSURE = (Confidence.LOW, Confidence.MEMORY)

Source = tuple[str, date]
"""The title of a source, and when it was checked."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer and the ways to ask for it."""

    title: str
    questions: tuple[str, ...]
    lines: tuple[str, ...]
    sources: tuple[Source, ...] = ()


@dataclass(slots=True)
class Collected:
    """Answers read from a table, and what was left out, by line."""

    answers: list[Answer] = field(default_factory=list)
    left_out: list[tuple[int, str]] = field(default_factory=list)
    _asked: set[str] = field(default_factory=set)

    def add(self, line: int, title: str, questions: Iterable[str], text: str) -> None:
        """Take one row; what cannot be an entry is noted."""
        asked = list(self._usable(line, map(clean, questions)))
        title = clean(title).replace("\n", " ")
        if not asked and title:
            asked = list(self._usable(line, [title]))
        lines, sources = _split_sources(clean(text))
        if not lines:
            self.left_out.append((line, "没有答案"))
        elif not asked:
            self.left_out.append((line, "没有可用的问题"))
        else:
            title = (title or asked[0])[:LONGEST_LINE]
            self._asked.update(question.casefold() for question in asked)
            self.answers.append(Answer(title, tuple(asked), lines, sources))

    def _usable(self, line: int, questions: Iterable[str]) -> Iterator[str]:
        fresh: set[str] = set()
        for question in filter(None, questions):
            key = question.casefold()
            if len(question) > LONGEST_LINE or "\n" in question:
                self.left_out.append((line, f"问题太长：{question[:20]}…"))
            elif key in self._asked:
                self.left_out.append((line, f"“{question}”前面已经问过"))
            elif key not in fresh:
                fresh.add(key)
                yield question


def clean(text: str) -> str:
    """Return a text without characters that a pack's file may not hold."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    return FORBIDDEN.sub("", text).strip()


def _split_sources(text: str) -> tuple[tuple[str, ...], tuple[Source, ...]]:
    """Return the lines of an answer, and the sources that its last line names."""
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    sources: list[Source] = []
    if len(lines) > 1 and lines[-1].startswith(_SOURCES):
        named = _SOURCE.finditer(lines[-1].removeprefix(_SOURCES))
        sources += [(one["title"].strip(), date.fromisoformat(one["day"])) for one in named]
        if sources:
            lines.pop()
    return tuple(part for line in lines for part in _parts(line)), tuple(sources)


def _parts(line: str) -> Iterator[str]:
    """Cut a line that is too long for one fact at the end of a sentence."""
    while len(line) > LONGEST_PROSE:
        at = max(line.rfind(mark, 0, LONGEST_PROSE) for mark in "。！？；.!?;") + 1
        yield line[: at or LONGEST_PROSE]
        line = line[at or LONGEST_PROSE :].lstrip()
    if line:
        yield line


def text_of(answer: Answer) -> str:
    """Return an answer as one text, its sources in the last line."""
    lines = list(answer.lines)
    if answer.sources:
        lines.append(
            _SOURCES + "；".join(f"{title}（核对于 {day}）" for title, day in answer.sources)
        )
    return "\n".join(lines)


def answers_of(pack: Pack, today: date) -> list[Answer]:
    """Return what a pack answers today, without what is doubtful or has expired."""
    return [
        _answer_of(entry, today)
        for entry in pack.entries.values()
        if entry.kind is not EntryKind.SMALLTALK
    ]


def _answer_of(entry: Entry, today: date) -> Answer:
    facts = (*(verdict.fact for verdict in entry.verdicts), *entry.facts)
    told = [fact for fact in facts if _is_current(fact, today)]
    lines = (line.strip() for fact in told for line in fact.text.split("\n"))
    sources = (
        (
            " ".join(filter(None, (c.source.title, c.article))).replace("；", "、"),
            c.source.checked_on,
        )
        for fact in told
        for c in fact.citations
    )
    return Answer(
        entry.title,
        tuple(without_polite(entry.ask)),
        tuple(dict.fromkeys(filter(None, lines))) or (entry.short,),
        tuple(dict.fromkeys(sources)),
    )


def _is_current(fact: Fact, today: date) -> bool:
    has_begun = fact.valid_from is None or fact.valid_from <= today
    is_over = fact.valid_until is not None and fact.valid_until < today
    return has_begun and not is_over and fact.confidence not in _UNSURE


def with_polite(questions: Sequence[str], taken: set[str]) -> list[str]:
    """Return at least three wordings."""
    asked = list(questions)
    for word in _POLITE:
        more = [word + question for question in questions if len(word + question) <= LONGEST_LINE]
        for line in more:
            if len(asked) < FEWEST_ASKS and line.casefold() not in taken and line not in asked:
                asked.append(line)
    return asked


def without_polite(asked: Sequence[str]) -> Iterator[str]:
    """Yield the wordings that somebody thought of."""
    for line in asked:
        if not any(line.startswith(w) and line.removeprefix(w) in asked for w in _POLITE):
            yield line


def entries_of(
    answers: Sequence[Answer], prefix: str, source_ids: dict[Source, str], default: str
) -> list[dict[str, Any]]:
    """Return the entries of a draft, as plain data; `default` is the source where none is named."""
    taken = {q.casefold() for answer in answers for q in answer.questions}
    entries = []
    for number, answer in enumerate(answers):
        following = answers[(number + 1) % len(answers)]
        other = following.questions[0] if following is not answer else ELSEWHERE
        ids = [source_ids[source] for source in answer.sources] or [default]
        sources = [{"source": name} for name in ids]
        asked = with_polite(answer.questions, taken)
        taken.update(map(str.casefold, asked))
        entries.append(
            {
                "id": f"{prefix}-{number + 1}",
                "title": answer.title,
                "ask": asked,
                "not": [other],
                "short": shortened(answer.lines[0]),
                "facts": [{"text": line, "sources": sources} for line in answer.lines],
            }
        )
    return entries


def shortened(line: str) -> str:
    """Return a line, or its first sentence if it is long."""
    if len(line) <= LONGEST_SHORT:
        return line
    found = re.match(rf".{{1,{LONGEST_SHORT - 1}}}[。！？；]", line)
    return found[0] if found else line[: LONGEST_SHORT - 1] + "…"
