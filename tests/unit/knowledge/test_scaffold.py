from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from bot.core.model.pack import Pack
from bot.knowledge.loader import load_pack
from bot.knowledge.scaffold import (
    SAMPLE,
    NewEntry,
    new_entry,
    new_pack,
    new_portal,
    new_procedure,
    write,
)
from tests.packs import write_pack

TODAY = date(2026, 11, 22)
NASTY = 'a: "b" #{c} \\ $d [e]'


def made(folder: Path, title: str = "借书证问答", subject: str = "借书证") -> Path:
    write(folder, new_pack("library", title, subject, TODAY))
    return folder


@pytest.fixture
def tiny(tmp_path: Path) -> tuple[Path, Pack]:
    folder = write_pack(tmp_path / "tiny")
    return folder, load_pack(folder)


def test_a_new_pack_is_valid_and_has_at_most_sixty_lines(tmp_path: Path) -> None:
    folder = made(tmp_path)
    lines = [
        line
        for path in folder.rglob("*.*")
        for line in path.read_text(encoding="utf-8").splitlines()
    ]
    assert load_pack(folder, today=TODAY).title == "借书证问答"
    assert len(lines) <= 60


def test_a_new_pack_is_about_its_subject(tmp_path: Path) -> None:
    pack = load_pack(made(tmp_path))
    assert pack.subject == "借书证"
    assert pack.examples[0] == "怎么办借书证"


def test_what_somebody_types_stays_text(tmp_path: Path) -> None:
    assert load_pack(made(tmp_path, title=NASTY)).title == NASTY


def test_a_new_entry_has_what_was_said_and_the_first_source(tiny: tuple[Path, Pack]) -> None:
    folder, pack = tiny
    new = NewEntry("ink", NASTY, ["什么颜色的印油", "红的蓝的", "印油颜色"], "都可以。", "材料呢")
    write(folder, new_entry(pack, new))
    entry = load_pack(folder).entries["ink"]
    assert (entry.title, entry.ask[1], entry.not_ask) == (NASTY, "红的蓝的", ("材料呢",))
    assert entry.facts[0].text == "都可以。"
    assert entry.facts[0].citations[0].source.id == "seed"


def test_an_entry_without_an_answer_is_shown_as_unsure(tiny: tuple[Path, Pack]) -> None:
    folder, pack = tiny
    write(folder, new_entry(pack, NewEntry("ink", "印油", ["一", "二", "三"], "", "材料呢")))
    [fact] = load_pack(folder).entries["ink"].facts
    assert (fact.text, fact.confidence.is_publishable) == (SAMPLE, False)


def test_a_new_procedure_has_a_branch_and_belongs_to_its_service(tiny: tuple[Path, Pack]) -> None:
    folder, pack = tiny
    write(folder, new_procedure(pack, "again", "再来一次", "延续注册"))
    procedure = load_pack(folder).procedures["again"]
    assert procedure.registrations == ("延续注册",)
    assert len(procedure.steps[procedure.start].transitions) == 2


def test_a_new_portal_is_the_door_of_its_place_by_the_packs_own_names(
    tiny: tuple[Path, Pack],
) -> None:
    folder, pack = tiny
    files = new_portal(pack, "吉林", "吉林办事大厅")
    write(folder, files)
    door = load_pack(folder).portal_of("吉林")
    assert next(iter(files)) == "faq/portal-jilin.yaml"
    assert door is not None
    assert (door.id, door.regions) == ("portal-jilin", ("吉林",))


def test_nothing_is_written_over(tmp_path: Path) -> None:
    made(tmp_path)
    with pytest.raises(FileExistsError):
        made(tmp_path, subject="居住证")
    assert load_pack(tmp_path).subject == "借书证"
