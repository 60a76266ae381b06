"""The cache changes how long a start takes and nothing else."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from zlib import crc32

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
from tests.packs import write_pack
from tests.workers import SOAK

NOW = datetime(2026, 11, 22, 4, tzinfo=UTC)
TYPED = ("sichuan erjian zai na zhuce", "四川二建在哪住策", "浙将二级建遭师", "可以xian不注册吗")

ANY_CACHE = "?" * 32
"""The folders of caches, without the note of what our source is."""


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache" / "zhuce"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A small pack of one's own."""
    return write_pack(tmp_path / "knowledge")


@pytest.fixture
def unread(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who reads YAML now fails."""
    monkeypatch.setattr(loader, "pack_of", None)


def test_questions_are_understood_alike_with_the_cache_and_without(cache: Path) -> None:
    load_brain(KNOWLEDGE)
    kept, pack = load_brain(KNOWLEDGE), load_pack(KNOWLEDGE)
    fresh = Brain(pack, PackUnderstander(pack))
    questions = {turn for one in load_questions(KNOWLEDGE) for turn in one.turns}
    asks = {ask for entry in pack.entries.values() for ask in entry.ask[:5]}
    assert repr(kept.pack) == repr(pack)
    some = [text for text in questions | asks if SOAK or crc32(text.encode()) % 20 == 0]
    for text in [*some, *TYPED]:
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
    assert len(list(cache.glob(ANY_CACHE))) == 2


def test_only_the_latest_caches_stay(
    cache: Path, monkeypatch: pytest.MonkeyPatch, folder: Path
) -> None:
    monkeypatch.setattr(making, "CACHES_KEPT", 1)
    load_brain(folder)
    (old,) = cache.glob(ANY_CACHE)
    with (folder / "pack.yaml").open("a", encoding="utf-8") as file:
        file.write("# 改过\n")
    load_brain(folder)
    assert len(list(cache.glob(ANY_CACHE))) == 1
    assert not old.exists()


def test_damage_is_mended(cache: Path, folder: Path) -> None:
    load_brain(folder)
    (table,) = cache.glob("*/pack/*/pack.json")
    whole = table.read_bytes()
    table.write_bytes(whole[:-10])
    load_brain(folder)
    (table,) = cache.glob("*/pack/*/pack.json")
    assert table.read_bytes() == whole


def test_without_a_place_to_write_it_starts_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, folder: Path
) -> None:
    (tmp_path / "file").write_text("no folder")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    assert load_brain(folder).pack.entries


FULL_DISK = """
import logging, resource, sys
from pathlib import Path
from bot.runtime.brain import load_brain
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]),) * 2)
logging.basicConfig(format="%(message)s")
print(len(load_brain(Path(sys.argv[1])).pack.entries))
"""


@pytest.mark.parametrize("fits", [0, 100, 1_000, 5_000])
def test_on_a_full_disk_it_starts_without_a_cache_and_says_so_once(
    tmp_path: Path, folder: Path, fits: int
) -> None:
    """The limit of a file's size refuses a write as a full disk does."""
    ran = subprocess.run(
        [sys.executable, "-c", FULL_DISK, str(folder), str(fits)],
        env=os.environ | {"XDG_CACHE_HOME": str(tmp_path), "PYTHONPATH": str(KNOWLEDGE.parent)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    assert int(ran.stdout) > 0
    assert [line for line in ran.stderr.splitlines() if "nothing is cached" in line] == (
        ran.stderr.splitlines()
    )
    assert len(ran.stderr.splitlines()) == 1


def test_caches_are_for_their_user_alone(cache: Path, folder: Path) -> None:
    cache.mkdir(parents=True)
    cache.chmod(0o755)
    load_brain(folder)
    (inner,) = cache.glob(ANY_CACHE)
    assert [stat.S_IMODE(path.stat().st_mode) for path in (cache, inner)] == [0o700, 0o700]


Spoil = Callable[[Path], object]


def open_to_all(path: Path) -> None:
    path.chmod(0o777)


def move_behind_a_link(path: Path) -> None:
    path.symlink_to(path.rename(path.parent.with_name(f"{path.name}-elsewhere")))


def give_away(path: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can give a file away")
    os.chown(path, 12345, 12345)


@pytest.mark.parametrize(
    ("pattern", "spoil"),
    [
        pytest.param("", open_to_all, id="caches that others can write"),
        pytest.param("", move_behind_a_link, id="caches behind a link"),
        pytest.param("", give_away, id="caches of somebody else"),
        pytest.param(ANY_CACHE, open_to_all, id="a cache that others can write"),
        pytest.param(ANY_CACHE, move_behind_a_link, id="a cache behind a link"),
        pytest.param("*/pack", move_behind_a_link, id="a part behind a link"),
        pytest.param("*/pack/header.json", move_behind_a_link, id="a header behind a link"),
        pytest.param("*/pack/*/pack.json", move_behind_a_link, id="a file behind a link"),
        pytest.param("*/pack/*/pack.json", give_away, id="a file of somebody else"),
    ],
)
def test_a_cache_that_is_not_plainly_ours_is_not_used(
    cache: Path, folder: Path, pattern: str, spoil: Spoil, caplog: pytest.LogCaptureFixture
) -> None:
    """A pack with another title lies there, its checksums computed anew."""
    title = load_brain(folder).pack.title
    forge_title(cache, title, "假冒的标题")
    assert load_brain(folder).pack.title == "假冒的标题", "the forgery works where it is believed"
    [place] = cache.glob(pattern) if pattern else [cache]
    spoil(place)
    assert load_brain(folder).pack.title == title
    assert [record.levelname for record in caplog.records] == ["WARNING"]


def forge_title(cache: Path, title: str, forged: str) -> None:
    [table] = cache.glob("*/pack/*/pack.json")
    [header] = cache.glob("*/pack/header.json")
    table.write_text(table.read_text("utf-8").replace(title, forged), "utf-8")
    facts = {"bytes": table.stat().st_size, "crc32": crc32(table.read_bytes())}
    told = json.loads(header.read_bytes())
    header.write_text(json.dumps(told | {"files": {table.name: facts}}), "utf-8")


def test_clearing_removes_caches_and_nothing_else(
    cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, folder: Path
) -> None:
    monkeypatch.setattr(making, "CACHES_KEPT", 1)
    precious = tmp_path / "precious"
    precious.mkdir()
    cache.mkdir(parents=True, mode=0o700)
    (cache / "photos").mkdir()
    (cache / "0123456789abcdef0123456789abcdef").symlink_to(precious)
    (cache / "nowhere").symlink_to(tmp_path / "missing")
    (cache / "fedcba9876543210fedcba9876543210").mkdir()
    os.utime(cache / "fedcba9876543210fedcba9876543210", (0, 0))
    load_brain(folder)
    assert precious.is_dir()
    assert (cache / "photos").is_dir()
    assert not (cache / "fedcba9876543210fedcba9876543210").exists()


def test_clearing_follows_no_link_to_a_folder_of_folders(
    cache: Path, tmp_path: Path, folder: Path
) -> None:
    elsewhere = tmp_path / "elsewhere"
    for name in range(making.CACHES_KEPT + 2):
        (elsewhere / f"{name:032x}").mkdir(parents=True)
    cache.parent.mkdir()
    cache.symlink_to(elsewhere)
    load_brain(folder)
    assert len(list(elsewhere.iterdir())) == making.CACHES_KEPT + 2


@pytest.mark.parametrize("chosen", ["", "relative/path"])
def test_without_a_choice_the_cache_is_in_the_home(
    chosen: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", chosen)
    monkeypatch.setenv("HOME", "/home/somebody")
    assert cache_folder() == Path("/home/somebody/.cache/zhuce")
