"""Load a folder of YAML as a `Pack`, or raise one error that names everything wrong with it.

Nothing is loaded in part: a pack either passes every check or raises.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from hashlib import sha256
from itertools import islice
from pathlib import Path

from bot.core.model.pack import Pack
from bot.errors import KnowledgeError
from bot.knowledge.build import build
from bot.knowledge.checks.across import check
from bot.knowledge.draft import draft_of
from bot.knowledge.inheritance import FILES, default_files, inherit
from bot.knowledge.reading.contents import Contents, read_contents
from bot.knowledge.reading.pack_files import parse_files

MAX_PROBLEMS = 300
"""Limit for problems across files; a pack with more has one cause for most of them."""


def load_pack(folder: Path, *, today: date | None = None) -> Pack:
    """Load the pack in a folder; parameters and errors as for `pack_of`."""
    return pack_of(read_contents(folder), today=today)


def pack_of(contents: Contents, *, today: date | None = None) -> Pack:
    """Build the pack from the contents of its files and from what it inherits.

    With `today`, a source that was checked after it is a mistake.

    Raises:
        KnowledgeError: all problems of all files, sorted by file and line.
    """
    files = parse_files(contents)
    draft, problems = draft_of(files)
    inherited = draft.pack.form.inherit if draft.pack else FILES
    inherit(draft, inherited)
    found = check(draft, today)
    problems += [*files.problems, *islice(found, MAX_PROBLEMS)]
    if problems:
        raise KnowledgeError(tuple(set(problems)))
    return build(draft, version_of(contents, inherited))


def version_of(contents: Contents, inherited: Collection[str]) -> str:
    """Return 12 hex digits that change with every byte of the pack and of what it inherits."""
    if not inherited:
        return contents.version
    both = contents.digest + default_files("zh").digest
    return sha256(both.encode()).hexdigest()[:12]
