"""`python -m tests.crash.run [--kills N] [--points K] [--engine sqlite|postgres] [--sample P] [--readers]`: one world.

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
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.crash.books import Books
from tests.crash.ledger import Reckoning, reckon
from tests.crash.nursery import Nursery, a_nursery
from tests.crash.points import POINTS, Point
from tests.crash.world import World, a_world
from tests.servers.dovecot import Dovecot, run_dovecot
from tests.servers.postgres import run_postgres

LIFE = 1.4
"""Seconds: a bot is killed at a uniform random moment of its first so many, or longer where it starts slowly."""
MOST = 3.0
MOST_WITH_READERS = 12.0
"""Reading children take a while to begin."""
PATIENCE = 12.0
"""Seconds until a named point that was not passed is given up, and the bot killed all the same."""
FEED = 0.4
"""Seconds between two letters while a named point is waited for."""
ENOUGH = 25
"""Mails and effects not done, above which nobody writes anything further: a slow machine must come along."""
PEACE = 60.0
"""Seconds without any change after which the bot is said to be stuck."""


async def first_kills(world: World, nursery: Nursery, books: Books, kills: int) -> float:
    """Kills while the database is made; then how long a bot needs to its first mail, in seconds."""
    await world.write(1, chats=0)
    for _ in range(kills):
        await a_short_life(nursery, books, world.dice.random())
    began = time.monotonic()
    pid = await nursery.start()
    while await books.open_work(world.delivered) and time.monotonic() < began + 2 * PEACE:
        await asyncio.sleep(0.02)
    took = time.monotonic() - began
    await nursery.kill(pid)
    return took


async def a_short_life(nursery: Nursery, books: Books, seconds: float) -> None:
    pid = await nursery.start()
    await nursery.gone(pid, seconds)
    await nursery.kill(pid)
    await books.look()


async def random_kills(world: World, nursery: Nursery, books: Books, kills: int, life: float) -> None:
    for _ in range(kills):
        await feed(world, books, world.dice.randint(0, 2))
        await a_short_life(nursery, books, world.dice.random() * life)


async def named_kills(
    world: World, nursery: Nursery, books: Books, points: Sequence[Point], times: int
) -> Counter[str]:
    """How often each point was where the bot died."""
    passed: Counter[str] = Counter()
    order = [point for point in points for _ in range(times)]
    world.dice.shuffle(order)
    for point in order:
        await feed(world, books, world.dice.randint(1, 2))
        pid = await nursery.start(point.name, world.dice.randint(1, point.often))
        end = time.monotonic() + PATIENCE
        while not await nursery.gone(pid, FEED) and time.monotonic() < end:
            await feed(world, books, 1)  # so that every point is passed in the end
        passed[point.name] += nursery.ended.get(pid) == 9
        await nursery.kill(pid)
        await books.look()
    return passed


async def feed(world: World, books: Books, many: int) -> None:
    """New letters, unless there is enough to do."""
    if await books.open_work(world.delivered) < ENOUGH:
        await world.write(many)


async def in_peace(world: World, nursery: Nursery, books: Books) -> str:
    """Let a bot work until there is nothing left to do; "" if it came to that."""
    pid = await nursery.start()
    world.have_patience(20.0)
    calm, end, before = 0, time.monotonic() + PEACE, (0, 0, 0, 0)
    while calm < 10:
        await asyncio.sleep(0.2)
        left, offered = await books.open_work(world.delivered), len(world.offered()) + len(world.chat.waiting())
        offered += world.chat.undelivered
        now = (left, offered, len(world.sent), world.delivered)
        end, before = (time.monotonic() + PEACE, now) if now != before else (end, now)
        if time.monotonic() > end or pid in nursery.ended:
            return f"not at rest, and no change for {PEACE:g} s: {left} open, {offered} offered"
        calm = calm + 1 if not (world.tasks or left or offered) else 0
    await nursery.kill(pid)
    return ""


async def run(dovecot: Dovecot, url: str, folder: Path, chosen: argparse.Namespace) -> tuple[Reckoning, str]:
    began = time.monotonic()
    async with a_world(dovecot, chosen.seed) as world:
        points = world.dice.sample(POINTS, min(chosen.sample, len(POINTS)))
        config = world.write_configuration(folder, url)
        books = Books(url, folder)
        async with a_nursery(config, folder, readers=chosen.readers) as nursery:
            first = min(5, chosen.kills)
            most = MOST_WITH_READERS if chosen.readers else MOST
            life = min(most, max(LIFE, 2 * await first_kills(world, nursery, books, first)))
            passed = await named_kills(world, nursery, books, points, chosen.points)
            await random_kills(world, nursery, books, chosen.kills - first, life)
            restless = await in_peace(world, nursery, books)
        found = await reckon(world, books)
    if restless:
        found.wrong.append(restless)
    missed = {point.name: chosen.points - passed[point.name] for point in points if passed[point.name] < chosen.points}
    head = {
        "random kills": chosen.kills, "of them while the database was made": first,
        "named points": len(points), "kills at named points": passed.total(),
        "points not passed in time": sum(missed.values()), "copies of the files opened": books.copies,
        "clicks of staff": world.clicks.total(), "people": len(world.people),
    }  # fmt: skip
    found.figures = head | found.figures
    return found, f"{time.monotonic() - began:.0f} s, lives up to {life:.1f} s; not passed: {missed or 'none'}"


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--kills", type=int, default=1000)
    parser.add_argument("--points", type=int, default=20)
    parser.add_argument("--engine", choices=["sqlite", "postgres"], default="sqlite")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    parser.add_argument("--sample", type=int, default=len(POINTS), help="so many of the named points only")
    parser.add_argument("--readers", action="store_true", help="letters are read in real reading children")
    parser.add_argument("--json", type=Path, help="write what was found there as well")
    parser.add_argument("--keep", action="store_true", help="keep the folder with the database and the bot's log")
    chosen = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="rightsdesk-crash-"))
    with run_dovecot() as dovecot, database(chosen.engine, folder) as url:
        found, note = asyncio.run(run(dovecot, url, folder, chosen))
    print_table(f"{chosen.engine}, seed {chosen.seed}, {note}", found)
    found.keep(chosen.json)
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
