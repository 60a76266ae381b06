"""Serve the terminal: one line in, one reply out, and numbers pick choices.

Nothing is stored on disk but the line history, and that only where the system has readline.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Protocol

from bot.core.model.reply import Document, Reply
from bot.core.model.update import ConversationKey, Update

KEY = ConversationKey("console", "terminal", "me")
PROMPT = "您> "
HISTORY_LINES = 500
QUIT = ("/quit", "/exit")


class Talks(Protocol):
    """The part of a conversation that the terminal uses."""

    async def handle(self, update: Update) -> Reply: ...


def chat(
    conversation: Talks,
    now: Callable[[], datetime],
    read: Callable[[str], str] = input,
    write: Callable[[str], None] = print,
    save: Callable[[Document], str] | None = None,
    press: str | None = None,
    question: Callable[[Reply], str | None] = lambda _: None,
    note: Callable[[Update, Reply], None] = lambda *_: None,
) -> None:
    """Talk until end of file, Ctrl-C or /quit; `read` raises EOFError at the end like `input`.

    `save` stores a file that came with a reply and returns a sentence that says where; without it
    only its words are shown.  `press` is the value of a choice that is taken before the first line.
    `question` returns a line that asks whether a reply helped.
    `note` is told of each turn.
    """
    runner = asyncio.Runner()
    with runner:
        if press is not None:
            first = Update(f"{now().timestamp()}-0", KEY, now(), press=press)
            write("\n" + runner.run(conversation.handle(first)).as_text() + "\n")
        for number, line in enumerate(_lines(read, write), 1):
            name = f"{now().timestamp()}-{number}"
            update = Update(name, KEY, now(), text=line)
            reply = runner.run(conversation.handle(update))
            note(update, reply)
            write("\n" + reply.as_text() + "\n")
            if asked := question(reply):
                write(asked + "\n")
            for document in (part for part in reply.parts if isinstance(part, Document)):
                if save:
                    write(save(document) + "\n")


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


def save_here(document: Document) -> str:
    """Save the file in the current folder; return a sentence with its name, or with the failure.

    An existing file is not overwritten: the new one gets a number.
    """
    for name in _free_names(Path(document.name)):
        try:
            with name.open("x", encoding="utf-8", newline="") as file:
                file.write(document.content)
        except FileExistsError:
            continue
        except OSError as error:
            return f"（文件没有存成：{error.strerror}）"
        return f"（已存为 {name}）"
    return "（文件没有存成：同名的太多）"


def _free_names(name: Path) -> Iterator[Path]:
    yield name
    for number in range(2, 100):
        yield name.with_stem(f"{name.stem}-{number}")


@contextlib.contextmanager
def history(path: Path) -> Iterator[None]:
    """Let the arrow keys bring back earlier lines, those of earlier chats too."""
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
