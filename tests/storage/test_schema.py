"""The schema: the migrations make what the models say, on both engines, and lose nothing on the way."""

import shutil
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from tortoise import Tortoise
from tortoise.connection import get_connection
from tortoise.indexes import Index
from tortoise.migrations.api.migrate import migrate
from tortoise.migrations.autodetector import MigrationAutodetector
from tortoise.migrations.operations import AlterModelOptions
from tortoise.models import Model

import storage.database
from storage import models
from storage.database import Database, DatabaseAway, settings_for
from storage.store import Store, open_store
from tests.storage.places import MASTER, Clock, desk_of, opened

TABLES = {
    model._meta.db_table: model
    for model in vars(models).values()
    if isinstance(model, type) and issubclass(model, Model) and model is not Model
}
REBUILDS = """
from tortoise import fields, migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    dependencies = [("storage", "{before}")]
    operations = [ops.AlterField(model_name="TicketRow", name="right", field=fields.CharField(max_length=40))]
"""


def columns_of(model: type[Model]) -> dict[str, bool]:
    """Column names, and whether NULL may stand there."""
    return {field.source_field or name: field.null for name, field in model._meta.fields_map.items()}


def indexes_of(model: type[Model]) -> set[tuple[str, ...]]:
    declared = {tuple(index.fields) for index in model._meta.indexes if isinstance(index, Index)}
    unique = {(name,) for name, field in model._meta.fields_map.items() if field.unique and not field.pk}
    return declared | unique


async def schema(store: Store) -> dict[str, tuple[dict[str, bool], set[tuple[str, ...]]]]:
    """Columns and indexes of every table of the database."""
    connection = get_connection(store.database.engine)
    if store.database.engine == "sqlite":
        names = [
            row["name"]
            for row in await connection.execute_query_dict("SELECT name FROM sqlite_master WHERE type = 'table'")
        ]
        return {name: await sqlite_table(name) for name in names}
    found: dict[str, tuple[dict[str, bool], set[tuple[str, ...]]]] = {}
    for row in await connection.execute_query_dict(
        "SELECT table_name, column_name, is_nullable FROM information_schema.columns WHERE table_schema = 'public'"
    ):
        found.setdefault(row["table_name"], ({}, set()))[0][row["column_name"]] = row["is_nullable"] == "YES"
    for row in await connection.execute_query_dict(
        """SELECT c.relname AS name, array_agg(a.attname::text ORDER BY k.place) AS columns
        FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid JOIN pg_namespace n ON n.oid = c.relnamespace,
        unnest(i.indkey) WITH ORDINALITY AS k (number, place), pg_attribute a
        WHERE n.nspname = 'public' AND a.attrelid = c.oid AND a.attnum = k.number AND NOT i.indisprimary
        GROUP BY c.relname, i.indexrelid"""
    ):
        found[row["name"]][1].add(tuple(row["columns"]))
    return found


async def sqlite_table(name: str) -> tuple[dict[str, bool], set[tuple[str, ...]]]:
    connection = get_connection("sqlite")
    columns = await connection.execute_query_dict(f"PRAGMA table_info({name})")
    indexes = await connection.execute_query_dict(f"PRAGMA index_list({name})")
    found = set()
    for index in indexes:
        if index["origin"] != "pk":
            parts = await connection.execute_query_dict(f"PRAGMA index_info({index['name']})")
            found.add(tuple(part["name"] for part in parts))
    return {column["name"]: not column["notnull"] for column in columns}, found


async def test_the_migrations_make_the_columns_and_indexes_of_the_models(store: Store) -> None:
    found = await store.database.read(lambda: schema(store))
    assert set(TABLES) <= set(found)
    for table, model in TABLES.items():
        assert found[table] == (columns_of(model), indexes_of(model)), table


async def test_no_change_of_a_model_waits_for_its_migration(store: Store) -> None:
    async def work() -> list[str]:
        config = settings_for(store.database.url)
        detector = MigrationAutodetector(Tortoise.apps, config["apps"])
        changes = [operation for writer in await detector.changes() for operation in writer.operations]
        return [repr(each) for each in changes if not isinstance(each, AlterModelOptions)]  # a changed docstring

    assert await store.database.read(work) == []


@pytest.fixture
def with_a_rebuild(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A copy of our migrations with one more, which changes the length of a column."""
    package = tmp_path / "throwaway_migrations"
    shutil.copytree(Path(models.__file__).parent / "migrations", package, ignore=shutil.ignore_patterns("__pycache__"))
    before = max(path.stem for path in package.glob("0*.py"))
    (package / "0999_rebuild.py").write_text(REBUILDS.format(before=before))
    monkeypatch.syspath_prepend(str(tmp_path))
    yield "throwaway_migrations"
    for name in [name for name in sys.modules if name.startswith("throwaway_migrations")]:
        del sys.modules[name]


async def filled(file: Path) -> None:
    """A database with three tickets, each with a child row that goes where its ticket goes."""
    store = await open_store(f"sqlite://{file}", MASTER)
    desk = desk_of(store, Clock())
    for _ in range(3):
        await opened(desk)
    await store.database.close()
    with sqlite3.connect(file) as connection:
        connection.execute("CREATE TABLE children (ticket INTEGER REFERENCES tickets (number) ON DELETE CASCADE)")
        connection.execute("INSERT INTO children SELECT number FROM tickets")
    connection.close()


def children_and_indexes(file: Path) -> tuple[int, int]:
    connection = sqlite3.connect(file)
    children = connection.execute("SELECT count(*) FROM children").fetchone()[0]
    indexes = connection.execute(
        "SELECT count(*) FROM sqlite_master WHERE type = 'index' AND tbl_name = 'tickets' AND name NOT LIKE 'sqlite%'"
    )
    found = children, indexes.fetchone()[0]
    connection.close()
    return found


async def test_rebuilding_a_table_by_the_bare_runner_loses_child_rows_and_indexes(
    tmp_path: Path, with_a_rebuild: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The trap itself: once this fails, the ORM has been mended and our care can go."""
    file = tmp_path / "desk.sqlite3"
    await filled(file)
    monkeypatch.setattr(storage.database, "MIGRATIONS", with_a_rebuild)
    try:
        await migrate(config=settings_for(f"sqlite://{file}"))
    finally:
        await Tortoise.close_connections()
    assert children_and_indexes(file) == (0, 0)


async def test_rebuilding_a_table_by_ours_keeps_child_rows_indexes_and_tickets(
    tmp_path: Path, with_a_rebuild: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "desk.sqlite3"
    await filled(file)
    before = children_and_indexes(file)
    monkeypatch.setattr(storage.database, "MIGRATIONS", with_a_rebuild)
    store = await open_store(f"sqlite://{file}", MASTER)
    try:
        tickets = await store.database.read(store.tickets.many)
        assert [ticket.number for ticket in tickets] == [3, 2, 1]
    finally:
        await store.database.close()
    assert children_and_indexes(file) == before
    assert before[0] == 3
    assert not list(tmp_path.glob("*.before-migrating"))


async def test_a_migration_that_fails_changes_nothing_and_leaves_a_copy(
    tmp_path: Path, with_a_rebuild: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "desk.sqlite3"
    await filled(file)
    before = children_and_indexes(file)
    bad = tmp_path / with_a_rebuild / "0999_rebuild.py"
    bad.write_text(bad.read_text().replace('"TicketRow", name="right"', '"TicketRow", name="no_such_column"'))
    monkeypatch.setattr(storage.database, "MIGRATIONS", with_a_rebuild)
    with pytest.raises(Exception, match="no_such_column"):
        await open_store(f"sqlite://{file}", MASTER)
    copy = tmp_path / "desk.sqlite3.before-migrating"
    assert children_and_indexes(file) == children_and_indexes(copy) == before
    assert copy.stat().st_mode & 0o777 == 0o600


async def test_a_power_cut_loses_nothing_because_every_commit_is_synced(tmp_path: Path) -> None:
    store = await open_store(f"sqlite://{tmp_path / 'desk.sqlite3'}", MASTER)

    async def pragmas() -> list[object]:
        connection = get_connection("sqlite")
        names = ("synchronous", "journal_mode", "foreign_keys", "secure_delete", "busy_timeout")
        return [next(iter((await connection.execute_query_dict(f"PRAGMA {name}"))[0].values())) for name in names]

    try:
        assert await store.database.read(pragmas) == [2, "wal", 1, 1, 5000]
    finally:
        await store.database.close()


async def test_a_database_that_does_not_sync_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(storage.database.SQLITE, "synchronous", "NORMAL")
    with pytest.raises(DatabaseAway, match="synchronous=FULL"):
        await open_store(f"sqlite://{tmp_path / 'desk.sqlite3'}", MASTER)
    assert writers() == []


def writers() -> list[str]:
    return [thread.name for thread in threading.enumerate() if "sqlite" in repr(thread).lower()]


async def test_only_one_process_writes_a_sqlite_file_and_the_second_is_told(store: Store) -> None:
    if store.database.engine == "postgres":
        other = await open_store(store.database.url, MASTER)
        await other.database.close()
        return
    second = Database(store.database.url)
    with pytest.raises(DatabaseAway, match="another rightsdesk already writes"):
        await second.open()
    reader = Database(store.database.url)
    await reader.open(writing=False)
    await reader.close()


async def test_the_file_is_for_its_owner_only(tmp_path: Path) -> None:
    store = await open_store(f"sqlite://{tmp_path / 'desk.sqlite3'}", MASTER)
    await opened(desk_of(store, Clock()))
    modes = {
        path.name: path.stat().st_mode & 0o777 for path in tmp_path.glob("desk.sqlite3*") if path.suffix != ".lock"
    }
    await store.database.close()
    assert modes == {"desk.sqlite3": 0o600, "desk.sqlite3-wal": 0o600, "desk.sqlite3-shm": 0o600}


LEAVES = """
import asyncio, sys
from storage.store import open_store

async def main():
    store = await open_store(sys.argv[1], bytes(range(32)))
    if sys.argv[2] == "closed":
        await store.database.close()
    raise RuntimeError("and the process still ends")

asyncio.run(main())
"""


@pytest.mark.parametrize("how", ["closed", "left open"])
def test_a_process_that_fails_ends_also_with_its_database_left_open(url: str, how: str) -> None:
    """The ORM's own thread would keep it alive for ever, and nobody would start it anew."""
    done = subprocess.run(
        [sys.executable, "-c", LEAVES, url, how], check=False, capture_output=True, text=True, timeout=30
    )
    assert done.returncode == 1
    assert "and the process still ends" in done.stderr
