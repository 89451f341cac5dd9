"""What can go wrong with a database, in the two words of the house: away, or changed meanwhile."""

import sqlite3
from collections.abc import Iterator

import asyncpg
from tortoise.exceptions import BaseORMException, DBConnectionError

BUSY, NOMEM, READONLY, IOERR, CORRUPT, FULL, CANTOPEN, NOTADB = 5, 7, 8, 10, 11, 13, 14, 26
SQLITE = {
    BUSY: "another process holds the file: is it being copied, or opened in another program?",
    NOMEM: "out of memory",
    READONLY: "the file may not be written",
    IOERR: "the disk answers with errors",
    CORRUPT: "the file is damaged: restore a backup",
    FULL: "the disk is full: make room, and everything goes on by itself",
    CANTOPEN: "the file can't be opened",
    NOTADB: "the file is not a database of ours",
}
"""SQLite's result codes (https://sqlite.org/rescode.html) that say nothing about the statement itself."""
POSTGRES: tuple[type[BaseException], ...] = (
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    asyncpg.OperatorInterventionError,
    asyncpg.InsufficientResourcesError,
    asyncpg.PostgresSystemError,
    asyncpg.ReadOnlySQLTransactionError,
    asyncpg.ObjectNotInPrerequisiteStateError,
    asyncpg.InvalidAuthorizationSpecificationError,
    asyncpg.InvalidCatalogNameError,
)
"""Classes 08, 28, 3D, 53, 55, 57, 58 and 25006 of PostgreSQL, and what its driver raises on a dead connection."""
RETRY: tuple[type[BaseException], ...] = (asyncpg.DeadlockDetectedError, asyncpg.SerializationError)


class ChangedMeanwhile(Exception):
    """Somebody else changed the row first: load again and decide again."""


class DatabaseAway(Exception):
    """The database can't be reached, is full or is not ours to write; the message says which and what to do."""


def causes(error: BaseException) -> Iterator[BaseException]:
    """An error and what it was made of: the ORM wraps the driver's in its own, or carries it as an argument."""
    seen: list[BaseException] = []
    waiting = [error]
    while waiting:
        one = waiting.pop(0)
        if one in seen:
            continue
        seen.append(one)
        yield one
        wrapped = [arg for arg in one.args if isinstance(arg, BaseException)]
        waiting += [each for each in (*wrapped, one.__cause__, one.__context__) if each is not None]


def named(error: BaseException) -> Exception | None:
    """The word of the house for an error of the database; None for any other error, which is then our own fault."""
    if not isinstance(error, (BaseORMException, OSError, sqlite3.Error, asyncpg.PostgresError, *POSTGRES)):
        return None
    for each in causes(error):
        if isinstance(each, RETRY):
            return ChangedMeanwhile("two writers met, and this one gave way")
        if isinstance(each, sqlite3.Error):
            why = SQLITE.get(getattr(each, "sqlite_errorcode", 0) & 0xFF)
            if why is not None:
                return DatabaseAway(f"the database can't be used: {why} ({each})")
        if isinstance(each, (DBConnectionError, OSError, *POSTGRES)):
            return DatabaseAway(f"the database does not answer: {type(each).__name__}: {each}")
    return None
