"""zhuce (注册): answers about registering a 二级建造师 certificate, on any chat platform.

What a program that embeds the bot needs stands here, and is loaded when it is first asked for:
importing `bot` loads none of its rooms.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

# The products of an answer are small, and the threads of OpenBLAS spin while they wait: beside
# another busy process an answer took 8.1 ms of CPU with two of them and 1.4 ms with one.  It reads
# this when numpy is first imported; who sets it otherwise is left alone.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

if TYPE_CHECKING:
    from bot.app import asgi_app, embedded
    from bot.core.conversation import Conversation
    from bot.core.model.reply import (
        Answer,
        Choice,
        Choices,
        ClickPath,
        Document,
        Link,
        ListPart,
        Part,
        Picture,
        Reason,
        Reply,
        SourceNote,
        Sources,
        Status,
        Text,
    )
    from bot.core.model.update import ConversationKey, Event, Position, Quoted, Update
    from bot.core.ports import Applied
    from bot.errors import (
        AdapterError,
        BotError,
        DataFileError,
        DeliveryFailed,
        ExtraMissing,
        KnowledgeError,
        LifetimeError,
        Problem,
        SavedIndexError,
        SettingsError,
        StoreError,
        StoreUnavailable,
    )
    from bot.runtime.embedded import Embedded

__version__ = "0.1.0"

__all__ = [
    "AdapterError",
    "Answer",
    "Applied",
    "BotError",
    "Choice",
    "Choices",
    "ClickPath",
    "Conversation",
    "ConversationKey",
    "DataFileError",
    "DeliveryFailed",
    "Document",
    "Embedded",
    "Event",
    "ExtraMissing",
    "KnowledgeError",
    "LifetimeError",
    "Link",
    "ListPart",
    "Part",
    "Picture",
    "Position",
    "Problem",
    "Quoted",
    "Reason",
    "Reply",
    "SavedIndexError",
    "SettingsError",
    "SourceNote",
    "Sources",
    "Status",
    "StoreError",
    "StoreUnavailable",
    "Text",
    "Update",
    "__version__",
    "asgi_app",
    "embedded",
]

_ROOMS = (
    "errors",
    "core.model.update",
    "core.model.reply",
    "core.ports",
    "core.conversation",
    "runtime.embedded",
    "app",
)
"""Where the names come from; each room builds on those before it, so none is loaded in vain."""


if not TYPE_CHECKING:  # or a name that does not exist would be one to type checkers

    def __getattr__(name: str) -> object:
        from importlib import import_module  # noqa: PLC0415

        if name in __all__:
            for room in _ROOMS:
                found = getattr(import_module(f"bot.{room}"), name, None)
                if found is not None:
                    globals()[name] = found
                    return found
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

    def __dir__() -> list[str]:
        return sorted({*globals(), *__all__})
