"""K10: `python -m tests.crash.restart [--tickets 10000]`: from the start of the process to its first mail handled.

The bot is a fresh process with its reading children, on a database that holds so many tickets already.
"""

import argparse
import asyncio
import os
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from bot.desk import Desk
from bot.limits import Limits
from bot.saving import Saver
from intents.rights import Intent
from responders.opening import Request
from storage.models import OutboxRow
from storage.outbox import DONE
from storage.store import open_store
from tests.bench.world import Bot
from tests.crash.ledger import Reckoning
from tests.crash.people import KINDS, Person, letter
from tests.crash.run import print_table
from tests.crash.world import BOX, MASTER, a_world
from tests.responders.cast import HOUSE, request
from tests.servers.dovecot import Dovecot, run_dovecot

LIMIT = 10.0
BATCH = 200
CHILD = "import asyncio,json,sys;from bot.config import Config;from tests.crash.child import work;" \
        "asyncio.run(work(Config(**json.load(open(sys.argv[1])))))"  # fmt: skip


async def fill(url: str, count: int) -> None:
    """Tickets of so many people, all told."""
    store = await open_store(url, MASTER)
    desk = Desk(store, Saver(store, HOUSE, Limits(10**6, 10**6, 10**6)), HOUSE, lambda: datetime.now(UTC))
    try:
        for start in range(0, count, BATCH):
            letters = [[of(number)] for number in range(start, min(start + BATCH, count))]
            await desk.open_many(letters)

        async def told() -> None:
            await OutboxRow.all().update(state=DONE, payload=None, done_at=datetime.now(UTC))

        await store.database.read(told)
    finally:
        await store.database.close()


def of(number: int) -> Request:
    asked = request(random.choice((Intent.ACCESS, Intent.ERASE)), received_at=datetime.now(UTC))
    address = f"old{number}@kundin.example"
    return replace(asked, person=replace(asked.person, address=address, writer=address))


async def measure(dovecot: Dovecot, tickets: int) -> tuple[float, float, float]:
    """Seconds by the clock, and of CPU in all the bot's processes; then seconds from SIGTERM to its end."""
    with tempfile.TemporaryDirectory(prefix="rightsdesk-restart-") as name:
        folder = Path(name)
        url = f"sqlite://{folder}/restart.sqlite3"
        await fill(url, tickets)
        async with a_world(dovecot, 1) as world:
            config = world.write_configuration(folder, url)
            await asyncio.to_thread(dovecot.deliver, BOX, letter(Person("new@kundin.example", KINDS[0], True, False),
                                                                 "My data", KINDS[0].text))  # fmt: skip
            began = time.monotonic()
            with (folder / "log").open("wb") as log:
                process = subprocess.Popen([sys.executable, "-c", CHILD, str(config)], stdout=log, stderr=log)
            try:
                while not handled(folder / "restart.sqlite3", tickets):
                    assert process.poll() is None, (folder / "log").read_text()[-2000:]
                    await asyncio.sleep(0.02)
                took, cpu = time.monotonic() - began, Bot(process, folder, url, began).look().cpu
                process.send_signal(signal.SIGTERM)
                began = time.monotonic()
                await asyncio.to_thread(process.wait, 60)
                return took, cpu, time.monotonic() - began
            finally:
                process.kill()
                process.wait()


def handled(path: Path, before: int) -> bool:
    """Whether the letter has become a ticket."""
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=1)) as database:
        return bool(database.execute("SELECT max(number) > ? FROM tickets", [before]).fetchone()[0])


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--tickets", type=int, default=10_000)
    parser.add_argument("--json", type=Path, help="write what was found there as well")
    chosen = parser.parse_args()
    with run_dovecot() as dovecot:
        seconds, cpu, stopping = asyncio.run(measure(dovecot, chosen.tickets))
    found = Reckoning({
        "tickets stored": chosen.tickets, "ms to the first mail handled": round(1000 * seconds),
        "of CPU, in ms": round(1000 * cpu), "ms from SIGTERM to the end": round(1000 * stopping),
        "load of the machine, in hundredths": round(100 * os.getloadavg()[0]),
    })  # fmt: skip
    found.count("over ten seconds", [f"{each:.1f} s" for each in (seconds, stopping) if each > LIMIT])
    print_table("restart", found)
    found.keep(chosen.json)
    sys.exit(1 if found.wrong else 0)


if __name__ == "__main__":
    main()
