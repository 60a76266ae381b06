"""The terminal as a platform: one line in, one reply out, numbers pick choices.

Nothing is stored on disk but the line history, and that only where the platform has readline.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Protocol

from bot.core.reply import Reply
from bot.core.update import ConversationKey, Update

KEY = ConversationKey("console", "terminal", "me")
PROMPT = "您> "
HISTORY_LINES = 500
QUIT = ("/quit", "/exit")


class Talks(Protocol):
    """What the terminal needs of a conversation."""

    async def handle(self, update: Update) -> Reply: ...


def chat(
    conversation: Talks,
    now: Callable[[], datetime],
    read: Callable[[str], str] = input,
    write: Callable[[str], None] = print,
    press: str | None = None,
) -> None:
    """Talk until end of file, Ctrl-C or /quit; `read` raises EOFError at the end like `input`.

    `press` is the value of a choice that is taken before the first line.
    """
    runner = asyncio.Runner()
    with runner:
        if press is not None:
            first = Update(f"{now().timestamp()}-0", KEY, now(), press=press)
            write("\n" + runner.run(conversation.handle(first)).as_text() + "\n")
        for number, line in enumerate(_lines(read, write), 1):
            update = Update(f"{now().timestamp()}-{number}", KEY, now(), text=line)
            write("\n" + runner.run(conversation.handle(update)).as_text() + "\n")


def _lines(read: Callable[[str], str], write: Callable[[str], None]) -> Iterator[str]:
    while True:
        try:
            line = read(PROMPT)
        except (EOFError, KeyboardInterrupt):
            write("")
            return
        if line.strip() in QUIT:
            return
        if line.strip():
            yield line


@contextlib.contextmanager
def history(path: Path) -> Iterator[None]:
    """Arrow keys bring back earlier lines, those of earlier chats too."""
    try:
        import readline
    except ImportError:  # Windows has none; the chat works without
        yield
        return
    with contextlib.suppress(OSError):
        readline.read_history_file(path)
    readline.set_history_length(HISTORY_LINES)
    try:
        yield
    finally:
        with contextlib.suppress(OSError):
            path.parent.mkdir(parents=True, exist_ok=True)
            readline.write_history_file(path)
