"""How the Bot API says no: a status, a sentence and sometimes a parameter."""

from __future__ import annotations

from typing import Any


class Refused(Exception):  # noqa: N818 - the word of the protocol's users
    """An answer with `ok: false`."""

    def __init__(self, code: int, description: str, **parameters: int) -> None:
        super().__init__(f"{code} {description}")
        self.code = code
        self.description = description
        self.parameters = parameters

    def as_json(self) -> dict[str, Any]:
        body: dict[str, Any] = {
            "ok": False,
            "error_code": self.code,
            "description": self.description,
        }
        return body | ({"parameters": self.parameters} if self.parameters else {})


def bad_request(sentence: str, **parameters: int) -> Refused:
    return Refused(400, f"Bad Request: {sentence}", **parameters)


def forbidden(sentence: str) -> Refused:
    return Refused(403, f"Forbidden: {sentence}")


def conflict(sentence: str) -> Refused:
    return Refused(409, f"Conflict: {sentence}")


def too_many(retry_after: int) -> Refused:
    return Refused(
        429, f"Too Many Requests: retry after {retry_after}", retry_after=max(1, retry_after)
    )


def too_old() -> Refused:
    """Telegram's one sentence for a query that is unknown, expired or answered already."""
    return bad_request("query is too old and response timeout expired or query ID is invalid")
