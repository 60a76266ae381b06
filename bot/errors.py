"""Define every error that the bot raises on purpose.

    BotError
    ├── KnowledgeError      problems: tuple[Problem, ...]     all of them, sorted by file and line
    ├── SettingsError       name, value (secrets hidden), expected
    ├── ExtraMissing        wanted, extra, module
    ├── LifetimeError       the sentence says what to do instead
    ├── DataFileError       path, line (None: the whole file), expected
    ├── SavedIndexError     path, found
    ├── StoreError          the driver's error is __cause__
    │   └── StoreUnavailable    retry makes sense
    └── AdapterError
        ├── PluginError         name, origin, found
        └── DeliveryFailed      retry_after_s: float | None

Facts are attributes; `str()` is one sentence: where, what was found, what was expected.
"""

from __future__ import annotations

import errno
from dataclasses import dataclass
from pathlib import Path

_WHY = {
    errno.ENOENT: "没有这个文件或文件夹",
    errno.EACCES: "没有权限",
    errno.EPERM: "没有权限",
    errno.EEXIST: "已经有了",
    errno.EISDIR: "是一个文件夹",
    errno.ENOTDIR: "路径里有一段不是文件夹",
    errno.ENOSPC: "磁盘满了",
    errno.EROFS: "这里只能读",
    errno.ENAMETOOLONG: "名字太长",
}


def why(error: OSError) -> str:
    """Say in Chinese what the system has against a file; in its own words if that is unheard of."""
    return _WHY.get(error.errno or 0) or error.strerror or str(error)


class BotError(Exception):
    """Root of the tree: catch it to catch everything the bot raises on purpose."""


@dataclass(frozen=True, order=True, slots=True)
class Problem:
    """One thing wrong with a knowledge file. Messages are Chinese: operators read them."""

    file: str
    line: int
    path: str
    """Where in the file, from the outside in: `entries > initial-materials > ask`."""
    message: str
    """What was found and what was expected."""

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        return (
            f"{place}  {self.path}\n    {self.message}"
            if self.path
            else f"{place}\n    {self.message}"
        )


class KnowledgeError(BotError):
    """A pack that cannot be used; nothing of it was loaded."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        self.problems = tuple(sorted(problems))
        super().__init__(self.problems)

    def __str__(self) -> str:
        files = len({problem.file for problem in self.problems})
        return "\n".join(
            [
                *(str(problem) for problem in self.problems),
                f"{files} 个文件里有 {len(self.problems)} 个问题，什么都没有加载。",
            ]
        )


class SettingsError(BotError):
    """A setting that is misspelt, missing or of the wrong kind."""

    def __init__(self, name: str, value: str | None, expected: str) -> None:
        self.name, self.value, self.expected = name, value, expected
        super().__init__(name, value, expected)

    def __str__(self) -> str:
        found = "没有设置" if self.value is None else f"现在是 {self.value!r}"
        return f"设置 {self.name} 有误：{found}；{self.expected}"


class ExtraMissing(BotError):  # noqa: N818  a state of the installation, as StoreUnavailable
    """Something was asked for that comes with an extra, and that is not installed."""

    def __init__(self, wanted: str, extra: str, module: str | None) -> None:
        self.wanted, self.extra, self.module = wanted, extra, module
        super().__init__(wanted, extra, module)

    def __str__(self) -> str:
        return f"{self.wanted}没有安装（缺 {self.module}）：pip install 'zhuce[{self.extra}]'"


class LifetimeError(BotError):
    """A conversation is used where it does not live: in a foreign loop or thread, or when closed.

    Nothing was answered and nothing stored.
    """


class DataFileError(BotError):
    """A file of questions that was given to be measured on cannot be used."""

    def __init__(self, path: Path, line: int | None, expected: str) -> None:
        self.path, self.line, self.expected = path, line, expected
        super().__init__(path, line, expected)

    def __str__(self) -> str:
        place = f"{self.path}:{self.line}" if self.line else str(self.path)
        return f"{place}  {self.expected}"


class SavedIndexError(BotError):
    """A saved index, or the cache of a pack, cannot be used, or none can be saved there."""

    def __init__(self, path: Path, found: str) -> None:
        self.path, self.found = path, found
        super().__init__(path, found)

    def __str__(self) -> str:
        return f"索引 {self.path} 不能用：{self.found}"


class StoreError(BotError):
    """A session store failed; the driver's error is `__cause__`."""


class StoreUnavailable(StoreError):  # noqa: N818  a state of the store, not a fault of the caller
    """The store cannot be reached at the moment; trying again makes sense."""


class AdapterError(BotError):
    """A platform and the bot did not come together."""


class PluginError(AdapterError):
    """An adapter that is installed cannot be used; `origin` is the package that brought it."""

    def __init__(self, name: str, origin: str, found: str) -> None:
        self.name, self.origin, self.found = name, origin, found
        super().__init__(name, origin, found)

    def __str__(self) -> str:
        return f"适配器 {self.name}（来自 {self.origin}）不能用：{self.found}"


class DeliveryFailed(AdapterError):  # noqa: N818  what happened, as StoreUnavailable
    """A platform did not take what was sent; `retry_after_s` is how long it asked to wait."""

    def __init__(self, text: str, retry_after_s: float | None = None) -> None:
        self.retry_after_s = retry_after_s
        super().__init__(text)
