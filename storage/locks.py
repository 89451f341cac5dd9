"""Locks that several processes share: PostgreSQL's advisory locks, held by a connection of its own.

A lock is free again the moment its holder's connection ends: at once where the process dies, after fifteen seconds
where its machine does. The server must be reached directly: a pooler that shares sessions shares their locks.
"""

from collections.abc import Callable

import asyncpg

from storage.database import settings_for
from storage.trouble import DatabaseAway, named

SPACE = 7_261_002
"""The first half of our locks' numbers."""
ANSWER_SECONDS = 5.0
SERVER = {"tcp_keepalives_idle": "5", "tcp_keepalives_interval": "5", "tcp_keepalives_count": "2"}
"""Has the server notice within fifteen seconds that a machine is gone."""


async def own_connection(url: str) -> asyncpg.Connection:
    """A connection beside the ORM's. Raises DatabaseAway."""
    credentials = settings_for(url)["connections"]["postgres"]["credentials"]
    known = ("host", "port", "user", "password", "database", "ssl")
    given = {key: credentials[key] for key in known if key in credentials}
    try:
        return await asyncpg.connect(**given, timeout=ANSWER_SECONDS, server_settings=SERVER)
    except (TimeoutError, OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        raise DatabaseAway(f"the database does not answer: {type(error).__name__}") from error


class Locks:
    """The locks of one process. `lost` is called once, at once, when the connection ends and all of them with it."""

    def __init__(self, url: str, lost: Callable[[], None]) -> None:
        self._url, self._lost = url, lost
        self._connection: asyncpg.Connection | None = None

    async def alive(self) -> bool:
        """Whether the locks that were taken are still ours."""
        if self._connection is None or self._connection.is_closed():
            return False
        try:
            await self._connection.fetchval("SELECT 1", timeout=ANSWER_SECONDS)
        except (TimeoutError, OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
            self.drop()
            return False
        return True

    async def open(self) -> None:
        """Connect anew, with no lock. Raises DatabaseAway."""
        connection = await own_connection(self._url)
        connection.add_termination_listener(self._ended)
        self._connection = connection

    def _ended(self, connection: asyncpg.Connection) -> None:
        if connection is self._connection:
            self._connection = None
            self._lost()

    async def take(self, number: int) -> bool:
        """Take a lock if it is free. Raises DatabaseAway."""
        return await self._ask("SELECT pg_try_advisory_lock($1, $2)", number)

    async def release(self, number: int) -> None:
        """Let go of one. Raises DatabaseAway."""
        await self._ask("SELECT pg_advisory_unlock($1, $2)", number)

    async def _ask(self, question: str, number: int) -> bool:
        if self._connection is None:
            raise DatabaseAway("the connection that holds the locks has ended")
        try:
            return bool(await self._connection.fetchval(question, SPACE, number, timeout=ANSWER_SECONDS))
        except Exception as error:
            word = named(error)
            if word is None:
                raise
            raise word from error

    def drop(self) -> None:
        """Let go of all locks and do not wait for the server to hear of it."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.terminate()

    async def close(self) -> None:
        """Let go of all locks; the next process can take them when this returns."""
        connection, self._connection = self._connection, None
        if connection is not None:
            try:
                await connection.close(timeout=ANSWER_SECONDS)
            except (TimeoutError, OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
                connection.terminate()
