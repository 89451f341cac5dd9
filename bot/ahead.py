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
        await self._renewed()
        if number not in self._keys and number in self._rows:
            key = self.store.tickets.key_of(self._rows[number])
            if key is not None:
                self._keys[number] = key
        if number not in self._keys:
            raise UnknownTicket(f"there is no ticket {number}, or it was purged")
        return self._keys[number]

    async def ticket(self, number: int) -> Ticket:
        """The ticket as it stood at most `FRESH` seconds ago."""
        await self._renewed()
        if number not in self._tickets:
            if number not in self._rows:
                raise UnknownTicket(f"there is no ticket {number}")
            self._tickets[number] = self.store.tickets.ticket_of(self._rows[number])
        return self._tickets[number]

    async def _renewed(self) -> None:
        """Load all of them anew if they are not fresh."""
        if time.monotonic() - self._loaded_at <= FRESH:
            return
        async with self._loading:
            if time.monotonic() - self._loaded_at > FRESH:
                tickets, read = self.store.tickets, self.store.database.read
                if self.only_keys:
                    self._keys = await read(lambda: tickets.keys(self.numbers))
                else:
                    self._rows = await read(lambda: tickets.rows(self.numbers))
                    self._keys, self._tickets = {}, {}
                self._loaded_at = time.monotonic()
