"""Answer `/kb` and `/stats`, which operators use in a private chat with the bot.

What a newcomer would get wrong: who may use them is for the platform to say.  Nothing here changes
the pack that answers: `propose` makes a patch with its test, or commits it to the git folder.
"""

from __future__ import annotations

from collections.abc import Sequence

from bot.core.answering.entry_replies import entry_reply
from bot.core.model.reply import Document, Part, Reply, Status, Text
from bot.core.model.scope import Scope
from bot.core.model.spans import ZONE
from bot.knowledge.blocks import with_wordings
from bot.knowledge.did_you_mean import did_you_mean
from bot.runtime.draft_process import NotDoneError
from bot.runtime.entry_search import matching
from bot.runtime.proposals import GitError
from bot.runtime.report_text import usage_as_text
from bot.runtime.workplace import Draft, RefusedError, TakenError, Workplace, where_of

NAMES = ("/kb", "/stats")
_SHOWN, _DAYS, _DUE_DAYS = 10, 30, 60
_LONGEST_BLOCK = 6000
_HELP = """/kb find 词或问题
/kb show 条目
/kb preview 条目
/kb propose 条目 问法
/stats"""


class OperatorCommands:
    """The commands, for one pack."""

    def __init__(self, work: Workplace) -> None:
        self._work = work

    def knows(self, text: str) -> bool:
        """Return whether the words are one of these commands."""
        return text.partition(" ")[0].partition("@")[0].lower() in NAMES

    async def answer(self, text: str, who: str) -> Reply:
        """Carry a command out; `who` is noted beside what is committed."""
        name, *words = text.split()
        if name.partition("@")[0].lower() == "/stats":
            return _said(await self._stats())
        match words:
            case ["find", _, *_]:
                return _said(self._find(" ".join(words[1:])))
            case ["show", entry]:
                return _said(await self._show(entry))
            case ["preview", entry]:
                return self._preview(entry)
            case ["propose", entry, _, *_]:
                return await self._propose(entry, " ".join(words[2:]), who)
            case _:
                return _said(_HELP)

    async def _stats(self) -> str:
        usage, found = await self._work.usage(_DAYS), await self._work.due(_DUE_DAYS)
        head = "没有记录：没有设置 BOT_JOURNAL。" if usage is None else usage_as_text(usage)
        return f"{head}\n\n{_DUE_DAYS} 天内到期 {len(found)} 项。"

    def _find(self, words: str) -> str:
        found = matching(self._work.replayer(), words)[:_SHOWN]
        return "\n".join(f"{entry.id}　{entry.title}" for entry in found) or "没有找到。"

    async def _show(self, name: str) -> str:
        block = await self._work.find(where_of(name))
        if block is None:
            return self._unknown(name)
        rest = "\n……" if len(block.text) > _LONGEST_BLOCK else ""
        return f"{block.file}:{block.first}\n{block.text[:_LONGEST_BLOCK]}{rest}"

    def _preview(self, name: str) -> Reply:
        pack = self._work.conversation.pack
        if name not in pack.entries:
            return _said(self._unknown(name))
        today = self._work.conversation.clock.now().astimezone(ZONE).date()
        entry = pack.entries[name]
        return entry_reply(Scope(pack, today, dict(entry.slots)), entry, None, "preview")

    async def _propose(self, name: str, wording: str, who: str) -> Reply:
        block = await self._work.find(where_of(name))
        if block is None:
            return _said(self._unknown(name))
        text = with_wordings(block, [wording])
        if text is None:
            return _said(f"{name} 的 ask 写在一行里，不能自动加；请在 {block.file} 里手工改。")
        draft = Draft(block.where, block.digest, text, (wording,), name, f"{name}：{wording}")
        try:
            if self._work.git:
                record = await self._work.commit(draft, who)
                return _said(f"检查和试问都过了，已经提交：{record.note}")
            await self._work.prove(draft)
            patch = await self._work.patch(draft)
        except TakenError:
            return _said("这一条刚被别人改过，请再试一次。")
        except (RefusedError, NotDoneError, GitError) as refused:
            return _said(f"没有做。{refused}")
        file = Document(f"{name}.patch", "text/x-diff", patch, "补丁在附件里")
        return _said("检查和试问都过了。在知识包的文件夹里用 git apply 打上这个补丁。", file)

    def _unknown(self, name: str) -> str:
        return f"没有条目“{name}”{did_you_mean(name, self._work.conversation.pack.entries)}"


def _said(text: str, *more: Part) -> Reply:
    parts: Sequence[Part] = (Text(text), *more)
    return Reply(Status.SMALLTALK, tuple(parts), rule="operator")
