"""Find the files of a pack and read their bytes, without looking at what they say.

Files whose names start with `_` or `.` are drafts and not read.  A link that leads out of the
folder is refused, so that a pack from elsewhere cannot show the machine's own files.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.errors import KnowledgeError, Problem
from bot.knowledge.reading.files import Content, read_raw

REQUIRED = ("pack.yaml", "sources.yaml")
OPTIONAL = ("regions.yaml", "synonyms.yaml", "phrases.yaml")
"""Files that are inherited if a pack does not have them."""
FOLDERS = ("faq", "procedures", "calculators")
WORDS = "dictionary.txt"
MODEL = "model.json"
"""The coefficients of a pack that were fitted on it; read by `bot.runtime.scoring_model`."""


@dataclass(frozen=True, slots=True)
class Contents:
    """The files of a pack by their names inside the folder, as bytes."""

    folder: Path
    files: Mapping[str, Content]
    """The YAML files in reading order, `WORDS` and `MODEL`."""
    problems: tuple[Problem, ...]
    """Problems of the folder: files that are missing or would not be read."""

    @property
    def digest(self) -> str:
        """Return the SHA-256 over names and bytes."""
        digest = hashlib.sha256()
        for name, content in sorted(self.files.items()):
            digest.update(f"{name}\0{len(content.raw)}\0".encode())
            digest.update(content.raw)
        return digest.hexdigest()

    @property
    def version(self) -> str:
        """Return the first 12 hex digits of the digest."""
        return self.digest[:12]

    @property
    def is_readable(self) -> bool:
        """Return whether every file could be read; says nothing about their content."""
        return not self.problems and not any(file.problems for file in self.files.values())


def read_contents(folder: Path) -> Contents:
    """Read every file of the pack in a folder; a missing one is a problem.

    Raises:
        KnowledgeError: there is no folder, or no file of a pack in it.
    """
    _require_pack(folder)
    names = [name for name in (*REQUIRED, *OPTIONAL) if (folder / name).exists()]
    names += [name for subfolder in FOLDERS for name in yaml_names(folder, subfolder)]
    files = {name: read_inside(folder, name) for name in names}
    for name in (WORDS, MODEL):
        files[name] = read_inside(folder, name) if (folder / name).exists() else Content()
    return Contents(folder, files, (*_missing(folder), *_misnamed(folder)))


def read_named(folder: Path, names: Sequence[str]) -> Contents:
    """Read these files of a folder, whether or not they make a pack."""
    return Contents(folder, {name: read_inside(folder, name) for name in (*names, WORDS)}, ())


def read_inside(folder: Path, name: str) -> Content:
    """Read one file of the pack, unless it is a link that leads out of the folder."""
    return _outside(folder, name) or read_raw(folder / name, display_name(folder, name))


def display_name(folder: Path, name: str) -> str:
    """Return a file's name as problems print it."""
    return (folder / name).as_posix()


def require_folder(folder: Path) -> None:
    """Check that there is such a folder.

    Raises:
        KnowledgeError: there is none, or it cannot be opened.
    """
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
    """Return the files to read in a subfolder, in order of name; none if it does not exist."""
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
            yield Problem(display_name(folder, name), 0, "", "缺少这个文件")
    if not yaml_names(folder, "faq"):
        yield Problem(
            display_name(folder, "faq"), 0, "", "缺少问答：faq/ 里至少要有一个 .yaml 文件"
        )


def _misnamed(folder: Path) -> Iterator[Problem]:
    """Yield a problem for each file that seems meant to be read and would not be."""
    known = (*REQUIRED, *OPTIONAL, WORDS)
    inner = (path for subfolder in FOLDERS for path in folder.glob(f"{subfolder}/*.yml"))
    for path in sorted([*folder.glob("*.y*ml"), *inner]):
        name = path.relative_to(folder).as_posix()
        hint = _hint(name, known) if name not in known and "/" not in name else ""
        if path.name.startswith(("_", ".")) or name in known:
            continue
        if path.suffix == ".yml" or hint:
            reason = "扩展名要写 .yaml" if path.suffix == ".yml" else "不认识这个文件名"
            yield Problem(display_name(folder, name), 0, "", f"{reason}{hint}")


def _hint(name: str, known: Sequence[str]) -> str:
    # Imported late: it needs difflib, and hardly any pack has a name that is not known.
    from bot.knowledge.did_you_mean import did_you_mean  # noqa: PLC0415

    return did_you_mean(name, known)


def _outside(folder: Path, name: str) -> Content | None:
    """Return the refusal of a link that leads out of the folder, else `None`."""
    try:
        target, root = (folder / name).resolve(), folder.resolve()
    except (OSError, RuntimeError):  # a link to itself
        target, root = Path("/"), folder
    if target.is_relative_to(root):
        return None
    message = "这个链接指到知识包外面去了；请把文件放进来"
    return Content(problems=(Problem(display_name(folder, name), 0, "", message),))
