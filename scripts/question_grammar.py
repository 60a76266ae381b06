"""Questions from a grammar: what scripts/fit_question_types.py learns beside those of people.

Templates by what they ask for are in question_grammar.txt.  They are filled with everyday words,
so that what a question is about says nothing; some tell a story before, or soften their end.  The
same seed gives the same questions.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

GRAMMAR = Path(__file__).with_name("question_grammar.txt")
_CHOICE = re.compile(r"\(([^()]*)\)")
_SLOT = re.compile(r"[A-Z]")
_STATEMENTS = ("none",)
STORY, TOLD, OPENED, SOFTENED, THANKED, MARKED = 0.3, 0.15, 0.2, 0.15, 0.2, 0.3
"""How often a story, a clause with a word that asks nothing, an opening, a particle, a last word
and a question mark stand beside a question."""


@dataclass(frozen=True)
class Grammar:
    templates: Mapping[str, Sequence[str]]
    """By what they ask for."""
    lists: Mapping[str, Sequence[str]]
    """What fills a letter."""


def read(path: Path = GRAMMAR) -> Grammar:
    templates: dict[str, list[str]] = {}
    lists: dict[str, list[str]] = {}
    for line in path.read_text("utf-8").splitlines():
        name, _, words = line.partition(":")
        if words and not line.startswith("#"):
            (lists if _SLOT.fullmatch(name) else templates)[name] = words.split()
    return Grammar(templates, lists)


def questions(count: int, seed: int = 1) -> Iterator[dict[str, str | None]]:
    """So many of each type, as lines of a file of questions have them, without doubles."""
    grammar, chance = read(), Random(seed)
    for kind, templates in grammar.templates.items():
        seen: set[str] = set()
        for n in range(count):
            core = filled(templates[n % len(templates)], grammar, chance)
            text = core if kind in _STATEMENTS else dressed(core, grammar, chance)
            if text not in seen:
                seen.add(text)
                yield {"q": text, "type": None if kind in _STATEMENTS else kind}


def filled(template: str, grammar: Grammar, chance: Random) -> str:
    """A template with its choices made and its letters filled."""
    while found := _CHOICE.search(template) or _SLOT.search(template):
        whole = found.group()
        if whole.startswith("("):
            word = chance.choice(re.split(r"[/|]", found.group(1)))
        else:
            word = chance.choice(grammar.lists[whole])
        template = template[: found.start()] + word + template[found.end() :]
    return template


def dressed(core: str, grammar: Grammar, chance: Random) -> str:
    """A question as it is put in a chat: with what is told before, and what follows."""

    def word(letter: str) -> str:
        return filled(chance.choice(grammar.lists[letter]), grammar, chance)

    before = [word("S")] if chance.random() < STORY else []
    if chance.random() < TOLD:
        before.append(word("D"))
    if chance.random() < OPENED:
        before.append(word("L"))
    if chance.random() < SOFTENED:
        core += word("Q")
    mark = chance.choice("?？") if chance.random() < MARKED else ""
    after = word("Z") if chance.random() < THANKED else ""
    if before and chance.random() < 0.2:
        core = before.pop() + core
    comma = chance.choice(",， ")
    return comma.join([*before, core]) + (mark or (comma if after else "")) + after
