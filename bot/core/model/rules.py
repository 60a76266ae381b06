"""Names of the rules by which replies were chosen, where other code has to know them."""

from __future__ import annotations

UNCLEAR = ("nothing_close", "nothing_said", "unsure", "says_too_little")
"""Rules of the replies that no question was understood for: it may have been no question."""
