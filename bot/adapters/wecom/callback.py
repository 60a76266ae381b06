"""Answer the calls to a self-built app: prove, store, acknowledge; the reply is sent apart.

WeCom cuts the connection after five seconds and calls again, three times in all
(https://developer.work.weixin.qq.com/document/path/90238).
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping

from bot.adapters.delivery.person_limit import PersonLimit, Verdict
from bot.adapters.tencent import xml
from bot.adapters.tencent.answers import refuse, sealed, text_answer, xml_answer
from bot.adapters.tencent.envelope import Envelope, Forged
from bot.adapters.tencent.sending import Sending
from bot.adapters.tencent.xml import Fields, Unreadable
from bot.adapters.wecom import message
from bot.adapters.wecom.app_updates import Heard, read
from bot.adapters.wecom.message import OutgoingMessage
from bot.adapters.wecom.routes import Route
from bot.errors import StoreUnavailable
from bot.plugins import Response

BUDGET_S = 2.5
"""How long a call waits for the store."""
_TAKEN = text_answer("")
log = logging.getLogger(__name__)


class Callback:
    """Answers what is called under the address of one app."""

    def __init__(
        self,
        envelope: Envelope,
        sending: Sending[Route, OutgoingMessage],
        agent: str,
        phrase: Callable[[str], str],
        ticks: Callable[[], float],
    ) -> None:
        self._envelope, self._sending, self._agent = envelope, sending, agent
        self._phrase, self._limit = phrase, PersonLimit(ticks)

    def verify(self, query: Mapping[str, str]) -> Response:
        """Answer the call by which the console checks the address: give back what is inside."""
        try:
            return text_answer(self._opened(query, query.get("echostr", "")).decode())
        except (Forged, UnicodeDecodeError) as error:
            return refuse(401, error)

    async def receive(self, query: Mapping[str, str], body: bytes) -> Response:
        """Answer a message or an event."""
        try:
            opened = self._opened(query, xml.read(body).get("Encrypt", ""))
            fields = xml.read(opened, has_words=True)
            heard = read(fields, self._agent)
        except Forged as error:
            return refuse(401, error)
        except Unreadable as error:
            return refuse(400, error)
        if heard is None:
            return _TAKEN
        if not await self._is_taken(heard):
            return refuse(503)
        return self._pressed(fields) if heard.update.press else _TAKEN

    def _opened(self, query: Mapping[str, str], ciphertext: str) -> bytes:
        return self._envelope.open(
            query.get("msg_signature", ""),
            query.get("timestamp", ""),
            query.get("nonce", ""),
            ciphertext,
        )

    async def _is_taken(self, heard: Heard) -> bool:
        """Store the reply in time and begin to send it; return whether the call is done with."""
        update, route = heard.update, heard.route
        verdict = self._limit.judge(f"{route.user}:{update.id}", route.user)
        if verdict is not Verdict.ANSWER:
            if verdict is Verdict.NOTICE:
                notice = message.note(self._phrase("too_many"))
                self._sending.begin(self._sending.say(notice, route))
            return True
        taking = asyncio.create_task(self._take(heard))
        try:
            async with asyncio.timeout(BUDGET_S):
                await asyncio.shield(taking)
        except (StoreUnavailable, TimeoutError) as error:
            # The task goes on; when the update comes again, the store knows it.
            log.warning("an update was not stored in time, it will come again: %r", error)
            taking.add_done_callback(_retrieve_exception)
            return False
        return True

    async def _take(self, heard: Heard) -> None:
        work: Awaitable[None] | None = await self._sending.take(heard.update, heard.route)
        self._sending.begin(work)

    def _pressed(self, fields: Fields) -> Response:
        """Tell the card that it was pressed, which grays its buttons."""
        told = xml.write(
            {
                "ToUserName": fields["FromUserName"],
                "FromUserName": fields["ToUserName"],
                "CreateTime": int(self._envelope.now()),
                "MsgType": "update_button",
                "Button": {"ReplaceName": self._phrase("chosen")},
            }
        )
        return xml_answer(sealed(self._envelope, told))


def _retrieve_exception(taking: asyncio.Future[None]) -> None:
    """Retrieve the exception, which asyncio would log as never retrieved."""
    if not taking.cancelled():
        taking.exception()
