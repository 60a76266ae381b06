"""Find pictographs, the only words of a message that is just 👍.

They are no letters, so the matching form leaves them out.  Skin tones and the selectors that ask
for a coloured picture mean nothing and are left out here.
"""

from __future__ import annotations

import unicodedata


def signs_in(text: str) -> tuple[str, ...]:
    """Return each pictograph once, in order; empty if there are none."""
    return tuple(dict.fromkeys(c for c in text if unicodedata.category(c) == "So"))
