"""Look up known weaknesses of everything in lock files (`make audit`), with pip-audit.

Where the advisory service cannot be reached nothing was checked, and that is said: silence would
look like a clean result.

    python scripts/audit.py requirements.lock …

Ends with 0 if nothing is known, 1 if something is, 3 if it was not checked.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

FOUND, NOT_CHECKED = 1, 3
SERVICE_TIMEOUT_S = 15


def main(locks: list[str]) -> int:
    command = [sys.executable, "-m", "pip_audit", "--format", "json", "--progress-spinner", "off"]
    command += ["--disable-pip", "--require-hashes", "--timeout", str(SERVICE_TIMEOUT_S)]
    for lock in locks:
        command += ["--requirement", lock]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    report = report_in(ran.stdout)
    if report is None:
        reason = (ran.stderr.strip().splitlines() or ["no report"])[-1]
        print(f"not checked: the advisory service gave no answer ({reason})")
        return NOT_CHECKED
    print("\n".join(told(report)))
    weak, skipped = any(weaknesses(report)), any(skips(report))
    return FOUND if weak else NOT_CHECKED if skipped else 0


def told(report: dict[str, Any]) -> Iterator[str]:
    """Yield what is known of which package, then what was not checked, then how much was."""
    yield from weaknesses(report)
    skipped, all_of_them = list(skips(report)), len(report["dependencies"])
    if len(skipped) < all_of_them:
        yield from skipped
        yield f"{all_of_them - len(skipped)} of {all_of_them} packages checked"
    else:
        yield f"not checked: the advisory service knew none of the {all_of_them} packages"


def report_in(output: str) -> dict[str, Any] | None:
    try:
        found: dict[str, Any] = json.loads(output)
    except ValueError:
        return None
    return found


def weaknesses(report: dict[str, Any]) -> Iterator[str]:
    for package in report["dependencies"]:
        for known in package.get("vulns", ()):
            mended = ", ".join(known["fix_versions"]) or "none yet"
            yield f"{package['name']} {package['version']}: {known['id']}, mended in {mended}"


def skips(report: dict[str, Any]) -> Iterator[str]:
    for package in report["dependencies"]:
        if reason := package.get("skip_reason"):
            yield f"{package['name']}: not checked ({reason})"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
