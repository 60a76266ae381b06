"""Convert times to the form that stores keep: whole microseconds since 1970 in UTC."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

_EPOCH = datetime.fromtimestamp(0, UTC)


def as_number(at: datetime) -> int:
    return (at - _EPOCH) // timedelta(microseconds=1)


def as_moment(number: int) -> datetime:
    return _EPOCH + timedelta(microseconds=number)
