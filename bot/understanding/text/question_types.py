"""Read what a text asks for: a yes or no, a length of time, a place, a list, a way back …

Of a story one clause asks.  Its cues (see `bot.understanding.text.question_cues`), its characters,
and the cues of the clauses round it go into a softmax over the types.  The coefficients are fitted
by scripts/fit_question_types.py on questions written for that.  What a newcomer would get wrong:
text comes with its punctuation, which the matching form no longer has.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import combinations
from math import exp
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bot.core.model.question_type import QuestionType
from bot.understanding.arrays import kernels
from bot.understanding.arrays.shipped import DATA
from bot.understanding.text.question_cues import CUES

MOST_CLAUSES = 12
"""Clauses, from the end, that are looked at: a story asks near its end."""
_BEFORE = 3
"""Clauses before the one that asks whose cues are looked at."""
_REMEMBERED, _FEATURES_REMEMBERED = 512, 8_192
"""Texts and clauses, each read as part of a message and by itself; and runs of characters."""
_LONGEST = 500
"""Characters, from the end, that are looked at."""
_LONGEST_CLAUSE = 24
"""Characters, from the end of the clause that asks, that are looked at one by one."""
_LONGEST_RUN = 3
_SHARE = 0.5
"""What a run of characters counts beside a cue, of which there are few."""
_BREAKS = re.compile(r"([，,。；;！!？?：:\s、\"“”「」]+)")
_PARTICLE = re.compile(r"[吗呢么不没吧咩伐哦嘛]$")
_SOFTENER = re.compile(r"(?:着来|师老|谢谢|[啊呀呢哦嘞啦哈咧噢嗯哇急])*")
"""What softens an end, and asks nothing; read backwards, so that it is tried at one place only."""
_OPENING = re.compile(
    r"请问|想问|问一?下|问问|求问|咨询|请教|求助|想知道|打听|了解一?下|告知|说说|麻烦"
)
_TOLD = re.compile(
    r"(?:也|都|又|还|没|不|谁)(?:不|没)?(?:知道|晓得|清楚|明白|懂|讲|说)(?!吗|么|不)|无所谓|先不[管说问]|倒不|不要紧"
    r"|暂且|[说搞弄]不清|没(?:个)?准|听说|听人?[说讲]|据说|不一定|再说|回头|忘了|不记得|都行|都可以|[说讲]是|让我|叫我|问我"
)
"""What a clause has that speaks of a question and puts none."""
_HELPLESS = re.compile(
    r"^(?:那|这|现在|请问|可)?(?:该|我|应该|要|得|可以|还|能|这|到底|可|又){0,3}"
    r"(?:(?:怎么|咋个?|如何|怎样|点)(?:办|整|弄|搞|解决|处理|处置|破|算|样|是好|操作)|有(?:什么|啥|没有|没)(?:办法|招|辙|法子))"
    r"(?:才好|才行|好|法|了)?(?:吗|没|不)?$"
)

"""A clause that only asks for a way out, of what stands before it."""
_NONE = "none"
KINDS = (*(kind.value for kind in QuestionType), _NONE)
"""What a text may ask for, in the order of the columns of the weights."""
_TYPES = {kind.value: kind for kind in QuestionType}
Odds = Mapping[QuestionType, float]
"""Question type -> its probability."""
_FIRM = "不用|不需要|不必|无需|无须|不要|不能|不可以|不会|不是|没必要|不交|不办|不算"
_TURNED = re.compile(
    rf"(?:{_FIRM}).{{0,40}}(?:吗|吧|么|嘛|对吧|是吧|对不对|是不是)$"
    rf"|是不是(?:就|可以|都)?(?:{_FIRM}|不)"
)
FEATURES, WEIGHTS, SCALE = "features.marisa", "weights.npy", "scale.json"


class QuestionModel:
    """Weights of features for each type, and for being no question at all. Immutable."""

    def __init__(self, folder: Path) -> None:
        """The folder holds what `save` wrote.

        Raises:
            OSError, ValueError: it does not, or a file is damaged.
        """
        import marisa_trie  # noqa: PLC0415  a millisecond that `zhuce --help` does not need

        self._features = marisa_trie.Trie().mmap(str(folder / FEATURES))
        weights: NDArray[np.int8] = np.load(folder / WEIGHTS, allow_pickle=False)
        scale: float = json.loads((folder / SCALE).read_text("utf-8"))
        if weights.shape != (len(self._features), len(KINDS)):
            raise ValueError(f"{folder}: features and weights are not of one model")
        self._weights, self._scale = weights, scale
        self._place_of = lru_cache(_FEATURES_REMEMBERED)(self._features.get)

    def odds_of(self, found: Mapping[str, float]) -> dict[str, float]:
        """The probability of each of `KINDS`; they add up to 1."""
        places, values = [*map(self._place_of, found)], [*found.values()]
        odds = kernels.in_use.odds if kernels.in_use else odds_of_rows
        return dict(
            zip(KINDS, odds(places, values, self._weights, len(KINDS), self._scale), strict=True)
        )

    def type_of(self, found: Mapping[str, float]) -> QuestionType | None:
        """The type that most speaks for; `None` where nothing is asked."""
        odds = self.odds_of(found)
        best = max(odds, key=odds.__getitem__)
        return None if best == _NONE else QuestionType(best)


def odds_of_rows(
    places: Sequence[int | None],
    values: Sequence[float],
    weights: NDArray[np.int8],
    width: int,
    scale: float,
) -> list[float]:
    """The probability of each column, from the sum of some rows, each times its value.

    Values are halves, so sums are exact in whatever order.
    """
    told = [n for n, place in enumerate(places) if place is not None]
    rows = weights[[place for place in places if place is not None], :width]
    totals = (np.array(values, np.float32)[told] @ rows.astype(np.float32)).tolist()
    most = max(totals) * scale
    chances = [exp(total * scale - most) for total in totals]
    whole = sum(chances)
    return [chance / whole for chance in chances]


def save(folder: Path, features: Sequence[str], weights: NDArray[np.float64]) -> None:
    """Write a model: `weights[i]`, one number for each of `KINDS`, belong to `features[i]`."""
    import marisa_trie  # noqa: PLC0415

    folder.mkdir(parents=True, exist_ok=True)
    trie = marisa_trie.Trie(features)
    order = np.argsort([trie[feature] for feature in features])
    scale = float(np.abs(weights).max()) / 127
    trie.save(str(folder / FEATURES))
    np.save(folder / WEIGHTS, np.round(weights[order] / scale).astype(np.int8))
    (folder / SCALE).write_text(json.dumps(round(scale, 6)) + "\n", "utf-8")


def question_type(text: str) -> QuestionType | None:
    """What a text asks for; `None` if it asks nothing, or too little is said to know."""
    return _read(text[-_LONGEST:])[0]


def question_odds(text: str) -> Odds:
    """How probable it is that a text asks for each type; less than 1 in all if for none."""
    return _read(text[-_LONGEST:])[1]


@lru_cache(_REMEMBERED)
def _read(text: str) -> tuple[QuestionType | None, Odds]:
    odds = shipped_questions().odds_of(question_features(text))
    best = max(odds, key=odds.__getitem__)
    return _TYPES.get(best), {kind: odds[value] for value, kind in _TYPES.items()}


def is_turned(text: str) -> bool:
    """Whether a question is turned round: 不用交吗, 是不是不用, 不会作废吧."""
    clauses = _clauses(text[-_LONGEST:])
    return bool(clauses and _TURNED.search(clauses[-1].text))


@dataclass(frozen=True, slots=True)
class _Clause:
    text: str
    core: str
    """Without what softens its end."""
    is_marked: bool
    """A question mark follows."""
    cues: Mapping[str, int]
    """The types that it has cues of, each with where its last cue ends."""


def question_features(text: str) -> dict[str, float]:
    """The features of a text: of the clause that asks, and of those round it."""
    clauses = _clauses(text)
    features = {"bias": 1.0}
    if not clauses:
        return features
    at = _asking(clauses)
    features |= dict.fromkeys(_signs(clauses[at]), 1.0)
    if at < len(clauses) - 1:
        features["more"] = 1.0
    if at and _HELPLESS.search(clauses[at].core):
        features["helpless"] = 1.0
        features |= {f"helpless:{kind}": 1.0 for kind in clauses[at - 1].cues}
        features |= {f"h{name}": _SHARE for name in _runs(clauses[at - 1])}
    for name, beside in (
        ("before", clauses[max(0, at - _BEFORE) : at]),
        ("after", clauses[at + 1 :]),
    ):
        features |= {f"{name}:{kind}": 1.0 for clause in beside for kind in clause.cues}
    return features | dict.fromkeys(_runs(clauses[at]), _SHARE)


@lru_cache(_REMEMBERED)
def _clauses(text: str) -> Sequence[_Clause]:
    """The last clauses; NFKC may have made the text longer."""
    whole = text.encode("utf-8", "ignore").decode("utf-8")  # half a pair of surrogates is no text
    pieces = _BREAKS.split(unicodedata.normalize("NFKC", whole).lower()[-_LONGEST:])
    said = [pair for pair in zip(pieces[::2], [*pieces[1::2], ""], strict=True) if pair[0]]
    return [
        _Clause(words, _without_softeners(words), "?" in mark, _cues(words))
        for words, mark in said[-MOST_CLAUSES:]
    ]


def _without_softeners(words: str) -> str:
    found = _SOFTENER.match(words[::-1])
    return words[: len(words) - found.end()] if found else words


def _asking(clauses: Sequence[_Clause]) -> int:
    """Which clause asks: the one that looks most like it, of equals the last."""
    if len(clauses) == 1:
        return 0
    return max(range(len(clauses)), key=lambda n: (_asks(clauses, n), n))


def _asks(clauses: Sequence[_Clause], at: int) -> float:
    """How much a clause looks like the one that asks."""
    clause = clauses[at]
    marked = clause.is_marked or (
        at + 1 < len(clauses) and clauses[at + 1].is_marked and not clauses[at + 1].cues
    )
    told = bool(clause.cues) and not clause.is_marked and _TOLD.search(clause.text) is not None
    opened = _OPENING.search(clause.text) is not None
    return 2.0 * bool(clause.cues) + 1.5 * marked - 1.2 * told + 0.9 * opened * bool(clause.cues)


def _signs(clause: _Clause) -> Iterator[str]:
    """The names of what the clause that asks has: cues, which of them end it, how it ends."""
    last = max(clause.cues.values(), default=0)
    if clause.is_marked:
        yield "asks"
    if _PARTICLE.search(clause.text):
        yield "particle"
    if not clause.cues:
        yield "no_cue"
    yield from (f"in:{kind}" for kind in clause.cues)
    yield from (f"end:{kind}" for kind, end in clause.cues.items() if end == last)
    yield from (f"both:{a}+{b}" for a, b in combinations(sorted(clause.cues), 2))


def _runs(clause: _Clause) -> Sequence[str]:
    """Up to `_LONGEST_RUN` neighbouring characters of a clause, and up to five at its end."""
    framed = f"^{clause.text[-_LONGEST_CLAUSE:]}$"
    ends = [f"e:{clause.core[-length:]}" for length in (2, 3, 4, 5)]
    if kernels.in_use:
        return [*kernels.in_use.runs("g:", framed, _LONGEST_RUN), *ends]
    lengths = range(1, _LONGEST_RUN + 1)
    found = [f"g:{framed[n : n + some]}" for some in lengths for n in range(len(framed) - some + 1)]
    return [*found, *ends]


@lru_cache(_REMEMBERED)
def _cues(clause: str) -> Mapping[str, int]:
    found: dict[str, int] = {}
    for kind, pattern in CUES.items():
        for cue in pattern.finditer(clause):
            found[kind.value] = cue.end()
    return found


@cache
def shipped_questions() -> QuestionModel:
    """The model in the package."""
    return QuestionModel(DATA / "question_types")
