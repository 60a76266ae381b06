"""Parse the small part of YAML that a knowledge pack needs.

The C parser's events are read one by one, so that an alias bomb or unlimited nesting is refused
before anything is built from it.  What a newcomer would get wrong: only `true`, `false`, `null`,
`~`, whole numbers and `YYYY-MM-DD` are not text; `yes`, `1.10` and `007` stay as they were typed,
and keys are always text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Any, Never

import yaml

from bot.errors import Problem
from bot.knowledge.reading.files import FORBIDDEN, MAX_PROBLEMS, Content
from bot.knowledge.reading.located import Located, Trail, Value, path_of
from bot.knowledge.reading.typing_slips import AFTER, BEFORE, cut_by, slips_near

try:
    from yaml import CSafeLoader as _Loader
except ImportError:  # PyYAML built without libyaml: the same events, twenty times slower
    from yaml import SafeLoader as _Loader  # type: ignore[assignment]

MAX_DEPTH = 12
MAX_NODES = 200_000

WHOLE_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]{0,17})")
DATE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
WORDS: dict[str, Value] = {"": None, "~": None, "null": None, "true": True, "false": False}

EXPLANATIONS = {
    "mapping values are not allowed": "冒号的位置不对：文字里有冒号加空格时要加引号；缩进也要对齐",
    "could not find expected ':'": "这一行缺少冒号，或者缩进没有对齐",
    "did not find expected key": "缩进没有对齐，或上一行以 { [ 或引号开头的文字没有整段加引号",
    "did not find expected '-'": "列表里这一行应当以“- ”开头，并和上面对齐",
    "did not find expected ',' or": "方括号或花括号里缺少逗号，或者没有配好",
    "found character that cannot start any token": "缩进只能用空格；以 @ ` % 开头的文字要加引号",
    "found unexpected end of stream": "引号没有配好，一直到文件末尾都没有结束",
    "found unknown escape character": "双引号里的反斜杠要写成两个，或者改用单引号",
    "block sequence entries are not allowed": "“- ”的位置不对：列表要另起一行",
    "did not find expected node content": "这里缺少内容，或者括号、逗号多了",
    "found undefined tag handle": "不能用感叹号标签；这段文字要加引号",
}


class _GiveUp(Exception):  # noqa: N818 - the way out of a recursion, seen by nobody
    """Stop reading the file; the reason has been noted."""


def parse_yaml(content: Content, name: str) -> Located:
    """Parse the text of a file called `name` into plain data."""
    if content.problems:
        return Located(name, content.raw, problems=content.problems)
    reader = _Reader(content.text)
    data = reader.document()
    problems = tuple(
        Problem(name, line, path_of(data, trail), message) for line, trail, message in reader.notes
    )
    return Located(name, content.raw, data, reader.lines, problems)


class _Reader:
    """One pass over the events of one text."""

    def __init__(self, text: str) -> None:
        self.lines: dict[Trail, int] = {}
        self.notes: list[tuple[int, Trail, str]] = []
        self._text = text
        self._lines = text.split("\n")
        self._events: Iterator[Any] = iter(yaml.parse(text, Loader=_Loader))

    def document(self) -> Value:
        try:
            return self._only_document()
        except yaml.YAMLError as error:
            line = _line_of(error)
            told = {number for number, _, _ in self.notes}
            found = ((n, text) for n, text in slips_near(self._text, line) if n not in told)
            slips: list[tuple[int, Trail, str]] = [(number, (), text) for number, text in found]
            if told & set(range(line - BEFORE, line + AFTER + 1)):
                return None
            self.notes += slips or [(line, (), _explain(error))]
        except _GiveUp:
            pass
        return None

    def _only_document(self) -> Value:
        next(self._events)  # start of the stream
        start = next(self._events)
        if not isinstance(start, yaml.DocumentStartEvent):
            self.notes.append((1, (), "文件是空的"))
            raise _GiveUp
        if start.tags:
            self._note(start, (), "不能用 %TAG")
        data = self._node(next(self._events), (), 0)
        next(self._events)  # end of the document
        self._refuse_more(next(self._events))
        if data is None and not self.notes:
            self._give_up(start, (), "文件里没有内容")
        return data

    def _refuse_more(self, event: Any) -> None:
        if not isinstance(event, yaml.StreamEndEvent):
            self._note(event, (), "一个文件只能有一份文档；请删掉“---”，或拆成两个文件")

    def _node(self, event: Any, trail: Trail, depth: int) -> Value:
        self.lines.setdefault(trail, event.start_mark.line + 1)
        if len(self.lines) > MAX_NODES:
            self._give_up(event, (), f"内容超过 {MAX_NODES} 项；请拆成几个文件")
        if isinstance(event, yaml.AliasEvent):
            self._note(
                event, trail, f"不能用 *{event.anchor} 这样的引用；请把内容写出来，是文字就加引号"
            )
            return None
        self._refuse_properties(event, trail)
        if isinstance(event, yaml.ScalarEvent):
            return self._scalar(event, trail)
        if depth == MAX_DEPTH:
            self._give_up(event, (), f"嵌套超过 {MAX_DEPTH} 层")
        if isinstance(event, yaml.SequenceStartEvent):
            return self._sequence(trail, depth + 1)
        return self._mapping(trail, depth + 1)

    def _refuse_properties(self, event: Any, trail: Trail) -> None:
        if event.anchor is not None:
            self._note(event, trail, f"不能用 &{event.anchor} 这样的锚点；是文字就加引号")
        if event.tag is not None:
            self._note(event, trail, f"不能用标签 {event.tag[:60]}；以感叹号开头的文字要加引号")

    def _sequence(self, trail: Trail, depth: int) -> Value:
        items: list[Value] = []
        while not isinstance(event := next(self._events), yaml.SequenceEndEvent):
            items.append(self._node(event, (*trail, len(items)), depth))
        return items

    def _mapping(self, trail: Trail, depth: int) -> Value:
        pairs: dict[str, Value] = {}
        while not isinstance(event := next(self._events), yaml.MappingEndEvent):
            key = self._key(event, trail)
            place = (*trail, key)
            if key in pairs:
                first = self.lines[place]
                self._note(event, place, f"“{key[:64]}”写了两次，第一次在第 {first} 行；请删掉一个")
                self._node(next(self._events), place, depth)
                continue
            self.lines[place] = event.start_mark.line + 1
            pairs[key] = self._node(next(self._events), place, depth)
        return pairs

    def _key(self, event: Any, trail: Trail) -> str:
        if not isinstance(event, yaml.ScalarEvent):
            self._give_up(event, trail, "冒号前面只能是文字，不能是列表、引用或另一组“键: 值”")
        self._refuse_properties(event, trail)
        self._refuse_control_characters(event, trail)
        return str(event.value)

    def _scalar(self, event: Any, trail: Trail) -> Value:
        self._refuse_control_characters(event, trail)
        text: str = event.value
        if event.style:
            return text
        self._refuse_cut(event, trail)
        if text in WORDS:
            return WORDS[text]
        if WHOLE_NUMBER.fullmatch(text):
            return int(text)
        if parts := DATE.fullmatch(text):
            return self._date(parts, event, trail)
        return text

    def _refuse_cut(self, event: Any, trail: Trail) -> None:
        """Refuse a text that goes on after a `#` and would be cut there in silence."""
        at = event.end_mark
        line = self._lines[at.line] if at.line < len(self._lines) else ""
        if "#" in line and event.value and (cut := cut_by(line[at.column :])):
            shown = cut if len(cut) <= 20 else cut[:20] + "…"
            self._note(
                event,
                trail,
                f"“{shown}”不算数：空格加 # 后面是备注；是正文就整段加引号，是备注就写“# ”",
            )

    def _date(self, parts: re.Match[str], event: Any, trail: Trail) -> Value:
        try:
            return date(int(parts[1]), int(parts[2]), int(parts[3]))
        except ValueError:
            self._note(event, trail, f"日历上没有 {parts[0]} 这一天；要写 YYYY-MM-DD")
            return None

    def _refuse_control_characters(self, event: Any, trail: Trail) -> None:
        """Refuse characters that escapes in double quotes make and that a file may not contain."""
        if event.style == '"' and (match := FORBIDDEN.search(event.value)):
            self._note(event, trail, f"转义出了控制字符 U+{ord(match[0]):04X}；请删掉")

    def _note(self, event: Any, trail: Trail, message: str) -> None:
        self.notes.append((event.start_mark.line + 1, trail, message))
        if len(self.notes) == MAX_PROBLEMS:
            self._give_up(event, (), f"问题太多，只列出前 {MAX_PROBLEMS} 个")

    def _give_up(self, event: Any, trail: Trail, message: str) -> Never:
        self.notes.append((event.start_mark.line + 1, trail, message))
        raise _GiveUp


def _line_of(error: yaml.YAMLError) -> int:
    """Return the line to look at: a scanner error's context, else the problem itself."""
    marks = [getattr(error, "problem_mark", None), getattr(error, "context_mark", None)]
    if isinstance(error, yaml.scanner.ScannerError):
        marks.reverse()
    return next((int(mark.line) + 1 for mark in marks if mark is not None), 0)


def _explain(error: yaml.YAMLError) -> str:
    problem = str(getattr(error, "problem", None) or getattr(error, "reason", None) or error)
    hint = next((text for start, text in EXPLANATIONS.items() if problem.startswith(start)), "")
    return f"不是合法的 YAML：{hint or problem[:200]}"
