"""Check that an adapter keeps what every adapter promises: the conformance kit.

A `Counterpart` plays the platform; `checks` returns one check for each promise, to be called by any
test runner:

    @pytest.mark.parametrize("check", checks(ADAPTER, Shop), ids=str)
    def test_conformance(check):
        check()

What a newcomer would get wrong: the adapter is measured against its own `Capabilities`.  One that
is claimed and not had fails here; one that is had and not claimed goes untested.
"""

from bot.testing.checks import Check, checks
from bot.testing.counterpart import Button, Counterpart, Shown

__all__ = ["Button", "Check", "Counterpart", "Shown", "checks"]
