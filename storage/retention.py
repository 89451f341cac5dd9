"""The bot's own retention: what is too old is destroyed, key first, and only numbers about nobody stay."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta

import asyncpg
import structlog
from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.connection import get_connection

from storage import audit, inbox, outbox, yearly
from storage.ledger import Ledger
from storage.locks import own_connection
from storage.models import (
    CardRow,
    CodeRow,
    CorrectionRow,
    InboxRow,
    LetterRow,
    OutboxRow,
    SeenRow,
    SuppressedRow,
    TicketRow,
)
from storage.store import Store

BATCH = 100
PERSONAL = (TicketRow, InboxRow, OutboxRow, LetterRow, CodeRow, CorrectionRow)
"""The tables in which something sealed, a key or a hash of a person stands."""
OWED = "wipe owed"
"""The name under which it is remembered that the files still hold what was deleted."""
REWRITABLE = 512 * 1024 * 1024
"""Bytes of a table, with its indexes, that PostgreSQL writes anew in some seconds."""
LOCK_MS, LOCK_TRIES = 2000, 10
SHORT = timedelta(days=30)
"""How long expired codes and the keys of outside events are kept."""
_log = structlog.get_logger("retention")


@dataclass(frozen=True, slots=True)
class Keep:
    """How long things are kept: `log_months` a closed ticket (11 CCR 7101: at least 24), `mails_days` raw mails and
    letters that never went out."""

    log_months: int = 36
    mails_days: int = 90


@dataclass
class Purged:
    """What was destroyed, or would be."""

    tickets: int = 0
    mails: int = 0
    letters: int = 0
    codes: int = 0
    events: int = 0

    def __bool__(self) -> bool:
        return any(getattr(self, each.name) for each in fields(self))


def months_before(now: datetime, months: int) -> datetime:
    """The same moment so many calendar months earlier; a day that the month does not have becomes its last."""
    year, month = divmod(now.year * 12 + now.month - 1 - months, 12)
    for day in range(now.day, 27, -1):
        try:
            return now.replace(year=year, month=month + 1, day=day)
        except ValueError:
            continue
    return now.replace(year=year, month=month + 1)


async def purge(store: Store, ledger: Ledger, keep: Keep, now: datetime, *, dry: bool = False) -> Purged:
    """Destroy what is too old; with `dry` only count it. Raises DatabaseAway; a second call goes on."""
    database = store.database
    numbers = await database.read(lambda: too_old(months_before(now, keep.log_months)))
    if dry:
        found = await database.unit(lambda c: small_things(c, keep, now, dry=True))
        found.tickets = len(numbers)
        return found
    done = await database.unit(lambda c: small_things(c, keep, now))
    for start in range(0, len(numbers), BATCH):
        done.tickets += await purge_tickets(store, ledger, numbers[start : start + BATCH], now)
    unwiped: bool = await database.read(owed)
    if done or unwiped:
        await wipe(store)
    return done


async def too_old(before: datetime) -> list[int]:
    """Numbers of the tickets that were closed before then and still hold a person."""
    rows = await TicketRow.filter(closed_at__lt=before, wrapped_key__isnull=False).order_by("number").only("number")
    return [row.number for row in rows]


async def purge_tickets(store: Store, ledger: Ledger, numbers: Sequence[int], now: datetime) -> int:
    """Purge closed tickets, whatever their age; returns how many there were. Open and unknown ones are left."""
    ledger.purged(list(numbers), now)

    async def work(connection: BaseDBAsyncClient) -> int:
        done = await strip(connection, numbers)
        if done:
            await owe(connection, now)
        await audit.append(connection, [audit.Line("Purged", "rightsdesk", number) for number in done], now)
        return len(done)

    return await store.database.unit(work)


async def strip(connection: BaseDBAsyncClient, numbers: Sequence[int]) -> list[int]:
    """Count closed tickets for the yearly report and destroy what is personal about them; returns their numbers."""
    closed = TicketRow.filter(number__in=list(numbers), closed_at__isnull=False, wrapped_key__isnull=False)
    rows = await closed.using_db(connection)
    done = [row.number for row in rows]
    if not done:
        return []
    await yearly.add(connection, Counter(yearly.kind_of(row) for row in rows))
    nobody = {"person_hash": None, "writer_hash": None, "thread_hash": None, "sealed": None, "wrapped_key": None}
    await TicketRow.filter(number__in=done).using_db(connection).update(**nobody)
    for model in (OutboxRow, LetterRow, CodeRow, CardRow, CorrectionRow):
        await model.filter(ticket__in=done).using_db(connection).delete()
    mails = InboxRow.filter(ticket__in=done).using_db(connection)
    await mails.update(mail=None, wrapped_key=None, sender_hash=None, ticket=None)
    await SuppressedRow.filter(ticket__in=done).using_db(connection).update(ticket=None)
    return done


async def small_things(connection: BaseDBAsyncClient, keep: Keep, now: datetime, *, dry: bool = False) -> Purged:
    """Raw mails, letters that never went out, old codes and keys of outside events."""
    old = now - timedelta(days=keep.mails_days)
    mails = InboxRow.filter(state__in=[inbox.OURS, inbox.PARKED], received_at__lt=old, mail__isnull=False)
    letters = OutboxRow.filter(state__in=[outbox.HELD, outbox.FAILED], created_at__lt=old, payload__isnull=False)
    codes = CodeRow.filter(expires_at__lt=now - SHORT)
    events = SeenRow.filter(at__lt=now - SHORT).exclude(id=OWED)
    if dry:
        queries = (mails, letters, codes, events)
        return Purged(0, *[await query.using_db(connection).count() for query in queries])
    done = Purged(
        0,
        await mails.using_db(connection).update(mail=None, wrapped_key=None),
        await letters.using_db(connection).update(payload=None, state=outbox.FAILED),
        await codes.using_db(connection).delete(),
        await events.using_db(connection).delete(),
    )
    if done:
        await owe(connection, now)
    return done


async def owe(connection: BaseDBAsyncClient, now: datetime) -> None:
    """Remember, with what is deleted, that the files are still to be wiped: a kill may come in between."""
    if not await SeenRow.filter(id=OWED).using_db(connection).exists():
        await SeenRow.create(id=OWED, at=now, using_db=connection)


async def owed() -> bool:
    """Whether something was deleted and the files were not wiped since."""
    return await SeenRow.filter(id=OWED).exists()


async def wipe(store: Store) -> None:
    """Have the database's files forget what was deleted: the write-ahead log and freed pages hold it otherwise."""
    await forget_bytes(store)
    await store.database.unit(lambda connection: SeenRow.filter(id=OWED).using_db(connection).delete())


async def forget_bytes(store: Store) -> None:
    """By the means of each engine."""

    async def work() -> None:
        for statement in ("PRAGMA wal_checkpoint(TRUNCATE)", "VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)"):
            await get_connection("sqlite").execute_query(statement)

    await store.database.read(work if store.database.engine == "sqlite" else lambda: vacuum(store.database.url))


async def vacuum(url: str) -> None:
    """PostgreSQL's files: plain VACUUM frees the space of a deleted row and leaves its bytes there, so tables with
    something personal are written anew, unless they are so large that it would keep everybody waiting.

    The write-ahead log holds the sealed bytes until the server uses its segments again. On a connection of its own:
    it may take longer than a statement of ours.
    """
    connection = await own_connection(url)
    try:
        await connection.execute(f"SET lock_timeout = {LOCK_MS}")
        for model in PERSONAL:
            table = model._meta.db_table
            if await connection.fetchval("SELECT pg_total_relation_size($1::regclass)", table) <= REWRITABLE:
                await written_anew(connection, table)
        await connection.execute("VACUUM")
    finally:
        await connection.close()


async def written_anew(connection: asyncpg.Connection, table: str) -> None:
    """Several tries: whoever reads the table for long, such as a backup, must not have everybody queue behind us."""
    for _ in range(LOCK_TRIES):
        try:
            await connection.execute(f'VACUUM (FULL) "{table}"')
        except asyncpg.LockNotAvailableError:
            continue
        return
    _log.warning("not written anew: somebody reads it all the time", table=table)
