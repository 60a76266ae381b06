"""Read an article in Markdown: front matter, headings, paragraphs, lists and a flow chart.

What a newcomer would get wrong: items that are whole sentences are statements of their own; items
that are parts of one (materials, steps) stay together as one statement, numbered, under its name.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date

from bot.errors import KnowledgeError, Problem
from bot.knowledge.reading.files import Content, decode
from bot.knowledge.reading.safe_yaml import parse_yaml

_HEADING = re.compile(r"(#{1,6})\s+(.+)")
_ITEM = re.compile(r"\s*(?:\d+[.)、]|[-*+])\s+(.+)")
_CALLOUT = re.compile(
    r"\{\{<\s{0,9}(?P<close>/?)\s{0,9}(?P<name>\w{1,40})(?P<more>[^>]{0,200})>\}\}"
)
_TITLE = re.compile(r'title\s*=\s*"?([^"\s]+)')
_LINK = re.compile(r"\[([^\]]{1,200})\]\(([^\s)\[]{1,500})\)")
_LABELLED = re.compile(r"\*\*(?P<label>[^*：:]{1,20})[：:]\s*\*\*\s*(?P<text>.+)")
_ENDS = "。！？.!?"


@dataclass(frozen=True, slots=True)
class Statement:
    """One fact of an article; `label` is the bold word that it opens with."""

    text: str
    label: str = ""


@dataclass(slots=True)
class Section:
    """What stands under one heading; the path leads to it from the outside in."""

    path: tuple[str, ...]
    statements: list[Statement] = field(default_factory=list)
    chart: str = ""

    @property
    def name(self) -> str:
        """Return the path as one name, without a heading that the next one repeats."""
        following = (*self.path, "")[1:]
        pairs = zip(self.path, following, strict=False)
        return "".join(title for title, inner in pairs if not inner.startswith(title))


@dataclass(frozen=True, slots=True)
class Article:
    """An article; `written` is the day in its front matter, `slug` its name in addresses."""

    title: str
    written: date | None
    slug: str
    sections: tuple[Section, ...]


def read_article(raw: bytes, name: str) -> Article:
    """Return what an article says.

    Raises:
        KnowledgeError: it cannot be read.
    """
    content = decode(Content(raw), name)
    if content.problems:
        raise KnowledgeError(content.problems)
    head, body = _split(content.text.replace("\r\n", "\n"))
    about = _front_matter(head, name)
    sections = tuple(_Reader(body).sections())
    if not any(section.statements or section.chart for section in sections):
        raise KnowledgeError((Problem(name, 0, "", "文章里没有一句可以收进来的话"),))
    stem = name.rpartition("/")[2].rpartition(".")[0]
    title = about.get("title") or stem
    return Article(title[:200], _day(about.get("date", "")), about.get("slug", ""), sections)


def _split(text: str) -> tuple[str, str]:
    """Return the front matter, empty if there is none, and the rest."""
    found = re.match(r"---\n(.*?\n)---\n", text, re.DOTALL)
    return (found[1], text[found.end() :]) if found else ("", text)


def _front_matter(head: str, name: str) -> dict[str, str]:
    if not head:
        return {}
    read = parse_yaml(Content(head.encode(), head), name)
    if read.problems:
        raise KnowledgeError(read.problems)
    data = read.data if isinstance(read.data, dict) else {}
    return {key: str(value) for key, value in data.items() if value is not None}


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None


class _Reader:
    """One pass over the lines of an article."""

    def __init__(self, body: str) -> None:
        self._lines = iter(re.sub(r"<!--(?:.*?-->|.*)", "", body, flags=re.DOTALL).split("\n"))
        self._path: list[tuple[int, str]] = []
        self._callouts: list[str] = []
        self._items: list[str] = []
        self._section = Section(())

    def sections(self) -> Iterator[Section]:
        for line in self._lines:
            if found := _HEADING.fullmatch(line):
                yield self._finished()
                level = len(found[1])
                self._path = [(n, title) for n, title in self._path if n < level]
                self._path.append((level, found[2].rstrip("# ")))
                self._section = self._new()
            elif found := _CALLOUT.fullmatch(line.strip()):
                yield from self._callout(found)
            elif line.strip().startswith("```"):
                self._fence(line.strip())
            else:
                self._take(line)
        yield self._finished()

    def _new(self) -> Section:
        """Return an empty section; a box ranks beside the section that it follows."""
        inner = [title for level, title in self._path if level > 2]
        titles = inner or [title for _, title in self._path]
        if self._callouts and len(titles) > 1:
            titles.pop()
        return Section((*titles, *self._callouts))

    def _finished(self) -> Section:
        self._close_list()
        return self._section

    def _callout(self, found: re.Match[str]) -> Iterator[Section]:
        """Read `{{< mermaid >}}`, and a box with a title, which is a section of its own."""
        if found["name"] == "mermaid" and not found["close"]:
            self._section.chart += self._until(lambda line: "mermaid" in line and "/" in line)
        elif found["close"] and self._callouts:
            yield self._finished()
            self._callouts.pop()
            self._section = self._new()
        elif title := _TITLE.search(found["more"]):
            yield self._finished()
            self._callouts.append(title[1])
            self._section = self._new()

    def _fence(self, line: str) -> None:
        """Read a chart; other code says nothing that could be a fact."""
        text = self._until(lambda one: one.strip().startswith("```"))
        if line.removeprefix("```").strip() == "mermaid":
            self._section.chart += text

    def _until(self, is_end: Callable[[str], bool]) -> str:
        lines = []
        for line in self._lines:
            if is_end(line):
                break
            lines.append(line)
        return "\n".join(lines) + "\n"

    def _take(self, line: str) -> None:
        text = _plain(line)
        if found := _ITEM.fullmatch(line):
            self._items.append(_plain(found[1]))
        elif not text or text == "---":
            return
        elif self._items and line.startswith((" ", "\t")):
            self._items[-1] += text
        else:
            self._close_list()
            labelled = _LABELLED.fullmatch(line.strip())
            if labelled:
                label = labelled["label"].strip()
                text = f"{label}：{_plain(labelled['text'])}"
                self._section.statements.append(Statement(text, label))
            else:
                self._section.statements.append(Statement(_ended(text)))

    def _close_list(self) -> None:
        items, self._items = self._items, []
        if len(items) < 2 or all(item.endswith(tuple(_ENDS)) or "：http" in item for item in items):
            self._section.statements += map(Statement, items)
        else:
            lines = "\n".join(f"{number}. {item}" for number, item in enumerate(items, 1))
            name = self._section.name
            self._section.statements.append(Statement(f"{name}：\n{lines}" if name else lines))


def _plain(text: str) -> str:
    """Return a line without marks of Markdown; a link is its words and its address."""
    text = _LINK.sub(lambda link: f"{link[1]}：{link[2]}", text.strip())
    return re.sub(r"\*\*|__|`", "", text).strip()


def _ended(text: str) -> str:
    """Return a paragraph that ends as a sentence."""
    return re.sub(r"[;；,，]$", "。", text)
