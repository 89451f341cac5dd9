"""The database is full, gone or failing: what was refused never comes true later, and everything goes on by itself."""

import asyncio
import sqlite3
import threading
from pathlib import Path

import pytest
from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.backends.sqlite.client import SqliteTransactionWrapper
from tortoise.connection import get_connection
from tortoise.exceptions import TransactionManagementError

import bot.loops
from bot.loops import Loop
from bot.mail.raw import Hold, MailKey, RawMail
from bot.taking import MailboxIntake
from storage import audit
from storage.database import DatabaseAway
from storage.models import InboxRow, SeenRow
from storage.store import Store, open_store
from storage.trouble import named
from tests.servers.postgres import Postgres
from tests.storage.places import MASTER, NOW, Clock, desk_of, fresh_postgres, opened


async def seen(store: Store) -> set[str]:
    async def work() -> set[str]:
        return {row.id for row in await SeenRow.all()}

    return await store.database.read(work)


async def note_down(store: Store, name: str) -> None:
    async def work(connection: BaseDBAsyncClient) -> None:
        await SeenRow.create(id=name, at=NOW, using_db=connection)

    await store.database.unit(work)


def raw_mail(uid: int, size: int = 400_000) -> RawMail:
    raw = b"Subject: x\r\n\r\n" + b"y" * size
    return RawMail(MailKey("support", "INBOX", 7, uid), raw, len(raw), NOW, ())


async def limit(store: Store, pages: int) -> None:
    async def work() -> None:
        connection = get_connection("sqlite")
        count = (await connection.execute_query_dict("PRAGMA page_count"))[0]["page_count"]
        await connection.execute_query_dict(f"PRAGMA max_page_count = {count + pages}")

    await store.database.read(work)


async def test_on_a_full_disk_no_mail_is_taken_and_all_of_it_once_there_is_room(tmp_path: Path) -> None:
    store = await open_store(f"sqlite://{tmp_path / 'desk.sqlite3'}", MASTER)
    desk = desk_of(store, Clock())
    await opened(desk)
    intake = MailboxIntake(desk, asyncio.get_running_loop(), lambda: None)
    await limit(store, 20)
    for _ in range(3):
        with pytest.raises(Hold, match="the disk is full: make room"):
            await asyncio.to_thread(intake.take, [raw_mail(1), raw_mail(2)])
        assert await asyncio.to_thread(intake.position, "support", "INBOX") is None
        assert (await desk.ticket(1)).number == 1  # reading goes on
    await limit(store, 100_000)
    assert await store.database.read(lambda: InboxRow.all().count()) == 0
    await asyncio.to_thread(intake.take, [raw_mail(1), raw_mail(2)])
    assert await asyncio.to_thread(intake.position, "support", "INBOX") == (7, 2)
    assert await store.database.read(lambda: InboxRow.all().count()) == 2
    assert (await opened(desk)).number == 2  # the units that failed took no number
    assert (await store.database.read(audit.first_broken))[0] is None
    await store.database.close()


async def test_a_unit_whose_commit_failed_does_not_come_true_with_the_next_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The bare ORM leaves it open, and the next BEGIN commits it."""
    store = await open_store(f"sqlite://{tmp_path / 'desk.sqlite3'}", MASTER)
    kept = SqliteTransactionWrapper.commit

    async def failing(self: SqliteTransactionWrapper) -> None:
        monkeypatch.setattr(SqliteTransactionWrapper, "commit", kept)
        error = sqlite3.OperationalError("disk I/O error")
        error.sqlite_errorcode = sqlite3.SQLITE_IOERR
        raise error

    monkeypatch.setattr(SqliteTransactionWrapper, "commit", failing)
    with pytest.raises(DatabaseAway, match="the disk answers with errors"):
        await note_down(store, "refused")
    await note_down(store, "taken")
    assert await seen(store) == {"taken"}
    await store.database.close()


async def test_a_unit_that_can_not_begin_leaves_no_lock_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The bare ORM never gives its lock back, and answers nobody any more."""
    store = await open_store(f"sqlite://{tmp_path / 'desk.sqlite3'}", MASTER)
    kept = SqliteTransactionWrapper.begin

    async def failing(self: SqliteTransactionWrapper) -> None:
        error = sqlite3.OperationalError("database is locked")
        error.sqlite_errorcode = sqlite3.SQLITE_BUSY
        raise TransactionManagementError(error)

    monkeypatch.setattr(SqliteTransactionWrapper, "begin", failing)
    for _ in range(3):
        with pytest.raises(DatabaseAway, match="another process holds the file"):
            await note_down(store, "refused")
    monkeypatch.setattr(SqliteTransactionWrapper, "begin", kept)
    async with asyncio.timeout(5):
        await note_down(store, "taken")
    assert await seen(store) == {"taken"}
    await store.database.close()


async def test_postgresql_that_goes_away_and_comes_back_is_used_again_by_itself(postgres: Postgres) -> None:
    address = fresh_postgres(postgres)
    store = await open_store(address, MASTER)
    name = address.rpartition("/")[2]
    desk = desk_of(store, Clock())
    await opened(desk)
    postgres.sql(f'alter database "{name}" allow_connections false')
    postgres.sql(f"select pg_terminate_backend(pid) from pg_stat_activity where datname = '{name}'")
    for _ in range(3):  # more than the pool has connections: none of them may be lost
        results = await asyncio.gather(*(note_down(store, f"n{each}") for each in range(6)), return_exceptions=True)
        assert {type(result) for result in results} == {DatabaseAway}
    intake = MailboxIntake(desk, asyncio.get_running_loop(), lambda: None)
    with pytest.raises(Hold, match="does not answer"):
        await asyncio.to_thread(intake.take, [raw_mail(1, 10)])
    postgres.sql(f'alter database "{name}" allow_connections true')
    async with asyncio.timeout(10):
        await asyncio.gather(*(note_down(store, f"n{each}") for each in range(12)))
    assert len(await seen(store)) == 12
    assert (await opened(desk)).number == 2
    await store.database.close()


async def test_connections_cut_in_the_middle_of_units_tear_none_of_them(postgres: Postgres) -> None:
    address = fresh_postgres(postgres)
    store = await open_store(address, MASTER)
    name = address.rpartition("/")[2]
    desk, done = desk_of(store, Clock()), 0
    for _ in range(4):
        work = [asyncio.create_task(opened(desk)) for _ in range(6)]
        await asyncio.sleep(0)
        cut = f"select pg_terminate_backend(pid) from pg_stat_activity where datname = '{name}'"
        await asyncio.to_thread(postgres.sql, cut)
        results = await asyncio.gather(*work, return_exceptions=True)
        assert {type(each).__name__ for each in results} <= {"Ticket", "DatabaseAway"}
        done += sum(not isinstance(each, DatabaseAway) for each in results)
    for _ in range(6):  # the pool may hold a few connections that are dead and not yet known to be
        try:
            await opened(desk)
        except DatabaseAway:
            continue
        done += 1
    broken, lines = await store.database.read(audit.first_broken)
    tickets = await store.database.read(lambda: store.tickets.many(limit=1000))
    assert broken is None
    assert lines == len(tickets) >= done  # a commit whose answer was lost may have been made
    assert sorted(ticket.number for ticket in tickets) == list(range(1, len(tickets) + 1))
    await store.database.close()


async def test_a_loop_says_once_that_the_database_is_away_and_goes_on_when_it_is_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(bot.loops, "PAUSES", (0.0,))
    said: list[str] = []
    answers: list[DatabaseAway | int] = [DatabaseAway("full"), DatabaseAway("full"), 3, DatabaseAway("gone"), 0]
    world = iter(answers)
    worked = asyncio.Event()

    async def once() -> int:
        now = next(world, 0)
        if isinstance(now, DatabaseAway):
            raise now
        if now == 0:
            worked.set()
        return now

    loop = Loop("reading", once, idle=3600, trouble=said.append)
    loop.start()
    async with asyncio.timeout(5):
        await worked.wait()
        await loop.stop()
    assert said == ["full", "gone"]


def test_an_error_of_our_own_is_not_taken_for_the_databases() -> None:
    assert named(ValueError("odd")) is None
    assert named(KeyError("odd")) is None
    assert isinstance(named(TimeoutError()), DatabaseAway)
    assert isinstance(named(ConnectionRefusedError()), DatabaseAway)
    constraint = sqlite3.IntegrityError("UNIQUE constraint failed")
    constraint.sqlite_errorcode = sqlite3.SQLITE_CONSTRAINT_UNIQUE
    assert named(constraint) is None


async def test_a_file_that_is_no_database_is_said_to_be_none(tmp_path: Path) -> None:
    (tmp_path / "desk.sqlite3").write_bytes(b"no database at all " * 100)
    with pytest.raises(DatabaseAway, match="not a database of ours"):
        await open_store(f"sqlite://{tmp_path / 'desk.sqlite3'}", MASTER)
    assert not [thread for thread in threading.enumerate() if "connection_worker" in thread.name]
