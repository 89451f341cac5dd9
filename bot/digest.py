"""Each working morning the staff's channel gets the digest: once a day, also across restarts and several processes."""

from dataclasses import dataclass
from datetime import date

from tortoise.backends.base.client import BaseDBAsyncClient

from bot.desk import Desk
from responders.case.ticket import Status
from responders.digest import SHOWN, Standing, digest, digest_day, urgent_first
from storage import outbox
from storage.models import TicketRow
from storage.outbox import Item
from storage.seen import HappenedBefore, only_once

OPEN = [status.value for status in Status if status.open]


@dataclass
class Digests:
    """`when_empty`: also where nothing is open."""

    desk: Desk
    when_empty: bool = False
    _done: date | None = None

    async def tick(self) -> bool:
        """Give today's digest if it is due and was not given; True where it was given now."""
        now, house, brand = self.desk.now(), self.desk.house, self.desk.store.keeper.brand
        day = digest_day(now, house)
        if day is None or day == self._done:
            return False
        standing = await self.desk.store.database.read(self._standing)
        text = digest(standing, day, now, house)

        async def work(connection: BaseDBAsyncClient) -> bool:
            await only_once(connection, f"digest:{day}:{brand}" if brand else f"digest:{day}", now)
            if not standing.open and not self.when_empty:
                return False
            item = Item("announce", "digest", {"text": text}, None)
            await outbox.put(connection, [item], {}, self.desk.store.keeper, now)
            return True

        try:
            given = await self.desk.store.database.unit(work)
        except HappenedBefore:  # before a restart, or by another process
            given = False
        self._done = day
        if given:
            self.desk.wake()
        return given

    async def _standing(self) -> Standing:
        """Counted by the database; only as many tickets are opened as are shown."""
        now, store = self.desk.now(), self.desk.store
        query = TicketRow.filter(status__in=OPEN, **store.keeper.mine())
        dated = await query.filter(due_at__isnull=False).order_by("due_at", "number").limit(SHOWN)
        dateless = await query.filter(due_at__isnull=True).order_by("number").limit(SHOWN)
        tickets = [store.tickets.ticket_of(row) for row in (*dated, *dateless)]
        late = await query.filter(due_at__lt=now).count()
        return Standing(await query.count(), late, urgent_first(tickets))
