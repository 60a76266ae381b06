"""Name the caller of a request, for limits."""

from __future__ import annotations

from functools import lru_cache
from ipaddress import IPv6Address, ip_address, ip_network

from starlette.types import Scope

_UNKNOWN = "unknown"


def address_of(scope: Scope) -> str:
    """Return whom a request counts for: its IPv4 address, or the /64 of its IPv6 address.

    The server has put the address from `X-Forwarded-For` there if a proxy that it trusts said so.
    What is no address counts for one and the same caller.
    """
    client = scope.get("client")
    return person_at(client[0]) if client else _UNKNOWN


@lru_cache(10_000)
def person_at(host: str) -> str:
    """Return the address that one person is known by."""
    try:
        found = ip_address(host.partition("%")[0])
    except ValueError:
        return _UNKNOWN
    if not isinstance(found, IPv6Address):
        return str(found)
    if found.ipv4_mapped:
        return str(found.ipv4_mapped)
    return str(ip_network((found, 64), strict=False))
