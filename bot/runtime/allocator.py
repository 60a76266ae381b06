"""Keep the memory of a long-lived process together.

glibc gives each thread a heap of its own and keeps what is freed at the end of a heap.  Threads
here write the journal, copy the log of SQLite and build tables: of 167 MiB after 200 questions 11
were such holes, and a question cost the same without them.  What a newcomer would get wrong: this
has to be said before there are threads.
"""

from __future__ import annotations

import ctypes
from contextlib import suppress

_TRIM_THRESHOLD, _ARENA_MAX = -1, -8
"""Options of `mallopt` (malloc.h of glibc)."""
_KEPT_BYTES = 128 * 1024


def use_one_heap() -> None:
    """Have all threads share one heap that gives back what is free; nothing without glibc."""
    with suppress(AttributeError, OSError, TypeError):
        mallopt = ctypes.CDLL(None).mallopt
        mallopt(_ARENA_MAX, 1)
        mallopt(_TRIM_THRESHOLD, _KEPT_BYTES)
