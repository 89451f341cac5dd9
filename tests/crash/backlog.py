"""K5: `python -m tests.crash.backlog [--mails 10000] [--kills 5]`: a bot that finds a full mailbox, killed on the way.

The mails lie in a real Dovecot before the bot is started for the first time: each is taken once, whatever happens.
"""

import argparse
import asyncio
import os
import random
import shutil
import sys
import tempfile
import time
from pathlib import Path

from tests.crash.books import Books
from tests.crash.ledger import Reckoning, reckon
from tests.crash.nursery import a_nursery
from tests.crash.people import KINDS, Person, letter
from tests.crash.run import in_peace, print_table
from tests.crash.world import BOX, World, a_world
from tests.servers.dovecot import Dovecot, run_dovecot

ASKS = 0.02
"""Share of the mails that ask for something."""
LIFE = 8.0
"""Longest life of a bot that is killed, in seconds."""


def lay(world: World, mails: int) -> None:
    """Put so many mails into the mailbox, as files: by LMTP it would take longer than reading them."""
    folder = world.dovecot.folder / "mail" / BOX / "new"
    owner = folder.stat()
    kinds = {kind.name: kind for kind in KINDS}
    for number in range(mails):
        kind = kinds["erase" if world.dice.random() < ASKS else "ordinary"]
        person = Person(f"backlog{number}@kundin.example", kind, slow=True, wrong=False)
        world.people[person.address] = person
        path = folder / f"{int(time.time())}.M{number}P1.crash"
        path.write_bytes(letter(person, f"My request {number}", kind.text))
        os.chown(path, owner.st_uid, owner.st_gid)
        world.delivered += 1


async def run(dovecot: Dovecot, folder: Path, chosen: argparse.Namespace) -> Reckoning:
    url = f"sqlite://{folder}/crash.sqlite3"
    async with a_world(dovecot, chosen.seed) as world:
        await world.write(1, chats=0)  # makes the mailbox
        await asyncio.to_thread(lay, world, chosen.mails)
        books = Books(url, folder)
        async with a_nursery(world.write_configuration(folder, url), folder) as nursery:
            began = time.monotonic()
            for _ in range(chosen.kills):
                pid = await nursery.start()
                await nursery.gone(pid, world.dice.random() * LIFE)
                await nursery.kill(pid)
                await books.look()
            restless = await in_peace(world, nursery, books)
            took = time.monotonic() - began
        found = await reckon(world, books)
    if restless:
        found.wrong.append(restless)
    found.figures = {"kills": chosen.kills, "seconds in all": round(took)} | found.figures
    return found


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--mails", type=int, default=10_000)
    parser.add_argument("--kills", type=int, default=5)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    parser.add_argument("--json", type=Path, help="write what was found there as well")
    chosen = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="rightsdesk-backlog-"))
    with run_dovecot() as dovecot:
        found = asyncio.run(run(dovecot, folder, chosen))
    print_table(f"backlog, seed {chosen.seed}", found)
    found.keep(chosen.json)
    if not found.wrong:
        shutil.rmtree(folder)
    sys.exit(1 if found.wrong else 0)


if __name__ == "__main__":
    main()
