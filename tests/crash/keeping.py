"""`python -m tests.crash.keeping [--kills N] [--engine sqlite|postgres]`: purge, backup and key rotation, killed.

A database of closed tickets, each with a canary; a fork does one of the three and is killed at a random moment of it.
After each kill the database opens, nothing is half gone, and no file is half a backup; in the end all of it is done,
and what was purged stands nowhere on the disk any more.
"""

import argparse
import asyncio
import itertools
import os
import random
import shutil
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

from intents.rights import Intent
from responders.case import events as e
from storage import audit, backup, retention, rotation
from storage.ledger import Ledger
from storage.models import AuditRow, OutboxRow, TicketRow, YearlyRow
from storage.retention import Keep
from storage.secrets import Keeper
from storage.store import Store, open_store
from tests.crash.ledger import Reckoning
from tests.crash.run import print_table
from tests.responders.cast import request
from tests.servers.postgres import run_postgres
from tests.storage.places import MASTER, NOW, Clock, desk_of

LATER = NOW + timedelta(days=40 * 31)
BATCH = 8
"""Rows in one unit here, so that a kill falls between two of them often."""
EACH = 24
"""Closed tickets that are there for each purge."""


@dataclass
class House:
    """The database and what lies beside it.

    `keys` are all master keys that there ever were, the present one last; a rotation may have left some `behind`.
    """

    url: str
    folder: Path
    dice: random.Random
    keys: list[bytes] = field(default_factory=lambda: [MASTER])
    behind: bool = False
    kills: dict[str, int] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)
    purged: int = 0

    @property
    def ledger(self) -> Ledger:
        return Ledger(self.folder / "apart" / "ledger")

    @property
    def target(self) -> Path:
        return self.folder / "backup"

    async def opened(self) -> Store:
        return await open_store(self.url, self.keys[-1], older=tuple(self.keys[-2:-1] if self.behind else ()))

    async def fill(self, count: int) -> None:
        """So many closed tickets more."""
        store = await self.opened()
        desk = desk_of(store, Clock())
        asked = [replace(request(Intent.ACCESS), received_at=NOW) for _ in range(count)]
        for [ticket] in await desk.open_many([[each] for each in asked]):
            await desk.happen(ticket.number, e.PersonCancelled())
        await store.database.close()


async def purge(house: House) -> None:
    store = await house.opened()
    await retention.purge(store, house.ledger, Keep(), LATER)
    await store.database.close()


async def back_up(house: House) -> None:
    store = await house.opened()
    await backup.write(store, house.target, NOW)
    await store.database.close()


async def rotate(house: House) -> None:
    store = await house.opened()
    await rotation.rotate(store, NOW)
    await store.database.close()


WORK: dict[str, Callable[[House], Awaitable[None]]] = {"purge": purge, "backup": back_up, "rotation": rotate}


def forked(work: Callable[[House], Awaitable[None]], house: House, after: float | None) -> tuple[float, bool]:
    """Do it in a fork, which is killed after so many seconds; (how long it lived, whether it was killed)."""
    began = time.monotonic()
    pid = os.fork()
    if pid == 0:
        retention.BATCH = rotation.BATCH = backup.ROWS = BATCH
        backup.CHUNK = 2000
        code = 1
        try:
            asyncio.run(done(work, house))
            code = 0
        except Exception:  # noqa: BLE001 - told below by its exit code
            traceback.print_exc()
        finally:
            os._exit(code)
    if after is not None:
        time.sleep(after)
        os.kill(pid, signal.SIGKILL)
    status = os.waitpid(pid, 0)[1]
    if os.WIFEXITED(status) and os.WEXITSTATUS(status):
        house.wrong.append("ended by itself with an error")
    return time.monotonic() - began, os.WIFSIGNALED(status)


async def done(work: Callable[[House], Awaitable[None]], house: House) -> None:
    await work(house)


async def look(house: House) -> None:
    """Nothing is half done."""
    store = await house.opened()

    async def read() -> None:
        gone = [row.number async for row in TicketRow.filter(wrapped_key__isnull=True).only("number")]
        half = await TicketRow.filter(number__in=gone, sealed__isnull=False).count()
        left = await OutboxRow.filter(ticket__in=gone).count()
        lines = [row.ticket or 0 async for row in AuditRow.filter(kind="Purged")]
        counted = sum([row.tickets async for row in YearlyRow.all()])
        house.purged = len(gone)
        known = house.ledger.read().purged
        promises = {
            "a purged ticket that keeps something": half + left,
            "purged without a line, or twice": int(sorted(lines) != sorted(gone)),
            "purged and not counted for the year, or twice": counted - len(gone),
            "purged and not in the ledger": len(set(gone) - known),
            "the log is broken": int((await audit.first_broken())[0] is not None),
        }
        house.wrong += [f"{name}: {count}" for name, count in promises.items() if count]
        for row in await TicketRow.filter(wrapped_key__isnull=False):
            store.tickets.ticket_of(row)  # raises where neither key opens it

    await store.database.read(read)
    await store.database.close()
    if house.target.exists():
        for _ in backup.read(house.target, Keeper(house.keys[-1], b"", tuple(house.keys[:-1]))):
            pass  # raises where it is not whole


def whole(house: House, name: str) -> float:
    """Do it to its end; how long it took."""
    took, _ = forked(WORK[name], house, None)
    return took


def killed(house: House, name: str, longest: float) -> None:
    """Kill it once somewhere on its way."""
    _, hit = forked(WORK[name], house, house.dice.random() * longest)
    house.kills[name] = house.kills.get(name, 0) + hit
    asyncio.run(look(house))


def files(folder: Path, words: Sequence[bytes]) -> list[str]:
    """Files in which one of the words stands."""
    return [path.name for path in folder.rglob("*") if path.is_file() and any(w in path.read_bytes() for w in words)]


def run(house: House, kills: int, disk: Callable[[], Path]) -> Reckoning:
    """`disk` writes down what the database holds in memory only, and says where its files are."""
    longest: dict[str, float] = {}
    for name in itertools.islice(itertools.cycle(WORK), kills):
        if name == "purge":
            asyncio.run(house.fill(EACH))
        if name == "rotation":
            house.keys.append(os.urandom(32))
            house.behind = True
        if name not in longest:
            longest[name] = whole(house, name)
        else:
            killed(house, name, longest[name])
        if name == "rotation":
            whole(house, name)  # a second call goes on, and the older key is needed no more
            house.behind = False
        asyncio.run(look(house))
    asyncio.run(house.fill(1))
    secrets = asyncio.run(sealed(house))
    before = files(disk(), secrets)
    whole(house, "purge")
    asyncio.run(look(house))
    found = Reckoning({f"{name} killed": count for name, count in house.kills.items()})
    found.figures["tickets purged"] = house.purged
    found.count("promises broken after a kill", house.wrong)
    found.count("files that did not show the last ticket before", [] if before else ["none"])
    found.count("files that still hold what was purged", files(disk(), secrets))
    found.count("parts of backups left", [path.name for path in house.folder.glob("*.part")][1:])
    return found


async def sealed(house: House) -> list[bytes]:
    """What stands of the newest ticket in the database."""
    store = await house.opened()
    row = (await store.database.read(lambda: TicketRow.all().order_by("-number").limit(1)))[0]
    await store.database.close()
    return [bytes(each) for each in (row.sealed, row.wrapped_key) if each]


@contextmanager
def a_place(engine: str, folder: Path) -> Iterator[tuple[str, Callable[[], Path]]]:
    """The address of an empty database, and its files."""
    if engine == "sqlite":
        (folder / "database").mkdir()
        yield f"sqlite://{folder}/database/crash.sqlite3", lambda: folder / "database"
        return
    with run_postgres() as postgres:

        def disk() -> Path:
            postgres.sql("checkpoint")
            return postgres.data / "base"

        yield postgres.new_database("keeping"), disk


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--kills", type=int, default=150)
    parser.add_argument("--engine", choices=["sqlite", "postgres"], default="sqlite")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    parser.add_argument("--json", type=Path, help="write what was found there as well")
    chosen = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="rightsdesk-keeping-"))
    began = time.monotonic()
    with a_place(chosen.engine, folder) as (url, disk):
        found = run(House(url, folder, random.Random(chosen.seed)), chosen.kills, disk)
    print_table(f"keeping, {chosen.engine}, seed {chosen.seed}, {time.monotonic() - began:.0f} s", found)
    found.keep(chosen.json)
    shutil.rmtree(folder)
    sys.exit(1 if found.wrong else 0)


if __name__ == "__main__":
    main()
