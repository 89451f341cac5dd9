"""The clock's look at a million open tickets: nothing due, and ten thousand due, on both engines, with the plan.

`python -m tests.bench.sweep [--tickets 1000000] [--due 2000]`
"""

import argparse
import asyncio
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import asyncpg
from tortoise.connection import get_connection

from bot.app import house_of, limits_of
from bot.config import Config
from bot.desk import Desk
from bot.saving import Saver
from intents.letter import Channel
from intents.rights import Intent
from responders.case.ticket import Person
from responders.opening import Request
from storage.models import TicketRow
from storage.store import Store, open_store
from tests.bench.world import configuration
from tests.servers.postgres import run_postgres

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
COLUMNS = ("number", "version", "right", "status", "received_at", "opened_at", "due_at", "look_again_at", "state")
_PLAN = "SELECT number FROM tickets WHERE look_again_at <= '2026-03-02 12:00:00+00:00' ORDER BY look_again_at LIMIT 500"


def sleeping(first: int, count: int) -> Iterator[tuple[Any, ...]]:
    """Open tickets to be looked at again later than NOW, within a month."""
    for number in range(first, first + count):
        later = NOW + timedelta(seconds=60 + number % 2_500_000)
        yield number, 0, "access", "identifying", NOW, NOW, later, later, '{"right":"access"}'


async def prepared(store: Store, config: Config, tickets: int, due: int) -> Desk:
    """A desk over a database with so many sleeping tickets, and real ones that are due."""
    clock = [NOW - timedelta(days=20)]
    desk = Desk(
        store, Saver(store, house_of(config), limits_of(config), shadow=True), house_of(config), lambda: clock[0]
    )
    for start in range(0, due, 500):
        await desk.open_many([[_request(number, clock[0])] for number in range(start, min(start + 500, due))])
    before = NOW - timedelta(hours=1)
    await store.database.unit(lambda c: TicketRow.all().using_db(c).update(look_again_at=before))
    await _fill(store, tickets)
    clock[0] = NOW
    return desk


def _request(number: int, now: datetime) -> Request:
    person = Person(address=f"anna.{number}@kundin.example", writer=f"anna.{number}@kundin.example", subject="My data")
    return Request(
        right=Intent.ACCESS, person=person, channel=Channel.EMAIL, language="en", received_at=now, regimes=("gdpr",)
    )


async def _fill(store: Store, tickets: int) -> None:
    rows = sleeping(10_000_000, tickets)
    if store.database.engine == "sqlite":
        path = store.database.url.removeprefix("sqlite://")
        marks = ", ".join("?" * len(COLUMNS))
        with sqlite3.connect(path) as file:
            text = ((*row[:4], *(moment.isoformat(" ") for moment in row[4:8]), row[8]) for row in rows)
            file.executemany(f"INSERT INTO tickets ({', '.join(map(_quoted, COLUMNS))}) VALUES ({marks})", text)
        return
    raw = await asyncpg.connect("postgres://" + store.database.url.partition("://")[2])
    await raw.copy_records_to_table("tickets", records=rows, columns=COLUMNS)
    await raw.execute("ANALYZE tickets")
    await raw.close()


def _quoted(name: str) -> str:
    return f'"{name}"'


async def measure(url: str, config: Config, *, tickets: int, due: int) -> dict[str, Any]:
    """One row: microseconds of an empty look, seconds for those due, and the database's plan."""
    store = await open_store(url, bytes(range(32)))
    try:
        return await _measured(await prepared(store, config, tickets, due), tickets + due)
    finally:
        await store.database.close()


async def _measured(desk: Desk, tickets: int) -> dict[str, Any]:
    store = desk.store
    explain = "EXPLAIN QUERY PLAN " if store.database.engine == "sqlite" else "EXPLAIN "
    plan = await store.database.read(lambda: get_connection(store.database.engine).execute_query_dict(explain + _PLAN))
    began = time.perf_counter()
    looked = 0
    while found := await desk.tick():
        looked += found
    seconds = time.perf_counter() - began
    empty = []
    for _ in range(20):
        began = time.perf_counter()
        await desk.tick()
        empty.append(1_000_000 * (time.perf_counter() - began))
    words = [str(row.get("detail") or row.get("QUERY PLAN")) for row in plan]
    return {
        "what": f"sweep, {store.database.engine}", "open tickets": tickets,
        "empty look us": round(statistics.median(empty)), "due": looked, "due s": round(seconds, 2),
        "due/s": round(looked / seconds, 1) if seconds else 0.0,
        "plan": " / ".join(word.strip() for word in words),
    }  # fmt: skip


def sweep(*, tickets: int, due: int, postgres: bool = True) -> list[dict[str, Any]]:
    """A row for each engine."""
    with tempfile.TemporaryDirectory(prefix="rightsdesk-bench-") as name:
        config = Config(**configuration(Path(name), 1, 1, "sweep"))
        rows = [asyncio.run(measure(f"sqlite://{name}/sweep.sqlite3", config, tickets=tickets, due=due))]
    if postgres:
        with suppress(OSError), run_postgres() as server:
            rows.append(asyncio.run(measure(server.new_database("sweep"), config, tickets=tickets, due=due)))
    return rows


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--tickets", type=int, default=1_000_000)
    parser.add_argument("--due", type=int, default=2_000)
    chosen = parser.parse_args()
    for row in sweep(tickets=chosen.tickets, due=chosen.due):
        print(row)


if __name__ == "__main__":
    main()
