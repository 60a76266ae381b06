"""Suggest the right word for one that is nearly right."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


def did_you_mean(word: str, choices: Iterable[str]) -> str:
    """Return `；是不是“x”？` with the most similar of `choices`, or an empty string."""
    known = sorted(set(choices))
    if len(word) > 100 or len(known) > 5000:  # comparing would take too long
        return ""
    near = difflib.get_close_matches(word, known, n=1, cutoff=0.5)
    return f"；是不是“{near[0]}”？" if near else ""
