"""Limit how much is offered or answered at once."""

from __future__ import annotations

MAX_CHOICES = 4
MAX_NEAR = 2
"""Nearby topics offered after an admission."""

MAX_SEVERAL = 4
"""Things answered at once; who asks for more is answered about the first four."""
