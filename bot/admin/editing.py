"""Serve the editor, proposals and the way back."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from bot.admin.door import Visitor
from bot.admin.guard import Form
from bot.admin.looking import Looking
from bot.admin.pages import base_of, page
from bot.core.model.spans import ZONE
from bot.knowledge.blocks import ENTRY, Block, with_wordings
from bot.knowledge.scaffold import NewEntry, new_entry
from bot.runtime.draft_process import NotDoneError
from bot.runtime.explain import LABELS
from bot.runtime.good_copies import GoodCopies
from bot.runtime.proposals import GitError, history
from bot.runtime.workplace import (
    MOST_QUESTIONS,
    NEW,
    Draft,
    RefusedError,
    TakenError,
    changed_files,
    where_of,
)

_LATEST = 50
_FRESH = "new-entry"
_OTHER = "写一句不该由它回答的话"


@dataclass(frozen=True)
class Editing:
    look: Looking

    async def get_editor(self, request: Request, visitor: Visitor) -> Response:
        block = await self.look.work.find(request.query_params.get("where", ""))
        if block is None:
            return self.look.missing(request, visitor)
        draft = Draft(block.where, block.digest, block.text, entry=_entry_in(block.where))
        return self._editor(request, visitor, draft, block)

    async def begin(self, request: Request, visitor: Visitor, form: Form) -> Response:
        """Open the editor with wordings that were asked in vain: in an entry, or in a new one."""
        wordings = _lines(form.get("wordings", ""))
        if not wordings:
            return self.look.missing(request, visitor)
        if entry := form.get("entry", ""):
            block = await self.look.work.find(where_of(entry))
            if block is None:
                return self.look.missing(request, visitor)
            text = with_wordings(block, wordings) or block.text
            draft = Draft(block.where, block.digest, text, wordings, entry)
            return self._editor(request, visitor, draft, block)
        draft = self._fresh(wordings)
        return self._editor(request, visitor, draft, Block(draft.where, "", 1, ""))

    def _fresh(self, wordings: Sequence[str]) -> Draft:
        new = NewEntry(_FRESH, wordings[0], wordings, "", _OTHER)
        text = next(iter(new_entry(self.look.pack, new).values()))
        return Draft(f"{NEW}:faq/{_FRESH}.yaml", "", text, tuple(wordings), _FRESH)

    async def post_editor(self, request: Request, visitor: Visitor, form: Form) -> Response:
        draft = _draft(form)
        try:
            return await self._done(request, visitor, draft, form.get("do", "try"))
        except TakenError as taken:
            block = taken.block or Block(draft.where, "", 1, "")
            rebased = replace(draft, base=block.digest if taken.block else "")
            outcome = {"taken": taken, "theirs": block.text}
            return self._editor(request, visitor, rebased, block, outcome, 409)
        except (RefusedError, NotDoneError, GitError) as refused:
            block = await self.look.work.find(draft.where) or Block(draft.where, "", 1, "")
            outcome = {"refused": str(refused)}
            return self._editor(request, visitor, draft, block, outcome, 422)

    async def _done(self, request: Request, visitor: Visitor, draft: Draft, do: str) -> Response:
        work = self.look.work
        if do == "patch":
            return _download(await work.patch(draft), work.conversation.clock.now())
        if do == "adopt":
            await work.adopt(draft, visitor.name)
            return RedirectResponse(f"{base_of(request)}/changes?done=adopted", 303)
        if do == "commit":
            await work.commit(draft, visitor.name)
            return RedirectResponse(f"{base_of(request)}/changes?done=committed", 303)
        tried = await work.tried(draft)
        block = await work.find(draft.where) or Block(draft.where, "", 1, "")
        return self._editor(request, visitor, draft, block, {"tried": tried})

    async def post_check(self, _: Request, visitor: Visitor, form: Form) -> Response:
        """Answer the script while somebody types: problems, and who else is at it."""
        draft, work = _draft(form), self.look.work
        others = work.arrive(draft.where, visitor.nonce, visitor.name)
        shown: dict[str, Any] = {"others": others, "problems": [], "said": ""}
        try:
            problems = await work.check(draft)
            shown["problems"] = [
                {"line": p.line, "path": p.path, "message": p.message} for p in problems
            ]
        except TakenError as taken:
            by = f"{taken.by.who} 在 {taken.by.time:%m-%d %H:%M} " if taken.by else "有人"
            shown["said"] = f"{by}改了这一段；您现在保存会先让您看到对方的改动。"
        except (RefusedError, NotDoneError) as refused:
            shown["said"] = str(refused)
        return JSONResponse(shown)

    async def changes(self, request: Request, visitor: Visitor) -> Response:
        work = self.look.work
        copies = await asyncio.to_thread(_copies, work.folder)
        values = {
            "records": work.log.latest(_LATEST),
            "copies": copies,
            "commits": await asyncio.to_thread(history, work.git) if work.git else [],
            "done": request.query_params.get("done", ""),
            "ways": {"adopted": "采用", "committed": "提交", "undone": "退回"},
        }
        return page(request, "changes.html", self.look.shown(visitor, "changes", **values))

    async def undo(self, request: Request, visitor: Visitor, form: Form) -> Response:
        try:
            await self.look.work.undo(form.get("copy", ""), visitor.name)
        except RefusedError as refused:
            values = self.look.shown(visitor, "changes") | {"said": str(refused)}
            return page(request, "refused.html", values, 422)
        return RedirectResponse(f"{base_of(request)}/changes?done=undone", 303)

    async def state(self, _: Request, __: Visitor) -> Response:
        """Tell the script whether the files answer by now."""
        work = self.look.work
        reloader = work.reloader
        settled = await asyncio.to_thread(reloader.is_settled) if reloader else None
        refused = [str(problem) for problem in reloader.refused[:5]] if reloader else []
        slid = list(reloader.slid) if reloader else []
        told = {"settled": settled, "refused": refused, "slid": slid}
        return JSONResponse(told | {"version": self.look.pack.version})

    def _editor(
        self,
        request: Request,
        visitor: Visitor,
        draft: Draft,
        block: Block,
        outcome: Mapping[str, Any] | None = None,
        status: int = 200,
    ) -> Response:
        work = self.look.work
        others = work.arrive(draft.where, visitor.nonce, visitor.name)
        values = {
            "draft": draft,
            "block": block,
            "is_new": draft.where.startswith(f"{NEW}:"),
            "others": others,
            "outcome": {"tried": None, "taken": None, "refused": "", **(outcome or {})},
            "titles": {e.id: e.title for e in self.look.pack.entries.values()},
            "labels": LABELS,
        }
        return page(request, "edit.html", self.look.shown(visitor, "knowledge", **values), status)


def _draft(form: Form) -> Draft:
    where = form.get("where", "")
    if where.startswith(f"{NEW}:"):
        where = f"{NEW}:{form.get('file', '').strip()}"
    return Draft(
        where,
        form.get("base", ""),
        form.get("text", "").replace("\r\n", "\n"),
        _lines(form.get("questions", "")),
        form.get("entry", "").strip() or _entry_in(where),
        form.get("note", "").strip(),
    )


def _entry_in(where: str) -> str:
    kind, _, name = where.partition(":")
    return name if kind == ENTRY else ""


def _lines(text: str) -> tuple[str, ...]:
    lines = (line.strip() for line in text.splitlines())
    return tuple(dict.fromkeys(line for line in lines if line))[:MOST_QUESTIONS]


def _download(text: str, now: datetime) -> Response:
    name = f"knowledge-{now.astimezone(ZONE):%Y%m%d-%H%M}.patch"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(text, media_type="text/x-diff; charset=utf-8", headers=headers)


def _copies(folder: Path) -> list[dict[str, Any]]:
    copies = GoodCopies.of(folder).copies()
    return [
        {
            "name": copy.name,
            "at": datetime.fromtimestamp(copy.stat().st_mtime, ZONE),
            "files": changed_files(folder, copy),
        }
        for copy in copies
    ]
