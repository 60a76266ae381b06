"""Replace the pack that answers when its files change, and never by a broken one.

Look at the files every second; once they have rested for a second, prove them in a process of its
own (`bot.runtime.proving`), load what was proved, and assign it to `Conversation.brain`.  What a
newcomer would get wrong: nothing is copied between processes.  Both read the files, and the
versions they found have to be the same, so that a file saved in between is looked at again.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import signal
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING

from bot.core.conversation import Conversation
from bot.core.ports import Brain
from bot.errors import BotError, KnowledgeError, Problem
from bot.runtime.good_copies import GoodCopies, names_of

if TYPE_CHECKING:
    from bot.runtime.proving import Verdict

log = logging.getLogger(__name__)

LOOK_INTERVAL_S = 1.0
TEST_S = 5.0
"""Seconds for tests; a pack of 500 entries has thousands, those near the edit come first."""
_LONGEST_PROOF_S = 300.0
SHOWN = 10

Prove = Callable[[Path], Awaitable["Verdict"]]
Signature = tuple[tuple[str, int, int, int], ...]


class Reloader:
    """Watches the folder of a pack for one conversation."""

    def __init__(
        self,
        conversation: Conversation,
        folder: Path,
        load: Callable[[Path], Brain],
        prove: Prove | None = None,
    ) -> None:
        self._conversation = conversation
        self._folder = folder
        self._load = load
        self._prove = prove or prove_beside
        self._wanted = asyncio.Event()
        self.refused: tuple[Problem, ...] = ()
        """Why the files as they are do not answer; empty if they do."""
        self.slid: tuple[str, ...] = ()
        """Tests far from the last edit that are no longer answered; they did not hold it up."""
        self._settled: Signature = ()

    def is_settled(self) -> bool:
        """Return whether the files as they are were dealt with: they answer, or are refused."""
        return self._settled == signature(self._folder)

    def look_now(self) -> None:
        """Look at the files at once, and again at those that were refused."""
        self._wanted.set()

    async def run(self) -> None:
        """Watch until cancelled."""
        proved = last = self._settled = await asyncio.to_thread(signature, self._folder)
        while True:
            is_wanted = await self._wait()
            found = await asyncio.to_thread(signature, self._folder)
            has_rested = found == last
            last = found
            if is_wanted or (has_rested and found != proved):
                proved = found
                if await self._take_over():
                    self._settled = found
                else:
                    proved = ()

    async def _wait(self) -> bool:
        """Wait for the next look; return whether somebody asked for it."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(LOOK_INTERVAL_S):
                await self._wanted.wait()
        is_wanted = self._wanted.is_set()
        self._wanted.clear()
        return is_wanted

    async def _take_over(self) -> bool:
        """Prove the files and answer from them; return false if they changed meanwhile."""
        began = time.perf_counter()
        try:
            verdict = await self._prove(self._folder)
            if not verdict.is_good:
                self._refuse(verdict)
                return True
            brain = await asyncio.to_thread(self._load, self._folder)
        except KnowledgeError:  # changed since it was proved
            return False
        except (BotError, OSError, ValueError) as error:
            log.exception("the changed pack could not be proved")
            _tell(f"知识有改动，但没能检查：{error}；还按原来的回答。")
            return True
        if brain.pack.version != verdict.version:
            return False
        self._swap(brain, verdict, began)
        return True

    def _swap(self, brain: Brain, verdict: Verdict, began: float) -> None:
        self.refused = ()
        self.slid = tuple(map(str, verdict.slid))
        old = self._conversation.pack.version
        if brain.pack.version == old:
            return
        begins = time.perf_counter()
        self._conversation.brain = brain
        swapped_us = (time.perf_counter() - begins) * 1e6
        took_s = round(time.perf_counter() - began, 2)
        facts = {
            "version": brain.pack.version,
            "before": old,
            "took_s": took_s,
            "swap_us": round(swapped_us, 1),
            "tests": verdict.asked,
            "tests_of": verdict.of,
            "slid": list(self.slid),
        }
        log.warning("the pack was changed and answers now", extra=facts)
        tests = f"，问了 {verdict.asked}/{verdict.of} 道考题" if verdict.of else ""
        slid = "".join(f"\n  离改动很远、把握刚好落到门槛下的题：{one}" for one in self.slid)
        _tell(f"知识已更新：{old} → {brain.pack.version}，用了 {took_s} 秒{tests}。{slid}")

    def _refuse(self, verdict: Verdict) -> None:
        """Go on with the old pack, and say why with file and line."""
        failed = tuple(Problem(f.place, 0, f"“{f.question}”", f.message) for f in verdict.failures)
        self.refused = (*verdict.problems, *failed)
        version = self._conversation.pack.version
        told = [str(problem) for problem in self.refused]
        log.warning(
            "the changed pack is refused and the old one goes on answering",
            extra={"version": version, "count": len(told), "problems": told[:SHOWN]},
        )
        lines = "\n".join(f"  {one}" for one in told[:SHOWN])
        more = f"\n  还有 {len(told) - SHOWN} 个" if told[SHOWN:] else ""
        cure = "改好再存一次，或者用 zhuce kb undo 退回去。"
        _tell(f"改动没有采用，还按版本 {version} 回答：\n{lines}{more}\n{cure}")


def signature(folder: Path) -> Signature:
    """Return what changes with every saved file: names, times, sizes and inodes."""
    try:
        about = ((name, (folder / name).stat()) for name in names_of(folder))
        return tuple((n, of.st_mtime_ns, of.st_size, of.st_ino) for n, of in about)
    except OSError:  # a file went while it was looked at
        return ()


async def prove_beside(folder: Path) -> Verdict:
    """Prove a folder in a process of its own.

    Raises:
        OSError, ValueError: the process could not be run, or ended without a verdict.
    """
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot.runtime.proving", str(folder), str(TEST_S)),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env=dict(os.environ) | {"PYTHONIOENCODING": "utf-8"},
    )
    try:
        async with asyncio.timeout(_LONGEST_PROOF_S):
            out, _ = await process.communicate()
    except TimeoutError:
        raise ValueError(f"{_LONGEST_PROOF_S:.0f} 秒还没有检查完") from None
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode:
        raise ValueError(f"检查的进程退出了（{process.returncode}）")
    # It tests packs, and what tests them is seldom needed: 4 MiB.
    from bot.runtime.proving import Verdict

    return Verdict.from_json(out.decode())


@contextlib.asynccontextmanager
async def reloading(
    conversation: Conversation, folder: Path, load: Callable[[Path], Brain]
) -> AsyncIterator[Reloader]:
    """Watch the folder while the block runs; SIGHUP looks at it at once."""
    reloader = Reloader(conversation, folder, load)
    await asyncio.to_thread(_keep, folder)
    watching = asyncio.create_task(reloader.run())
    loop, hangup = asyncio.get_running_loop(), getattr(signal, "SIGHUP", None)
    if hangup:
        with contextlib.suppress(NotImplementedError, RuntimeError, ValueError):
            loop.add_signal_handler(hangup, reloader.look_now)
    try:
        yield reloader
    finally:
        watching.cancel()
        await asyncio.wait({watching})


def _keep(folder: Path) -> None:
    """Keep what answers now, to compare with and to return to."""
    try:
        GoodCopies.of(folder).keep()
    except OSError as error:
        log.warning("no copy of the pack can be kept: %s", error)


def _tell(text: str) -> None:
    """Say it in the console, if somebody sits there; the log says it anyway."""
    if sys.stderr.isatty():
        sys.stderr.write(text + "\n")
