"""The promises of `make soak` have tests that exist, and the page shows their results."""

from __future__ import annotations

import json

from scripts.soak.__main__ import BEGIN, END, FULL_MINUTES, PAGE, RESULTS, ROOT, shown
from scripts.soak.promises import PROMISES


def test_there_are_fifteen_and_their_tests_exist() -> None:
    assert [one.number for one in PROMISES] == list(range(1, 16))
    for promise in PROMISES:
        for test in promise.tests:
            path, _, name = test.partition("::")
            assert f"def {name}" in (ROOT / path).read_text("utf-8"), test
    assert sum(one.minutes for one in PROMISES) <= FULL_MINUTES


def test_the_page_shows_the_results() -> None:
    results = json.loads(RESULTS.read_text("utf-8"))
    part = PAGE.read_text("utf-8").split(BEGIN)[1].split(END)[0]
    assert part.strip() == shown(results)
    assert all(one.text in part for one in PROMISES)
