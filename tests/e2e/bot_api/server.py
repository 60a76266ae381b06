"""The server and the tester's hand on it."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from types import TracebackType
from typing import Any, Self

from aiohttp import web

from tests.e2e.bot_api.delivery import Delivery
from tests.e2e.bot_api.faults import ANY, Fault, FloodLimits
from tests.e2e.bot_api.groups import Group
from tests.e2e.bot_api.http import Front
from tests.e2e.bot_api.ledger import Call, Ledger
from tests.e2e.bot_api.people import User
from tests.e2e.bot_api.polling import OTHER
from tests.e2e.bot_api.queries import Asked
from tests.e2e.bot_api.refusals import Refused, conflict
from tests.e2e.bot_api.updates import Update
from tests.e2e.bot_api.views import Message
from tests.e2e.bot_api.world import Chat, Options, World

TOKEN = "123456789:loopback-bot-api_for-the-tests"
START_S = 10.0


class BotApi:
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
        self.port = 0
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
        self._runner, self.port = runner, runner.addresses[0][1]
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

    def foreign_group(self, title: str = "别的群", *people: User) -> Group:
        """A supergroup that the bot has never been in."""
        group = self.group(title, *people)
        group.bot_status = "left"
        return group

    # What the bot did

    @property
    def calls(self) -> list[Call]:
        """All calls, in order of completion."""
        return self._ledger.calls[:]

    def of(self, *methods: str) -> list[Call]:
        """The calls of these methods."""
        wanted = {method.lower() for method in methods}
        return [call for call in self.calls if call.method.lower() in wanted]

    def sent(self, where: Chat | User | None = None) -> list[Message]:
        """What the bot has sent, each as it was when it was sent; into one chat or anywhere."""
        if where is None:
            return self._ledger.sent[:]
        return self._ledger.sent_to[where.id][:]

    def edits(self, where: Chat | User | None = None) -> list[Call]:
        """The edits that succeeded, of messages in one chat or anywhere."""
        made = [call for call in self.calls if call.ok and call.method.startswith("edit")]
        return [one for one in made if where is None or one.params.integer("chat_id") == where.id]

    def answers_to(self, asked: Asked) -> list[Call]:
        """The attempts to answer a press, an inline query or a guest, the refused ones too."""
        names = ("callback_query_id", "inline_query_id", "guest_query_id")
        made = self.of("answerCallbackQuery", "answerInlineQuery", "answerGuestQuery")
        return [call for call in made if asked.id in {call.params.get(name) for name in names}]

    @property
    def pending(self) -> int:
        """Updates that the bot has not acknowledged."""
        with self.world.lock:
            return len(self.world.updates)

    @property
    def deliveries(self) -> int:
        """How often the webhook was called, in vain or not."""
        return self._delivery.attempts if self._delivery else 0

    # Waiting

    async def until(self, happened: Callable[[], Any], within_s: float = 5.0) -> Any:
        """What `happened` returns, as soon as it is true.

        Raises:
            AssertionError: it was not in time; the last calls are told.
        """
        looks = self._looks(happened, within_s)
        while (pause := next(looks)) is not None:  # noqa: ASYNC110 - any lambda can be waited for
            await asyncio.sleep(pause)
        return next(looks)

    def wait(self, happened: Callable[[], Any], within_s: float = 5.0) -> Any:
        """The same for tests that are no coroutines."""
        looks = self._looks(happened, within_s)
        while (pause := next(looks)) is not None:
            time.sleep(pause)
        return next(looks)

    def _looks(self, happened: Callable[[], Any], within_s: float) -> Iterator[Any]:
        """How long to pause after each look in vain, None, and then what was found.

        Looking takes a fifth of the time at most, so that a dear look does not slow the server.
        """
        deadline = time.monotonic() + within_s
        while True:
            began = time.monotonic()
            if found := happened():
                break
            self._check_time(deadline, within_s)
            yield max(0.005, 4 * (time.monotonic() - began))
        yield None
        yield found

    def _check_time(self, deadline: float, within_s: float) -> None:
        if time.monotonic() > deadline:
            last = "\n".join(f"  {call}"[:400] for call in self.calls[-10:])
            raise AssertionError(f"not within {within_s} s; the last calls were\n{last}")

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
        self, copies: tuple[int, int] = (1, 1), seed: int | None = None, *, in_order: bool = True
    ) -> int:
        """Let go what was held; with a `seed` each `copies` times, shuffled.

        `in_order=False` lets a webhook get copies and updates of one chat side by side.
        Returns how many deliveries that makes.
        """
        with self.world.lock:
            updates = self.world.updates
            count = len(updates) if seed is None else len(updates.shuffle(copies, seed))
            updates.is_held = False
            if self._delivery:
                self._delivery.in_order = in_order
        self._wake({})
        return count

    def emit(self, kind: str, payload: dict[str, Any]) -> Update | None:
        """An update of one's own making."""
        return self.world.emit(kind, payload)

    def _wake(self, _: Update) -> None:
        self._loop.call_soon_threadsafe(self._woken)

    def _woken(self) -> None:
        self._front.polling.wake()
        if self._delivery is not None:
            self._delivery.wake()

    def _webhook_changed(self) -> None:
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
