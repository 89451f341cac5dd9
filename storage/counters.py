"""Series of numbers without gaps: tickets and lines of the log."""

from datetime import date
from hashlib import sha256

from tortoise.backends.base.client import BaseDBAsyncClient

from storage.models import CounterRow, PositionRow

TAKE = """
INSERT INTO counters (name, value) VALUES ({name}, {count})
ON CONFLICT (name) DO UPDATE SET value = counters.value + excluded.value RETURNING value
"""


async def take_numbers(connection: BaseDBAsyncClient, name: str, count: int) -> int:
    """Take `count` numbers in a row inside the caller's unit; returns the first. Series begin at 1.

    The row stays locked until the unit ends, and a unit that is rolled back gives its numbers back.
    """
    sqlite = connection.capabilities.dialect == "sqlite"
    statement = TAKE.format(name="?", count="?") if sqlite else TAKE.format(name="$1", count="$2")
    rows = await connection.execute_query_dict(statement, [name, count])
    return int(rows[0]["value"]) - count + 1


async def last_number(name: str) -> int:
    """The last number taken; 0 before the first."""
    row = await CounterRow.filter(name=name).first()
    return row.value if row else 0


async def first_start(connection: BaseDBAsyncClient, account: str, today: date) -> date:
    """The day on which a mailbox was first read; it is remembered, and never moves.

    Before there were several mailboxes it was remembered once, for the one that has a position since.
    """
    name = f"day {sha256(account.encode()).hexdigest()[:16]}"
    known = CounterRow.all().using_db(connection)
    row = await known.filter(name=name).first()
    if row is None and await PositionRow.filter(id__startswith=f"{account}\x1f").using_db(connection).exists():
        row = await known.filter(name="first day").first()
    if row is not None:
        return date.fromordinal(row.value)
    await CounterRow.create(name=name, value=today.toordinal(), using_db=connection)
    return today
