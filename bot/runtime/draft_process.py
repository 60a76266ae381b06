"""Check and try drafts in a process of its own, so that the one that answers people keeps its time.

`python -m bot.runtime.draft_process FOLDER` reads an order as JSON from each line of stdin and
answers it on a line of stdout; it ends with stdin.  `DraftProcess` is the side of who orders: it
starts the process when it is needed and ends it when it was not needed for a while.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from bot.errors import Problem

IDLE_S = 600.0
LONGEST_S = 180.0
_LONGEST_LINE = 16 * 1024 * 1024
Json = dict[str, Any]


class NotDoneError(Exception):
    """The process ended or took too long; trying again makes sense."""


class DraftProcess:
    """Answers one order after another."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._turn = asyncio.Lock()
        self._process: Process | None = None
        self._ending: asyncio.TimerHandle | None = None

    async def check(self, files: Mapping[str, str]) -> list[Problem]:
        """Return every problem of the pack with these files in place of its own.

        Raises:
            NotDoneError: no answer came.
        """
        found = await self._ask({"do": "check", "files": dict(files)})
        return [Problem(**problem) for problem in found["problems"]]

    async def tried(self, files: Mapping[str, str], questions: Sequence[str]) -> Json:
        """Return what `bot.runtime.drafts.Drafts.tried` does.  Raises as `check`."""
        order = {"do": "try", "files": dict(files), "questions": list(questions)}
        return await self._ask(order)

    async def proved(self, files: Mapping[str, str], questions: Sequence[str]) -> Json:
        """Return the same without a look at what is near.  Raises as `check`."""
        order = {"do": "prove", "files": dict(files), "questions": list(questions)}
        return await self._ask(order)

    async def close(self) -> None:
        """End the process."""
        if self._ending:
            self._ending.cancel()
        process, self._process = self._process, None
        if process is not None and process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()

    async def _ask(self, order: Json) -> Json:
        async with self._turn:
            try:
                async with asyncio.timeout(LONGEST_S):
                    return await self._exchange(order)
            except (TimeoutError, OSError, ValueError) as error:
                await self.close()
                raise NotDoneError(str(error) or "没有等到结果") from error
            except asyncio.CancelledError:
                await self.close()  # its answer would be taken for that of the next order
                raise
            finally:
                self._end_later()

    async def _exchange(self, order: Json) -> Json:
        process = await self._running()
        assert process.stdin
        assert process.stdout
        process.stdin.write(json.dumps(order).encode() + b"\n")
        await process.stdin.drain()
        answer: Json = json.loads(await process.stdout.readline())
        return answer

    async def _running(self) -> Process:
        if self._process is None or self._process.returncode is not None:
            self._process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "bot.runtime.draft_process", str(self.folder)),
                stdin=PIPE,
                stdout=PIPE,
                stderr=DEVNULL,
                env=dict(os.environ) | {"PYTHONIOENCODING": "utf-8"},
                limit=_LONGEST_LINE,
            )
        return self._process

    def _end_later(self) -> None:
        if self._ending:
            self._ending.cancel()
        self._ending = asyncio.get_running_loop().call_later(IDLE_S, self._end)

    def _end(self) -> None:
        process = self._process
        if process is not None and process.stdin is not None and not self._turn.locked():
            process.stdin.close()


def main() -> None:
    """Carry out orders until stdin ends; give way to the process that answers people."""
    from bot.runtime.drafts import Drafts

    if nice := getattr(os, "nice", None):
        nice(5)
    drafts = Drafts(Path(sys.argv[1]))
    for line in sys.stdin:
        order = json.loads(line)
        if order["do"] == "check":
            problems = drafts.check(order["files"])
            answer: Json = {"problems": [asdict(problem) for problem in problems]}
        elif order["do"] == "prove":
            answer = drafts.tried(order["files"], order["questions"], seconds=0)
        else:
            answer = drafts.tried(order["files"], order["questions"])
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
