"""`zhuce` run in this process, as `main` runs it."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from bot.cli import main


@dataclass(frozen=True)
class Ran:
    """What came of a run."""

    code: int
    out: str
    err: str

    @property
    def reply(self) -> dict[str, Any]:
        reply: dict[str, Any] = json.loads(self.out)
        return reply


Run = Callable[..., Ran]


def run_here(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    monkeypatch.delenv("BOT_KNOWLEDGE", raising=False)

    def run(*arguments: str) -> Ran:
        monkeypatch.setattr(sys, "argv", ["zhuce", *arguments])
        with pytest.raises(SystemExit) as stopped:
            main.main()
        told = capsys.readouterr()
        code = stopped.value.code
        assert isinstance(code, int)
        return Ran(code, told.out, told.err)

    return run
