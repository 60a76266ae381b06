"""Dialogues as data: how those of `tests/conversations` are read, and played over a conversation.

A turn is what a person does or what the bot must do (`bot`, see `CHECKS`).  A person says something
(`user`), takes the choice of a label (`press`), or lets minutes pass (`wait`).  Somebody else in
the same chat takes a choice that was not offered to them (`another`); the program is started anew
over the same store (`restart`), with steps of the procedure under other ids (`renamed`).  `walk`
stands for many turns: the cards of these steps, one after another.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import yaml

from bot.core.conversation import Conversation
from bot.core.model.pack import Pack
from bot.core.model.procedure import Procedure, Step
from bot.core.model.reply import Reply
from bot.core.ports import Brain
from tests.fakes import FakeClock, ScriptedUser, labels_of, told

CONVERSATIONS = Path(__file__).parent / "conversations"
PATTERNS = CONVERSATIONS / "patterns" / "patterns.yaml"
Turns = Sequence[Mapping[str, Any]]


def _listed(wanted: Any) -> list[Any]:
    return wanted if isinstance(wanted, list) else [wanted]


def _entries(reply: Reply) -> list[str]:
    return [answer.entry for answer in reply.answers]


CHECKS: Mapping[str, Callable[[Reply, Any], bool]] = {
    "status": lambda reply, wanted: reply.status == wanted,
    "reason": lambda reply, wanted: reply.reason == wanted,
    "entry": lambda reply, wanted: _entries(reply) == [wanted],
    "entries": lambda reply, wanted: _entries(reply) == wanted,
    "procedure": lambda reply, wanted: reply.status == "procedure" and _entries(reply) == [wanted],
    "step": lambda reply, wanted: reply.rule == f"card:{wanted}",
    "again": lambda reply, wanted: reply.rule.endswith(f"+card:{wanted}"),
    "rule": lambda reply, wanted: reply.rule == wanted,
    "slots": lambda reply, wanted: wanted.items() <= reply.slots.items(),
    "contains": lambda reply, wanted: all(w in reply.as_text() for w in _listed(wanted)),
    "lacks": lambda reply, wanted: not any(w in reply.as_text() for w in _listed(wanted)),
    "choices": lambda reply, wanted: labels_of(reply) == wanted,
    "offers": lambda reply, wanted: set(_listed(wanted)) <= set(labels_of(reply)),
    "withholds": lambda reply, wanted: not set(_listed(wanted)) & set(labels_of(reply)),
    "source": lambda reply, wanted: wanted in [str(note.checked_on) for note in reply.sources],
}


@dataclass(frozen=True)
class Dialogue:
    name: str
    turns: Turns
    shows: str = ""
    """The kind of repair that it is an example of."""


def dialogues(folder: Path = CONVERSATIONS) -> Iterator[Dialogue]:
    """Those written in the files of a folder itself."""
    for path in sorted(folder.glob("*.yaml")):
        for one in yaml.safe_load(path.read_text(encoding="utf-8")):
            yield Dialogue(f"{path.stem}: {one['name']}", one["turns"])


def patterns() -> Iterator[Dialogue]:
    """Every kind of repair for every registration."""
    data = yaml.safe_load(PATTERNS.read_text(encoding="utf-8"))
    for registration, words in data["registrations"].items():
        named = {"registration": registration, **words}
        for pattern in data["without_path" if "entry" in words else "patterns"]:
            turns = [turn for one in pattern["turns"] for turn in _expanded(_filled(one, named))]
            yield Dialogue(f"{pattern['shows']}: {registration}", turns, pattern["shows"])


def _filled(data: Any, words: Mapping[str, str]) -> Any:
    """The data with each `{name}` in its texts replaced."""
    if isinstance(data, str):
        for name, word in words.items():
            data = data.replace(f"{{{name}}}", str(word))
        return data
    if isinstance(data, dict):
        return {key: _filled(value, words) for key, value in data.items()}
    return [_filled(one, words) for one in data] if isinstance(data, list) else data


def _expanded(turn: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    if "walk" not in turn:
        yield turn
        return
    for n, step in enumerate(turn["walk"].split()):
        if n:
            yield {"press": "下一步"}
        yield {"bot": {"step": step}}


def faults(reply: Reply, expected: Mapping[str, Any]) -> list[str]:
    return [f"{k}: {wanted}" for k, wanted in expected.items() if not CHECKS[k](reply, wanted)]


@dataclass
class Player:
    """Plays turns; `texts` are what the person saw, one for each thing done."""

    user: ScriptedUser
    last: Reply | None = None
    texts: list[str] = field(default_factory=list)

    async def play(self, turns: Turns) -> list[str]:
        for turn in turns:
            await self._act(turn)
        return self.texts

    async def _act(self, turn: Mapping[str, Any]) -> None:
        [(kind, what)] = turn.items()
        match kind:
            case "user":
                self._saw(await self.user.says(what))
            case "press":
                self._saw(await self._pressed(self.user, what))
            case "another":
                self._saw(await self._pressed(self.user.elsewhere("another"), what))
            case "restart":
                self.user.conversation = restarted(self.user.conversation)
            case "renamed":
                self.user.conversation = restarted(self.user.conversation, what)
            case "wait":
                self.user.clock.forward(minutes=what)
            case "bot":
                assert self.last is not None
                assert (wrong := faults(self.last, what)) == [], (
                    f"not so: {wrong}\n{told(self.last)}"
                )
            case _:
                raise AssertionError(f"no such turn: {kind}")

    def _saw(self, reply: Reply) -> None:
        self.last = reply
        self.texts.append(reply.as_text())

    async def _pressed(self, user: ScriptedUser, label: str) -> Reply:
        last = self.last
        offered = {choice.label: choice.value for choice in last.choices} if last else {}
        assert label in offered, f"{label!r} was not offered\n{told(last) if last else ''}"
        return await user.presses(offered[label])


def restarted(conversation: Conversation, renamed: Mapping[str, str] | None = None) -> Conversation:
    """The program started anew over the same store, its steps under other ids if told so."""
    pack = newer(conversation.pack, renamed) if renamed else conversation.pack
    clock = conversation.clock
    return Conversation(Brain(pack, conversation.brain.understander), conversation._store, clock)


def newer(pack: Pack, renamed: Mapping[str, str]) -> Pack:
    """The pack as it may be tomorrow: former id of a step -> its id from now on."""
    procedures = {name: _renamed(one, renamed) for name, one in pack.procedures.items()}
    return replace(pack, version="feed0000feed", procedures=procedures)


def _renamed(procedure: Procedure, names: Mapping[str, str]) -> Procedure:
    def moved(step: Step) -> Step:
        ways = tuple(replace(way, to=names.get(way.to, way.to)) for way in step.transitions)
        return replace(step, id=names.get(step.id, step.id), transitions=ways)

    steps = {step.id: step for step in map(moved, procedure.steps.values())}
    start = names.get(procedure.start, procedure.start)
    return replace(procedure, steps=steps, start=start, renamed=names)


@dataclass
class Sitting:
    """What is said before the program is started anew, or before time passes."""

    talks: Any
    """A `Conversation`, or whatever has its `handle` and `forget`."""
    said: list[str]
    clock: FakeClock = field(default_factory=FakeClock)
    wait: float = 0
    """Minutes before it begins."""


def sittings(conversation: Conversation, clock: FakeClock, turns: Turns) -> list[Sitting]:
    """A dialogue as a platform plays it, each choice by its label, on the conversation's clock."""
    found = [Sitting(conversation, [], clock)]
    for turn in turns:
        [(kind, what)] = turn.items()
        talks, minutes = found[-1].talks, 1.0
        match kind:
            case "user" | "press":
                found[-1].said.append(what)
                continue
            case "restart":
                talks = restarted(talks)
            case "renamed":
                talks = restarted(talks, what)
            case "wait":
                minutes = what
            case _:
                continue
        found.append(Sitting(talks, [], clock, minutes))
    return found
