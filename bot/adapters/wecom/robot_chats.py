"""Send replies over the robot's connection, as the answer to a request or as a message apart.

https://developer.work.weixin.qq.com/document/path/101463.  What a newcomer would get wrong: a
request can be answered only for a while and only on its own connection; after that the chat is
written to.
"""

from __future__ import annotations

import logging
import secrets
from dataclasses import replace

from bot.adapters.delivery.chats import Chats, Json, OutgoingMessage, Route
from bot.adapters.delivery.errors import Refused
from bot.adapters.delivery.full_text import FullText
from bot.adapters.wecom import message
from bot.adapters.wecom.message import ROBOT, Form
from bot.adapters.wecom.robot_connection import Connection
from bot.adapters.wecom.robot_updates import key_for
from bot.core.model.reply import Reply
from bot.plugins import Surroundings

MOST_BYTES = 20480
"""Of one streamed answer (`StreamReplyBody` in @wecom/aibot-node-sdk 1.0.7)."""
FORM = Form(most_bytes=MOST_BYTES, is_markdown=True)
_ANSWER, _MESSAGE, _WELCOME = "aibot_respond_msg", "aibot_send_msg", "aibot_respond_welcome_msg"
log = logging.getLogger(__name__)


class RobotChats(Chats):
    """Implements `bot.adapters.delivery.ports.Platform`."""

    name = ROBOT

    def __init__(
        self, surroundings: Surroundings, full_text: FullText | None, connection: Connection
    ) -> None:
        super().__init__(surroundings, full_text)
        self._connection = connection

    def write(self, reply: Reply, route: Route) -> OutgoingMessage:
        made = message.write(self.pack, self.shown(reply, route), FORM)
        return replace(made, card=_owned(made.card, route)) if made.card else made

    async def send(self, outgoing: OutgoingMessage, route: Route) -> tuple[int, ...]:
        pages, card = outgoing.pages, outgoing.card
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
