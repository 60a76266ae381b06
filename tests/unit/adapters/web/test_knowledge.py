"""What the pack holds, over HTTP: as described, tagged, and as it is answered."""

from __future__ import annotations

from dataclasses import replace

import pytest
from fastapi.testclient import TestClient

from bot.adapters.web import schemas
from bot.core.model.pack import Pack
from tests.unit.adapters.web.test_api import Parrot, client_of, refusal

PAGES = {
    "knowledge": schemas.KnowledgeOut,
    "entries": schemas.EntriesOut,
    "entries/initial-materials": schemas.EntryOut,
    "portals": schemas.PortalsOut,
    "procedures": schemas.ProceduresOut,
    "procedures/sichuan-registration": schemas.ProcedureOut,
}


@pytest.fixture
def web(pack: Pack) -> TestClient:
    return client_of(Parrot(), pack=lambda: pack)


@pytest.mark.parametrize("page", PAGES)
def test_a_page_is_as_described(web: TestClient, page: str) -> None:
    response = web.get(f"/api/v1/{page}")
    assert response.status_code == 200
    PAGES[page].model_validate(response.json())


@pytest.mark.parametrize("page", PAGES)
def test_a_page_is_sent_again_only_when_the_pack_changes(pack: Pack, page: str) -> None:
    packs = [pack]
    web = client_of(Parrot(), pack=lambda: packs[-1])
    etag = web.get(f"/api/v1/{page}").headers["etag"]
    assert etag.startswith(f'"{pack.version}-2')
    known = {"If-None-Match": f'"other", W/{etag}'}
    again = web.get(f"/api/v1/{page}", headers=known)
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", etag)
    packs.append(replace(pack, version="feed0000feed"))
    assert web.get(f"/api/v1/{page}", headers=known).status_code == 200


def test_the_knowledge_tells_its_age(web: TestClient, pack: Pack) -> None:
    found = web.get("/api/v1/knowledge").json()
    days = sorted(str(source.checked_on) for source in pack.sources.values())
    assert (found["oldest_check"], found["newest_check"]) == (days[0], days[-1])
    assert (found["version"], found["entries"]) == (pack.version, len(pack.entries))


def test_an_entry_is_shown_as_it_is_answered(web: TestClient) -> None:
    reply = web.get("/api/v1/entries/initial-materials").json()["reply"]
    assert (reply["status"], reply["entry"]) == ("answered", "initial-materials")
    assert reply["sources"][0]["checked_on"] == "2021-12-08"


def test_every_portal_names_an_entry(web: TestClient, pack: Pack) -> None:
    portals = web.get("/api/v1/portals").json()["portals"]
    assert len(portals) == len(pack.portals) > 20
    assert {portal["entry"] for portal in portals} <= set(pack.entries)


def test_a_procedure_has_a_drawing_for_each_kind(web: TestClient, pack: Pack) -> None:
    found = web.get("/api/v1/procedures/sichuan-registration").json()
    kinds = [drawing["kind"] for drawing in found["drawings"]]
    assert kinds == list(pack.procedures["sichuan-registration"].kinds)
    assert all(drawing["text"].startswith(found["title"]) for drawing in found["drawings"])
    assert found["mermaid"].startswith("graph TB")
    steps = {step["id"] for step in found["steps"]}
    assert {way["to"] for step in found["steps"] for way in step["ways"]} <= steps


@pytest.mark.parametrize("page", ["entries/nowhere", "procedures/nowhere"])
def test_what_is_not_there_is_not_found(web: TestClient, page: str) -> None:
    response = web.get(f"/api/v1/{page}")
    assert response.status_code == 404
    assert refusal(response)


@pytest.mark.parametrize("page", PAGES)
def test_without_a_pack_there_is_nothing(page: str) -> None:
    assert client_of(Parrot()).get(f"/api/v1/{page}").status_code == 404
