"""The directory: which mail addresses belong to people the company knows. It is asked, and never told anything.

It decides where a code goes, and by which law a person's own letter is counted. What the writer of a letter about
somebody else reads is the same for known and unknown addresses.
"""

import asyncio
import csv
import re
import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import asyncpg
import structlog

from bot.config import BadConfig
from bot.config_sections import DirectorySection
from responders.concerned import canonical
from storage.secrets import Keeper

SECONDS = 10.0
"""How long a database may take to answer."""
PLACE = re.compile(r"[A-Z]{2}(-[A-Z0-9]{1,3})?")
_log = structlog.get_logger("directory")


class Directory(Protocol):
    """Whoever can say which addresses are known: a file, a database, later a processor's own look-up."""

    async def known(self, addresses: Sequence[str]) -> dict[str, str] | None:
        """Those of `addresses` (canonical) that belong to known people, letter by letter, each with its residence
        (ISO 3166) or ""; None while it is away."""


class CsvDirectory:
    """A CSV file with a column of mail addresses, read again when it changes; only keyed hashes are kept, with the
    residence where the file has a column for it."""

    def __init__(self, path: Path, column: str, keeper: Keeper, country_column: str = "") -> None:
        self._path, self._column, self._country, self._keeper = path, column, country_column, keeper
        self._seen: tuple[int, int] | None = None
        self._hashes: dict[str, str] = {}

    async def known(self, addresses: Sequence[str]) -> dict[str, str] | None:
        """Look the addresses up; a file that can't be read counts as away."""
        try:
            await asyncio.to_thread(self.load)
        except (OSError, UnicodeDecodeError, csv.Error, BadConfig) as error:
            _log.warning("directory away", error=type(error).__name__)
            return None
        hashed = {address: self._hash(address) for address in addresses}
        return {address: self._hashes[key] for address, key in hashed.items() if key in self._hashes}

    def load(self) -> int:
        """Read the file if it has changed; returns how many addresses it holds. Raises BadConfig and OSError."""
        found = self._path.stat()
        if self._seen != (found.st_mtime_ns, found.st_size):
            with self._path.open(encoding="utf-8-sig", newline="") as file:
                rows = csv.DictReader(file)
                if self._column not in (rows.fieldnames or ()):
                    raise BadConfig(f"directory.column: {self._path.name} has no column {self._column!r}")
                if self._country and self._country not in (rows.fieldnames or ()):
                    raise BadConfig(f"directory.country_column: {self._path.name} has no column {self._country!r}")
                held = [((row[self._column] or "").strip(), place(row.get(self._country))) for row in rows]
            self._hashes = {self._hash(canonical(each)): country for each, country in held if "@" in each}
            self._seen = (found.st_mtime_ns, found.st_size)
        return len(self._hashes)

    def _hash(self, address: str) -> str:
        return self._keeper.blind(f"directory:{address}")


class SqlDirectory:
    """A query with one place for an address ($1 in PostgreSQL, ? in SQLite); the address is known if a row comes, and
    its second column, if there is one, is the residence."""

    def __init__(self, url: str, query: str) -> None:
        self._url, self._query = url, query

    async def known(self, addresses: Sequence[str]) -> dict[str, str] | None:
        """Ask for each address, always the same way, so that the time taken says nothing."""
        if not addresses:
            return {}
        try:
            async with asyncio.timeout(SECONDS):
                if self._url.startswith("sqlite://"):
                    return await asyncio.to_thread(self._in_file, addresses)
                return await self._on_server(addresses)
        except (OSError, TimeoutError, sqlite3.Error, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
            _log.warning("directory away", error=type(error).__name__)
            return None

    def _in_file(self, addresses: Sequence[str]) -> dict[str, str]:
        path = Path(self._url.removeprefix("sqlite://")).resolve()
        connection = sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True, timeout=SECONDS)
        try:
            found = {each: connection.execute(self._query, (each,)).fetchone() for each in addresses}
            return {each: second(row) for each, row in found.items() if row is not None}
        finally:
            connection.close()

    async def _on_server(self, addresses: Sequence[str]) -> dict[str, str]:
        connection = await asyncpg.connect(self._url, timeout=SECONDS)
        try:
            found = {each: await connection.fetchrow(self._query, each) for each in addresses}
            return {each: second(row) for each, row in found.items() if row is not None}
        finally:
            await connection.close()


def second(row: Sequence[object]) -> str:
    """The residence in a row, or ""."""
    return place(row[1]) if len(row) > 1 else ""


def place(value: object) -> str:
    """A residence as we write it ("DE", "US-CA"), or "" for whatever is none."""
    code = str(value or "").strip().upper().replace("_", "-")
    return code if PLACE.fullmatch(code) else ""


def directory_of(section: DirectorySection, keeper: Keeper) -> Directory | None:
    """The directory as configured; None where there is none. Raises BadConfig."""
    if section.csv is not None:
        return CsvDirectory(section.csv, section.column, keeper, section.country_column)
    if section.url:
        if not section.query:
            raise BadConfig("directory.query: missing; write for example SELECT 1 FROM customers WHERE email = $1")
        return SqlDirectory(section.url, section.query)
    return None
