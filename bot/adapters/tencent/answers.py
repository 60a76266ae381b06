"""Answer calls, and say in the log why one was refused."""

from __future__ import annotations

import logging

from bot.adapters.tencent import xml
from bot.adapters.tencent.envelope import Envelope
from bot.plugins import Response

log = logging.getLogger(__name__)


def text_answer(text: str) -> Response:
    return Response(body=text.encode())


def xml_answer(text: str) -> Response:
    return Response(body=text.encode(), media_type="text/xml; charset=utf-8")


NOTHING_TO_SAY = text_answer("success")
"""Ends the repeats; people see nothing."""


def refuse(status: int, error: Exception | None = None) -> Response:
    """Return a refusal; what was wrong stands in the log only."""
    log.info("a call was refused", extra={"status": status, "reason": str(error or "")})
    return Response(status)


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
