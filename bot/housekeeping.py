"""Once a day, by one process: what was kept long enough is purged, and the head of the log goes into the ledger."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import date, datetime

import structlog
from tortoise.backends.base.client import BaseDBAsyncClient

from storage import audit
from storage.counters import last_number
from storage.ledger import Ledger
from storage.retention import Keep, Purged, purge
from storage.seen import HappenedBefore, only_once
from storage.store import Store

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
