"""Write dictionary.txt of a pack: words of its questions that the inherited dictionary lacks.

Utterances are cut into words with it, and a word that it lacks counts as a rare one.  The words
and how often they are said come from jieba's dictionary; a word of an operator's own that jieba
has not stays as it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from bot.core.model.pack import Pack
from bot.knowledge.draft import draft_of
from bot.knowledge.inheritance import inherited_words
from bot.knowledge.loader import pack_of
from bot.knowledge.reading.contents import WORDS, read_contents
from bot.knowledge.reading.pack_files import parse_files

COMMON = 20_000
"""Words taken by how often they are said where none are inherited; the rest is hardly ever said."""
HEADER = (
    "# 这个知识包里用到、又不在最常用两万词里的词和词频，每行“词 频率”。"
    "由 zhuce kb dictionary 写，一般不用手改。\n"
)


def write_dictionary(folder: Path) -> tuple[int, int]:
    """Write the dictionary of a pack anew; return how many words it has and how many are new.

    Raises:
        KnowledgeError: the pack has problems; nothing was written.
    """
    contents = read_contents(folder)
    pack = pack_of(contents)
    before = draft_of(parse_files(contents))[0].words
    words = words_of(pack, before)
    ordered = sorted(words, key=lambda word: (-words[word], word))
    text = HEADER + "".join(f"{word} {words[word]}\n" for word in ordered)
    (folder / WORDS).write_text(text, encoding="utf-8", newline="\n")
    return len(words), len(words.keys() - before.keys())


def words_of(pack: Pack, own: Mapping[str, int]) -> dict[str, int]:
    """Return the words that belong in the dictionary of a pack; `own` are those it has now."""
    import jieba  # noqa: PLC0415 - reads its dictionary for a second

    jieba.setLogLevel("WARNING")
    jieba.initialize()
    frequencies = {w: f for w, f in jieba.dt.FREQ.items() if f and not w.isascii()}
    inherited = inherited_words(pack.language)
    base = inherited if inherited.keys() <= pack.lexicon.words.keys() else {}
    said = {word for text in _phrasings(pack) for word in jieba.cut(text, HMM=False)}
    if not base:
        said |= set(sorted(frequencies, key=lambda word: -frequencies[word])[:COMMON])
    found = {word: frequencies[word] for word in said if word in frequencies and word not in base}
    return found | {word: count for word, count in own.items() if word not in frequencies}


def _phrasings(pack: Pack) -> list[str]:
    return [
        text
        for entry in pack.entries.values()
        for text in (*entry.ask, *entry.not_ask, entry.title)
    ]
