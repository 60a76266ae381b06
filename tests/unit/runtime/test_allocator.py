"""All threads share one heap, where the C library can do that."""

from __future__ import annotations

import platform
import subprocess
import sys

import pytest

THREADS = """
import ctypes, threading
from bot.runtime.allocator import use_one_heap
use_one_heap()
libc = ctypes.CDLL(None)
libc.malloc.restype = ctypes.c_void_p
found = set()
def take():
    found.update(libc.malloc(1000) >> 26 for _ in range(9))
for _ in range(4):
    thread = threading.Thread(target=take)
    thread.start()
    thread.join()
take()
print(len(found))
"""
"""Heaps of threads lie at multiples of 64 MiB of their own."""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc has heaps of threads")
def test_threads_take_memory_from_one_heap() -> None:
    run = subprocess.run(
        [sys.executable, "-c", THREADS], capture_output=True, text=True, check=True
    )
    assert run.stdout.strip() == "1"
