"""Send replies over the robot's connection, as the answer to a request or as a message apart.

https://developer.work.weixin.qq.com/document/path/101463.  What a newcomer would get wrong: a
request can be answered only for a while and only on its own connection; after that the chat is
written to.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable
from dataclasses import replace
from datetime import date

from bot.adapters.delivery.errors import Refused
from bot.adapters.wecom import message
from bot.adapters.wecom.message import Form, Json, OutgoingMessage
from bot.adapters.wecom.robot_connection import Connection
from bot.adapters.wecom.robot_updates import key_for
from bot.adapters.wecom.routes import Route
from bot.core.dialogue.short_form import shorten
from bot.core.model.pack import Pack
from bot.core.model.reply import Reply, Text

MOST_BYTES = 20480
"""Of one streamed answer (`StreamReplyBody` in @wecom/aibot-node-sdk 1.0.7)."""
FORM = Form(most_bytes=MOST_BYTES, is_markdown=True)
_ANSWER, _MESSAGE, _WELCOME = "aibot_respond_msg", "aibot_send_msg", "aibot_respond_welcome_msg"
log = logging.getLogger(__name__)


class RobotPlatform:
    """Implements `bot.adapters.delivery.ports.Platform`."""

    def __init__(
        self, pack: Callable[[], Pack], connection: Connection, today: Callable[[], date]
    ) -> None:
        self._pack, self._connection, self._today = pack, connection, today

    def phrase(self, key: str) -> str:
        return self._pack().phrase(key)

    def write(self, reply: Reply, route: Route) -> OutgoingMessage:
        """Write the reply; in groups a long answer is shortened."""
        pack = self._pack()
        short = shorten(pack, reply, self._today()) if route.is_group else None
        if short:
            where = Text(pack.phrase("full_text_alone"))
            reply = replace(short, parts=(*short.parts, where))
        made = message.write(pack, reply, FORM)
        return replace(made, card=_owned(made.card, route)) if made.card else made

    def pointer(self, route: Route) -> OutgoingMessage:  # noqa: ARG002  it says the same to all
        return message.note(self.phrase("same_answer"))

    def passed_over(self, message_: OutgoingMessage) -> OutgoingMessage:
        return message.passed_over(message_, self.phrase("only_your_last"))

    def hides(self, route: Route) -> bool:
        return not route.is_group

    async def send(self, message_: OutgoingMessage, route: Route) -> tuple[int, ...]:
        pages, card = message_.pages, message_.card
        if route.request and pages:
            is_last = len(pages) == 1
            if await self._is_answered(pages[0], card if is_last else None, route.request):
                pages, card = pages[1:], None if is_last else card
        for page in pages:
            await self._post({"msgtype": "markdown", "markdown": {"content": page}}, route)
        if card:
            await self._post({"msgtype": "template_card", "template_card": card}, route)
        return ()

    async def welcome(self, request: str) -> None:
        """Greet a person who opened the chat."""
        text = {"content": self.phrase("welcome")}
        await self._connection.call(_WELCOME, {"msgtype": "text", "text": text}, request)

    async def _is_answered(self, page: str, card: Json | None, request: str) -> bool:
        """Answer the request; return whether the platform still took an answer to it."""
        stream = {"id": secrets.token_hex(8), "finish": True, "content": page}
        body: Json = {"msgtype": "stream", "stream": stream}
        if card:
            body |= {"msgtype": "stream_with_template_card", "template_card": card}
        try:
            await self._connection.call(_ANSWER, body, request)
        except Refused as refused:
            log.info("a request can no longer be answered, its chat is written to: %s", refused)
            return False
        return True

    async def _post(self, content: Json, route: Route) -> None:
        await self._connection.call(_MESSAGE, {"chatid": route.chat, **content})


def _owned(card: Json, route: Route) -> Json:
    """Return the card with buttons that belong to the person of the route."""
    buttons = [one | {"key": key_for(one["key"], route)} for one in card["button_list"]]
    return {**card, "button_list": buttons}
