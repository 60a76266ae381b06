"""Compare words without regard to case and width: ＵＳＡ is usa."""

from __future__ import annotations

import unicodedata


def folded(text: str) -> str:
    """Return the form of a text in which equal answers are equal."""
    return unicodedata.normalize("NFKC", text).strip().casefold()
