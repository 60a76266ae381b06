"""What a person waits for after a press, an inline query or a call of a guest."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tests.e2e.bot_api.inline import post_result
from tests.e2e.bot_api.views import Message
from tests.e2e.bot_api.world import Chat, Json, Query, World


@dataclass(eq=False)
class Asked:
    world: World
    query: Query

    @property
    def id(self) -> str:
        return self.query.id

    @property
    def is_answered(self) -> bool:
        return self.query.is_answered

    @property
    def answer(self) -> Json:
        """The parameters of the bot's answer, empty until it comes."""
        return self.query.answer

    def expires(self) -> None:
        """From now on the query is too old to be answered."""
        self.query.is_expired = True


class Press(Asked):
    """A button was pressed."""

    @property
    def data(self) -> str:
        return str(self.query.payload["data"])

    @property
    def notice(self) -> str:
        """What flashes at the top of the screen."""
        return str(self.answer.get("text") or "")


@dataclass(eq=False)
class Inline(Asked):
    """`@bot …` was typed; choosing sends a result into a chat."""

    user: Json

    @property
    def results(self) -> list[Json]:
        return list(self.answer.get("results") or [])

    @property
    def titles(self) -> list[str]:
        return [str(result.get("title")) for result in self.results]

    @property
    def next_offset(self) -> str:
        return str(self.answer.get("next_offset") or "")

    def chooses(self, result_id: str, chat: Chat) -> Message:
        """Send the result with this id; the bot hears of it if inline feedback is on."""
        result: dict[str, Any] = next(one for one in self.results if one["id"] == result_id)
        with self.world.lock:
            message = post_result(self.world, chat, self.user, result)
            told = {"result_id": result_id, "from": self.user, "query": self.query.payload["query"]}
            if "inline_message_id" in message:
                told["inline_message_id"] = message["inline_message_id"]
            if self.world.options.inline_feedback:
                self.world.emit("chosen_inline_result", told)
        return Message(message)


class Guest(Asked):
    """The bot was mentioned where it is no member."""

    @property
    def message(self) -> Message:
        """What the bot sent there.

        Raises:
            LookupError: it has sent nothing yet.
        """
        place = self.world.inline_messages.get(self.answer.get("inline_message_id", ""))
        if place is None:
            raise LookupError("the guest query is not answered yet")
        return Message(self.world.chats[place[0]].messages[place[1]])
