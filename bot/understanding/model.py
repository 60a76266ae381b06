"""From signals to a calibrated score: one logistic model whose coefficients are a data file.

The thresholds stand beside the coefficients because both come out of the same fit.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from math import exp

SIGNALS = (
    "dice",
    "text",
    "coverage",
    "ratio",
    "foreign",
    "weight",
    "closeness",
    "ours",
    "filled",
    "plain",
    "missing",
    "extra",
    "conflict",
)


@dataclass(frozen=True, slots=True)
class Model:
    """Logistic coefficients; a signal without one counts nothing."""

    intercept: float
    coefficients: Mapping[str, float]
    answer_from: float
    """Scores at or above this are answered; below it the bot asks or abstains."""
    ask_from: float
    """Scores below this are not even offered as a guess."""

    def score(self, signals: Mapping[str, float]) -> float:
        """The probability, 0..1, that showing the entry is right."""
        total = self.intercept
        for name, coefficient in self.coefficients.items():
            total += coefficient * signals[name]
        return 1 / (1 + exp(-total))


@cache
def shipped() -> Model:
    """The model in the package."""
    data = json.loads(files("bot.understanding").joinpath("data/model.json").read_text("utf-8"))
    return Model(**data)
