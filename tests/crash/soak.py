"""`make soak`: `python -m tests.crash.soak [--kills N] [--processes 3] [--short]`: several bots on one database.

One of them is killed at a random moment and started again, N times, while letters come and staff click; sometimes its
database connections are cut instead, so that it loses its roles while it lives. Then everything is reckoned up.
"""

import argparse
import asyncio
import random
import sys
import tempfile
import time
from pathlib import Path

import asyncpg

from storage.locks import SPACE
from tests.crash.books import Books
from tests.crash.ledger import Reckoning, reckon
from tests.crash.nursery import Nursery, a_nursery
from tests.crash.run import in_peace, print_table
from tests.crash.world import World, a_world
from tests.servers.dovecot import Dovecot, run_dovecot
from tests.servers.postgres import Postgres, run_postgres

APART = 2.0
"""Longest pause between two kills, in seconds."""
CUT = 0.2
"""Share of the kills that cut the locks' connection of a living bot instead."""
ROLES = f"FROM pg_locks WHERE locktype = 'advisory' AND classid = {SPACE} AND granted"


async def soak(world: World, nursery: Nursery, books: Books, chosen: argparse.Namespace) -> tuple[int, list[float]]:
    """How many connections were cut, and how long each time some role was nobody's, in seconds."""
    bots = [await nursery.start() for _ in range(chosen.processes)]
    cuts = 0
    gaps: list[float] = []
    watching = asyncio.create_task(vacancies(books.url, gaps))
    for _ in range(chosen.kills):
        await world.write(world.dice.randint(0, 3))
        await asyncio.sleep(world.dice.random() * APART)
        if world.dice.random() < CUT:
            books.cut = True
            cuts += await cut(books.url)
            continue
        place = world.dice.randrange(len(bots))
        await books.look()
        await nursery.kill(bots[place])
        await books.look()
        bots[place] = await nursery.start()
    for bot in bots[1:]:
        await nursery.kill(bot)
    await books.look()
    watching.cancel()
    died = [pid for pid in nursery.ended if nursery.ended[pid] != 9]
    if died:
        books.broken.append(f"bots that ended by themselves: {died}")
    await nursery.kill(bots[0])
    await books.look()
    return cuts, gaps


async def vacancies(url: str, gaps: list[float]) -> None:
    """Note how long fewer than four roles are held, in seconds, each time."""
    connection = await asyncpg.connect(url)
    since: float | None = None
    while True:
        held = await connection.fetchval(f"SELECT count(*) {ROLES}")
        now = time.monotonic()
        if held < 4 and since is None:
            since = now
        elif held >= 4 and since is not None:
            gaps.append(now - since)
            since = None
        await asyncio.sleep(0.1)


async def cut(url: str) -> int:
    """Cut the connection that holds some locks."""
    connection = await asyncpg.connect(url)
    try:
        holders = await connection.fetch(f"SELECT DISTINCT pid {ROLES}")
        for row in holders[:1]:
            await connection.execute("SELECT pg_terminate_backend($1)", row["pid"])
        return len(holders[:1])
    finally:
        await connection.close()


async def run(dovecot: Dovecot, postgres: Postgres, folder: Path, chosen: argparse.Namespace) -> Reckoning:
    url = postgres.new_database("soak")
    async with a_world(dovecot, chosen.seed) as world:
        books = Books(url, folder)
        async with a_nursery(world.write_configuration(folder, url), folder) as nursery:
            cuts, vacant = await soak(world, nursery, books, chosen)
            restless = await in_peace(world, nursery, books)
        found = await reckon(world, books)
    if restless:
        found.wrong.append(restless)
    head = {"processes": chosen.processes, "kills": chosen.kills - cuts, "connections cut": cuts,
            "people": len(world.people), "clicks of staff": world.clicks.total(),
            "times a role was nobody's": len(vacant),
            "longest time, in ms": round(1000 * max(vacant, default=0))}  # fmt: skip
    found.figures = head | found.figures
    return found


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--kills", type=int, default=60)
    parser.add_argument("--processes", type=int, default=3)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    parser.add_argument("--json", type=Path, help="write what was found there as well")
    parser.add_argument("--short", action="store_true", help="a minute's worth")
    chosen = parser.parse_args()
    if chosen.short:
        chosen.kills = 8
    folder = Path(tempfile.mkdtemp(prefix="rightsdesk-soak-"))
    with run_dovecot() as dovecot, run_postgres() as postgres:
        found = asyncio.run(run(dovecot, postgres, folder, chosen))
    print_table(f"soak, seed {chosen.seed}", found)
    found.keep(chosen.json)
    print(f"kept: {folder}")
    sys.exit(1 if found.wrong else 0)


if __name__ == "__main__":
    main()
