"""The page of figures: what came of each promise, from what its phases found."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from scripts.soak.promises import PROMISES, Promise

ROOT = Path(__file__).parents[2]
PAGE, RESULTS = ROOT / "docs" / "reliability.md", ROOT / "docs" / "reliability.json"
BEGIN, END = "<!-- figures: begin -->", "<!-- figures: end -->"
Result = dict[str, Any]
"""What one phase found."""
Results = dict[str, dict[str, Result]]
"""By number of the promise and name of the phase."""
_CORE = (
    "The seconds in the last column tell how fast a core was: the CPU time in which jieba alone "
    "is imported and loaded."
)
_WORST_FIRST = ("not kept", "not finished in its time", "not tried", "kept")


def read() -> Results:
    return json.loads(RESULTS.read_text("utf-8")) if RESULTS.exists() else {}


def write(results: Results) -> None:
    """Write the figures, and replace the part of the page between the marks."""
    RESULTS.write_text(json.dumps(results, ensure_ascii=False, indent=1) + "\n", "utf-8")
    text = PAGE.read_text("utf-8")
    before, rest = text.split(BEGIN)
    after = rest.split(END)[1]
    PAGE.write_text(f"{before}{BEGIN}\n\n{shown(results)}\n\n{END}{after}", "utf-8")


def shown(results: Results) -> str:
    """Return the table of figures."""
    rows = [
        "| | promise | outcome | figures | how it is tried; what is not | form, day, core |",
        "| --- | --- | --- | --- | --- | --- |",
        *(_row(promise, found_of(promise, results)) for promise in PROMISES),
    ]
    machines = {one["machine"] for found in results.values() for one in found.values()}
    return "\n".join([*rows, "", f"Machine: {'; '.join(sorted(machines)) or 'none yet'}. {_CORE}"])


def found_of(promise: Promise, results: Results) -> Mapping[str, Result]:
    """Return what each phase of a promise found, of those that ever ran."""
    found = results.get(str(promise.number), {})
    return {phase.name: found[phase.name] for phase in promise.phases if phase.name in found}


def outcome(promise: Promise, found: Mapping[str, Result]) -> str:
    """Return the worst of its phases."""
    outcomes = {one["outcome"] for one in found.values()}
    if len(found) < len(promise.phases):
        outcomes.add("not tried")
    return next(one for one in _WORST_FIRST if one in outcomes)


def _row(promise: Promise, found: Mapping[str, Result]) -> str:
    gap = f" Not tried: {promise.gap}." if promise.gap else ""
    how = f"{promise.tried[0].upper()}{promise.tried[1:]}.{gap}"
    forms = dict.fromkeys(map(_form, found.values()))
    figures = "<br>".join(f"{name}: {told(one)}" for name, one in found.items())
    cells = (f"**{outcome(promise, found)}**", figures, how, "; ".join(forms))
    row = " | ".join(cell.replace("|", "\\|") for cell in cells)
    return f"| {promise.number} | {promise.text} | {row} |"


def _form(found: Result) -> str:
    core = f", {found['core_s']} s" if "core_s" in found else ""
    return f"{found['form']}, {found['on']}{core}"


def told(found: Result) -> str:
    """Return the figures of one phase, and what failed."""
    figures = "; ".join(found["figures"]) or f"{found['passed']} tests passed"
    more = [f"{found['skipped']} skipped"] if found["skipped"] else []
    more += [f"failed: {', '.join(found['failed'])}"] if found["failed"] else []
    more += [found["outcome"]] if found["outcome"].startswith("not finished") else []
    return "; ".join([figures, *more])
