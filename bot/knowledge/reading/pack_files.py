"""Parse the files of a pack into located data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bot.errors import Problem
from bot.knowledge.reading.contents import MODEL, WORDS, Contents, display_name, read_inside
from bot.knowledge.reading.files import Content, decode
from bot.knowledge.reading.located import Located
from bot.knowledge.reading.safe_yaml import parse_yaml


@dataclass(frozen=True, slots=True)
class Files:
    """The files of a pack by their names inside the folder, and why others were not read."""

    yaml: Mapping[str, Located]
    words: Content
    words_name: str
    problems: tuple[Problem, ...]

    def of(self, folder: str) -> list[Located]:
        return [file for name, file in self.yaml.items() if name.startswith(f"{folder}/")]


def parse_files(contents: Contents) -> Files:
    """Parse the files of a pack."""
    names = {name: display_name(contents.folder, name) for name in contents.files}
    texts = {n: decode(file, names[n]) for n, file in contents.files.items() if n != MODEL}
    words = texts.pop(WORDS)
    yaml = {name: parse_yaml(text, names[name]) for name, text in texts.items()}
    problems = [problem for file in yaml.values() for problem in file.problems]
    problems += words.problems
    problems += contents.files[MODEL].problems if MODEL in contents.files else ()
    return Files(yaml, words, names[WORDS], (*contents.problems, *problems))


def read_located(folder: Path, name: str) -> Located:
    """Read and parse one YAML file of the pack, unless it is a link out of the folder."""
    place = display_name(folder, name)
    return parse_yaml(decode(read_inside(folder, name), place), place)
