"""Databases for the tests: a fresh one each, on SQLite always and on PostgreSQL where it is installed."""

import asyncio
import itertools
import os
import shutil
from collections.abc import AsyncIterator, Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from bot.desk import Desk
from bot.limits import Limits
from bot.saving import Saver
from intents.rights import Intent
from responders.case.ticket import Ticket
from responders.house import House
from storage import backup
from storage.database import Database
from storage.store import Store, open_store
from tests.responders.cast import HOUSE, request
from tests.servers.postgres import Postgres, postgres

__all__ = ["MASTER", "NOW", "Clock", "desk_of", "opened", "postgres", "store", "url"]

MASTER = bytes(range(32))
NOW = datetime(2026, 3, 2, 15, 0, 0, 123456, tzinfo=UTC)
PLENTY = Limits(per_sender=1000, per_ticket=1000, per_hour=100_000)
_names = itertools.count()
_ready: dict[Path, str] = {}


@dataclass
class Clock:
    """A clock that stands still until it is moved."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **how_far: float) -> None:
        self.now += timedelta(**how_far)


def bare_postgres(server: Postgres) -> str:
    """A database of its own, without any table."""
    return server.new_database(f"storage_{os.getpid()}_{next(_names)}")


def fresh_postgres(server: Postgres) -> str:
    """A database of its own."""
    address = bare_postgres(server)
    elsewhere(migrated(address))
    return address


def elsewhere(work: Coroutine[Any, Any, None]) -> None:
    """Run to the end in a thread of its own: a loop may be running in this one."""
    with ThreadPoolExecutor(1) as pool:
        pool.submit(asyncio.run, work).result()


def emptied_postgres(server: Postgres) -> str:
    """One database for all tests, emptied before each: making one takes long."""
    if server.folder not in _ready:
        _ready[server.folder] = fresh_postgres(server)
    elsewhere(emptied(_ready[server.folder]))
    return _ready[server.folder]


async def emptied(address: str) -> None:
    connection = await asyncpg.connect(address)
    await connection.execute(f"TRUNCATE {', '.join(backup.TABLES)}")
    await connection.close()


def migrated_sqlite(file: Path, folder: Path) -> str:
    """A copy of a file that was migrated once."""
    template = folder / "template.sqlite3"
    if not template.exists():
        elsewhere(migrated(f"sqlite://{template}"))
    shutil.copy(template, file)
    return f"sqlite://{file}"


async def migrated(address: str) -> None:
    database = Database(address)
    await database.open()
    await database.close()


@pytest.fixture(params=["sqlite", "postgres"])
def url(request: pytest.FixtureRequest, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The address of an empty database."""
    if request.param == "sqlite":
        return migrated_sqlite(tmp_path / "desk.sqlite3", tmp_path_factory.getbasetemp())
    return emptied_postgres(request.getfixturevalue("postgres"))


@pytest.fixture
async def store(url: str) -> AsyncIterator[Store]:
    opened = await open_store(url, MASTER)
    yield opened
    await opened.database.close()


def desk_of(
    store: Store, now: Callable[[], datetime], *, house: House = HOUSE, limits: Limits = PLENTY, shadow: bool = False
) -> Desk:
    return Desk(store, Saver(store, house, limits, shadow), house, now)


async def opened(desk: Desk, right: Intent = Intent.ACCESS, **changes: object) -> Ticket:
    """A ticket of Anna's, opened through the desk at the clock's time."""
    return (await desk.open([replace(request(right), received_at=desk.now(), **changes)]))[0]  # type: ignore[arg-type]
