"""Answer the calls of platforms, and say in the log why one was refused."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping

from bot.plugins import Response

log = logging.getLogger(__name__)


class Forged(ValueError):  # noqa: N818  what the request is, said in one word
    """The request was not made by the platform, or not for us, or not now."""


def text_answer(text: str) -> Response:
    return Response(body=text.encode())


def json_answer(content: Mapping[str, object]) -> Response:
    body = json.dumps(content, ensure_ascii=False).encode()
    return Response(body=body, media_type="application/json; charset=utf-8")


def refuse(status: int, error: Exception | None = None) -> Response:
    """Return a refusal; what was wrong stands in the log only."""
    log.info("a call was refused", extra={"status": status, "reason": str(error or "")})
    return Response(status)
