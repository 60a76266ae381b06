"""What is special about the SQLite store: files that are wrong, locks, traces left behind."""

from __future__ import annotations

import asyncio
import random
import sqlite3
import stat
import threading
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.core.model.reply import Reply, Status, Text
from bot.core.model.session import SESSION_LIFE, Context, Session
from bot.core.model.turn import Turn
from bot.core.model.update import ConversationKey
from bot.errors import StoreError, StoreUnavailable
from bot.storage.sql_store import SqlStore
from bot.storage.sqlite import BUSY_TIMEOUT_S, COPY_LOG_AFTER, SqliteDatabase, open_sqlite

NOW = datetime(2026, 11, 20, tzinfo=UTC)
KEY = ConversationKey("telegram", "chat-1", "user-1")

pytestmark = pytest.mark.asyncio


def answer(_: Session) -> Turn:
    return Turn(
        Reply(Status.ANSWERED, (Text("好的"),)), Session(context=Context({"region": "四川"}))
    )


async def opened(
    path: Path, synchronous: str = "NORMAL", busy_timeout_s: float = BUSY_TIMEOUT_S
) -> SqlStore:
    return SqlStore(await open_sqlite(path, synchronous, busy_timeout_s))


def file_of(store: SqlStore) -> SqliteDatabase:
    assert isinstance(store.database, SqliteDatabase)
    return store.database


async def talk(store: SqlStore, turns: int) -> None:
    for n in range(turns):
        key = ConversationKey("telegram", f"chat-{n % 20}", f"user-{n % 20}")
        await store.transact(key, str(n), NOW, answer)


async def fill(path: Path, turns: int = 200) -> None:
    store = await opened(path)
    await talk(store, turns)
    await store.close()


def change(path: Path, statement: str) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute(statement)


def pragma(store: SqlStore, name: str) -> object:
    return file_of(store).link().driver.execute(f"PRAGMA {name}").fetchone()[0]


async def pragma_of(path: Path, name: str, synchronous: str = "NORMAL") -> object:
    store = await opened(path, synchronous)
    value = await file_of(store).in_thread(lambda: pragma(store, name))
    await store.close()
    return value


@pytest.mark.parametrize(
    ("name", "mode", "value"),
    [
        ("journal_mode", "NORMAL", "wal"),
        ("synchronous", "NORMAL", 1),
        ("synchronous", "FULL", 2),
        ("busy_timeout", "NORMAL", 1500),
        ("secure_delete", "NORMAL", 1),
    ],
)
async def test_a_connection_is_set_up(tmp_path: Path, name: str, mode: str, value: object) -> None:
    assert await pragma_of(tmp_path / "bot.db", name, mode) == value


async def test_the_folder_is_made(tmp_path: Path) -> None:
    await fill(tmp_path / "data" / "deep" / "bot.db", turns=1)
    assert (tmp_path / "data" / "deep" / "bot.db").is_file()


async def test_a_file_where_the_folder_should_be(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("not a folder")
    with pytest.raises(StoreError, match=r"data.bot\.db 的文件夹建不了"):
        await open_sqlite(tmp_path / "data" / "bot.db")


async def test_a_folder_where_the_file_should_be(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="打不开") as caught:
        await open_sqlite(tmp_path)
    assert isinstance(caught.value.__cause__, sqlite3.Error)


async def test_a_file_that_is_no_database_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("买菜\n" * 1000)
    with pytest.raises(StoreError, match="不是 SQLite 数据库"):
        await open_sqlite(path)
    assert path.read_text() == "买菜\n" * 1000


async def test_a_database_of_another_program_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "photos.db"
    change(path, "CREATE TABLE photos (name TEXT)")
    before = path.read_bytes()
    with pytest.raises(StoreError, match="别的程序的数据库，其中有表 photos"):
        await open_sqlite(path)
    assert path.read_bytes() == before


async def test_a_truncated_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "bot.db"
    await fill(path)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(StoreError, match="已损坏"):
        await open_sqlite(path)


async def test_a_file_overwritten_in_places_is_refused_or_read(tmp_path: Path) -> None:
    path, dice = tmp_path / "bot.db", random.Random(8)
    await fill(path, turns=400)
    good = path.read_bytes()
    refused = 0
    for _ in range(40):
        start = dice.randrange(len(good) - 400)
        path.write_bytes(good[:start] + dice.randbytes(400) + good[start + 400 :])
        refused += await is_refused(path)
    assert refused > 15  # of the 40, the rest hit pages that are empty


async def is_refused(path: Path) -> bool:
    """Whether the store refuses the file; any other error passes through."""
    try:
        store = await opened(path)
    except StoreError:
        return True
    try:
        for n in range(20):
            await store.load(ConversationKey("telegram", f"chat-{n}", f"user-{n}"), NOW)
    except StoreError:
        return True
    finally:
        await store.close()
    return False


async def test_a_newer_schema_is_refused_and_kept(tmp_path: Path) -> None:
    path = tmp_path / "bot.db"
    await fill(path, turns=1)
    change(path, "UPDATE zhuce_schema SET version_num = '9999'")
    with pytest.raises(StoreError, match="第 9999 版，本程序只到第 0008 版；请升级程序"):
        await open_sqlite(path)


async def test_a_newer_record_is_refused_and_not_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "bot.db"
    await fill(path, turns=1)
    change(path, "UPDATE zhuce_sessions SET v = 99, record = 'of the future'")
    store = await opened(path)
    with pytest.raises(StoreError, match="格式是 99"):
        await store.transact(ConversationKey("telegram", "chat-0", "user-0"), "new", NOW, answer)
    await store.close()
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT record FROM zhuce_sessions").fetchall() == [
            ("of the future",)
        ]


async def test_newer_replies_wait_for_the_newer_program(tmp_path: Path) -> None:
    path = tmp_path / "bot.db"
    await fill(path, turns=3)
    change(path, "UPDATE zhuce_updates SET v = 99 WHERE update_id = '1'")
    store = await opened(path)
    assert [out.update_id for out in await store.unsent("telegram")] == ["0", "2"]
    await store.close()


async def test_a_locked_file_is_unavailable_and_then_works(tmp_path: Path) -> None:
    path = tmp_path / "bot.db"
    store = await opened(path, busy_timeout_s=0.05)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreUnavailable, match="另一个进程占用"):
            await store.transact(KEY, "a", NOW, answer)
    assert (await store.transact(KEY, "a", NOW, answer)).version == 1
    await store.close()


async def test_a_full_disk_loses_nothing_and_passes(tmp_path: Path) -> None:
    store = await opened(tmp_path / "bot.db")
    await store.transact(KEY, "a", NOW, answer)
    await file_of(store).in_thread(
        lambda: pragma(store, f"max_page_count = {pragma(store, 'page_count')}")
    )
    with pytest.raises(StoreUnavailable, match="写不下了"):
        await talk(store, 100)
    before = await store.load(KEY, NOW)
    assert before is not None
    await file_of(store).in_thread(lambda: pragma(store, "max_page_count = 100000"))
    assert (await store.transact(KEY, "z", NOW, answer)).version == before.version + 1
    await store.close()


async def test_a_file_that_may_not_be_written_says_so(tmp_path: Path) -> None:
    store = await opened(tmp_path / "bot.db")
    await file_of(store).in_thread(
        lambda: file_of(store).link().driver.execute("PRAGMA query_only = ON")
    )
    with pytest.raises(StoreError, match="不能写"):
        await store.transact(KEY, "a", NOW, answer)
    await store.close()


async def rival(store: SqlStore, times: int) -> int:
    """Run a turn while another one gets in first, `times` times; tells how often work ran."""
    runs = 0

    def work(session: Session) -> Turn:
        nonlocal runs
        runs += 1
        if runs <= times:
            file_of(store).link().driver.execute("UPDATE zhuce_sessions SET version = version + 1")
        return answer(session)

    await store.transact(KEY, "late", NOW, work)
    return runs


async def test_a_turn_that_was_overtaken_is_run_again(tmp_path: Path) -> None:
    store = await opened(tmp_path / "bot.db")
    await store.transact(KEY, "a", NOW, answer)
    assert await rival(store, times=2) == 3
    await store.close()


async def test_a_turn_that_is_overtaken_again_and_again_gives_up(tmp_path: Path) -> None:
    store = await opened(tmp_path / "bot.db")
    await store.transact(KEY, "a", NOW, answer)
    with pytest.raises(StoreUnavailable, match="3 次都被别的进程抢先"):
        await rival(store, times=9)
    stored = await store.load(KEY, NOW)
    assert stored is not None
    assert stored.version == 1
    await store.close()


def traces(folder: Path, word: str) -> list[str]:
    return [file.name for file in folder.iterdir() if word.encode() in file.read_bytes()]


async def test_a_forgotten_person_leaves_no_trace_in_the_files(tmp_path: Path) -> None:
    store = await opened(tmp_path / "bot.db")
    for n in range(300):
        user = "person-to-forget" if n % 3 else f"other-{n}"
        await store.transact(ConversationKey("telegram", f"c{n % 7}", user), str(n), NOW, answer)
    assert traces(tmp_path, "person-to-forget") != []
    await store.forget("telegram", "person-to-forget")
    assert traces(tmp_path, "person-to-forget") == []
    await store.close()
    assert traces(tmp_path, "person-to-forget") == []


async def test_what_expires_leaves_no_trace_in_the_files(tmp_path: Path) -> None:
    store = await opened(tmp_path / "bot.db")
    for n in range(2500):
        await store.transact(ConversationKey("telegram", f"c{n % 7}", "gone"), str(n), NOW, answer)
    await store.expire(NOW + SESSION_LIFE + timedelta(seconds=1))
    assert traces(tmp_path, "gone") == []
    assert await store.unsent("telegram") == []
    await store.close()


async def test_a_path_is_a_path_whatever_sqlite_thinks_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    await fill(Path(":memory:"), turns=1)
    assert stat.S_ISREG((tmp_path / ":memory:").stat().st_mode)


async def test_a_file_that_was_deleted_is_made_anew(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    store = await opened(tmp_path / "bot.db")
    await talk(store, 20)
    (tmp_path / "bot.db").unlink()
    assert (await store.transact(KEY, "a", NOW, answer)).version == 1
    await store.close()
    assert "is gone or another one" in caplog.text
    store = await opened(tmp_path / "bot.db")
    assert (await store.transact(KEY, "a", NOW, answer)).is_repeat
    await store.close()


async def test_programs_that_share_a_deleted_file_share_the_new_one(tmp_path: Path) -> None:
    stores = [await opened(tmp_path / "bot.db") for _ in range(2)]
    for n, store in enumerate(stores):
        await store.transact(KEY, f"before {n}", NOW, answer)
    (tmp_path / "bot.db").unlink()
    versions = [
        (await store.transact(KEY, f"after {n}", NOW, answer)).version
        for n, store in enumerate(stores * 3)
    ]
    assert versions == [1, 2, 3, 4, 5, 6]
    for store in stores:
        await store.close()


async def test_a_folder_that_went_is_noticed_and_may_come_back(tmp_path: Path) -> None:
    store = await opened(tmp_path / "data" / "bot.db")
    await store.ping()
    (tmp_path / "data").rename(tmp_path / "elsewhere")
    (tmp_path / "data").write_text("in the way")
    with pytest.raises(StoreError, match="建不了"):
        await store.ping()
    (tmp_path / "data").unlink()
    await store.ping()
    await store.close()


async def thread_of_a_turn(store: SqlStore, name: str) -> threading.Thread:
    found: list[threading.Thread] = []

    def work(session: Session) -> Turn:
        found.append(threading.current_thread())
        return answer(session)

    await store.transact(KEY, name, NOW, work)
    return found[-1]


async def test_a_turn_hops_into_a_thread_only_where_it_may_wait(tmp_path: Path) -> None:
    here = threading.current_thread()
    store, careful = await opened(tmp_path / "a.db"), await opened(tmp_path / "b.db", "FULL")
    assert await thread_of_a_turn(store, "a") is here
    assert await thread_of_a_turn(careful, "a") is not here
    waiting = asyncio.create_task(file_of(store).in_thread(lambda: time.sleep(0.05)))
    await asyncio.sleep(0.01)
    assert await thread_of_a_turn(store, "b") is not here
    await waiting
    await store.close()
    await careful.close()


async def test_turns_stay_where_they_are_while_the_log_is_copied(tmp_path: Path) -> None:
    store = await opened(tmp_path / "bot.db")
    found = {await thread_of_a_turn(store, str(n)) for n in range(3 * COPY_LOG_AFTER)}
    assert found == {threading.current_thread()}
    await store.close()


async def test_the_log_does_not_grow_with_the_turns(tmp_path: Path) -> None:
    store = await opened(tmp_path / "bot.db")
    await talk(store, 6 * COPY_LOG_AFTER)
    before = (tmp_path / "bot.db-wal").stat().st_size
    for round_number in range(5):
        for n in range(4 * COPY_LOG_AFTER):
            await store.transact(KEY, f"{round_number} {n}", NOW, answer)
    assert (tmp_path / "bot.db-wal").stat().st_size < 3 * before
    await store.close()


def contents(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in folder.iterdir()}


async def test_a_ping_writes_nothing(tmp_path: Path) -> None:
    store = await opened(tmp_path / "bot.db")
    before = contents(tmp_path)
    await store.ping()
    assert contents(tmp_path) == before
    await store.close()


def modes(folder: Path) -> dict[str, int]:
    return {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()}


async def test_files_are_made_for_their_owner_alone(tmp_path: Path) -> None:
    store = await opened(tmp_path / "bot.db")
    await store.transact(KEY, "a", NOW, answer)
    found = modes(tmp_path)
    await store.close()
    assert found == {"bot.db": 0o600, "bot.db-wal": 0o600, "bot.db-shm": 0o600}


async def test_a_file_that_was_there_keeps_its_mode(tmp_path: Path) -> None:
    await fill(tmp_path / "bot.db", turns=1)
    (tmp_path / "bot.db").chmod(0o640)
    await fill(tmp_path / "bot.db", turns=1)
    assert stat.S_IMODE((tmp_path / "bot.db").stat().st_mode) == 0o640
