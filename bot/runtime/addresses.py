"""Bind the address that the HTTP server listens on."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

from bot.errors import SettingsError

if TYPE_CHECKING:
    from bot.settings import HttpSettings


def listening(http: HttpSettings) -> socket.socket:
    """Return a socket bound to the address of the settings.

    Raises:
        SettingsError: the address is in use, or not one of this machine.
    """
    family = socket.AF_INET6 if ":" in http.host else socket.AF_INET
    # asyncio sets TCP_NODELAY only if the protocol is given; else an answer may wait for 40 ms.
    bound = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((http.host, http.port))
    except OSError as error:
        bound.close()
        place = f"{http.host}:{http.port}"
        raise SettingsError(
            "BOT_HTTP__PORT", place, f"这个地址用不了（{error.strerror}），请换一个端口"
        ) from None
    return bound
