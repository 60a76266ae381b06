"""Choose the coefficients that a pack is answered with: its own, or those of the package.

A pack carries its own as `model.json`, which `zhuce kb fit` writes.  Without it the model of the
package serves, which was fitted on another pack: its scores hold less well here, so a little more
is asked of an answer (`CAUTION`).  What a newcomer would get wrong: the pack that the model of the
package was fitted on is known by the key `fitted_on` of that file, and gets it as it is.
"""

from __future__ import annotations

import json
from dataclasses import replace

from bot.core.model.pack import Pack
from bot.errors import KnowledgeError, Problem
from bot.knowledge.reading.contents import MODEL, Contents, display_name
from bot.understanding.arrays.shipped import DATA
from bot.understanding.scoring import Model, model_from, shipped

CAUTION = 0.15
"""How far towards certainty the answering threshold moves for a pack without a model of its own.

On the questions of `tests/library` (half a) 0.3 costs two right answers in 74 and saves none that
was wrong and sure.
"""


TRUST = 0.4
"""Share of the probability of being the pack's business that will do for a pack without a model of
its own: everyday subjects lie nearer to everyday questions than the one that it was fitted on.

On half a of tests/library 74 questions of 95 come out right with it, 71 with 0.9; less gains one.
"""


def model_of(contents: Contents, pack: Pack) -> Model:
    """Return the model that a pack is understood with.

    Raises:
        KnowledgeError: model.json is none that this version could have written.
    """
    own = contents.files[MODEL].raw
    if not own:
        return shipped() if _is_fitted_on(pack) else careful(shipped())
    try:
        return model_from(json.loads(own))
    except (ValueError, TypeError, KeyError, AttributeError):
        message = "不是这个版本的 zhuce kb fit 写的；请删掉，或者重新运行 zhuce kb fit"
        place = display_name(contents.folder, MODEL)
        raise KnowledgeError((Problem(place, 0, "", message),)) from None


def careful(model: Model) -> Model:
    """Return the model with a higher threshold of answers, and less that is declined unread."""
    answer_from = model.answer_from + CAUTION * (1 - model.answer_from)
    return replace(model, answer_from=round(answer_from, 3), ours_from=model.ours_from * TRUST)


def _is_fitted_on(pack: Pack) -> bool:
    text = (DATA / "model.json").read_text("utf-8")
    return bool(json.loads(text).get("fitted_on", pack.id) == pack.id)
