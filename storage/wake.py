"""Waking by PostgreSQL's LISTEN and NOTIFY: who writes work says so on commit, and whoever does it hears at once.

The poll of every loop stays: a word that was lost with a connection costs its pause, and no work. SQLite has one
process, which wakes its own loops.
"""

import asyncio
from collections.abc import Callable

import asyncpg
import structlog
from tortoise.backends.base.client import BaseDBAsyncClient

from storage.locks import ANSWER_SECONDS, own_connection
from storage.trouble import DatabaseAway

CHANNEL = "rightsdesk"
INBOX, OUTBOX = "inbox", "outbox"
ALIVE_SECONDS = 60.0
"""Seconds between two questions whether the connection is still there: a dead network says nothing by itself."""
PAUSE_SECONDS = 5.0
"""Seconds between two tries to connect."""
_log = structlog.get_logger("wake")


async def tell(connection: BaseDBAsyncClient, what: str) -> None:
    """Say inside a unit of work that there is work; it is heard when the unit is committed, and never if it is not."""
    if connection.capabilities.dialect != "sqlite":
        await connection.execute_query("SELECT pg_notify($1, $2)", [CHANNEL, what])


class Listener:
    """Hears what any process tells, on one connection of its own. `heard` is called in the event loop's thread.

    After each time without a connection it is called for everything there is, since words may have been missed.
    """

    def __init__(self, url: str, heard: Callable[[str], None]) -> None:
        self._url, self._heard = url, heard
        self._ended = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin, in the background."""
        self._task = asyncio.create_task(self._run(), name="wake")

    async def stop(self) -> None:
        """End, and close the connection."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])
            self._task = None

    async def _run(self) -> None:
        while True:
            try:
                await self._listen()
            except (DatabaseAway, TimeoutError, OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
                _log.warning("not listening", error=type(error).__name__)
            await asyncio.sleep(PAUSE_SECONDS)

    async def _listen(self) -> None:
        """Until the connection ends."""
        connection = await own_connection(self._url)
        self._ended.clear()
        connection.add_termination_listener(lambda _connection: self._ended.set())
        try:
            await connection.add_listener(CHANNEL, lambda _c, _pid, _channel, what: self._heard(str(what)))
            for what in (INBOX, OUTBOX):
                self._heard(what)
            while not await self._ends():
                await connection.fetchval("SELECT 1", timeout=ANSWER_SECONDS)
        finally:
            connection.terminate()

    async def _ends(self) -> bool:
        """Wait a while for the end of the connection; whether it came."""
        try:
            async with asyncio.timeout(ALIVE_SECONDS):
                await self._ended.wait()
        except TimeoutError:
            return False
        return True
