"""The ground that many small towns are built on: an empty, migrated database, and readers that are already awake.

Migrating takes longer than most stories, and so does the start of a reading process.
"""

import base64
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from bot.demo.settings import AUTHSERV
from bot.mail.parsing import ParserPool
from storage.store import open_store

DATABASE = "town.sqlite3"


def fresh_key() -> str:
    """A master key, as the configuration takes it."""
    return base64.b64encode(os.urandom(32)).decode()


@dataclass(frozen=True)
class Ground:
    """`database` is the file of an empty database, sealed with `key`. `readers` belong to one event loop."""

    key: str
    database: bytes
    readers: ParserPool

    @classmethod
    async def prepare(cls) -> Self:
        """Make it ready for any number of towns of this loop, one after the other."""
        key = fresh_key()
        with tempfile.TemporaryDirectory(prefix="rightsdesk-demo-") as folder:
            file = Path(folder) / DATABASE
            store = await open_store(f"sqlite://{file}", base64.b64decode(key))
            await store.database.close()
            empty = file.read_bytes()
        return cls(key, empty, ParserPool(authserv_id=AUTHSERV, children=1, understanding=True))

    async def clear(self) -> None:
        """Send the readers home."""
        await self.readers.close()
