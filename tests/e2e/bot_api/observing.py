"""What a test looks at and waits for."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from typing import Any

from tests.e2e.bot_api.ledger import Call, Ledger
from tests.e2e.bot_api.people import User
from tests.e2e.bot_api.queries import Asked
from tests.e2e.bot_api.views import Message
from tests.e2e.bot_api.world import Chat


class Observing:
    """The part of the server that only looks."""

    _ledger: Ledger

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
