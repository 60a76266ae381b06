"""A real `zhuce serve` follows its pack: three of them on one folder, under questions."""

from __future__ import annotations

import json
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.test_serve import Server, serving
from tests.packs import edited, write_pack

WITHIN_S = 60.0
"""Long enough for a machine with much else to do; how long it took is shown, not asserted."""
EDIT = edited("faq/main.yaml", ("交申请表", "交照片"))
MENDED = edited("faq/main.yaml", ("交申请表", "交两张照片"))
BROKEN = edited("faq/main.yaml", ("short:", "shrot:"))


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    return write_pack(tmp_path / "pack")


@dataclass(frozen=True)
class Replicas:
    """Three processes on one pack."""

    pack: Path
    servers: list[Server]


@pytest.fixture(scope="module")
def replicas(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Replicas]:
    folder = tmp_path_factory.mktemp("replicas")
    pack = write_pack(folder / "pack")
    more = {
        "BOT_KNOWLEDGE": str(pack),
        "BOT_HTTP__ADDRESS_RATE": "",
        "XDG_STATE_HOME": str(folder / "state"),
    }
    with ExitStack() as stack:
        servers = []
        for name in ("one", "two", "three"):
            (folder / name).mkdir()
            servers.append(stack.enter_context(serving(folder / name, **more)))
        yield Replicas(pack, servers)


def versions(servers: list[Server]) -> set[str]:
    return {server.get("/readyz").json["knowledge"] for server in servers}


def wait_for(is_so: Callable[[], bool], seconds: float = WITHIN_S) -> float:
    began = time.monotonic()
    while not is_so():
        assert time.monotonic() - began < seconds, f"not within {seconds} s"
        time.sleep(0.05)
    return time.monotonic() - began


def lines(server: Server, message: str) -> list[dict[str, Any]]:
    logged = (json.loads(line) for line in server.log.read_text(encoding="utf-8").splitlines())
    return [line for line in logged if line["message"] == message]


def test_replicas_follow_an_edit_under_load(
    replicas: Replicas, figures: Callable[[str], None]
) -> None:
    pack, servers = replicas.pack, replicas.servers
    [old] = versions(servers)
    answers: list[str] = []
    stop = threading.Event()

    def ask() -> None:
        while not stop.wait(0.01):
            answers.append(servers[0].says("续期材料", f"load-{len(answers)}")["text"])

    asking = threading.Thread(target=ask)
    asking.start()
    (pack / "faq" / "main.yaml").write_text(EDIT, encoding="utf-8")
    try:
        took = wait_for(lambda: old not in versions(servers))
    finally:
        stop.set()
        asking.join()
    assert len(versions(servers)) == 1
    assert "交照片" in servers[2].says("续期材料", "after")["text"]
    assert all("交申请表" in answer or "交照片" in answer for answer in answers)
    [swapped] = lines(servers[0], "the pack was changed and answers now")
    assert swapped["before"] == old
    figures(f"3 replicas after {took:.1f} s, swap {swapped['swap_us']} µs, {len(answers)} answered")


def test_a_broken_pack_is_refused_until_it_is_mended(replicas: Replicas) -> None:
    pack, servers = replicas.pack, replicas.servers
    server = servers[0]
    [old] = versions(servers)
    (pack / "faq" / "main.yaml").write_text(BROKEN, encoding="utf-8")
    refused = "the changed pack is refused and the old one goes on answering"
    wait_for(lambda: bool(lines(server, refused)))
    assert "main.yaml:" in lines(server, refused)[0]["problems"][0]
    assert versions(servers) == {old}
    (pack / "faq" / "main.yaml").write_text(MENDED, encoding="utf-8")
    wait_for(lambda: old not in versions(servers))
    assert "交两张照片" in server.says("续期材料", "mended")["text"]


@pytest.mark.skipif(not hasattr(signal, "SIGHUP"), reason="Windows has no SIGHUP")
def test_a_hangup_reloads_and_does_not_kill(pack: Path, tmp_path: Path) -> None:
    with serving(tmp_path, BOT_KNOWLEDGE=str(pack)) as server:
        [old] = versions([server])
        (pack / "faq" / "main.yaml").write_text(EDIT, encoding="utf-8")
        os.kill(server.process.pid, signal.SIGHUP)
        wait_for(lambda: versions([server]) != {old})
        assert "交照片" in server.says("续期材料", "hangup")["text"]
        assert server.process.poll() is None


def test_it_can_be_turned_off(pack: Path, tmp_path: Path) -> None:
    with serving(tmp_path, BOT_KNOWLEDGE=str(pack), BOT_RELOAD="off") as server:
        (pack / "faq" / "main.yaml").write_text(EDIT, encoding="utf-8")
        time.sleep(4)
        assert "交申请表" in server.says("续期材料", "off")["text"]
