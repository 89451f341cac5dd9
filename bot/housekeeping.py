"""By one process: once a day what was kept long enough is purged, and the head of the log goes into the ledger; and
staff hear once more of a letter in doubt that nobody has decided on for a day."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta

import structlog
from tortoise.backends.base.client import BaseDBAsyncClient

from storage import audit, outbox
from storage.counters import last_number
from storage.ledger import Ledger
from storage.models import OutboxRow
from storage.outbox import HELD, Item
from storage.retention import Keep, Purged, purge
from storage.seen import HappenedBefore, only_once
from storage.store import Store

LONG = timedelta(hours=24)
"""How long a letter in doubt may wait for a decision until staff are told again."""
_log = structlog.get_logger("housekeeping")


@dataclass
class Housekeeping:
    """The daily purge; its report goes to our own log."""

    store: Store
    ledger: Ledger
    keep: Keep
    now: Callable[[], datetime]
    _done: date | None = None

    async def tick(self) -> Purged | None:
        """Do today's share if nobody has yet; None where there was nothing to do. Raises DatabaseAway."""
        now = self.now()
        day = now.date()
        if day == self._done:
            return None

        async def begin(connection: BaseDBAsyncClient) -> None:
            await only_once(connection, f"housekeeping:{day}", now)

        try:
            await self.store.database.unit(begin)
        except HappenedBefore:  # before a restart, or by another process
            self._done = day
            return None
        self._done = day
        done = await purge(self.store, self.ledger, self.keep, now)
        await self.anchor(now)
        _log.info("purged", **asdict(done))
        return done

    async def anchor(self, now: datetime) -> None:
        """Write the newest line's hash, and the last ticket number, where no change of the database reaches them."""

        async def read() -> tuple[int, str, int]:
            return *(await audit.head()), await last_number("ticket")

        seq, digest, tickets = await self.store.database.read(read)
        if seq:
            self.ledger.head(seq, digest, tickets=tickets, at=now)


@dataclass
class LongHeld:
    """Letters in doubt that wait for staff too long. `wake`: there is something to be told."""

    store: Store
    now: Callable[[], datetime]
    wake: Callable[[], None]

    async def tick(self) -> int:
        """Tell of each once a day; returns of how many. Raises DatabaseAway."""
        now, told = self.now(), 0

        async def old() -> list[OutboxRow]:
            query = OutboxRow.filter(state=HELD, created_at__lt=now - LONG, **self.store.keeper.mine())
            return await query.order_by("created_at").limit(100).only("id", "ticket", "name")

        for row in await self.store.database.read(old):
            told += await self._tell(row, now)
        if told:
            self.wake()
        return told

    async def _tell(self, row: OutboxRow, now: datetime) -> bool:
        beginning = row.id[:8]
        text = (
            f"The letter “{row.name}” of ticket {row.ticket} is in doubt for more than a day: did it arrive? "
            f"`rightsdesk outbox send {beginning}` or `rightsdesk outbox drop {beginning}`."
        )
        item = Item("announce", "held", {"text": text}, None)

        async def work(connection: BaseDBAsyncClient) -> None:
            await only_once(connection, f"held:{row.id}:{now.date()}", now)
            await outbox.put(connection, [item], {}, self.store.keeper, now)

        try:
            await self.store.database.unit(work)
        except HappenedBefore:
            return False
        return True
