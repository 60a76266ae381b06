"""Run the tests of every promise, one after another, and write docs/reliability.md.

`make soak` runs them at full length, `make soak-short` in short.  Each promise has its share of the
time and is ended beyond it; what was not run keeps the figures of its last run.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

from scripts.soak.promises import PROMISES, Promise

ROOT = Path(__file__).parents[2]
PAGE, RESULTS = ROOT / "docs" / "reliability.md", ROOT / "docs" / "reliability.json"
BEGIN, END = "<!-- figures: begin -->", "<!-- figures: end -->"
FULL_MINUTES, SHORT_MINUTES = 90.0, 10.0
SHORT_SHARE_S = 90.0
"""What a promise may take in the short form: some tests start several processes."""
Result = dict[str, Any]


def main() -> int:
    arguments = _arguments()
    ends = time.monotonic() + 60 * (SHORT_MINUTES if arguments.short else FULL_MINUTES)
    chosen = [one for one in PROMISES if not arguments.only or one.number in arguments.only]
    results: dict[str, Result] = json.loads(RESULTS.read_text("utf-8")) if RESULTS.exists() else {}
    for promise in chosen:
        left_s = ends - time.monotonic()
        if left_s <= 0:
            print(f"{promise.number:2}  no time left")
            continue
        share_s = SHORT_SHARE_S if arguments.short else 60 * promise.minutes
        found = tried(promise, min(share_s, left_s), is_short=arguments.short)
        results[str(promise.number)] = found
        print(
            f"{promise.number:2}  {found['outcome']}, {found['took_s']} s: {told(found)}",
            flush=True,
        )
        if not arguments.dry:
            RESULTS.write_text(json.dumps(results, ensure_ascii=False, indent=1) + "\n", "utf-8")
            write_page(results)
    return int(any(results.get(str(one.number), {}).get("outcome") != "kept" for one in chosen))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m scripts.soak", description=__doc__)
    parser.add_argument("--short", action="store_true", help="ten minutes instead of ninety")
    parser.add_argument("--dry", action="store_true", help="do not write the page")
    parser.add_argument("--only", type=int, nargs="*", help="numbers of promises")
    return parser.parse_args()


def tried(promise: Promise, limit_s: float, *, is_short: bool) -> Result:
    """Run the tests of one promise, for so long at most."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder, "report.xml")
        command = [sys.executable, "-m", "pytest", "-q", "-n0", f"--junit-xml={report}"]
        command += ["-o", "junit_family=xunit1"]  # the one that has properties of cases
        environment = os.environ | ({} if is_short else {"BOT_TEST_SOAK": "1"})
        is_ended = not _run([*command, *promise.tests], environment, limit_s)
        cases = list(ET.parse(report).iter("testcase")) if report.exists() else []
    figures = list(_figures(cases))
    failed = [
        one for one in cases if one.find("failure") is not None or one.find("error") is not None
    ]
    skipped = [one for one in cases if one.find("skipped") is not None]
    passed = len(cases) - len(failed) - len(skipped)
    return {
        "outcome": _outcome(figures, is_ended=is_ended, failed=len(failed), passed=passed),
        "form": "short" if is_short else "full",
        "passed": passed,
        "failed": [str(one.get("name")) for one in failed],
        "skipped": len(skipped),
        "figures": figures,
        "took_s": round(time.monotonic() - began),
        "on": datetime.now(UTC).date().isoformat(),
        "machine": machine(),
    }


def _run(command: list[str], environment: dict[str, str], limit_s: float) -> bool:
    """Return whether it came to its end; what it started ends with it."""
    with subprocess.Popen(command, cwd=ROOT, env=environment, start_new_session=True) as running:
        try:
            running.wait(limit_s)
        except subprocess.TimeoutExpired:
            os.killpg(running.pid, signal.SIGTERM)
            try:
                running.wait(20)
            except subprocess.TimeoutExpired:
                os.killpg(running.pid, signal.SIGKILL)
            return False
    return True


def _outcome(figures: Iterable[str], *, is_ended: bool, failed: int, passed: int) -> str:
    if failed or any("beyond the promise" in one for one in figures):
        return "not kept"
    if is_ended:
        return "not finished in its time"
    return "kept" if passed else "not tried"


def _figures(cases: Iterable[ET.Element]) -> Iterable[str]:
    for case in cases:
        for given in case.iter("property"):
            if given.get("name") == "figures":
                name = str(case.get("name"))
                which = f" [{name.partition('[')[2]}" if "[" in name else ""
                yield f"{given.get('value')}{which}"


def machine() -> str:
    """Return what is known of the machine, but its name."""
    system = f"{platform.system()} {platform.machine()}"
    return f"{os.cpu_count()} cores, {system}, Python {platform.python_version()}"


def told(found: Result) -> str:
    figures = "; ".join(found["figures"]) or f"{found['passed']} tests passed"
    skipped = f"; {found['skipped']} skipped" if found["skipped"] else ""
    failed = f"; failed: {', '.join(found['failed'])}" if found["failed"] else ""
    return figures + skipped + failed


def write_page(results: dict[str, Result]) -> None:
    """Replace the part of the page between the marks."""
    text = PAGE.read_text("utf-8")
    before, rest = text.split(BEGIN)
    after = rest.split(END)[1]
    PAGE.write_text(f"{before}{BEGIN}\n\n{shown(results)}\n\n{END}{after}", "utf-8")


def shown(results: dict[str, Result]) -> str:
    """Return the table of figures."""
    rows = [
        "| | promise | outcome | figures | how it is tried; what is not | form, day |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for promise in PROMISES:
        found = results.get(str(promise.number))
        gap = f" Not tried: {promise.gap}." if promise.gap else ""
        how = f"{promise.tried[0].upper()}{promise.tried[1:]}.{gap}"
        cells = (
            (found["outcome"], told(found), how, f"{found['form']}, {found['on']}")
            if found
            else ("**not tried yet**", "", how, "")
        )
        row = " | ".join(str(cell).replace("|", "\\|") for cell in cells)
        rows.append(f"| {promise.number} | {promise.text} | {row} |")
    machines = sorted({found["machine"] for found in results.values()})
    return "\n".join([*rows, "", f"Machine: {'; '.join(machines) or 'none yet'}."])


if __name__ == "__main__":
    sys.exit(main())
