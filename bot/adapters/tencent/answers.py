"""Answer calls in XML."""

from __future__ import annotations

from bot.adapters.delivery.answers import text_answer
from bot.adapters.tencent import xml
from bot.adapters.tencent.envelope import Envelope
from bot.plugins import Response


def xml_answer(text: str) -> Response:
    return Response(body=text.encode(), media_type="text/xml; charset=utf-8")


NOTHING_TO_SAY = text_answer("success")
"""Ends the repeats; people see nothing."""


def sealed(envelope: Envelope, message: str) -> str:
    """Return the XML that carries a message in safe mode."""
    made = envelope.seal(message.encode())
    return xml.write(
        {
            "Encrypt": made.ciphertext,
            "MsgSignature": made.signature,
            "TimeStamp": int(made.stamp),
            "Nonce": made.nonce,
        }
    )
