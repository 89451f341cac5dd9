"""K7: `python -m tests.crash.copies [--copies 500]`: the files of a bot at work, copied at random instants, open whole.

The process is stopped for the copy, so that it is what a power cut would leave of what was written. Each copy is opened
as a start would, checked by SQLite, and held against what every unit of work promises.
"""

import argparse
import asyncio
import os
import random
import shutil
import signal
import sqlite3
import sys
import tempfile
import time
from pathlib import Path

from tests.crash.books import Books
from tests.crash.ledger import Reckoning
from tests.crash.nursery import a_nursery
from tests.crash.run import feed, print_table
from tests.crash.world import World, a_world
from tests.servers.dovecot import Dovecot, run_dovecot

NAME = "crash.sqlite3"
PROMISES = {
    "tickets whose version is not in the log": (
        "SELECT count(*) FROM tickets t WHERE t.version + 1 <> (SELECT count(*) FROM audit a WHERE a.ticket = t.number"
        " AND json_extract(a.facts, '$.version') IS NOT NULL)"
    ),
    "tickets without an effect": "SELECT count(*) FROM tickets WHERE number NOT IN (SELECT ticket FROM outbox)",
    "effects without a ticket": (
        "SELECT count(*) FROM outbox WHERE ticket IS NOT NULL AND ticket NOT IN (SELECT number FROM tickets)"
    ),
    "mails of ours without a ticket": (
        "SELECT count(*) FROM inbox WHERE state = 'ours' AND (ticket IS NULL OR ticket NOT IN"
        " (SELECT number FROM tickets))"
    ),
    "gaps in the tickets": (
        "SELECT coalesce((SELECT value FROM counters WHERE name = 'ticket'), 0) <> (SELECT count(*) FROM tickets)"
    ),
    "gaps in the log": (
        "SELECT coalesce((SELECT value FROM counters WHERE name = 'audit'), 0) <> (SELECT count(*) FROM audit)"
    ),
    "broken links of the log": (
        "SELECT count(*) FROM audit a JOIN audit b ON b.seq = a.seq + 1 WHERE b.before <> a.hash"
    ),
    "done without a time, or with a payload": (
        "SELECT count(*) FROM outbox WHERE state = 'done' AND (done_at IS NULL OR payload IS NOT NULL)"
    ),
}


def copied(folder: Path, pid: int) -> Path:
    """The files as they lie at this instant."""
    copy = folder / "copy" / NAME
    shutil.rmtree(copy.parent, ignore_errors=True)
    copy.parent.mkdir()
    os.kill(pid, signal.SIGSTOP)
    try:
        for ending in ("", "-wal"):
            source = folder / f"{NAME}{ending}"
            if source.exists():
                shutil.copy(source, copy.with_name(source.name))
    finally:
        os.kill(pid, signal.SIGCONT)
    return copy


def broken(copy: Path) -> list[str]:
    """What does not hold in a copy."""
    database = sqlite3.connect(copy)
    try:
        found = [f"integrity: {row[0]}" for row in database.execute("PRAGMA integrity_check") if row[0] != "ok"]
        for name, question in PROMISES.items():
            count = database.execute(question).fetchone()[0]
            found += [f"{name}: {count}"] if count else []
        return found
    finally:
        database.close()


async def run(dovecot: Dovecot, folder: Path, copies: int, seed: int) -> Reckoning:
    url, found, problems, wal = f"sqlite://{folder}/{NAME}", Reckoning(), [], 0
    async with a_world(dovecot, seed) as world:
        books = Books(url, folder)
        async with a_nursery(world.write_configuration(folder, url), folder) as nursery:
            pid = await nursery.start()
            await wait_for_work(world, books)
            for _ in range(copies):
                await feed(world, books, world.dice.randint(0, 2))
                await asyncio.sleep(world.dice.random() * 0.1)
                copy = await asyncio.to_thread(copied, folder, pid)
                wal += copy.with_name(f"{NAME}-wal").exists()
                problems += await asyncio.to_thread(broken, copy)
            tickets, letters = len(world.cards()), len(world.sent)
            await nursery.kill(pid)
    found.figures = {"copies": copies, "with a log of their own": wal, "tickets": tickets, "letters sent": letters}
    found.count("promises broken in a copy", problems)
    return found


async def wait_for_work(world: World, books: Books) -> None:
    await world.write(3)
    end = time.monotonic() + 60
    while await books.open_work(world.delivered) > 2 and time.monotonic() < end:
        await asyncio.sleep(0.1)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--copies", type=int, default=500)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    parser.add_argument("--json", type=Path, help="write what was found there as well")
    chosen = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="rightsdesk-copies-"))
    with run_dovecot() as dovecot:
        found = asyncio.run(run(dovecot, folder, chosen.copies, chosen.seed))
    print_table(f"copies, seed {chosen.seed}", found)
    found.keep(chosen.json)
    shutil.rmtree(folder)
    sys.exit(1 if found.wrong else 0)


if __name__ == "__main__":
    main()
