"""Counts for the yearly report, per year, law, right, outcome and days taken: of nobody in particular."""

from collections import Counter
from collections.abc import Mapping
from typing import NamedTuple

from tortoise.backends.base.client import BaseDBAsyncClient

from storage.models import TicketRow, YearlyRow

ADD = """
INSERT INTO yearly (id, year, regime, "right", outcome, days, tickets) VALUES ({0}, {1}, {2}, {3}, {4}, {5}, {6})
ON CONFLICT (id) DO UPDATE SET tickets = yearly.tickets + excluded.tickets
"""


class Kind(NamedTuple):
    """What tickets are counted by. `year` is the one they were received in; `days` are whole, from letter to close."""

    year: int
    regime: str
    right: str
    outcome: str
    days: int


def kind_of(row: TicketRow) -> Kind:
    """What a closed ticket is counted as."""
    days = (row.closed_at - row.received_at).days if row.closed_at else 0
    return Kind(row.received_at.year, row.regime or "none", row.right, row.status, max(0, days))


async def add(connection: BaseDBAsyncClient, counts: Mapping[Kind, int]) -> None:
    """Add to the counts that stay."""
    sqlite = connection.capabilities.dialect == "sqlite"
    statement = ADD.format(*("?" * 7 if sqlite else [f"${place}" for place in range(1, 8)]))
    for kind, tickets in sorted(counts.items()):
        await connection.execute_query(statement, ["|".join(map(str, kind)), *kind, tickets])


async def counts(year: int) -> Counter[Kind]:
    """Every closed ticket received in a year, those that were purged among them."""
    kept = await YearlyRow.filter(year=year)
    found = Counter({Kind(r.year, r.regime, r.right, r.outcome, r.days): r.tickets for r in kept})
    closed = TicketRow.filter(closed_at__isnull=False, wrapped_key__isnull=False)
    for row in await closed.only("received_at", "closed_at", "regime", "right", "status"):
        if row.received_at.year == year:
            found[kind_of(row)] += 1
    return found
