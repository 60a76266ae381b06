"""Where the tables are that the package brings.

A path and not `importlib.resources`: tables are mapped, so they have to be files, and what that
imports (zipfile, tempfile …) takes 5 ms of every start.
"""

from __future__ import annotations

from pathlib import Path

DATA = Path(__file__).parents[1] / "data"
