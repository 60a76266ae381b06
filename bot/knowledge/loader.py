"""Load a folder of YAML as a `Pack`, or raise one error that names everything wrong with it.

Nothing is loaded in part: a pack either passes every check or raises.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from itertools import islice
from pathlib import Path

from bot.core.model.pack import Pack
from bot.errors import KnowledgeError
from bot.knowledge.build import build
from bot.knowledge.checks.across import check
from bot.knowledge.draft import draft_of
from bot.knowledge.reading.contents import Contents, read_contents
from bot.knowledge.reading.pack_files import parse_files

MAX_PROBLEMS = 300
"""Limit for problems across files; a pack with more has one cause for most of them."""


def load_pack(
    folder: Path, *, required_phrases: Mapping[str, str] | None = None, today: date | None = None
) -> Pack:
    """Load the pack in a folder; parameters and errors as for `pack_of`."""
    return pack_of(read_contents(folder), required_phrases=required_phrases, today=today)


def pack_of(
    contents: Contents,
    *,
    required_phrases: Mapping[str, str] | None = None,
    today: date | None = None,
) -> Pack:
    """Build the pack from the contents of its files.

    `required_phrases` are the keys that phrases.yaml must have in zh, each with the names that it
    may have in braces.  With `today`, a source that was checked after it is a mistake.

    Raises:
        KnowledgeError: all problems of all files, sorted by file and line.
    """
    files = parse_files(contents)
    draft, problems = draft_of(files)
    found = check(draft, required_phrases or {}, today)
    problems += [*files.problems, *islice(found, MAX_PROBLEMS)]
    if problems:
        raise KnowledgeError(tuple(set(problems)))
    return build(draft, contents.version)
