"""Nothing of a subject is left in the program: its words stand in the pack and nowhere else.

The words are those of the shipped pack: what it is about, its services, the other subjects that it
knows of, the offices that its sources name, its places, and its aspects but for ordinary words.
They are looked for in every string and comment, docstrings included.
"""

from __future__ import annotations

import io
import tokenize
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from bot.core.model.pack import Pack
from bot.core.model.vocabulary import ASPECT, SERVICE, SUBJECT
from bot.core.words.ordinary import ORDINARY
from bot.knowledge.inheritance import FOLDER
from bot.knowledge.loader import load_pack
from tests.conftest import KNOWLEDGE

HOUSE = Path(__file__).parents[2] / "bot"
OFFICES = ("住房城乡建设", "住房和城乡建设", "住建", "注册中心", "政务服务网", "建设厅", "渝快办")
NICKNAMES = ("建造师", "二建", "一建", "续期注册", "增项", "继续教育", "执业印章")
"""What people call the subject and what goes with it, beside the canonical words."""

STILL = {
    "__init__.py",
    "core/model/understanding.py",
    "understanding/lexicon/reader.py",
    "understanding/lexicon/slot_filling.py",
    "understanding/lexicon/spelling.py",
    "understanding/ranking/matcher.py",
    "understanding/ranking/phrasings.py",
    "understanding/text/pinyin.py",
}
"""Files whose docstrings still take their examples from the subject. They have been left to those
who rewrite these rooms; a file that is clean has to be struck off, and none may be added."""
TEXTS = {tokenize.STRING, tokenize.COMMENT, getattr(tokenize, "FSTRING_MIDDLE", tokenize.STRING)}
INHERITED = ("synonyms.yaml", "phrases.yaml", "faq/smalltalk.yaml")


@cache
def shipped() -> Pack:
    return load_pack(KNOWLEDGE)


def places() -> set[str]:
    return set(shipped().regions)


def subject_words() -> set[str]:
    """What the pack is about, its services and their neighbours, its aspects, its offices."""
    pack = shipped()
    others = {entry.slots[SUBJECT] for entry in pack.entries.values() if SUBJECT in entry.slots}
    aspects = set(pack.vocabulary.values[ASPECT]) - set(ORDINARY)
    services = pack.vocabulary.values[SERVICE]
    return {pack.subject or "", *services, *others, *aspects, *OFFICES, *NICKNAMES}


def found_in(path: Path, words: set[str]) -> Iterator[str]:
    """`line: word` for every word in a string or a comment of a file."""
    text = path.read_text(encoding="utf-8")
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type in TEXTS:
            yield from (f"{token.start[0]}: {word}" for word in words if word in token.string)


MODULES = [path.relative_to(HOUSE).as_posix() for path in sorted(HOUSE.rglob("*.py"))]


@pytest.mark.parametrize("name", [name for name in MODULES if name not in STILL])
def test_no_module_says_a_word_of_the_subject(name: str) -> None:
    assert list(found_in(HOUSE / name, subject_words() | places())) == []


@pytest.mark.parametrize("name", sorted(STILL))
def test_modules_that_are_still_to_be_cleaned_are_struck_off_once_they_are(name: str) -> None:
    assert list(found_in(HOUSE / name, subject_words() | places())) != []


@pytest.mark.parametrize("name", INHERITED)
def test_what_every_pack_inherits_says_no_word_of_the_subject(name: str) -> None:
    text = (FOLDER / "zh" / name).read_text(encoding="utf-8")
    assert [word for word in subject_words() if word in text] == []


def test_every_ordinary_word_is_an_aspect_of_the_pack_and_gives_its_reason() -> None:
    assert set(ORDINARY) <= set(shipped().vocabulary.values[ASPECT])
    assert all(ORDINARY.values())


@pytest.mark.parametrize("office", OFFICES)
def test_every_office_is_one_that_the_pack_names(office: str) -> None:
    files = [*(KNOWLEDGE / "faq").glob("*.yaml"), KNOWLEDGE / "synonyms.yaml"]
    assert any(office in path.read_text(encoding="utf-8") for path in files)
