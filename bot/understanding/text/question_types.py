"""What a text asks for: a yes or no, a length of time, a place, a list, a way back …

Cues of all types are looked up in every clause; the last clause that has any is the one that asks.
A softmax over which cues it has, which of them ends it, and which came before says the type.  The
coefficients are fitted by scripts/fit_question_types.py on questions written for that.  What a
newcomer would get wrong: text comes with its punctuation, which the matching form no longer has.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from itertools import combinations
from math import exp

from bot.core.model.question_type import QuestionType
from bot.understanding.text.question_cues import CUES

MOST_CLAUSES = 8
"""Clauses, from the end, that are looked at: a story asks near its end."""
_REMEMBERED = 512
_CLAUSE_ENDS = re.compile(r"[，,。；;！!？?：:\s、]+")
_ASKING_END = re.compile(r"[？?]\s*$|[吗呢不么]\s*$")
_NONE = "none"
Odds = Mapping[QuestionType, float]
"""Question type -> its probability."""
_FIRM = "不用|不需要|不必|无需|无须|不要|不能|不可以|不会|不是|没必要|不交|不办|不算"
_TURNED = re.compile(
    rf"(?:{_FIRM}).*(?:吗|吧|么|嘛|对吧|是吧|对不对|是不是)$|是不是(?:就|可以|都)?(?:{_FIRM}|不)"
)


@dataclass(frozen=True, slots=True)
class QuestionModel:
    """Weights of features for each type, and for being no question at all."""

    weights: Mapping[str, Mapping[str, float]]
    """feature -> type -> weight."""

    def type_of(self, found: Mapping[str, float]) -> QuestionType | None:
        """The type that most speaks for; `None` where nothing is asked."""
        totals = self._totals(found)
        best = max(totals, key=totals.__getitem__, default=_NONE)
        return None if best == _NONE else QuestionType(best)

    def odds_of(self, found: Mapping[str, float]) -> Odds:
        """The probability of each type; they add up to less than 1 where nothing may be asked."""
        totals = self._totals(found)
        most = max(totals.values(), default=0.0)
        chances = {kind: exp(total - most) for kind, total in totals.items()}
        whole = sum(chances.values()) or 1.0
        return {
            QuestionType(kind): chance / whole for kind, chance in chances.items() if kind != _NONE
        }

    def _totals(self, found: Mapping[str, float]) -> dict[str, float]:
        totals: dict[str, float] = {}
        for name, value in found.items():
            for kind, weight in self.weights.get(name, {}).items():
                totals[kind] = totals.get(kind, 0.0) + weight * value
        return totals


def question_type(text: str) -> QuestionType | None:
    """What a text asks for; `None` if it asks nothing, or too little is said to know."""
    return _read(text[-_LONGEST:])[0]


def question_odds(text: str) -> Odds:
    """How probable it is that a text asks for each type."""
    return _read(text[-_LONGEST:])[1]


_LONGEST = 500
"""Characters, from the end, that are looked at."""


@lru_cache(_REMEMBERED)
def _read(text: str) -> tuple[QuestionType | None, Odds]:
    model, found = shipped_questions(), cue_features(text)
    return model.type_of(found), model.odds_of(found)


def is_turned(text: str) -> bool:
    """Whether a question is turned round: 不用交吗, 是不是不用, 不会作废吧."""
    clauses = _clauses(text)
    return bool(clauses and _TURNED.search(clauses[-1]))


def cue_features(text: str) -> dict[str, float]:
    """The features of a text: cues of the clause that asks, of those before it, and its end."""
    clauses = _clauses(text)[-MOST_CLAUSES:]
    found = [_cues(clause) for clause in clauses]
    asking = next((ends for ends in reversed(found) if ends), None)
    features = {"bias": 1.0}
    if _ASKING_END.search(text):
        features["asks"] = 1.0
    if asking is None:
        return features | {"no_cue": 1.0}
    last = max(asking.values())
    features |= dict.fromkeys((f"in:{kind}" for kind in asking), 1.0)
    features |= dict.fromkeys((f"end:{kind}" for kind, at in asking.items() if at == last), 1.0)
    features |= dict.fromkeys((f"both:{a}+{b}" for a, b in combinations(sorted(asking), 2)), 1.0)
    before = (kind for ends in found if ends is not asking for kind in ends)
    return features | dict.fromkeys((f"before:{kind}" for kind in before), 1.0)


def _clauses(text: str) -> list[str]:
    plain = unicodedata.normalize("NFKC", text).lower()
    return [clause for clause in _CLAUSE_ENDS.split(plain) if clause]


def _cues(clause: str) -> dict[str, int]:
    """The types that a clause has cues of, each with where its last cue ends."""
    found: dict[str, int] = {}
    for kind, pattern in CUES.items():
        for cue in pattern.finditer(clause):
            found[kind.value] = cue.end()
    return found


@cache
def shipped_questions() -> QuestionModel:
    """The model in the package."""
    path = files("bot.understanding").joinpath("data/question_types.json")
    return QuestionModel(json.loads(path.read_text("utf-8")))
