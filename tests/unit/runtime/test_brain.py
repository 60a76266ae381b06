"""The cache changes how long a start takes and nothing else."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.core.model.session import Context
from bot.errors import KnowledgeError
from bot.knowledge import loader
from bot.knowledge.cases import load_questions
from bot.knowledge.loader import load_pack
from bot.runtime import brain as making
from bot.runtime.brain import Brain, cache_folder, load_brain
from bot.understanding.engine import PackUnderstander
from tests.conftest import KNOWLEDGE

NOW = datetime(2026, 11, 22, 4, tzinfo=UTC)
TYPED = ("sichuan erjian zai na zhuce", "四川二建在哪住策", "浙将二级建遭师", "可以xian不注册吗")


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache" / "zhuce"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A pack of one's own."""
    return Path(shutil.copytree(KNOWLEDGE, tmp_path / "knowledge"))


@pytest.fixture
def unread(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who reads YAML now fails."""
    monkeypatch.setattr(loader, "pack_of", None)


def test_every_question_is_understood_alike_with_the_cache_and_without(cache: Path) -> None:
    load_brain(KNOWLEDGE)
    kept, pack = load_brain(KNOWLEDGE), load_pack(KNOWLEDGE)
    fresh = Brain(pack, PackUnderstander(pack))
    questions = {turn for one in load_questions(KNOWLEDGE) for turn in one.turns}
    asks = {ask for entry in pack.entries.values() for ask in entry.ask[:5]}
    assert repr(kept.pack) == repr(pack)
    for text in sorted(questions | asks | {*TYPED}):
        one, other = (each.understander.understand(text, Context(), NOW) for each in (kept, fresh))
        assert one == other


def test_a_pack_is_read_once(cache: Path, folder: Path, request: pytest.FixtureRequest) -> None:
    first = load_brain(folder)
    request.getfixturevalue("unread")
    assert load_brain(folder).pack.version == first.pack.version


def test_a_changed_pack_is_read_anew(cache: Path, folder: Path) -> None:
    before = load_brain(folder).pack.version
    with (folder / "pack.yaml").open("a", encoding="utf-8") as file:
        file.write("# 改过\n")
    assert load_brain(folder).pack.version != before


@pytest.mark.parametrize(
    ("name", "text"),
    [
        pytest.param("pack.yaml", "id: [", id="what it says is wrong"),
        pytest.param("faq/more.yml", "entries: []", id="a file that would not be read"),
        pytest.param("faq/more.yaml", "entries: []", id="a file more"),
        pytest.param("sources.yaml", None, id="a file is missing"),
    ],
)
def test_a_broken_pack_is_never_answered_from_the_cache(
    cache: Path, folder: Path, name: str, text: str | None
) -> None:
    load_brain(folder)
    if text is None:
        (folder / name).unlink()
    else:
        (folder / name).write_text(text, "utf-8")
    kept = list(cache.iterdir())
    with pytest.raises(KnowledgeError):
        load_brain(folder)
    assert list(cache.iterdir()) == kept


def test_another_program_does_not_take_what_is_kept(
    cache: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    load_brain(folder)
    monkeypatch.setattr(making, "_LIBRARIES", frozenset())
    load_brain(folder)
    assert len(list(cache.iterdir())) == 2


def test_only_the_latest_caches_stay(
    cache: Path, monkeypatch: pytest.MonkeyPatch, folder: Path
) -> None:
    monkeypatch.setattr(making, "KEPT", 1)
    load_brain(KNOWLEDGE)
    (old,) = cache.iterdir()
    with (folder / "pack.yaml").open("a", encoding="utf-8") as file:
        file.write("# 改过\n")
    load_brain(folder)
    assert len(list(cache.iterdir())) == 1
    assert not old.exists()


def test_damage_is_mended(cache: Path) -> None:
    load_brain(KNOWLEDGE)
    (table,) = cache.glob("*/pack/*/pack.json")
    whole = table.read_bytes()
    table.write_bytes(whole[:-10])
    load_brain(KNOWLEDGE)
    (table,) = cache.glob("*/pack/*/pack.json")
    assert table.read_bytes() == whole


def test_without_a_place_to_write_it_starts_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("no folder")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    assert load_brain(KNOWLEDGE).pack.entries


@pytest.mark.parametrize("chosen", ["", "relative/path"])
def test_without_a_choice_the_cache_is_in_the_home(
    chosen: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", chosen)
    monkeypatch.setenv("HOME", "/home/somebody")
    assert cache_folder() == Path("/home/somebody/.cache/zhuce")
