"""Measure section `questions`: questions with what their answers must say, put to the real pack.

The checker is a program of whoever keeps the questions: it takes `--zhuce COMMAND QUESTIONS` and
ends its report with `passed N of M`, before it `wrong portals: K`.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from scripts.bench.asking import Say
from scripts.bench.processes import environment, python
from scripts.bench.results import Results


def check(questions: Path, checker: Path, results: Results, say: Say) -> None:
    say("questions")
    zhuce = Path(sys.executable).with_name("zhuce")
    results.keep("questions", passed(zhuce, questions, checker))


def passed(zhuce: Path, questions: Path, checker: Path) -> dict[str, int]:
    """Let the checker put the questions to a program that answers as `zhuce ask --batch` does."""
    command = python(str(checker.resolve()), "--zhuce", str(zhuce), str(questions.resolve()))
    run = subprocess.run(command, env=environment(), capture_output=True, text=True, check=False)
    return read(run.stdout)


def read(report: str) -> dict[str, int]:
    """Read the figures of a checker's report.

    Raises:
        ValueError: they are not in it.
    """
    passed = re.search(r"passed (\d+) of (\d+)", report)
    portals = re.search(r"wrong portals: (\d+)", report)
    if not passed or not portals:
        raise ValueError(f"the checker did not say how many passed: {report[-300:]!r}")
    return {
        "passed": int(passed[1]),
        "of": int(passed[2]),
        "wrong_portals": int(portals[1]),
    }
