"""Series of numbers without gaps: tickets and lines of the log."""

from tortoise.backends.base.client import BaseDBAsyncClient

from storage.models import CounterRow

TAKE = {
    "sqlite": "UPDATE counters SET value = value + ? WHERE name = ? RETURNING value",
    "postgres": "UPDATE counters SET value = value + $1 WHERE name = $2 RETURNING value",
}


async def take_numbers(connection: BaseDBAsyncClient, name: str, count: int) -> int:
    """Take `count` numbers in a row inside the caller's unit; returns the first. Series begin at 1.

    The row stays locked until the unit ends, and a unit that is rolled back gives its numbers back.
    """
    statement = TAKE["sqlite" if connection.capabilities.dialect == "sqlite" else "postgres"]
    rows = await connection.execute_query_dict(statement, [count, name])
    if not rows:
        await CounterRow.create(name=name, value=count, using_db=connection)
        return 1
    return int(rows[0]["value"]) - count + 1
