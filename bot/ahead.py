"""Tickets of the rows that come next: loaded together, and anew once they are no longer fresh."""

import asyncio
import time
from collections.abc import Collection
from dataclasses import dataclass, field

from responders.case.ticket import Ticket
from storage.models import TicketRow
from storage.store import Store
from storage.tickets import UnknownTicket

FRESH = 0.5
"""Seconds after which a ticket is loaded again: a server or a Slack that takes its time must not get old news."""


@dataclass
class Ahead:
    """For one batch: `numbers` are its tickets. Raises UnknownTicket for those that are not there (any more).

    With `only_keys` there is no `ticket`, and less is loaded.
    """

    store: Store
    numbers: Collection[int]
    only_keys: bool = False
    _loading: asyncio.Lock = field(default_factory=asyncio.Lock)
    _rows: dict[int, TicketRow] = field(default_factory=dict)
    _keys: dict[int, bytes] = field(default_factory=dict)
    _tickets: dict[int, Ticket] = field(default_factory=dict)
    _loaded_at: float = float("-inf")

    async def key(self, number: int) -> bytes:
        """The ticket's own key."""
        row = await self._row(number)
        if number not in self._keys:
            key = self.store.tickets.key_of(row)
            if key is None:
                raise UnknownTicket("the ticket was purged")
            self._keys[number] = key
        return self._keys[number]

    async def ticket(self, number: int) -> Ticket:
        """The ticket as it stood at most `FRESH` seconds ago."""
        row = await self._row(number)
        if number not in self._tickets:
            self._tickets[number] = self.store.tickets.ticket_of(row)
        return self._tickets[number]

    async def _row(self, number: int) -> TicketRow:
        async with self._loading:
            if time.monotonic() - self._loaded_at > FRESH:
                first = self._loaded_at == float("-inf")
                await self._load(self.numbers if first else [number])
                self._loaded_at = time.monotonic() if first else self._loaded_at
        if number not in self._rows:
            raise UnknownTicket(f"there is no ticket {number}")
        return self._rows[number]

    async def _load(self, numbers: Collection[int]) -> None:
        """Forgets what was known of these tickets. All at the first time, later the one that is asked for."""
        tickets, only_keys = self.store.tickets, self.only_keys
        found = await self.store.database.read(lambda: tickets.rows(numbers, only_keys=only_keys))
        for number in numbers:
            self._rows.pop(number, None)
            self._keys.pop(number, None)
            self._tickets.pop(number, None)
        self._rows |= found
