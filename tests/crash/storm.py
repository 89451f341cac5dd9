"""K9: `python -m tests.crash.storm [--cancellations N]`: tasks cancelled at work, by the thousand, on both engines.

The bare ORM stops answering for good after 4 to 54 of them; afterwards everything must be answered within five seconds.
"""

import argparse
import asyncio
import random
import sys
import tempfile
import time
from pathlib import Path

from intents.rights import Intent
from storage import audit
from storage.models import TicketRow
from storage.store import open_store
from tests.crash.keeping import a_place
from tests.crash.ledger import Reckoning
from tests.crash.run import print_table
from tests.storage.places import MASTER, Clock, desk_of, opened

PATIENCE = 5.0
WORKERS = 3
LONGEST = 0.006
"""Seconds at work until the cancellation: a unit takes some milliseconds."""


async def storm(url: str, cancellations: int, dice: random.Random, found: Reckoning, engine: str) -> None:
    """Cancel tasks that open tickets or write notes, after a random time."""
    store = await open_store(url, MASTER)
    desk = desk_of(store, Clock())
    number = (await opened(desk)).number
    hit = begun = 0
    while hit < cancellations:
        work = [opened(desk, Intent.QUESTION) if dice.random() < 0.3 else desk.note(number, "Still there.")
                for _ in range(WORKERS)]  # fmt: skip
        tasks = [asyncio.create_task(each) for each in work]
        begun += len(tasks)
        await asyncio.sleep(dice.random() * LONGEST)
        for task in tasks:
            task.cancel()
        results = await asyncio.gather(*tasks, return_exceptions=True)
        hit += sum(isinstance(result, asyncio.CancelledError) for result in results)
        found.wrong += [f"{engine}: {type(each).__name__}" for each in results if isinstance(each, Exception)][:5]
    began = time.monotonic()
    async with asyncio.timeout(PATIENCE):
        await desk.ticket(number)
    answered = time.monotonic() - began
    broken = (await store.database.read(audit.first_broken))[0]
    numbers = sorted([row.number for row in await store.database.read(lambda: TicketRow.all().only("number"))])
    await store.database.close()
    found.figures |= {
        f"{engine}: tasks begun": begun, f"{engine}: cancelled at work": hit,
        f"{engine}: longest wait for an answer afterwards, in ms": round(1000 * answered),
        f"{engine}: tickets that came true": len(numbers),
    }  # fmt: skip
    found.count(f"{engine}: gaps in numbers", [] if numbers == list(range(1, len(numbers) + 1)) else ["gap"])
    found.count(f"{engine}: log broken", [] if broken is None else [f"at line {broken}"])


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--cancellations", type=int, default=5000)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    parser.add_argument("--json", type=Path, help="write what was found there as well")
    chosen = parser.parse_args()
    found = Reckoning()
    for engine in ("sqlite", "postgres"):
        with tempfile.TemporaryDirectory() as folder, a_place(engine, Path(folder)) as (url, _):
            asyncio.run(storm(url, chosen.cancellations, random.Random(chosen.seed), found, engine))
    print_table(f"cancellations, seed {chosen.seed}", found)
    found.keep(chosen.json)
    sys.exit(1 if found.wrong else 0)


if __name__ == "__main__":
    main()
