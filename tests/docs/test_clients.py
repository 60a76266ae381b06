"""The clients of docs/howto/call-the-api.md, run against a server."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from bot.app import Brain
from bot.core.conversation import Conversation
from bot.storage.memory import MemoryStore
from tests.docs.markdown import ROOT, blocks
from tests.e2e.chat_page import UtcClock, serving

DOCUMENT = ROOT / "docs" / "howto" / "call-the-api.md"
PROGRAMS = {"bash": "bash", "py": sys.executable, "js": "node"}


@pytest.mark.parametrize("language", PROGRAMS)
def test_clients_ask_and_delete(language: str, brain: Brain, tmp_path: Path) -> None:
    program = shutil.which(PROGRAMS[language])
    if program is None or (language == "bash" and shutil.which("curl") is None):
        pytest.skip(f"install what runs {language}: bash and curl, or Node 18")
    [block] = blocks(DOCUMENT, language)
    client = tmp_path / block.argument
    client.write_text(block.body, encoding="utf-8")
    with serving(Conversation(brain, MemoryStore(), UtcClock())) as url:
        ran = subprocess.run(
            [program, str(client)],
            env=os.environ | {"ZHUCE_URL": url.rstrip("/")},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    assert (ran.returncode, ran.stderr) == (0, "")
    assert "answered" in ran.stdout
    assert "portal-sichuan" in ran.stdout
    assert "forgotten" in ran.stdout
