"""Restoring a backup: whole or not at all, and without bringing back what was purged or sending anything again."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.models import Model

from storage import audit, backup, outbox
from storage.codes import LIVE, VOID
from storage.database import Database
from storage.ledger import Known, Ledger
from storage.models import AuditRow, CodeRow, CounterRow, InboxRow, OutboxRow, SuppressedRow, TicketRow
from storage.retention import strip
from storage.secrets import Keeper

ROWS = 500
MAY_HAVE_GONE = "restored from a backup: it may have gone out since"


class NotEmpty(Exception):
    """There is something in the database already."""


@dataclass
class Restored:
    """What a restore did. `purged` are tickets of the backup that had been purged since; `held` letters that may have
    gone out since the backup and wait for staff."""

    rows: int = 0
    tickets: int = 0
    purged: int = 0
    held: int = 0


@dataclass
class Survivors:
    """What the present database knows that the backup may not: it counts more than the backup."""

    purged: set[int] = field(default_factory=set)
    suppressed: list[SuppressedRow] = field(default_factory=list)
    last_ticket: int = 0


async def restore(
    database: Database, keeper: Keeper, source: Path, ledger: Ledger, now: datetime, *, force: bool = False
) -> Restored:
    """Fill an open database from a backup. `keeper` needs the master keys only.

    Raises BadBackup, WrongKey, NotEmpty and DatabaseAway; then nothing has changed.
    """
    for _ in backup.read(source, keeper):
        pass  # whole, and ours, before anything is touched

    async def work(connection: BaseDBAsyncClient) -> Restored:
        if not force and await in_use(connection):
            raise NotEmpty("there is something in this database already: --force replaces it by the backup")
        survivors = await look_around(connection)
        for model in backup.TABLES.values():
            await model.all().using_db(connection).delete()
        done = Restored(rows=await fill(connection, backup.read(source, keeper)))
        await settle(connection, done, survivors, ledger.read(), now)
        return done

    done = await database.unit(work)
    ledger.restored((await database.read(audit.head))[0], now)
    return done


async def in_use(connection: BaseDBAsyncClient) -> bool:
    """Whether there is anything that a restore would destroy."""
    for model in (TicketRow, InboxRow, OutboxRow, AuditRow):
        if await model.all().using_db(connection).exists():
            return True
    return False


async def look_around(connection: BaseDBAsyncClient) -> Survivors:
    """What is to be carried over from the database that is replaced."""
    purged = await TicketRow.filter(wrapped_key__isnull=True).using_db(connection).only("number")
    counter = await CounterRow.filter(name="ticket").using_db(connection).first()
    suppressed = await SuppressedRow.all().using_db(connection)
    return Survivors({row.number for row in purged}, list(suppressed), counter.value if counter else 0)


async def fill(connection: BaseDBAsyncClient, rows: Iterable[tuple[str, dict[str, object]]]) -> int:
    """Insert every row of a backup; returns how many."""
    count, table = 0, ""
    waiting: list[Model] = []
    for name, values in rows:
        if waiting and (name != table or len(waiting) >= ROWS):
            await backup.TABLES[table].bulk_create(waiting, using_db=connection)
            waiting = []
        table = name
        waiting.append(backup.unpacked(backup.TABLES[name], values))
        count += 1
    if waiting:
        await backup.TABLES[table].bulk_create(waiting, using_db=connection)
    return count


async def settle(
    connection: BaseDBAsyncClient, done: Restored, survivors: Survivors, known: Known, now: datetime
) -> None:
    """Replay what happened since the backup, as far as it is known."""
    done.tickets = await TicketRow.all().using_db(connection).count()
    done.purged = len(await strip(connection, sorted(survivors.purged | known.purged)))
    if survivors.suppressed:
        fresh = [SuppressedRow(id=row.id, since=row.since, ticket=row.ticket) for row in survivors.suppressed]
        await SuppressedRow.bulk_create(fresh, using_db=connection, ignore_conflicts=True)
    open_ = [outbox.WAITING, outbox.SENDING, outbox.DOUBT]
    letters = OutboxRow.filter(kind="mail", state__in=open_).using_db(connection)
    done.held = await letters.update(state=outbox.HELD, error=MAY_HAVE_GONE)
    await CodeRow.filter(state=LIVE).using_db(connection).update(state=VOID)  # it may have been used since
    await no_number_twice(connection, max(survivors.last_ticket, known.tickets))
    facts: dict[str, object] = {"rows": done.rows, "purged": done.purged, "held": done.held}
    await audit.append(connection, [audit.Line("Restored", "rightsdesk", None, facts)], now)


async def no_number_twice(connection: BaseDBAsyncClient, last: int) -> None:
    """Number new tickets after the last one known: our letters about lost ones are still out there."""
    row = await CounterRow.filter(name="ticket").using_db(connection).first()
    if row is None and last:
        await CounterRow.create(name="ticket", value=last, using_db=connection)
    elif row is not None and row.value < last:
        await CounterRow.filter(name="ticket").using_db(connection).update(value=last)
