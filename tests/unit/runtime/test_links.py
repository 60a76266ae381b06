"""The addresses of a pack, opened against a server on this machine."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from bot.core.model.pack import Pack
from bot.runtime.brain import load_brain
from bot.runtime.due import What, due
from bot.runtime.links import Link, Opened, links_of, open_all
from tests.packs import edited, write_pack

TODAY = date(2026, 11, 29)


class Site(BaseHTTPRequestHandler):
    """Has `/good`, which knows no HEAD; everything else is gone."""

    def do_HEAD(self) -> None:
        self.answer(405 if self.path == "/good" else 404)

    def do_GET(self) -> None:
        self.answer(200)

    def answer(self, status: int) -> None:
        self.send_response(status)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def site() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    serving = threading.Thread(target=server.serve_forever)
    serving.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    serving.join()
    server.server_close()


def here(links: list[Link]) -> list[Link]:
    """Those on this machine: tests open no others."""
    return [link for link in links if "127.0.0.1" in link.url]


def test_addresses_are_opened_recorded_and_due_if_they_do_not_open(
    site: str, tmp_path: Path
) -> None:
    told = f"交申请表，网址 {site}/good，旧的 {site}/gone。"
    folder = write_pack(tmp_path / "pack", main=edited("faq/main.yaml", ("交申请表。", told)))
    pack: Pack = load_brain(folder).pack
    found = here(links_of(pack, folder))
    assert [(link.url, link.opened) for link in found] == [
        (f"{site}/good", None),
        (f"{site}/gone", None),
    ]
    open_all(found, folder, TODAY)
    good, gone = here(links_of(pack, folder))
    assert (good.opened, gone.opened) == (Opened("200", TODAY), Opened("404", TODAY))
    [broken] = [d for d in due(pack, TODAY, 0, links=[good, gone]) if d.what is What.BROKEN]
    assert (broken.name, broken.text) == (
        "renewal-materials",
        f"{site}/gone（renewal-materials）",
    )
    assert load_brain(folder).pack.version == pack.version


def test_a_server_that_is_not_there_and_a_damaged_record_are_no_error(
    site: str, tmp_path: Path
) -> None:
    told = edited("faq/main.yaml", ("交申请表。", "见 http://127.0.0.1:9/x。"))
    folder = write_pack(tmp_path / "pack", main=told)
    pack = load_brain(folder).pack
    [link] = open_all(here(links_of(pack, folder)), folder, TODAY)
    assert link.opened == Opened("unreachable", TODAY)
    (folder / "links.json").write_text("[1", encoding="utf-8")
    assert [one.opened for one in here(links_of(pack, folder))] == [None]
