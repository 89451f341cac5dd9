"""A look into the database at each kill, from outside: which letters were in doubt, and whether the files are whole."""

import asyncio
import shutil
import sqlite3
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import asyncpg

from storage.database import engine_of, sqlite_path

DOUBTFUL = "SELECT id FROM outbox WHERE kind = 'mail' AND state IN ('doubt', 'held')"
OPEN = (
    "SELECT (SELECT count(*) FROM inbox WHERE state = 'new') - (SELECT count(*) FROM inbox)"
    " + (SELECT count(*) FROM outbox WHERE state IN ('waiting', 'sending', 'doubt'))"
)


@dataclass
class Books:
    """`doubted` counts at how many kills a letter was in doubt; SQLite's files are copied and the copy is opened."""

    url: str
    folder: Path
    doubted: Counter[str] = field(default_factory=Counter)
    copies: int = 0
    cut: bool = False
    """Whether bots lost their roles alive: then a letter can be in doubt at any moment, and has a copy for each try."""
    broken: list[str] = field(default_factory=list)

    async def look(self) -> None:
        """After a kill, before the next start."""
        if engine_of(self.url) == "sqlite":
            self.doubted.update(await asyncio.to_thread(self._copy))
            return
        self.doubted.update(row["id"] for row in await self._asked(DOUBTFUL))

    def _copy(self) -> list[str]:
        source = sqlite_path(self.url)
        copy = self.folder / "copy.sqlite3"
        for ending in ("", "-wal"):
            (self.folder / f"copy.sqlite3{ending}").unlink(missing_ok=True)
            if source.with_name(source.name + ending).exists():
                shutil.copy(source.with_name(source.name + ending), self.folder / f"copy.sqlite3{ending}")
        if not copy.exists():
            return []
        self.copies += 1
        database = sqlite3.connect(copy)
        try:
            self.broken += [
                f"integrity: {row[0]}" for row in database.execute("PRAGMA integrity_check") if row[0] != "ok"
            ]
            return [row[0] for row in database.execute(DOUBTFUL)]
        except sqlite3.OperationalError as error:  # killed before its first migration was through
            if "no such table" not in str(error):
                self.broken.append(f"copy: {error}")
            return []
        finally:
            database.close()

    async def open_work(self, delivered: int) -> int:
        """Of so many mails those not taken in or not read, and effects not done."""
        if engine_of(self.url) == "sqlite":
            return delivered + await asyncio.to_thread(self._count)
        found = await self._asked(OPEN)
        return delivered + int(found[0][0]) if found else 1

    def _count(self) -> int:
        try:
            # closed at once: while it were open here, the copying would drop its locks (https://sqlite.org/howtocorrupt.html)
            with closing(sqlite3.connect(f"file:{sqlite_path(self.url)}?mode=ro", uri=True, timeout=1)) as database:
                return int(database.execute(OPEN).fetchone()[0])
        except sqlite3.OperationalError:
            return 1

    async def _asked(self, question: str) -> list[asyncpg.Record]:
        connection = await asyncpg.connect(self.url)
        try:
            return list(await connection.fetch(question))
        except asyncpg.UndefinedTableError:
            return []
        finally:
            await connection.close()
