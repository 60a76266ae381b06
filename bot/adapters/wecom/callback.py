"""Answer the calls to a self-built app: prove, store, acknowledge; the reply is sent apart.

WeCom cuts the connection after five seconds and calls again, three times in all
(https://developer.work.weixin.qq.com/document/path/90238).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from bot.adapters.delivery.answers import Forged, refuse, text_answer
from bot.adapters.delivery.sending import Sending
from bot.adapters.tencent import xml
from bot.adapters.tencent.answers import sealed, xml_answer
from bot.adapters.tencent.envelope import Envelope
from bot.adapters.tencent.xml import Fields, Unreadable
from bot.adapters.wecom.app_updates import read
from bot.errors import StoreUnavailable
from bot.plugins import Response

_TAKEN = text_answer("")


class Callback:
    """Answers what is called under the address of one app."""

    def __init__(
        self, envelope: Envelope, sending: Sending, agent: str, phrase: Callable[[str], str]
    ) -> None:
        self._envelope, self._sending, self._agent = envelope, sending, agent
        self._phrase = phrase

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
        try:
            await self._sending.take(*heard)
        except StoreUnavailable as error:
            return refuse(503, error)
        return self._pressed(fields) if heard[0].press else _TAKEN

    def _opened(self, query: Mapping[str, str], ciphertext: str) -> bytes:
        return self._envelope.open(
            query.get("msg_signature", ""),
            query.get("timestamp", ""),
            query.get("nonce", ""),
            ciphertext,
        )

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
