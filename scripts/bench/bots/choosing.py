"""Choose the entry that answers a text: each kind of bot behind one protocol."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Protocol

from hassil import recognize_best
from rapidfuzz import fuzz, process, utils

from bot.app import load_brain
from bot.core.answering.entry_replies import entry_reply
from bot.core.model.entry import EntryKind
from bot.core.model.pack import Pack
from bot.core.model.reply import Reply
from bot.core.model.scope import Scope
from bot.core.ports import Brain
from bot.runtime.replay import Replayer
from scripts.bench.bots import BOTS
from scripts.bench.cutting import words_of
from scripts.bench.literal import intents_of, plain
from scripts.bench.peers import made

NOW = datetime.now(UTC)
Choice = tuple[str | None, float]
"""The id of an entry, and how sure the bot is of it; none scores 0."""


class Bot(Protocol):
    pack: Pack
    has_threshold: bool
    """It declines by itself."""

    def choose(self, text: str) -> Choice: ...


class Whole:
    """zhuce itself: what it tells, and not what it would have guessed."""

    has_threshold = True

    def __init__(self, brain: Brain) -> None:
        self.pack = brain.pack
        self._replayer = Replayer(brain, NOW)

    def reply(self, text: str) -> Reply:
        return self._replayer.run((text,)).reply

    def choose(self, text: str) -> Choice:
        answers = self.reply(text).answers
        return (answers[0].entry, 1.0) if answers else (None, 0.0)


class Titles:
    """The title that is most like the text: what thefuzz's `process.extractOne` returns.

    thefuzz is a layer over rapidfuzz with this scorer and this processor.
    """

    has_threshold = False

    def __init__(self, pack: Pack) -> None:
        self.pack = pack
        self._titles = {entry.id: entry.title for entry in pack.entries.values()}

    def choose(self, text: str) -> Choice:
        found = process.extractOne(
            text, self._titles, scorer=fuzz.WRatio, processor=utils.default_process
        )
        return (found[2], found[1] / 100) if found else (None, 0.0)


class Phrasings:
    """The entry of the phrasing that a search engine finds first."""

    has_threshold = False

    def __init__(self, pack: Pack, peer: str) -> None:
        self.pack = pack
        self._ids = list(pack.entries)
        found = [
            (phrasing, number)
            for number, entry in enumerate(pack.entries.values())
            for phrasing in (entry.title, *entry.ask)
        ]
        texts, groups = [text for text, _ in found], [number for _, number in found]
        self._peer = made(peer)
        self._peer.index(texts, groups, map(words_of, texts))

    def choose(self, text: str) -> Choice:
        found = self._peer.search(text)
        return (self._ids[found[0][0]], found[0][1]) if found else (None, 0.0)


class Sentences:
    """hassil: the entry one of whose phrasings is the text, word for word."""

    has_threshold = True

    def __init__(self, pack: Pack) -> None:
        self.pack = pack
        self._intents = intents_of(
            {entry.id: [entry.title, *entry.ask] for entry in pack.entries.values()}
        )

    def choose(self, text: str) -> Choice:
        found = recognize_best(plain(text), self._intents)
        return (found.intent.name, 1.0) if found else (None, 0.0)


def made_bot(name: str) -> Bot:
    brain = load_brain()
    if name == "zhuce":
        return Whole(brain)
    if name == "titles":
        return Titles(brain.pack)
    if name == "hassil":
        return Sentences(brain.pack)
    return Phrasings(brain.pack, BOTS[name].peer)


def answers_as_ours(bot: Bot, text: str) -> float:
    """How sure the bot is of an entry that treats the text as the pack's business; 0 if of none."""
    entry, score = bot.choose(text)
    is_ours = entry and bot.pack.entries[entry].kind in (EntryKind.FACT, EntryKind.NO_DATA)
    return score if is_ours else 0.0


def said(bot: Bot, text: str, least: float) -> tuple[str, str, str | None]:
    """Return text, status and reason of a bot's reply; below the least score it declines."""
    if isinstance(bot, Whole):
        reply = bot.reply(text)
        return reply.as_text(), reply.status.value, reply.reason.value if reply.reason else None
    entry, score = bot.choose(text)
    if entry is None or score < least:
        return "抱歉，我不知道。", "abstained", "out_of_domain"
    scope = Scope(bot.pack, NOW.date(), {})
    reply = entry_reply(scope, bot.pack.entries[entry], score, "bench")
    return reply.as_text(), reply.status.value, reply.reason.value if reply.reason else None
