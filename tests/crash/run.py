"""`python -m tests.crash.run [--kills N] [--points K] [--engine sqlite|postgres] [--seed S] [--short]`.

N kill -9 at uniform random moments after a start, and K kills at each named point, while letters come and staff click.
Then the bot runs to its end in peace and everything is reckoned up. Ends with 1 where anything was lost or doubled.
"""

import argparse
import asyncio
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.crash.books import Books
from tests.crash.ledger import Reckoning, reckon
from tests.crash.nursery import Nursery, a_nursery
from tests.crash.points import POINTS
from tests.crash.world import World, a_world
from tests.servers.dovecot import Dovecot, run_dovecot
from tests.servers.postgres import run_postgres

LIFE = 1.6
"""Seconds: a bot is killed at a uniform random moment of its first so many."""
PATIENCE = 8.0
"""Seconds until a named point that was not passed is given up, and the bot killed all the same."""
FEED = 0.4
"""Seconds between two letters while a named point is waited for."""
PEACE = 120.0


async def random_kills(world: World, nursery: Nursery, books: Books, kills: int) -> None:
    for _ in range(kills):
        await world.write(world.dice.randint(0, 2))
        pid = await nursery.start()
        await nursery.gone(pid, world.dice.random() * LIFE)
        await nursery.kill(pid)
        await books.look()


async def named_kills(world: World, nursery: Nursery, books: Books, times: int) -> Counter[str]:
    """How often each point was where the bot died."""
    passed: Counter[str] = Counter()
    order = [point for point in POINTS for _ in range(times)]
    world.dice.shuffle(order)
    for point in order:
        await world.write(world.dice.randint(1, 2))
        pid = await nursery.start(point.name, world.dice.randint(1, point.often))
        end = time.monotonic() + PATIENCE
        while not await nursery.gone(pid, FEED) and time.monotonic() < end:
            await world.write(1)  # so that every point is passed in the end
        passed[point.name] += nursery.ended.get(pid) == 9
        await nursery.kill(pid)
        await books.look()
    return passed


async def in_peace(world: World, nursery: Nursery, books: Books) -> str:
    """Let a bot work until there is nothing left to do; "" if it came to that."""
    pid = await nursery.start()
    calm, end = 0, time.monotonic() + PEACE
    while calm < 10:
        await asyncio.sleep(0.2)
        if time.monotonic() > end or pid in nursery.ended:
            return f"not at rest after {PEACE:g} s: {await books.open_work()} open, {len(world.offered())} offered"
        busy = world.tasks or world.offered() or await books.open_work()
        calm = 0 if busy else calm + 1
    await nursery.kill(pid)
    return ""


async def run(dovecot: Dovecot, url: str, folder: Path, chosen: argparse.Namespace) -> tuple[Reckoning, str]:
    began = time.monotonic()
    async with a_world(dovecot, chosen.seed) as world:
        config = world.write_configuration(folder, url)
        books = Books(url, folder)
        async with a_nursery(config, folder) as nursery:
            passed = await named_kills(world, nursery, books, chosen.points)
            await random_kills(world, nursery, books, chosen.kills)
            restless = await in_peace(world, nursery, books)
        found = await reckon(world, books)
    if restless:
        found.wrong.append(restless)
    missed = {point.name: chosen.points - passed[point.name] for point in POINTS if passed[point.name] < chosen.points}
    head = {
        "random kills": chosen.kills, "named points": len(POINTS), "kills at named points": passed.total(),
        "points not passed in time": sum(missed.values()), "copies of the files opened": books.copies,
        "clicks of staff": world.clicks.total(), "people": len(world.people),
    }  # fmt: skip
    found.figures = head | found.figures
    return found, f"{time.monotonic() - began:.0f} s; not passed: {missed or 'none'}"


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--kills", type=int, default=1000)
    parser.add_argument("--points", type=int, default=20)
    parser.add_argument("--engine", choices=["sqlite", "postgres"], default="sqlite")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    parser.add_argument("--short", action="store_true", help="a minute's worth")
    parser.add_argument("--keep", action="store_true", help="keep the folder with the database and the bot's log")
    chosen = parser.parse_args()
    if chosen.short:
        chosen.kills, chosen.points = 15, 1
    folder = Path(tempfile.mkdtemp(prefix="rightsdesk-crash-"))
    with run_dovecot() as dovecot, database(chosen.engine, folder) as url:
        found, note = asyncio.run(run(dovecot, url, folder, chosen))
    print_table(f"{chosen.engine}, seed {chosen.seed}, {note}", found)
    if found.wrong or chosen.keep:
        print(f"kept: {folder}")
    sys.exit(1 if found.wrong else 0)


@contextmanager
def database(engine: str, folder: Path) -> Iterator[str]:
    """The address of an empty one."""
    if engine == "sqlite":
        yield f"sqlite://{folder}/crash.sqlite3"
        return
    with run_postgres() as postgres:
        yield postgres.new_database("crash")


def print_table(title: str, found: Reckoning) -> None:
    print(title)
    width = max(len(name) for name in found.figures)
    for name, figure in found.figures.items():
        print(f"  {name:<{width}}  {figure:>6}")
    for sentence in found.wrong:
        print(f"  WRONG  {sentence}")


if __name__ == "__main__":
    main()
