"""Hold what operators look at and work on: the pack in use, its folder, the journal.

What a newcomer would get wrong: an edit is compared with the block as it was when the page was
opened.  If somebody else has changed that block meanwhile, nothing is written and the second is
told; edits of other blocks of the same file do not get into each other's way.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.core.conversation import Conversation
from bot.core.model.spans import ZONE, day_of
from bot.core.ports import Missed, Rated, Usage
from bot.errors import Problem
from bot.knowledge.blocks import ENTRY, FILE, Block, block_at, text_of, with_block
from bot.runtime import admin
from bot.runtime.change_log import ChangeLog, Record, Way
from bot.runtime.draft_process import DraftProcess
from bot.runtime.due import Due, due
from bot.runtime.good_copies import GoodCopies, files_of
from bot.runtime.links import links_of
from bot.runtime.proposals import commit, patch, put, with_tests
from bot.runtime.reload import Reloader
from bot.runtime.replay import Replayer
from bot.runtime.unanswered import Group, groups_of
from bot.storage.retention import WORDS_LIFE

if TYPE_CHECKING:
    from bot.settings import Settings

NEW = "new"
PRESENT_S = 90.0
"""After how long without a sign somebody counts as gone from a page."""
MOST_QUESTIONS = 30
_MOST_MISSED = 300


class TakenError(Exception):
    """The block was changed by somebody else; `block` is as it is now."""

    def __init__(self, block: Block | None, by: Record | None) -> None:
        self.block, self.by = block, by
        super().__init__(block)


class RefusedError(Exception):
    """The change cannot be taken; the text says why."""


@dataclass(frozen=True, slots=True)
class Draft:
    """What somebody has typed, and what they started from."""

    where: str
    """The block, or `new:<file>`."""
    base: str
    """Digest of the block when the page was opened; empty for a new file."""
    text: str
    questions: tuple[str, ...] = ()
    """What is tried, and becomes tests."""
    entry: str = ""
    """The entry that has to answer them; without it they are only tried."""
    note: str = ""


class Workplace:
    """One pack, for all operators at once."""

    def __init__(
        self,
        conversation: Conversation,
        settings: Settings,
        folder: Path,
        reloader: Reloader | None = None,
    ) -> None:
        self.conversation, self.folder, self.reloader = conversation, folder, reloader
        self.settings = settings
        self.log = ChangeLog(folder)
        self.drafts = DraftProcess(folder)
        self._writing = asyncio.Lock()
        self._present: dict[tuple[str, str], tuple[str, float]] = {}

    @property
    def may_write(self) -> bool:
        """Return whether changes may be put into the pack that answers."""
        return self.settings.admin.write and self.folder.name != "_pack"

    @property
    def git(self) -> Path | None:
        return self.settings.admin.git

    def replayer(self) -> Replayer:
        return Replayer(self.conversation.brain, self.conversation.clock.now())

    async def usage(self, days: int) -> Usage | None:
        """Return the counts of replies; `None` without a journal."""
        if self.settings.journal is None:
            return None
        return await admin.usage(self.settings, self.conversation.clock.now(), days)

    async def rated(self, days: int) -> Sequence[Rated]:
        """Return what people said of answers; nothing without a journal."""
        if self.settings.journal is None:
            return ()
        return await admin.rated(self.settings, self.conversation.clock.now(), days)

    async def due(self, days: int) -> list[Due]:
        """Return what is growing old, as people and the addresses of the pack say too."""
        pack = self.conversation.pack
        rated = await self.rated(WORDS_LIFE.days)
        links = await asyncio.to_thread(links_of, pack, self.folder)
        return due(pack, day_of(self.conversation.clock.now()), days, rated, links)

    async def groups(self, days: int) -> list[Group] | None:
        """Return what was not answered, or badly, grouped; `None` without a journal."""
        if self.settings.journal is None:
            return None
        now = self.conversation.clock.now()
        found: Sequence[Missed] = await admin.missed(self.settings, now, days, _MOST_MISSED)
        return await asyncio.to_thread(groups_of, found, self.replayer())

    async def find(self, where: str) -> Block | None:
        """Return a block of the pack as it is in its file now."""
        return await asyncio.to_thread(block_at, self.folder, where)

    def arrive(self, where: str, nonce: str, name: str) -> list[str]:
        """Note who looks at a block; return the others who do."""
        now = time.monotonic()
        for key in [key for key, (_, at) in self._present.items() if now - at > PRESENT_S]:
            del self._present[key]
        self._present[where, nonce] = name, now
        others = (n for (at, who), (n, _) in self._present.items() if at == where and who != nonce)
        return sorted(set(others))

    async def check(self, draft: Draft) -> list[Problem]:
        """Return the problems of the pack with the draft in it; lines are those of the block.

        Raises:
            TakenError, RefusedError, NotDoneError.
        """
        files, block = await asyncio.to_thread(self._files, draft)
        return [_within(problem, block) for problem in await self.drafts.check(files)]

    async def tried(self, draft: Draft) -> Mapping[str, Any]:
        """Return how the draft answers and what it changes.  Raises as `check`."""
        files, block = await asyncio.to_thread(self._files, draft)
        found = await self.drafts.tried(files, draft.questions)
        problems = [_within(Problem(**problem), block) for problem in found["problems"]]
        return {**found, "problems": problems}

    async def patch(self, draft: Draft) -> str:
        """Return the draft with its tests as a patch.  Raises as `check`."""
        files, _ = await asyncio.to_thread(self._files, draft)
        return await asyncio.to_thread(patch, self.folder, files)

    async def prove(self, draft: Draft) -> None:
        """Return if the draft may be taken.  Raises as `adopt`."""
        await self._proved(draft)

    async def adopt(self, draft: Draft, who: str) -> Record:
        """Put the draft with its tests into the pack, if it is without problems.

        Raises:
            TakenError, RefusedError, NotDoneError: and nothing was written.
        """
        if not self.may_write:
            raise RefusedError("这个知识包不能从这里改，请下载补丁")
        async with self._writing:
            files, told = await self._proved(draft)
            try:
                await asyncio.to_thread(put, self.folder, files)
            except OSError as error:
                raise RefusedError(f"文件写不进去：{error.strerror or error}") from error
            record = self._record("adopted", who, files, told, draft.note)
        if self.reloader:
            self.reloader.look_now()
        return record

    async def commit(self, draft: Draft, who: str) -> Record:
        """Commit the draft with its tests to the git folder.  Raises as `adopt`, and `GitError`."""
        if self.git is None:
            raise RefusedError("没有设置 git 文件夹")
        async with self._writing:
            files, told = await self._proved(draft)
            if any(text_of(self.git, n) != text_of(self.folder, n) for n in files):
                raise RefusedError("git 文件夹里的这个文件和正在用的不一样，请先把两边对齐")
            message = "\n".join([draft.note or told[0], "", *told])
            name = await asyncio.to_thread(commit, self.git, files, who, message)
            record = self._record("committed", who, files, told, f"{name} {draft.note}".strip())
        if self.reloader:
            self.reloader.look_now()
        return record

    async def undo(self, copy: str, who: str) -> Record:
        """Put a good copy in place of the present files.

        Raises:
            RefusedError: it is no copy, or nothing may be written.
        """
        copies = GoodCopies.of(self.folder)
        found = next((place for place in copies.copies() if place.name == copy), None)
        if found is None or not self.may_write:
            raise RefusedError("没有这份样子，或者这个知识包不能从这里改")
        async with self._writing:
            files = await asyncio.to_thread(changed_files, self.folder, found)
            await asyncio.to_thread(copies.undo, found)
            kept = datetime.fromtimestamp(found.stat().st_mtime, ZONE)
            told = [f"退回 {kept:%Y-%m-%d %H:%M} 的样子（{copy}）"]
            record = self._record("undone", who, dict.fromkeys(files, ""), told, "")
        if self.reloader:
            self.reloader.look_now()
        return record

    async def _proved(self, draft: Draft) -> tuple[Mapping[str, str], list[str]]:
        """Return the files of a draft without problems, and what it changes in words."""
        files, block = await asyncio.to_thread(self._files, draft)
        found = await self.drafts.proved(files, draft.questions if draft.entry else ())
        if found["problems"]:
            first = _within(Problem(**found["problems"][0]), block)
            raise RefusedError(f"还有 {len(found['problems'])} 个问题，第一个：{first}")
        for failure in found["failures"]:
            raise RefusedError(f"“{failure['question']}”：{failure['message']}")
        for asked in found["questions"]:
            if asked["reply"]["entry"] != draft.entry:
                by = asked["reply"]["entry"] or "没有条目"
                raise RefusedError(f"“{asked['question']}”现在由 {by} 回答，不是 {draft.entry}")
        told = found["told"] or [f"{name} 改了备注或考题" for name in sorted(files)]
        return files, told

    def _files(self, draft: Draft) -> tuple[dict[str, str], Block]:
        """Return the files that the draft changes, and the block that it stands in place of."""
        kind, _, name = draft.where.partition(":")
        if kind == NEW:
            block = self._new_block(draft.where, name)
            files = {name: draft.text.replace("\r\n", "\n")}
        else:
            found = block_at(self.folder, draft.where)
            if found is None or found.digest != draft.base:
                raise TakenError(found, self.log.last_of(found.file) if found else None)
            block = found
            files = {block.file: with_block(self.folder, block, draft.text)}
        if draft.questions and draft.entry:
            files.update(with_tests(self.folder, draft.questions, draft.entry))
        changed = {n: text for n, text in files.items() if text != text_of(self.folder, n)}
        if not changed:
            raise RefusedError("没有改动")
        return changed, block

    def _new_block(self, where: str, name: str) -> Block:
        stem = name.removeprefix("faq/").removesuffix(".yaml")
        if name != f"faq/{stem}.yaml" or not stem.replace("-", "").isalnum() or not stem.isascii():
            raise RefusedError("文件名只能用英文字母、数字和 -")
        if (self.folder / name).exists():
            raise TakenError(block_at(self.folder, f"{FILE}:{name}"), self.log.last_of(name))
        return Block(where, name, 1, "")

    def _record(
        self, way: Way, who: str, files: Mapping[str, str], told: Sequence[str], note: str
    ) -> Record:
        at = self.conversation.clock.now().astimezone(ZONE).isoformat(timespec="seconds")
        record = Record(at, who, way, sorted(files), list(told), note)
        self.log.add(record)
        return record


def changed_files(folder: Path, copy: Path) -> list[str]:
    """Return the files that differ from a copy."""
    now, then = files_of(folder), files_of(copy)
    return sorted(name for name in now.keys() | then.keys() if now.get(name) != then.get(name))


def where_of(entry: str) -> str:
    """Return how the block of an entry is found."""
    return f"{ENTRY}:{entry}"


def _within(problem: Problem, block: Block) -> Problem:
    """Return the problem with its line counted inside the block; 0 if it lies elsewhere."""
    if problem.file != block.file:
        place = f"{problem.file}:{problem.line}"
        return Problem(block.file, 0, problem.path, f"{place}  {problem.message}")
    line = max(problem.line - block.first + 1, 0)
    return Problem(block.file, line, problem.path, problem.message)
