"""The database: opened, checked, migrated, and its units of work.

tortoise-orm 1.1.9 never releases its lock where a task is cancelled inside a transaction, and lets a task started
inside one write into somebody else's. So each unit runs in a task of its own, in a clean context, shielded.
"""

import asyncio
import contextvars
import fcntl
import os
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import IO, TypeVar

from tortoise import Tortoise
from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.connection import get_connection
from tortoise.exceptions import BaseORMException, DBConnectionError
from tortoise.migrations.api.migrate import migrate
from tortoise.transactions import in_transaction

T = TypeVar("T")

SQLITE_OPTIONS = "?busy_timeout=5000&synchronous=FULL&secure_delete=ON"
SCHEMA_LOCK = 7_261_001
"""The advisory lock under which PostgreSQL's schema is migrated."""


class ChangedMeanwhile(Exception):
    """Somebody else changed the row first: load again and decide again."""


class DatabaseAway(Exception):
    """The database can't be reached, is full or is not ours to write; the message says which and what to do."""


def engine_of(url: str) -> str:
    """ "sqlite" or "postgres". Raises ValueError for anything else."""
    for engine, prefixes in {
        "sqlite": ("sqlite://",),
        "postgres": ("postgres://", "postgresql://", "asyncpg://"),
    }.items():
        if url.startswith(prefixes):
            return engine
    raise ValueError("the database address must start with sqlite:// or postgres://")


def sqlite_path(url: str) -> Path:
    """The file of a SQLite address: sqlite:///absolute/file or sqlite://relative/file."""
    return Path(url.removeprefix("sqlite://").partition("?")[0])


def settings_for(url: str, *, options: str = SQLITE_OPTIONS) -> dict[str, object]:
    """The ORM's settings. The connection is named after its engine: the ORM caches SQL per connection name."""
    engine = engine_of(url)
    address = f"sqlite://{sqlite_path(url)}{options}" if engine == "sqlite" else "asyncpg://" + url.partition("://")[2]
    app = {"models": ["storage.models"], "default_connection": engine, "migrations": "storage.migrations"}
    return {"connections": {engine: address}, "apps": {"storage": app}, "use_tz": True, "timezone": "UTC"}


class Database:
    """An open database. On SQLite exactly one process writes; a second one is turned away by a file lock."""

    def __init__(self, url: str) -> None:
        self.url, self.engine = url, engine_of(url)
        self._context = contextvars.Context()
        self._running: set[asyncio.Task[object]] = set()
        self._lock: IO[str] | None = None

    async def open(self, *, writing: bool = True) -> None:
        """Connect, bring the schema up to date and check what durability rests on. Raises DatabaseAway."""
        try:
            if self.engine == "sqlite":
                self._open_file(writing=writing)
            if writing:
                await self._inside(self._migrate)
            await self._inside(self._connect)
        except (BaseORMException, OSError) as error:
            await self.close()
            raise DatabaseAway(f"the database can't be opened: {error}") from error

    def _open_file(self, *, writing: bool) -> None:
        path = sqlite_path(self.url)
        if not writing:
            if not path.exists():
                raise DatabaseAway(f"there is no database at {path} yet: start `rightsdesk run` once")
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        lock = path.with_name(path.name + ".lock").open("a+")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.close()
            raise DatabaseAway(
                f"another rightsdesk already writes {path}: stop it first, or use PostgreSQL for several processes"
            ) from None
        self._lock = lock
        path.touch(mode=0o600, exist_ok=True)
        os.chmod(path, 0o600)

    async def _connect(self) -> None:
        await Tortoise.init(config=settings_for(self.url))
        if self.engine != "sqlite":
            await get_connection(self.engine).execute_query("SELECT 1")
            return
        rows = await get_connection("sqlite").execute_query_dict("PRAGMA synchronous")
        if int(rows[0]["synchronous"]) < 2:
            raise DatabaseAway("SQLite is not set to synchronous=FULL: a power cut could lose letters")

    async def _migrate(self) -> None:
        """Every migration that is not yet applied. Foreign keys are off on SQLite meanwhile: the ORM rebuilds tables
        by DROP TABLE, which would delete their child rows."""
        config = settings_for(self.url, options="?busy_timeout=5000&foreign_keys=OFF")
        try:
            await Tortoise.init(config=config)
            if self.engine == "postgres":
                connection = get_connection("postgres")
                async with connection.acquire_connection() as raw:
                    await raw.execute(f"SELECT pg_advisory_lock({SCHEMA_LOCK})")
                    try:
                        await migrate(config=config)
                    finally:
                        await raw.execute(f"SELECT pg_advisory_unlock({SCHEMA_LOCK})")
            else:
                await migrate(config=config)
                broken = await get_connection("sqlite").execute_query_dict("PRAGMA foreign_key_check")
                if broken:
                    raise DatabaseAway(f"after migrating, {len(broken)} rows point to rows that are gone")
            await Tortoise.generate_schemas(safe=True)
        finally:
            await Tortoise.close_connections()

    async def close(self) -> None:
        """Finish what was begun and let go of the file."""
        while self._running:
            await asyncio.wait(set(self._running))
        await self._inside(Tortoise.close_connections)
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    async def unit(self, work: Callable[[BaseDBAsyncClient], Awaitable[T]]) -> T:
        """Run `work` in a transaction: everything or nothing. If the caller is cancelled the unit still ends.

        `work` may await the database only: no network, no gather, no task of its own. Raises DatabaseAway.
        """

        async def whole() -> T:
            async with in_transaction() as connection:
                return await work(connection)

        return await self._shielded(whole)

    async def read(self, work: Callable[[], Awaitable[T]]) -> T:
        """Run a reading outside of any transaction. Raises DatabaseAway."""
        return await self._shielded(work)

    async def _shielded(self, work: Callable[[], Awaitable[T]]) -> T:
        async def guarded() -> T:
            try:
                return await work()
            except (DBConnectionError, OSError) as error:
                raise DatabaseAway(f"the database does not answer: {error}") from error

        task = asyncio.get_running_loop().create_task(guarded(), context=self._context.copy())
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        return await asyncio.shield(task)

    async def _inside(self, work: Callable[[], Awaitable[None]]) -> None:
        async def run() -> None:
            await work()

        await asyncio.get_running_loop().create_task(run(), context=self._context)
