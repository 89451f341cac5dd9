"""From every earlier version of the schema to the present one, with a row in every table, on both engines."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from tortoise import Tortoise
from tortoise.connection import get_connection
from tortoise.migrations.api.migrate import migrate

from storage import backup
from storage.database import Database, settings_for
from tests.servers.postgres import Postgres
from tests.storage.places import bare_postgres

FOLDER = Path(backup.__file__).parent / "migrations"
VERSIONS = sorted(path.stem for path in FOLDER.glob("[0-9]*.py"))
Rows = dict[str, dict[str, Any]]


@pytest.fixture(params=["sqlite", "postgres"])
def bare(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a database without any table."""
    if request.param == "sqlite":
        return f"sqlite://{tmp_path / 'old.sqlite3'}"
    server: Postgres = request.getfixturevalue("postgres")
    return bare_postgres(server)


@asynccontextmanager
async def connected(url: str) -> AsyncIterator[Any]:
    await Tortoise.init(config=settings_for(url))
    try:
        yield get_connection("sqlite" if url.startswith("sqlite") else "postgres")
    finally:
        await Tortoise.close_connections()


async def columns(connection: Any, table: str) -> dict[str, str]:
    """Names and types; empty where there is no such table."""
    if connection.capabilities.dialect == "sqlite":
        found = await connection.execute_query_dict(f"PRAGMA table_info({table})")
        return {column["name"]: column["type"].upper() for column in found}
    found = await connection.execute_query_dict(
        "SELECT column_name, data_type FROM information_schema.columns WHERE table_name = $1", [table]
    )
    return {column["column_name"]: column["data_type"].upper() for column in found}


def value_for(kind: str, *, sqlite: bool) -> object:
    """Something that fits a column and is nobody's default."""
    if "INT" in kind and "BOOL" not in kind:
        return 7
    if "BOOL" in kind:
        return True
    if "BLOB" in kind or "BYTEA" in kind:
        return b"\x00sealed\xff"
    if "TIME" in kind:
        moment = datetime(2026, 3, 2, 15, 0, 0, 123456, tzinfo=UTC)
        return moment.isoformat(" ") if sqlite else moment
    return "seven"


async def fill(connection: Any) -> Rows:
    """A row in every table that there is; what stands in it."""
    sqlite = connection.capabilities.dialect == "sqlite"
    rows: Rows = {}
    for table in backup.TABLES:
        kinds = await columns(connection, table)
        if not kinds:
            continue
        values = {name: value_for(kind, sqlite=sqlite) for name, kind in kinds.items()}
        marks = ", ".join("?" if sqlite else f"${place}" for place in range(1, len(values) + 1))
        names = ", ".join(f'"{name}"' for name in values)
        await connection.execute_query(f"INSERT INTO {table} ({names}) VALUES ({marks})", list(values.values()))
        rows[table] = await only_row(connection, table)
    return rows


async def only_row(connection: Any, table: str) -> dict[str, Any]:
    [row] = await connection.execute_query_dict(f"SELECT * FROM {table}")
    return {name: bytes(value) if isinstance(value, memoryview) else value for name, value in row.items()}


def carried_over(before: dict[str, Any], after: dict[str, Any]) -> Sequence[str]:
    """Columns of before whose value stands nowhere after. A column that got another name keeps its value."""
    moved = [name for name in before if name not in after]
    left = [value for name, value in after.items() if name not in before]
    return [name for name in before if name in after and after[name] != before[name]] + [
        name for name in moved if before[name] not in left
    ]


@pytest.mark.parametrize("version", VERSIONS)
async def test_every_row_of_every_table_is_carried_over_from_every_earlier_version(version: str, bare: str) -> None:
    if bare.startswith("sqlite"):
        Path(bare.removeprefix("sqlite://")).touch()
    await migrate(config=settings_for(bare, migrating=True), target=f"storage.{version}")
    await Tortoise.close_connections()
    async with connected(bare) as connection:
        before = await fill(connection)
    assert len(before) >= 10
    database = Database(bare)
    await database.open()
    await database.close()
    async with connected(bare) as connection:
        for table, row in before.items():
            assert carried_over(row, await only_row(connection, table)) == [], table
        assert all([await columns(connection, table) for table in backup.TABLES])
