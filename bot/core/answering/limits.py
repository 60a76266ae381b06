"""Limit how much is offered or answered at once."""

from __future__ import annotations

MAX_CHOICES = 4
MAX_NEAR = 2
"""Nearby topics offered after an admission."""

MAX_SEVERAL = 4
"""Things answered at once; who asks for more is answered about the first four."""

MAX_GROUNDS, MAX_GROUND = 2, 100
"""First facts of an entry of which one may stand under its verdict; its characters, at most."""

SAID_AGAIN = 0.5
"""Share of a fact's pairs of characters from which a verdict that has them has said it already."""

MAX_HEADING = 20
"""Characters of a question that stand over what is said of it."""
LITTLE = 0.1
"""What an utterance has to say, as a share of a full sentence, to be a question at all."""
