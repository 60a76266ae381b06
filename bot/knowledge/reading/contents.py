"""Which files a pack has, and their bytes; nothing about what they say.

Files whose names start with `_` or `.` are drafts and not read.  A link that leads out of the
folder is refused, so that a pack taken from elsewhere cannot show the machine's own files.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.errors import KnowledgeError, Problem
from bot.knowledge.did_you_mean import did_you_mean
from bot.knowledge.reading.files import Content, read_raw

REQUIRED = ("pack.yaml", "sources.yaml")
OPTIONAL = ("regions.yaml", "synonyms.yaml", "phrases.yaml")
"""What is inherited where a pack does not write it."""
FOLDERS = ("faq", "procedures", "calculators")
WORDS = "dictionary.txt"
MODEL = "model.json"
"""The coefficients of a pack that were fitted on it; read by `bot.runtime.model`."""


@dataclass(frozen=True, slots=True)
class Contents:
    """The files of a pack by their names inside the folder, as bytes."""

    folder: Path
    files: Mapping[str, Content]
    """The YAML files in the order in which they are to be read, `WORDS` and `MODEL`."""
    problems: tuple[Problem, ...]
    """What is wrong with the folder: files that are missing or would not be read."""

    @property
    def digest(self) -> str:
        """SHA-256 over names and bytes."""
        digest = hashlib.sha256()
        for name, content in sorted(self.files.items()):
            digest.update(f"{name}\0{len(content.raw)}\0".encode())
            digest.update(content.raw)
        return digest.hexdigest()

    @property
    def version(self) -> str:
        """The first 12 hex digits of it."""
        return self.digest[:12]

    @property
    def is_readable(self) -> bool:
        """Nothing is wrong that has nothing to do with what the files say."""
        return not self.problems and not any(file.problems for file in self.files.values())


def read_contents(folder: Path) -> Contents:
    """Every file that belongs to the pack in a folder, and a problem for every one that is missing.

    Raises:
        KnowledgeError: there is no folder, or nothing of a pack in it.
    """
    _require_pack(folder)
    names = [name for name in (*REQUIRED, *OPTIONAL) if (folder / name).exists()]
    names += [name for subfolder in FOLDERS for name in yaml_names(folder, subfolder)]
    files = {name: read_inside(folder, name) for name in names}
    for name in (WORDS, MODEL):
        files[name] = read_inside(folder, name) if (folder / name).exists() else Content()
    return Contents(folder, files, (*_missing(folder), *_misnamed(folder)))


def read_named(folder: Path, names: Sequence[str]) -> Contents:
    """These files of a folder, whether or not they make a pack."""
    return Contents(folder, {name: read_inside(folder, name) for name in (*names, WORDS)}, ())


def read_inside(folder: Path, name: str) -> Content:
    """One file of the pack, unless it is a link to somewhere else."""
    return _outside(folder, name) or read_raw(folder / name, shown(folder, name))


def shown(folder: Path, name: str) -> str:
    """A file's name as problems print it."""
    return (folder / name).as_posix()


def require_folder(folder: Path) -> None:
    """Raise KnowledgeError unless there is such a folder."""
    try:
        found = "" if folder.is_dir() else "不是文件夹" if folder.exists() else "没有这个文件夹"
        if not found:
            next(folder.iterdir(), None)
    except OSError as error:
        found = f"文件夹打不开：{error.strerror or error}"
    if found:
        message = f"{found}；知识包是一个文件夹，里面有 pack.yaml、faq/ 等"
        raise KnowledgeError((Problem(folder.as_posix(), 0, "", message),))


def yaml_names(folder: Path, subfolder: str) -> list[str]:
    """The files to be read in a subfolder, in order of name; none where it does not exist."""
    place = folder / subfolder
    names = (path.name for path in place.iterdir()) if place.is_dir() else ()
    return [f"{subfolder}/{name}" for name in sorted(names) if _is_read(name)]


def _is_read(name: str) -> bool:
    return name.endswith(".yaml") and not name.startswith(("_", "."))


def _require_pack(folder: Path) -> None:
    require_folder(folder)
    if not any((folder / name).exists() for name in (*REQUIRED, "faq")):
        message = "这个文件夹里没有知识包：找不到 pack.yaml"
        raise KnowledgeError((Problem(folder.as_posix(), 0, "", message),))


def _missing(folder: Path) -> Iterator[Problem]:
    for name in REQUIRED:
        if not (folder / name).exists():
            yield Problem(shown(folder, name), 0, "", "缺少这个文件")
    if not yaml_names(folder, "faq"):
        yield Problem(shown(folder, "faq"), 0, "", "缺少问答：faq/ 里至少要有一个 .yaml 文件")


def _misnamed(folder: Path) -> Iterator[Problem]:
    """Files that look as if they were meant to be read, and would not be."""
    known = (*REQUIRED, *OPTIONAL, WORDS)
    inner = (path for subfolder in FOLDERS for path in folder.glob(f"{subfolder}/*.yml"))
    for path in sorted([*folder.glob("*.y*ml"), *inner]):
        name = path.relative_to(folder).as_posix()
        hint = did_you_mean(name, known) if "/" not in name else ""
        if path.name.startswith(("_", ".")) or name in known:
            continue
        if path.suffix == ".yml" or hint:
            reason = "扩展名要写 .yaml" if path.suffix == ".yml" else "不认识这个文件名"
            yield Problem(shown(folder, name), 0, "", f"{reason}{hint}")


def _outside(folder: Path, name: str) -> Content | None:
    """The refusal of a link that leads out of the folder."""
    try:
        target, root = (folder / name).resolve(), folder.resolve()
    except (OSError, RuntimeError):  # a link to itself
        target, root = Path("/"), folder
    if target.is_relative_to(root):
        return None
    message = "这个链接指到知识包外面去了；请把文件放进来"
    return Content(problems=(Problem(shown(folder, name), 0, "", message),))
