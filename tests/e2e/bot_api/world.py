"""The chats, people and messages of a small Telegram with one bot in it.

Messages are dictionaries in the Bot API's own form. They are never changed in place: an edit puts a
new one there, so that what an update or the ledger holds stays as it was.
"""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.e2e.bot_api.faults import FloodLimits
from tests.e2e.bot_api.updates import Update, Updates
from tests.e2e.bot_api.views import Message

Json = dict[str, Any]
SHOWN = frozenset({"id", "is_bot", "first_name", "username"})
PRESENT = frozenset({"member", "administrator", "restricted", "creator"})


@dataclass(eq=False)
class Chat:
    """One chat as the bot meets it; `bot_status` is Telegram's word for what the bot is there."""

    world: World = field(repr=False)
    id: int
    type: str
    title: str = ""
    first_name: str = ""
    username: str = ""
    is_forum: bool = False
    topics: dict[int, str] = field(default_factory=dict)
    closed: set[int] = field(default_factory=set)
    members: dict[int, Json] = field(default_factory=dict)
    bot_status: str = "member"
    is_muted: bool = False
    is_known: bool = True
    another_bot_spoke_last: bool = False
    successor: Chat | None = None
    messages: dict[int, Json] = field(default_factory=dict, repr=False)
    ephemeral: dict[int, Json] = field(default_factory=dict, repr=False)
    _ids: itertools.count[int] = field(default_factory=lambda: itertools.count(1), repr=False)

    @property
    def kind(self) -> str:
        """The kind of update that a message makes."""
        return "message"

    @property
    def is_group(self) -> bool:
        return self.type in {"group", "supergroup"}

    @property
    def as_json(self) -> Json:
        names = {"title": self.title, "first_name": self.first_name, "username": self.username}
        told = {name: value for name, value in names.items() if value}
        forum = {"is_forum": True} if self.is_forum else {}
        return {"id": self.id, "type": self.type, **told, **forum}

    def put(self, content: Json) -> Json:
        """Keep a new message; only supergroups count their own."""
        own = self.type in {"supergroup", "channel"}
        number = next(self._ids if own else self.world.message_ids)
        message = {
            "message_id": number,
            "date": self.world.now(),
            "chat": self.as_json,
            **content,
        }
        self.messages[number] = message
        return message

    def change(self, message_id: int, content: Json) -> Json:
        """Put an edited message in the place of the old one; None removes a field."""
        merged = self.messages[message_id] | content | {"edit_date": self.world.now()}
        changed = {name: value for name, value in merged.items() if value is not None}
        self.messages[message_id] = changed
        return changed

    @property
    def shown(self) -> list[Message]:
        """All that stands in the chat now, oldest first."""
        with self.world.lock:
            return [Message(message) for message in self.messages.values()]


@dataclass
class Query:
    """Something the bot has to answer once, in time: a press, an inline query, a guest's call."""

    id: str
    kind: str
    user_id: int
    born: float
    payload: Json
    is_answered: bool = False
    is_expired: bool = False
    answer: Json = field(default_factory=dict)


@dataclass(frozen=True)
class Webhook:
    """Where updates go instead of into a poll."""

    url: str
    secret: str
    max_connections: int
    has_certificate: bool = False


@dataclass
class Options:
    """What this Telegram can do and how patient it is.

    `ephemeral` and `rich`: "yes"; "refused" (400); "unknown" (a server of before 10.1: it leaves
    out parameters that it does not know and has no such methods). Plain http for webhooks is what
    a self-hosted server takes. Inline feedback is BotFather's switch, the inline cache is
    Telegram's own and off because few tests want it. `webhook_second_s` is how long a second of a
    webhook's Retry-After lasts.
    """

    ephemeral: str = "yes"
    rich: str = "yes"
    plain_http: bool = True
    inline_feedback: bool = True
    inline_cache: bool = False
    query_lives_s: float = 30.0
    webhook_timeout_s: float = 10.0
    webhook_pause_s: float = 0.05
    webhook_longest_pause_s: float = 1.0
    webhook_second_s: float = 1.0


class World:
    """What exists. Everything here happens under `lock`."""

    def __init__(self, bot: Json, wake: Callable[[Update], None]) -> None:
        self.bot = bot
        self.me = {name: value for name, value in bot.items() if name in SHOWN}
        self.wake = wake
        self.webhook: Webhook | None = None
        self.webhook_changed: Callable[[], None] = lambda: None
        self.webhook_error: Json = {}
        self.commands: dict[tuple[str, str], list[Json]] = {}
        self.texts: dict[tuple[str, str], str] = {}
        self.menus: dict[int, Json] = {}
        self.options = Options()
        self.flood: FloodLimits | None = None
        self.lock = threading.RLock()
        self.updates = Updates()
        self.chats: dict[int, Chat] = {}
        self.business: dict[tuple[str, int], Chat] = {}
        """What is said to owners of Business accounts, by connection and chat."""
        self.queries: dict[str, Query] = {}
        self.inline_cache: dict[tuple[str, str, int], tuple[float, Json]] = {}
        self.inline_messages: dict[str, tuple[int, int]] = {}
        self.message_ids = itertools.count(1)
        self.user_ids = itertools.count(700_000_001)
        self.group_ids = itertools.count(4_000_001)
        self.query_ids = itertools.count(9_000_000_000_000_001)

    def emit(self, kind: str, payload: Json) -> Update | None:
        with self.lock:
            update = self.updates.add(kind, payload)
        if update is not None:
            self.wake(update)
        return update

    def ask(self, kind: str, user: Json, payload: Json) -> Query:
        """Send the bot a query and keep it until it is answered."""
        query_id = str(next(self.query_ids))
        told = {"id": query_id, "from": user, **payload}
        query = Query(query_id, kind, user["id"], time.monotonic(), told)
        self.queries[query_id] = query
        return query

    def now(self) -> int:
        return int(time.time())

    def add(self, chat: Chat) -> Chat:
        self.chats[chat.id] = chat
        return chat


def lane(update: Update) -> int:
    """The chat whose order an update keeps; without one, the person."""
    payload = next(value for name, value in update.items() if name != "update_id")
    chat = payload.get("chat") or (payload.get("message") or {}).get("chat")
    found: int = (chat or payload["from"])["id"]
    return found


def without_reply(message: Json) -> Json:
    """A message as it is shown inside another: one level deep only."""
    return {name: value for name, value in message.items() if name != "reply_to_message"}
