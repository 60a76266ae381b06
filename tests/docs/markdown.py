"""Fenced blocks, headings, tables and links of a Markdown file, and the `…` of its examples.

In expected output a line that is `…` stands for any lines, none included; a line that ends in `…`
for any line that begins so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
ANYTHING = "…"

_FENCE = re.compile(r"^```(?P<info>[^\n`]*)\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)")


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block: ```` ```language argument ````."""

    language: str
    argument: str
    body: str
    line: int


def name_of(document: Path) -> str:
    return document.relative_to(ROOT).as_posix()


def blocks(document: Path, *languages: str) -> list[Block]:
    """The blocks of some languages, or all of them, in order."""
    text = document.read_text("utf-8")
    found = (
        Block(*_info(match["info"]), match["body"], text.count("\n", 0, match.start()) + 1)
        for match in _FENCE.finditer(text)
    )
    return [block for block in found if not languages or block.language in languages]


def _info(info: str) -> tuple[str, str]:
    language, _, argument = info.strip().partition(" ")
    return language, argument


def prose(document: Path) -> str:
    """The text without its fenced blocks."""
    return _FENCE.sub("", document.read_text("utf-8"))


def headings(document: Path) -> list[str]:
    return [line for line in prose(document).splitlines() if line.startswith("#")]


def section(document: Path, heading: str) -> str:
    """What stands between a heading and the next one of any level."""
    _, found, after = prose(document).partition(f"\n{heading}\n")
    assert found, f"{name_of(document)} has no heading {heading!r}"
    return re.split(r"^#", after, maxsplit=1, flags=re.MULTILINE)[0]


def rows(text: str) -> list[list[str]]:
    """The cells of every table row but the header; backticks are taken off the cells."""
    lines = [line for line in text.splitlines() if line.startswith("|")]
    body = [n for n, line in enumerate(lines) if n > 0 and not _is_rule(line)]
    body = [n for n in body if n + 1 == len(lines) or not _is_rule(lines[n + 1])]
    return [[cell.strip().strip("`") for cell in _cells(lines[n])] for n in body]


def _is_rule(line: str) -> bool:
    return set(line) <= set("|-: ")


def _cells(line: str) -> list[str]:
    return re.split(r"(?<!\\)\|", line.strip().strip("|"))


def relative_links(document: Path) -> Iterator[str]:
    """Targets inside the repository, without their anchors."""
    for target in _LINK.findall(prose(document)):
        if not re.match(r"[a-z]+:|#", target):
            yield target.partition("#")[0]


def agrees(shown: str, expected: str) -> bool:
    """Whether output is as a document says; see the top of this module for `…`."""
    pattern = "".join(_line_pattern(line) for line in expected.splitlines())
    return re.fullmatch(pattern, shown.rstrip("\n") + "\n" if shown.strip() else "") is not None


def _line_pattern(line: str) -> str:
    if line == ANYTHING:
        return r"(?:.*\n)*?"
    if line.endswith(ANYTHING):
        return re.escape(line.removesuffix(ANYTHING)) + r".*\n"
    return re.escape(line) + r"\n"
