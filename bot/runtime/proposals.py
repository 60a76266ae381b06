"""Make a patch of a changed pack, put it into the pack, or commit it to a git folder.

What a newcomer would get wrong: a proposal carries its tests.  The questions that were tried are
written into `tests/console.yaml`, so that no later edit takes the answer away unseen.
"""

from __future__ import annotations

import contextlib
import difflib
import json
import os
import re
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from bot.knowledge.blocks import quoted, text_of
from bot.runtime.good_copies import write_file

TESTS = "tests/console.yaml"
_HEAD = "# yaml-language-server: $schema=../schema/questions.json\nquestions:\n"
_GIT_S = 30.0
_ADDRESS = "console@localhost"
Files = Mapping[str, str]


class GitError(Exception):
    """Git did not do it; the text is what it said."""


def with_tests(folder: Path, questions: Sequence[str], entry: str) -> Files:
    """Return the file of tests with these questions, to be answered by the entry."""
    text = text_of(folder, TESTS) or _HEAD
    known = set(re.findall(r"^  - q: (.+)$", text, re.MULTILINE))
    lines = dict.fromkeys(json.dumps(line, ensure_ascii=False) for line in questions)
    new = [line for line in lines if line not in known]
    if not new:
        return {}
    added = "".join(f"  - q: {line}\n    entry: {quoted(entry)}\n" for line in new)
    return {TESTS: (text if text.endswith("\n") else text + "\n") + added}


def patch(folder: Path, files: Files) -> str:
    """Return the change as a patch for `git apply` or `patch -p1` inside the folder of the pack."""
    return "".join(line for name in sorted(files) for line in _diff(folder, name, files[name]))


def _diff(folder: Path, name: str, new: str) -> Iterator[str]:
    old = text_of(folder, name)
    if old == new:
        return
    is_new = not (folder / name).exists()
    yield f"diff --git a/{name} b/{name}\n"
    if is_new:
        yield "new file mode 100644\n"
    before, after = old.splitlines(keepends=True), new.splitlines(keepends=True)
    source = "/dev/null" if is_new else f"a/{name}"
    for line in difflib.unified_diff(before, after, source, f"b/{name}"):
        yield line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"


def put(folder: Path, files: Files) -> None:
    """Write the files into the folder, each in one step.

    Raises:
        OSError: one cannot be written.
    """
    for name, text in files.items():
        write_file(folder / name, text.encode("utf-8"))


def commit(folder: Path, files: Files, who: str, message: str) -> str:
    """Write the files into a folder of a git repository, commit them alone, and return the name.

    Raises:
        GitError: it is no repository, or git refuses; the files are as they were.
        OSError: a file cannot be written.
    """
    _git(folder, "rev-parse", "--git-dir")
    names = sorted(files)
    before = {name: (folder / name).read_bytes() for name in names if (folder / name).exists()}
    put(folder, files)
    author = f"{_plain(who)} <{_ADDRESS}>"
    try:
        _git(folder, "add", "--", *names)
        _git(folder, "commit", "--quiet", f"--author={author}", "-m", message, "--", *names)
    except GitError:
        _take_back(folder, names, before)
        raise
    return _git(folder, "rev-parse", "--short", "HEAD").strip()


def _take_back(folder: Path, names: Sequence[str], before: Mapping[str, bytes]) -> None:
    for name in names:
        if name in before:
            write_file(folder / name, before[name])
        else:
            (folder / name).unlink()
    with contextlib.suppress(GitError):
        _git(folder, "reset", "--quiet", "--", *names)


def _plain(who: str) -> str:
    return re.sub(r"[<>\n\r]", "", who).strip() or "console"


def _git(folder: Path, *arguments: str) -> str:
    known = {"GIT_COMMITTER_NAME": "console", "GIT_COMMITTER_EMAIL": _ADDRESS}
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("BOT_", "GIT_"))}
    try:
        ran = subprocess.run(
            ["git", "-C", str(folder), *arguments],
            capture_output=True,
            text=True,
            timeout=_GIT_S,
            check=False,
            env=environment | known,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise GitError(f"git 没有运行：{error}") from error
    if ran.returncode:
        raise GitError((ran.stderr or ran.stdout).strip() or f"git 退出了（{ran.returncode}）")
    return ran.stdout


def history(folder: Path, most: int = 20) -> list[str]:
    """Return the latest commits that touched the folder, a line each; empty if git cannot say."""
    try:
        told = _git(folder, "log", f"-{most}", "--date=short", "--format=%h %ad %an %s", "--", ".")
    except GitError:
        return []
    return told.splitlines()
