"""Answer the calls of an official account: prove, read, ask core, and reply in the same breath.

The platform waits five seconds, then cuts the connection and calls again, three times in all
(https://developers.weixin.qq.com/doc/service/guide/product/message/Passive_user_reply_message.html).
What a newcomer would get wrong: a repeat gets the reply again, not `success`: nobody knows whether
the first one was read.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Coroutine, Mapping
from typing import Any

from bot.adapters.delivery.answers import Forged, refuse, text_answer
from bot.adapters.delivery.in_time import in_time
from bot.adapters.delivery.person_limit import PersonLimit, Verdict
from bot.adapters.tencent import xml
from bot.adapters.tencent.answers import NOTHING_TO_SAY, sealed, xml_answer
from bot.adapters.tencent.envelope import Envelope
from bot.adapters.tencent.xml import Content, Fields, Unreadable
from bot.adapters.wechat.updates import read
from bot.core.model.update import Update
from bot.errors import StoreUnavailable
from bot.plugins import Response

BUDGET_S = 4.0
"""How long a call waits for the store, which has a deadline of its own; then it is refused, and the
platform repeats it.
"""
_HANDOVER = "transfer_customer_service"


class Receiver:
    """Answers what is called under the address of one account."""

    def __init__(
        self,
        answer: Callable[[Update], Coroutine[Any, Any, str]],
        envelope: Envelope,
        phrase: Callable[[str], str],
        handover: Collection[str],
        limit: PersonLimit,
    ) -> None:
        """Take `answer` as what returns the text to reply to an update, empty for none.

        It may raise StoreUnavailable.  `handover` are the words that call a person of the account's
        own customer service.
        """
        self._answer_to, self._envelope, self._phrase = answer, envelope, phrase
        self._handover = frozenset(handover)
        self._limit = limit

    def verify(self, query: Mapping[str, str]) -> Response:
        """Answer the call by which the console checks the address: give back what it sent."""
        try:
            self._check(query)
        except Forged as error:
            return refuse(401, error)
        return text_answer(query.get("echostr", ""))

    async def receive(self, query: Mapping[str, str], body: bytes) -> Response:
        """Answer a message or an event."""
        try:
            fields = self._opened(query, body)
            update = read(fields)
        except Forged as error:
            return refuse(401, error)
        except Unreadable as error:
            return refuse(400, error)
        if update is None:
            return NOTHING_TO_SAY
        if (update.text or "").strip() in self._handover:
            return self._written(fields, {"MsgType": _HANDOVER})
        try:
            text = await self._answer(update)
        except StoreUnavailable as error:
            return refuse(503, error)
        if not text:
            return NOTHING_TO_SAY
        return self._written(fields, {"MsgType": "text", "Content": text})

    def _check(self, query: Mapping[str, str]) -> None:
        self._envelope.check(
            query.get("signature", ""), query.get("timestamp", ""), query.get("nonce", "")
        )

    def _opened(self, query: Mapping[str, str], body: bytes) -> Fields:
        """Return the fields of a genuine message.

        In safe mode only what is encrypted counts, because only that is signed.
        """
        if self._envelope.aes_key is None:
            self._check(query)
            return xml.read(body, has_words=True)
        opened = self._envelope.open(
            query.get("msg_signature", ""),
            query.get("timestamp", ""),
            query.get("nonce", ""),
            xml.read(body).get("Encrypt", ""),
        )
        return xml.read(opened, has_words=True)

    async def _answer(self, update: Update) -> str:
        """Return the text to reply; empty for none.

        Raises:
            StoreUnavailable: it took too long.
        """
        verdict = self._limit.judge(f"{update.key.user}:{update.id}", update.key.user)
        if verdict is Verdict.SILENCE:
            return ""
        if verdict is Verdict.NOTICE:
            return self._phrase("too_many")
        return await in_time(BUDGET_S, self._answer_to(update))

    def _written(self, fields: Fields, content: Mapping[str, Content]) -> Response:
        message = xml.write(
            {
                "ToUserName": fields["FromUserName"],
                "FromUserName": fields["ToUserName"],
                "CreateTime": int(self._envelope.now()),
                **content,
            }
        )
        if self._envelope.aes_key is None:
            return xml_answer(message)
        return xml_answer(sealed(self._envelope, message))
