"""Declare how much the web adapter takes from whom; the operator's settings name every number.

What a newcomer would get wrong: a rate says how often, `turns` says how many at once.  Both are
needed: within its rate one address may still send everything in the same moment.
"""

from __future__ import annotations

from dataclasses import dataclass

PER_ADDRESS, PER_CONVERSATION, PER_KEY = "300/minute", "30/minute", "6000/minute"
"""A person who reads what is answered sends fewer
than ten messages a minute; an address may be that of a whole office.
"""
BODY_BYTES = 64 * 1024
"""The longest text that is answered in full is 2,000 characters: 12 KB in escaped JSON."""
TURNS = 64
"""Decided in half a second, at some 7 ms each on one core."""
HEADER_BYTES = 16 * 1024
"""As nginx by default takes four buffers of 8 KB; a browser sends some 2 KB."""
HEADER_S, BODY_S = 10.0, 20.0
CONNECTIONS, ADDRESS_CONNECTIONS = 900, 100
"""Below the 1,024 files that a process may have open by default on Linux."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one person or program may take; an empty rate is none."""

    address: str = PER_ADDRESS
    """API requests of one address; of an IPv6 address, of its /64, which one person has."""
    conversation: str = PER_CONVERSATION
    """Messages in one conversation."""
    key: str = PER_KEY
    """API requests with the key; they do not count for their address."""
    store: str = "memory://"
    """Where requests are counted: here, or in a Redis server that other processes share."""
    body_bytes: int = BODY_BYTES
    """Longest body, except what platforms post."""
    turns: int = TURNS
    """Messages that wait or are being answered at once; a quarter of them from one address."""


UNLIMITED = Limits(address="", conversation="", key="")
"""Any rate: for programs that count by themselves."""


@dataclass(frozen=True, slots=True)
class LineLimits:
    """What one connection may take before the application hears of it."""

    header_bytes: int = HEADER_BYTES
    """Address and headers of one request."""
    header_s: float = HEADER_S
    """From the first byte, or from connecting, to the end of the headers."""
    body_s: float = BODY_S
    """From the end of the headers to the end of the body."""
    connections: int = CONNECTIONS
    address_connections: int = ADDRESS_CONNECTIONS
    """Of one address; proxies that are named may have more."""
    proxies: tuple[str, ...] = ()
    """Addresses or networks of proxies: whom `X-Forwarded-For` is believed."""
