"""Keep full garbage collections short while people are served.

A full collection looks through every object that can hold others, and nobody is answered meanwhile:
100,000 messages in memory made it 340 ms.  What survives one is frozen, so the next looks only
through what was made since, and it comes before that is much.  Objects that are no part of a cycle
are freed all the same, by their count; what became a cycle after it was frozen is found when
everything is looked through again.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

OLDEST = 2
"""The generation of a full collection."""
WHOLE_EVERY = 5_000
"""Full collections after which one looks through everything again; hundreds of messages each."""
THRESHOLDS = (700, 5, 2)
"""When a generation is looked through (`gc.set_threshold`).  A full collection then has some 10,000
objects, 30 ms on a slow core; with Python's own (700, 10, 10) it has 30,000 and took 70.
"""


@contextmanager
def short_collections() -> Iterator[None]:
    """Freeze what is loaded, then the survivors of each full collection; thaw all on leaving."""
    gc.collect()
    gc.freeze()
    gc.collect()  # sets the count of survivors, of which Python awaits a quarter, to none
    before = gc.get_threshold()
    gc.set_threshold(*THRESHOLDS)
    count = 0

    def after(phase: str, info: Mapping[str, Any]) -> None:
        nonlocal count
        if phase != "stop" or info["generation"] != OLDEST:
            return
        count += 1
        if count % WHOLE_EVERY == 0:
            gc.unfreeze()
        else:
            gc.freeze()

    gc.callbacks.append(after)
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.callbacks.remove(after)
        gc.unfreeze()
