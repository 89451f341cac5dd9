"""The database: opened, checked, migrated, and its units of work.

tortoise-orm 1.1.9 never releases its lock where a task is cancelled inside a transaction, and lets a task started
inside one write into somebody else's. So each unit runs in a task of its own, in a clean context, shielded.
"""

import asyncio
import contextvars
import fcntl
import os
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import IO, Any, TypeVar

import asyncpg
from tortoise import Tortoise
from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.backends.base.config_generator import expand_db_url
from tortoise.connection import get_connection
from tortoise.migrations.api.migrate import migrate
from tortoise.migrations.executor import PlanStep

from storage.trouble import ChangedMeanwhile, DatabaseAway, named
from storage.units import transaction

__all__ = ["ChangedMeanwhile", "Database", "DatabaseAway", "engine_of", "settings_for", "sqlite_path"]

T = TypeVar("T")

MIGRATIONS = "storage.migrations"

SQLITE = {"busy_timeout": 5000, "synchronous": "FULL", "secure_delete": "ON"}
MIGRATING = {"busy_timeout": 5000, "synchronous": "FULL", "foreign_keys": "OFF"}
"""The ORM rebuilds tables by DROP TABLE, which would delete their child rows; the pragma is a no-op in a transaction,
so it is set on connecting."""
AT_ONCE = {"sqlite": 1, "postgres": 5}
"""Units at once: SQLite has one connection, PostgreSQL the ORM's pool of five."""
ANSWER_SECONDS = 30
"""How long PostgreSQL may take for one statement, so that a dead network is noticed. Migrations may take longer."""
SCHEMA_LOCK = 7_261_001
"""The advisory lock under which PostgreSQL's schema is migrated."""


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


def settings_for(url: str, *, migrating: bool = False) -> dict[str, Any]:
    """The ORM's settings. The connection is named after its engine: the ORM caches SQL per connection name."""
    engine = engine_of(url)
    if engine == "sqlite":
        credentials = {"file_path": str(sqlite_path(url)), **(MIGRATING if migrating else SQLITE)}
        connection: dict[str, Any] = {"engine": "storage.sqlite", "credentials": credentials}
    else:
        connection = dict[str, Any](expand_db_url("asyncpg://" + url.partition("://")[2]))
        if not migrating:
            connection["credentials"].setdefault("command_timeout", ANSWER_SECONDS)
    app = {"models": ["storage.models"], "default_connection": engine, "migrations": MIGRATIONS}
    return {"connections": {engine: connection}, "apps": {"storage": app}, "use_tz": True, "timezone": "UTC"}


@asynccontextmanager
async def schema_lock(credentials: dict[str, Any]) -> AsyncIterator[asyncpg.Connection]:
    """Hold PostgreSQL's schema for oneself, by a connection of its own: the ORM closes its own when it migrates."""
    known = ("host", "port", "user", "password", "database", "ssl")
    raw = await asyncpg.connect(**{key: credentials[key] for key in known if key in credentials})
    try:
        await raw.execute("SELECT pg_advisory_lock($1)", SCHEMA_LOCK)
        yield raw
    finally:
        await raw.close()


async def no_statistics(raw: asyncpg.Connection) -> None:
    """Keep sealed bytes, keys and hashes of persons out of PostgreSQL's statistics.

    Its ANALYZE copies values of every column into a table of its own, which no purge reaches. Only columns
    that are not set so yet: at a usual start nothing is locked.
    """
    found = await raw.fetch(
        """SELECT c.oid::regclass AS name, quote_ident(a.attname) AS field
        FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
        WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r' AND a.attnum > 0
        AND (a.atttypid = 'bytea'::regtype OR a.attname LIKE '%\\_hash')
        AND NOT a.attisdropped AND a.attstattarget IS DISTINCT FROM 0"""
    )
    for column in found:
        await raw.execute(f"ALTER TABLE {column['name']} ALTER COLUMN {column['field']} SET STATISTICS 0")


class Database:
    """An open database. On SQLite exactly one process writes; a second one is turned away by a file lock."""

    def __init__(self, url: str) -> None:
        self.url, self.engine = url, engine_of(url)
        self._context = contextvars.Context()
        self._running: set[asyncio.Task[object]] = set()
        self._places = asyncio.Semaphore(AT_ONCE[self.engine])
        self._lock: IO[str] | None = None

    async def open(self, *, writing: bool = True) -> None:
        """Connect, bring the schema up to date and check what durability rests on. Raises DatabaseAway."""
        try:
            if self.engine == "sqlite":
                self._open_file(writing=writing)
            if writing:
                await self._inside(self._migrate)
            await self._inside(self._connect)
        except BaseException as error:
            await self.close()
            away = named(error)
            if away is None:
                raise
            raise DatabaseAway(f"the database can't be opened: {away}") from error

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
        with closing(sqlite3.connect(path)) as probe:  # the ORM keeps its lock where its first connection fails
            probe.execute("PRAGMA schema_version")

    async def _connect(self) -> None:
        await Tortoise.init(config=settings_for(self.url))
        if self.engine != "sqlite":
            await get_connection(self.engine).execute_query("SELECT 1")
            return
        rows = await get_connection("sqlite").execute_query_dict("PRAGMA synchronous")
        if int(rows[0]["synchronous"]) < 2:
            raise DatabaseAway("SQLite is not set to synchronous=FULL: a power cut could lose letters")

    async def _migrate(self) -> None:
        """Every migration that is not yet applied, and the indexes that SQLite's rebuild of a table has dropped."""
        config = settings_for(self.url, migrating=True)
        try:
            if self.engine == "postgres":
                # migrations alter in place there: nothing is dropped, and to look for it would lock the tables of
                # processes that are at work, and deadlock with them
                async with schema_lock(config["connections"]["postgres"]["credentials"]) as raw:
                    await migrate(config=config)
                    await no_statistics(raw)
                return
            await migrate(config=config, reporter=self._copy_first)
            await Tortoise.generate_schemas(safe=True)
            broken = await get_connection("sqlite").execute_query_dict("PRAGMA foreign_key_check")
            if broken:
                raise DatabaseAway(f"after migrating, {len(broken)} rows point to rows that are gone")
            self._copy.unlink(missing_ok=True)
        finally:
            await Tortoise.close_connections()

    @property
    def _copy(self) -> Path:
        path = sqlite_path(self.url)
        return path.with_name(path.name + ".before-migrating")

    async def _copy_first(self, _connection: str, plan: list[PlanStep], _fake: bool, _dry: bool) -> None:
        """Copy a SQLite file that is about to be migrated; the copy goes once all is well, since it remembers what is
        purged later. An older copy is of a migration that failed, and stays."""
        rows = await get_connection("sqlite").execute_query_dict("SELECT 1 FROM sqlite_master LIMIT 1")
        if plan and rows and not self._copy.exists():
            await get_connection("sqlite").execute_query("VACUUM INTO ?", [str(self._copy)])
            os.chmod(self._copy, 0o600)

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

        `work` may await the database only: no network, no gather, no task of its own. Raises DatabaseAway, and
        ChangedMeanwhile where PostgreSQL lets one of two writers give way.
        """

        async def whole() -> T:
            async with transaction() as connection:
                return await work(connection)

        return await self._shielded(whole)

    async def read(self, work: Callable[[], Awaitable[T]]) -> T:
        """Run a reading outside of any transaction. Raises DatabaseAway."""
        return await self._shielded(work)

    async def _shielded(self, work: Callable[[], Awaitable[T]]) -> T:
        async def guarded() -> T:
            try:
                return await work()
            except Exception as error:
                word = named(error)
                if word is None:
                    raise
                raise word from error

        if asyncio.current_task() in self._running:
            raise RuntimeError("a unit inside a unit would wait for itself for ever")
        # waited for in the caller's own task: who is cancelled while others are at work has asked for nothing
        await self._places.acquire()
        task = asyncio.get_running_loop().create_task(guarded(), context=self._context.copy())
        self._running.add(task)
        task.add_done_callback(self._ended)
        return await asyncio.shield(task)

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._running.discard(task)
        self._places.release()

    async def _inside(self, work: Callable[[], Awaitable[None]]) -> None:
        async def run() -> None:
            await work()

        await asyncio.get_running_loop().create_task(run(), context=self._context)
