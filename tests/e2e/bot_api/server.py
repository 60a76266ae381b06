"""The server and the tester's hand on it."""

from __future__ import annotations

import asyncio
import threading
import time
from concurrent.futures import Future
from types import TracebackType
from typing import Any, Self

from aiohttp import web

from tests.e2e.bot_api.delivery import Delivery
from tests.e2e.bot_api.faults import ANY, Fault, FloodLimits
from tests.e2e.bot_api.groups import BusinessChat, Channel, Group
from tests.e2e.bot_api.http import Front
from tests.e2e.bot_api.ledger import Call, Ledger
from tests.e2e.bot_api.observing import Observing
from tests.e2e.bot_api.params import Params
from tests.e2e.bot_api.people import User
from tests.e2e.bot_api.polling import OTHER
from tests.e2e.bot_api.refusals import Refused, conflict
from tests.e2e.bot_api.updates import Update
from tests.e2e.bot_api.world import Chat, Options, World
from tests.workers import free_port

TOKEN = "123456789:loopback-bot-api_for-the-tests"
START_S = 10.0


class BotApi(Observing):
    """A Bot API on 127.0.0.1 with one bot. See the package's docstring for a tour."""

    def __init__(
        self,
        *,
        username: str = "zhuce_bot",
        token: str = TOKEN,
        privacy: bool = True,
        inline: bool = True,
        guest: bool = True,
    ) -> None:
        self.token = token
        self._ledger = Ledger()
        self.world = World(_bot(token, username, privacy, inline, guest), self._wake)
        self.world.webhook_changed = self._webhook_changed
        self.port = free_port()
        self._front = Front(self.world, token, self._ledger)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._delivery: Delivery | None = None
        self._runner: web.AppRunner | None = None

    # Life

    def __enter__(self) -> Self:
        self._thread.start()
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(START_S)
        self.close()

    def close(self) -> None:
        """For one that was never entered, because it is used without the wire."""
        self._loop.close()

    def start(self) -> None:
        """Listen, after `stop` on the same port; what was there is still there."""
        self._do(self._start())

    def stop(self) -> None:
        """Cut every connection and listen no longer."""
        if self._runner is not None:
            self._do(self._stop())

    async def _start(self) -> None:
        self._delivery = self._delivery or Delivery(self.world, self._front.call)
        runner = web.AppRunner(
            self._front.application(),
            access_log=None,
            handler_cancellation=True,
            shutdown_timeout=0.01,
        )
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", self.port).start()
        self._runner = runner
        await self._delivery.restart()

    async def _stop(self) -> None:
        assert self._runner
        assert self._delivery
        await self._delivery.stop()
        await self._runner.cleanup()
        self._runner = None

    def _do(self, work: Any) -> Any:
        future: Future[Any] = asyncio.run_coroutine_threadsafe(work, self._loop)
        return future.result(START_S)

    @property
    def url(self) -> str:
        """What `BOT_TELEGRAM__API_URL` takes; libraries add `/bot<token>/<method>`."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def options(self) -> Options:
        return self.world.options

    @property
    def username(self) -> str:
        found: str = self.world.bot["username"]
        return found

    async def call(self, method: str, **params: Any) -> Call:
        """A call without the wire, for tests that need no process; faults strike it too."""
        return await self._front.serve(method, Params.of(params), time.monotonic())

    # People and places

    def user(self, name: str = "小王", language: str = "zh-hans") -> User:
        """A new person; the bot does not know the private chat before the first word there."""
        number = next(self.world.user_ids)
        raw = {"id": number, "is_bot": False, "first_name": name, "language_code": language}
        raw["username"] = f"user{number}"
        chat = Chat(self.world, number, "private", first_name=name, is_known=False)
        chat.members[number] = raw
        return User(self.world, self.world.add(chat), raw)

    def group(self, title: str = "二建交流群", *people: User, kind: str = "supergroup") -> Group:
        """A group with the bot in it; `kind` is `group`, `supergroup` or `forum`."""
        number = next(self.world.group_ids)
        chat_id = -number if kind == "group" else -1_000_000_000_000 - number
        group = Group(
            self.world,
            chat_id,
            "group" if kind == "group" else "supergroup",
            title,
            is_forum=kind == "forum",
            members={person.id: person.raw for person in people},
        )
        self.world.add(group)
        return group

    def business_chat(self, customer: User, owner: User) -> BusinessChat:
        """The chat of two people, one of whom has connected the bot to a Business account."""
        connection = f"b_{owner.id}-x"
        members = {person.id: person.raw for person in (customer, owner)}
        name = customer.raw["first_name"]
        chat = BusinessChat(
            self.world,
            customer.id,
            "private",
            first_name=name,
            members=members,
            connection=connection,
            owner=owner.id,
        )
        self.world.business[connection, chat.id] = chat
        return chat

    def channel(self, title: str = "二建频道") -> Channel:
        """A channel where the bot is an administrator."""
        chat_id = -1_000_000_000_000 - next(self.world.group_ids)
        channel = Channel(self.world, chat_id, "channel", title, bot_status="administrator")
        self.world.add(channel)
        return channel

    def foreign_group(self, title: str = "别的群", *people: User) -> Group:
        """A supergroup that the bot has never been in."""
        group = self.group(title, *people)
        group.bot_status = "left"
        return group

    @property
    def pending(self) -> int:
        """Updates that the bot has not acknowledged."""
        with self.world.lock:
            return len(self.world.updates)

    @property
    def deliveries(self) -> int:
        """How often the webhook was called, in vain or not."""
        return self._delivery.attempts if self._delivery else 0

    # What goes wrong

    def refuse(
        self,
        method: str = ANY,
        code: int = 500,
        description: str = "Internal Server Error",
        *,
        times: float = 1,
        retry_after: int = 0,
        **where: Any,
    ) -> Fault:
        """Answer the next calls of a method with an error; `where` compares parameters."""
        refusal = Refused(code, description)
        if retry_after:
            sentence = f"Too Many Requests: retry after {retry_after}"
            refusal = Refused(429, sentence, retry_after=retry_after)
        return self.trouble("refuse", method, times=times, refusal=refusal, **where)

    def trouble(self, kind: str, method: str = ANY, *, times: float = 1, **more: Any) -> Fault:
        """Any fault (see `Fault`): `trouble("drop after", "sendMessage")`.

        Names that are no field of `Fault` compare parameters: `chat_id=group.id`.
        """
        own = {name: more.pop(name) for name in ("refusal", "delay_s") if name in more}
        wanted = {name: str(value) for name, value in more.items()}
        if kind == "garble":
            own.setdefault("refusal", Refused(502, "Bad Gateway"))
        fault = Fault(
            kind,
            method,
            times,
            where=lambda params: all(params.text(name) == value for name, value in wanted.items()),
            **own,
        )
        return self._front.faults.add(fault)

    def limits_flood(self, **shape: Any) -> FloodLimits:
        """Switch Telegram's flood limits on; `shape` are fields of `FloodLimits`."""
        self.world.flood = FloodLimits(**shape)
        return self.world.flood

    def another_poller_comes(self) -> None:
        """End the poll that waits, as a second copy of the bot would."""
        self._loop.call_soon_threadsafe(self._front.polling.end, conflict(OTHER))

    # The order of things

    def hold(self) -> None:
        """Keep updates back until `deliver`."""
        self.world.updates.is_held = True

    def deliver(
        self, copies: tuple[int, int] | None = None, seed: int = 0, *, in_order: bool = True
    ) -> int:
        """Let go what was held, as it is or each `copies` times (from, to) and shuffled.

        `in_order=False` lets a webhook get copies and updates of one chat side by side.
        Returns how many deliveries that makes.
        """
        with self.world.lock:
            updates = self.world.updates
            if copies is not None:
                updates.shuffle(copies, seed)
            updates.is_held = False
            if self._delivery:
                self._delivery.in_order = in_order
            count = len(updates)
        self._wake({})
        return count

    def emit(self, kind: str, payload: dict[str, Any]) -> Update | None:
        """An update of one's own making."""
        return self.world.emit(kind, payload)

    def _wake(self, _: Update) -> None:
        if self._runner is None:
            return
        self._loop.call_soon_threadsafe(self._woken)

    def _woken(self) -> None:
        self._front.polling.wake()
        if self._delivery is not None:
            self._delivery.wake()

    def _webhook_changed(self) -> None:
        if self._runner is None:
            return
        self._loop.call_soon_threadsafe(self._turn)

    def _turn(self) -> None:
        self._front.polling.end(conflict("terminated by setWebhook request"))
        assert self._delivery
        self._turning = asyncio.ensure_future(self._delivery.restart())


def _bot(token: str, username: str, privacy: bool, inline: bool, guest: bool) -> dict[str, Any]:
    return {
        "id": int(token.partition(":")[0]),
        "is_bot": True,
        "first_name": "注册助手",
        "username": username,
        "can_join_groups": True,
        "can_read_all_group_messages": not privacy,
        "supports_inline_queries": inline,
        "supports_guest_queries": guest,
        "can_connect_to_business": False,
        "has_main_web_app": False,
        "has_topics_enabled": False,
        "allows_users_to_create_topics": False,
        "can_manage_bots": False,
        "supports_join_request_queries": False,
    }
