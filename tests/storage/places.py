"""Databases for the tests: a fresh one each, on SQLite always and on PostgreSQL where it is installed."""

import asyncio
import itertools
import os
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.desk import Desk
from bot.limits import Limits
from bot.saving import Saver
from intents.rights import Intent
from responders.case.ticket import Ticket
from responders.house import House
from storage.database import Database
from storage.store import Store, open_store
from tests.responders.cast import HOUSE, request
from tests.servers.postgres import Postgres, postgres

__all__ = ["MASTER", "NOW", "Clock", "desk_of", "opened", "postgres", "store", "url"]

MASTER = bytes(range(32))
NOW = datetime(2026, 3, 2, 15, 0, 0, 123456, tzinfo=UTC)
PLENTY = Limits(per_sender=1000, per_ticket=1000, per_hour=100_000)
_names = itertools.count()
_ready: set[Path] = set()


@dataclass
class Clock:
    """A clock that stands still until it is moved."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **how_far: float) -> None:
        self.now += timedelta(**how_far)


def fresh_postgres(server: Postgres) -> str:
    """A database of its own, copied from one that was migrated once."""
    name = f"storage_{os.getpid()}"
    if server.folder not in _ready:
        address = server.new_database(f"{name}_ready")
        asyncio.run(migrated(address))
        _ready.add(server.folder)
    copy = f"{name}_{next(_names)}"
    server.sql(f'create database "{copy}" template "{name}_ready"')
    return f"postgres://postgres@127.0.0.1:{server.port}/{copy}"


async def migrated(address: str) -> None:
    database = Database(address)
    await database.open()
    await database.close()


@pytest.fixture(params=["sqlite", "postgres"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database."""
    if request.param == "sqlite":
        return f"sqlite://{tmp_path / 'desk.sqlite3'}"
    return fresh_postgres(request.getfixturevalue("postgres"))


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
