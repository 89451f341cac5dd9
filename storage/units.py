"""One unit of work: tortoise-orm's transaction with the holes of 1.1.9 closed.

Where BEGIN fails, the ORM never gives back its lock (SQLite) or its connection (PostgreSQL), and nothing is answered
any more. Where COMMIT fails on SQLite, it leaves the transaction open, and the next unit's BEGIN commits it: what the
caller was told had failed comes true later. Both were seen here with a full disk and with a server that went away.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.transactions import in_transaction


@asynccontextmanager
async def transaction() -> AsyncIterator[BaseDBAsyncClient]:
    """Everything inside or nothing. Only for a task of its own, which nobody cancels."""
    context: Any = in_transaction()
    try:
        connection: Any = await context.__aenter__()
    except BaseException:
        await let_go(context)
        raise
    try:
        yield connection
        if connection.capabilities.dialect == "sqlite":
            await connection.commit()  # inside, so that a failing commit is rolled back below, before the lock is free
    except BaseException as error:
        await context.__aexit__(type(error), error, error.__traceback__)
        raise
    else:
        await context.__aexit__(None, None, None)


async def let_go(context: Any) -> None:
    """Give back what a transaction that never began has taken."""
    lock = getattr(context, "_trxlock", None)
    if lock is not None:
        lock.release()
        return
    client = context.client
    if client._connection is not None and client._parent._pool:
        await client._parent._pool.release(client._connection)
