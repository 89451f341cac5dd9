"""One-time codes: a keyed hash, newest only, single use, at most 5 tries a code and 3 codes an address and day."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.expressions import F

from storage.models import CodeRow
from storage.secrets import Keeper, new_code, same

TRIES = 5
UNPROVEN_TRIES = 2
"""So many of them are had by a writer who shows nothing but the address: a forger can't use up the person's own."""
PER_DAY = 3
HOUSE = 0
"""The lock of what is counted for the whole house, beside those of single mailboxes."""
LIVE, USED, VOID = "live", "used", "void"


async def one_at_a_time(connection: BaseDBAsyncClient, hashes: Iterable[str], *, house: bool = False) -> None:
    """Have units of work that count letters to the same mailboxes go one after the other, until this one ends; with
    `house` also those that count what goes to anybody.

    SQLite has one writer anyway; on PostgreSQL two could both count the same number and both go over it. In sorted
    order, so that no two wait for each other.
    """
    if connection.capabilities.dialect == "sqlite":
        return
    wanted = {int(each[:15], 16) for each in hashes} | ({HOUSE} if house else set())
    for number in sorted(wanted):
        await connection.execute_query("SELECT pg_advisory_xact_lock($1)", [number])


class Codes:
    """The codes of one database. The code itself is never stored here."""

    def __init__(self, keeper: Keeper) -> None:
        self.keeper = keeper

    async def issued_today(self, connection: BaseDBAsyncClient, hashes: Iterable[str], now: datetime) -> dict[str, int]:
        """How many codes went to each address within a day."""
        day = now - timedelta(days=1)
        rows = await (
            CodeRow.filter(address_hash__in=list(hashes), issued_at__gt=day)
            .using_db(connection)
            .values_list("address_hash", flat=True)
        )
        return dict(Counter(str(row) for row in rows))

    def fresh(
        self, *, ticket: int, address: str, purpose: str, now: datetime, valid: timedelta
    ) -> tuple[str, dict[str, Any]]:
        """A fresh code and its row, not yet stored; the caller voids the older ones."""
        code = new_code()
        row = {
            "id": uuid4().hex,
            "ticket": ticket,
            "address_hash": self.keeper.mailbox_hash(address),
            "code_hash": self.keeper.code_hash(code, ticket=ticket, address=address, purpose=purpose),
            "issued_at": now,
            "expires_at": now + valid,
            "state": LIVE,
        }
        return code, row

    async def out(self, connection: BaseDBAsyncClient, ticket: int, now: datetime) -> bool:
        """Whether a code of this ticket still counts, with a try left for the person."""
        live = CodeRow.filter(ticket=ticket, state=LIVE, expires_at__gt=now, tries__lt=TRIES)
        return await live.using_db(connection).exists()

    async def void(self, connection: BaseDBAsyncClient, ticket: int) -> None:
        """No code of this ticket counts any more."""
        await CodeRow.filter(ticket=ticket, state=LIVE).using_db(connection).update(state=VOID)

    async def spend_try(
        self, connection: BaseDBAsyncClient, ticket: int, now: datetime, *, proven: bool = True
    ) -> CodeRow | None:
        """Take one try of the ticket's live code, by one atomic update before anything is compared. A writer who is
        not `proven` (see `responders.replies.proven`) has only the first of them.

        Must be committed before `compare`, so that a kill gives no try back. None: no live code or no try left.
        """
        live = CodeRow.filter(ticket=ticket, state=LIVE, expires_at__gt=now).using_db(connection)
        row = await live.order_by("-issued_at").first()
        if row is None:
            return None
        free = CodeRow.filter(id=row.id, state=LIVE, tries__lt=TRIES if proven else UNPROVEN_TRIES).using_db(connection)
        if await free.update(tries=F("tries") + 1) != 1:
            return None
        row.tries += 1
        return row

    async def compare(
        self, connection: BaseDBAsyncClient, row: CodeRow, code: str, *, ticket: int, address: str, purpose: str
    ) -> bool:
        """Whether `code` is the one; then it is used up, and a second use loses the race."""
        given = self.keeper.code_hash(code, ticket=ticket, address=address, purpose=purpose)
        if not same(given, row.code_hash):
            return False
        return await CodeRow.filter(id=row.id, state=LIVE).using_db(connection).update(state=USED) == 1

    async def exhausted(self, ticket: int) -> bool:
        """Whether the newest code has no try left."""
        row = await CodeRow.filter(ticket=ticket).order_by("-issued_at").first()
        return row is not None and row.tries >= TRIES and row.state == LIVE
