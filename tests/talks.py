"""Conversations as data: how those of `tests/conversations/talks` are read, said and judged.

A file is one conversation, read whole and in order.  Each of its `turns` has six wordings (`says`:
as first written, then five rewordings) and the one of the same conversation in another province
(`elsewhere`); variant n says the n-th wording of every turn.  `expect` is what the reply must be:

- `status`, `reason`, `entry`: one of these; of the entries, one that was answered
- `words`: what it must say, one of each group that is written 一个|另一个
- `opens`: one of these is in its first 90 characters, which a phone shows before anybody scrolls,
  and of `opens_without` none (不能 has 能 in it)
- `lacks`: what it must not say
- `slots`: what it must have understood

`expect` may be a list, and then one of it has to hold; `expect_elsewhere` replaces it for the other
province.  A wording that is not answered rightly yet is written `{say: …, known_failure: …}`, with
what is said instead; strike it off when it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from bot.core.model.reply import Choices, Reply, Sources, part_as_text
from bot.runtime.replay import Replayer

TALKS = Path(__file__).parent / "conversations" / "talks"
VARIANTS = ("as written", *(f"reworded {n}" for n in range(1, 6)), "elsewhere")
FIRST_CHARACTERS = 90
"""What a phone shows before anybody scrolls."""
Expected = Mapping[str, Any]


@dataclass(frozen=True)
class Said:
    """What a person says in one turn, and what the reply has to be: one of `expected`."""

    text: str
    expected: Sequence[Expected]
    known_failure: str | None = None

    def faults(self, reply: Reply) -> list[str]:
        """Return what is wrong with the reply; of several expectations, what the best one lacks."""
        return min((faults(reply, one) for one in self.expected), key=len)


@dataclass(frozen=True)
class Talk:
    """One variant of a conversation."""

    name: str
    turns: Sequence[Said]


def talks(folder: Path = TALKS) -> Iterator[Talk]:
    """Yield every variant of every conversation."""
    for path in sorted(folder.glob("*.yaml")):
        turns = yaml.safe_load(path.read_text(encoding="utf-8"))["turns"]
        for n, variant in enumerate(VARIANTS):
            yield Talk(f"{path.stem}: {variant}", [_said(turn, n) for turn in turns])


def _said(turn: Mapping[str, Any], variant: int) -> Said:
    is_elsewhere = VARIANTS[variant] == "elsewhere"
    wording = turn["elsewhere"] if is_elsewhere else turn["says"][variant]
    expected = (is_elsewhere and turn.get("expect_elsewhere")) or turn["expect"]
    marked = wording if isinstance(wording, dict) else {"say": wording}
    return Said(marked["say"], _listed(expected), marked.get("known_failure"))


def replies(replayer: Replayer, talk: Talk) -> list[Reply]:
    """Return the reply to each turn, in order."""
    return [exchange.reply for exchange in replayer.run_all([said.text for said in talk.turns])]


def faults(reply: Reply, expected: Expected) -> list[str]:
    return [f"{k}: {wanted}" for k, wanted in expected.items() if not CHECKS[k](reply, wanted)]


def told(reply: Reply) -> str:
    """Return what is told, without blanks: neither what can be pressed nor what it rests on."""
    parts = (part for part in reply.parts if not isinstance(part, Choices | Sources))
    return _tight("".join(map(part_as_text, parts)))


def _opening(reply: Reply) -> str:
    return told(reply)[:FIRST_CHARACTERS]


def _tight(text: str) -> str:
    return "".join(text.split())


def _listed(wanted: Any) -> list[Any]:
    return wanted if isinstance(wanted, list) else [wanted]


def _says(text: str, words: str) -> bool:
    return any(_tight(one) in text for one in words.split("|"))


def _answered(reply: Reply) -> set[str]:
    return {answer.entry for answer in reply.answers}


CHECKS: Mapping[str, Callable[[Reply, Any], bool]] = {
    "status": lambda reply, wanted: reply.status in _listed(wanted),
    "reason": lambda reply, wanted: reply.reason in _listed(wanted),
    "entry": lambda reply, wanted: bool(_answered(reply) & set(_listed(wanted))),
    "words": lambda reply, wanted: all(_says(told(reply), one) for one in _listed(wanted)),
    "opens": lambda reply, wanted: _says(_opening(reply), wanted),
    "opens_without": lambda reply, wanted: not _says(_opening(reply), wanted),
    "lacks": lambda reply, wanted: not any(_says(told(reply), one) for one in _listed(wanted)),
    "slots": lambda reply, wanted: wanted.items() <= reply.slots.items(),
}
