"""What an adapter is made of, and how it is found: for ours and for those of other packages.

A package names its adapter as an entry point of the group `zhuce.adapters`; `zhuce serve` starts
it, `zhuce doctor` examines it.  What a newcomer would get wrong: the module of the entry point is
imported by everything that reads settings, so it imports no library of its platform.  See
docs/howto/add-an-adapter.md.
"""

from bot.plugins.adapter import (
    Adapter,
    Answering,
    Capabilities,
    Endpoint,
    Listening,
    Request,
    Response,
    Service,
    Surroundings,
)
from bot.plugins.finding import Finding, State, note, problem, well
from bot.plugins.units import Units

__all__ = [
    "Adapter",
    "Answering",
    "Capabilities",
    "Endpoint",
    "Finding",
    "Listening",
    "Request",
    "Response",
    "Service",
    "State",
    "Surroundings",
    "Units",
    "note",
    "problem",
    "well",
]
