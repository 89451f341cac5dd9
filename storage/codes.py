"""One-time codes: a keyed hash, newest only, single use, at most 5 tries a code and 3 codes an address and day."""

from datetime import datetime, timedelta
from uuid import uuid4

from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.expressions import F

from storage.models import CodeRow
from storage.secrets import Keeper, new_code, same

TRIES = 5
PER_DAY = 3
LIVE, USED, VOID = "live", "used", "void"


class Codes:
    """The codes of one database. The code itself is never stored here."""

    def __init__(self, keeper: Keeper) -> None:
        self.keeper = keeper

    async def issue(
        self,
        connection: BaseDBAsyncClient,
        *,
        ticket: int,
        address: str,
        purpose: str,
        now: datetime,
        valid: timedelta,
    ) -> str | None:
        """A fresh code that voids the ticket's older ones; None where the address has had its share for today."""
        hashed = self.keeper.address_hash(address)
        today = CodeRow.filter(address_hash=hashed, issued_at__gt=now - timedelta(days=1)).using_db(connection)
        if await today.count() >= PER_DAY:
            return None
        await self.void(connection, ticket)
        code = new_code()
        await CodeRow.create(
            id=uuid4().hex,
            ticket=ticket,
            address_hash=hashed,
            code_hash=self.keeper.code_hash(code, ticket=ticket, address=address, purpose=purpose),
            issued_at=now,
            expires_at=now + valid,
            state=LIVE,
            using_db=connection,
        )
        return code

    async def void(self, connection: BaseDBAsyncClient, ticket: int) -> None:
        """No code of this ticket counts any more."""
        await CodeRow.filter(ticket=ticket, state=LIVE).using_db(connection).update(state=VOID)

    async def spend_try(self, connection: BaseDBAsyncClient, ticket: int, now: datetime) -> CodeRow | None:
        """Take one try of the ticket's live code, by one atomic update before anything is compared.

        Must be committed before `compare`, so that a kill gives no try back. None: no live code or no try left.
        """
        row = await CodeRow.filter(ticket=ticket, state=LIVE, expires_at__gt=now).using_db(connection).first()
        if row is None:
            return None
        free = CodeRow.filter(id=row.id, state=LIVE, tries__lt=TRIES).using_db(connection)
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
