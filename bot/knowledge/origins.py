"""Say where in the files a word, an entry or a wording stands, for messages to operators."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from bot.core.model.shorthand import expand
from bot.knowledge.draft import Draft, draft_of
from bot.knowledge.inheritance import FILES, default_files
from bot.knowledge.reading.contents import read_contents
from bot.knowledge.reading.pack_files import parse_files


@dataclass(frozen=True, slots=True)
class Word:
    """A wording of synonyms.yaml and what it is taken for."""

    form: str
    word: str
    slot: str | None
    """The pack's name of the slot that it fills."""
    value: str | None
    place: str
    """`file:line`."""
    is_hint: bool = False


@dataclass(frozen=True, slots=True)
class Origins:
    """The places of everything that decides which entry answers."""

    words: Mapping[str, Word]
    entries: Mapping[str, str]
    """Id -> `file:line`."""
    asks: Mapping[str, str]
    """Wording -> `file:line`."""

    def words_in(self, utterance: str) -> Iterator[Word]:
        """Yield the words of an utterance, from left to right, the longest first."""
        at, longest = 0, max(map(len, self.words), default=0)
        while at < len(utterance):
            ends = range(min(len(utterance), at + longest), at, -1)
            found = next((w for end in ends if (w := self.words.get(utterance[at:end]))), None)
            if found:
                yield found
            at += len(found.form) if found else 1


def origins_of(folder: Path) -> Origins:
    """Read where everything stands, in the pack and in what it inherits.

    Raises:
        KnowledgeError: there is no pack in the folder.
    """
    own, _ = draft_of(parse_files(read_contents(folder)))
    parts = own.pack.form.inherit if own.pack else FILES
    inherited, _ = draft_of(parse_files(default_files("zh")))
    drafts = [*([inherited] if "synonyms" in parts else []), own]
    both = [inherited, own] if "smalltalk" in parts else [own]
    return Origins(
        {word.form: word for draft in drafts for word in _words(draft)},
        {item.form.id: item.place for draft in both for item in draft.entries},
        {ask: place for draft in both for ask, place in _asks(draft)},
    )


def _words(draft: Draft) -> Iterator[Word]:
    for term in draft.terms:
        form, value = term.form, (term.form.value or term.form.word) if term.form.slot else None
        yield Word(form.word, form.word, form.slot, value, term.place)
        for key, lines in (("forms", form.forms), ("hints", form.hints)):
            for number, line in enumerate(lines):
                at = f"{term.file.name}:{term.file.line((*term.trail, key, number))}"
                for wording in expand(line):
                    yield Word(wording, form.word, form.slot, value, at, key == "hints")


def _asks(draft: Draft) -> Iterator[tuple[str, str]]:
    for entry in draft.entries:
        for number, line in enumerate(entry.form.ask):
            at = entry.file.line((*entry.trail, "ask", number))
            yield line, f"{entry.file.name}:{at}"
