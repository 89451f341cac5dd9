"""SQLite as the ORM's engine, with a thread that dies with the process.

The ORM's own keeps a process alive for ever that ends with an error before it closes its database: it would hang
instead of being started anew. SQLite is safe to be left at any moment.
"""

import aiosqlite
from tortoise.backends.sqlite.client import SqliteClient

__all__ = ["client_class"]


class Client(SqliteClient):
    """One connection, in one daemon thread."""

    async def create_connection(self, with_db: bool) -> None:
        """Connect and set the pragmas."""
        if self._connection:
            return
        opening = aiosqlite.connect(self.filename, isolation_level=None)
        opening._thread.daemon = True
        connection = await opening
        try:
            for pragma, value in self.pragmas.items():
                await (await connection.execute(f"PRAGMA {pragma}={value}")).close()
        except BaseException:
            await connection.close()
            raise
        connection._conn.row_factory = aiosqlite.Row
        self._connection = connection
        await self._post_connect()


client_class = Client
