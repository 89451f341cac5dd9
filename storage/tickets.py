"""Tickets, stored: what a person could be known by sealed under the ticket's own key, the rest as plain JSON."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter
from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.expressions import Q
from tortoise.queryset import QuerySet

from responders.case.ticket import Ticket
from storage import rows
from storage.database import ChangedMeanwhile
from storage.models import TicketRow
from storage.secrets import Keeper, new_key, seal, unseal

_TICKET = TypeAdapter(Ticket)
SEALED = frozenset({"person", "why", "data", "tasks", "marks", "assigned_to"})
"""Fields that hold words of the person, of their letter or of staff."""


MANY, FEW = 1000, 50
"""How many tickets are looked at for several addresses, and for one of them where there are more."""


WHOLE = ("number", "version", "state", "sealed", "wrapped_key")
"""The columns that a ticket is made of; the others are there to be looked up by."""


class UnknownTicket(Exception):
    """There is no ticket of that number."""


def place(number: int) -> str:
    """The place that a ticket's ciphertexts are bound to."""
    return f"ticket:{number}"


class Tickets:
    """The tickets of one database: those of the keeper's brand, and no others are found. Its hashes fit no others."""

    def __init__(self, keeper: Keeper) -> None:
        self.keeper = keeper

    def key_of(self, row: TicketRow) -> bytes | None:
        """The ticket's own key; None once it was purged."""
        if row.wrapped_key is None:
            return None
        return self.keeper.unwrap(row.wrapped_key, place(row.number))

    def ticket_of(self, row: TicketRow) -> Ticket:
        """The ticket of a row; a purged one has no person and no words. Raises WrongKey."""
        state = {"person": {}, **json.loads(row.state)}
        key = self.key_of(row)
        if key is not None and row.sealed is not None:
            state |= json.loads(unseal(key, row.sealed, place(row.number)))
        return replace(_TICKET.validate_python(state, strict=False), version=row.version)

    def fields_of(self, ticket: Ticket, key: bytes) -> dict[str, Any]:
        """The columns of a ticket."""
        state = _TICKET.dump_json(ticket, exclude=set(SEALED)).decode()
        sealed = _TICKET.dump_json(ticket, include=set(SEALED))
        person = ticket.person
        hashed = {a: self.keeper.address_hash(a) for a in {person.address, person.writer} if a}  # mostly one
        return {
            "version": ticket.version,
            "right": ticket.right.value,
            "status": ticket.status.value,
            "regime": ticket.dates.regime if ticket.dates else None,
            "person_hash": hashed.get(person.address or ""),
            "writer_hash": hashed.get(person.writer or ""),
            "thread_hash": self.thread_hash(*person.thread[:2]) if person.thread else None,
            "received_at": ticket.received_at,
            "opened_at": ticket.opened_at,
            "due_at": ticket.due_at,
            "look_again_at": ticket.look_again_at,
            "closed_at": ticket.closed_at,
            "state": state,
            "sealed": seal(key, sealed, place(ticket.number)),
        }

    def thread_hash(self, channel: str, ts: str) -> str:
        """The look-up hash of a chat thread."""
        return self.keeper.blind(f"thread:{channel}:{ts}")

    async def add(self, connection: BaseDBAsyncClient, tickets: Sequence[Ticket]) -> dict[int, bytes]:
        """Insert new tickets; returns their keys, for sealing what belongs to them."""
        keys = {ticket.number: new_key() for ticket in tickets}
        new = [
            {
                "number": ticket.number,
                "wrapped_key": self.keeper.wrap(keys[ticket.number], place(ticket.number)),
                "brand": self.keeper.brand or "",
                **self.fields_of(ticket, keys[ticket.number]),
            }
            for ticket in tickets
        ]
        await rows.insert(connection, TicketRow, new)
        return keys

    async def keys(self, numbers: Collection[int]) -> dict[int, bytes]:
        """The keys of several tickets; purged and unknown ones have none."""
        if not numbers:
            return {}
        where = f"WHERE number IN ({', '.join('?' * len(numbers))}) AND wrapped_key IS NOT NULL"
        found = await rows.select(TicketRow, ["number", "wrapped_key"], where, list(numbers))
        return {number: self.keeper.unwrap(wrapped, place(number)) for number, wrapped in found}

    async def change(
        self, connection: BaseDBAsyncClient, before: Ticket, after: Ticket, *, keys: Mapping[int, bytes] | None = None
    ) -> bytes:
        """Write the ticket if nobody else has meanwhile; returns its key. Raises ChangedMeanwhile, UnknownTicket.

        `keys` are those of `keys`, where several tickets change in one unit.
        """
        known = await self.keys([before.number]) if keys is None else keys
        key = known.get(before.number)
        if key is None:
            raise UnknownTicket(f"there is no ticket {before.number}")
        columns = self.fields_of(replace(after, version=before.version + 1), key)
        same = TicketRow.filter(number=before.number, version=before.version).using_db(connection)
        if await same.update(**columns) != 1:
            raise ChangedMeanwhile(f"ticket {before.number} was changed meanwhile")
        return key

    def _mine(self) -> QuerySet[TicketRow]:
        return TicketRow.filter(**self.keeper.mine())

    async def load(self, number: int) -> Ticket:
        """One ticket. Raises UnknownTicket, also where it was purged or is another brand's."""
        row = await self._mine().filter(number=number).first()
        if row is None:
            raise UnknownTicket(f"there is no ticket {number}")
        if row.wrapped_key is None:
            raise UnknownTicket(f"ticket {number} was purged: only its dates and its outcome are left")
        return self.ticket_of(row)

    async def key(self, number: int) -> bytes | None:
        """The ticket's own key, or None."""
        row = await self._mine().filter(number=number).first()
        return self.key_of(row) if row else None

    async def rows(self, numbers: Collection[int]) -> dict[int, TicketRow]:
        """Several tickets as they are stored, for `ticket_of` and `key_of`; unknown ones are left out."""
        if not numbers:
            return {}
        return {row.number: row for row in await TicketRow.filter(number__in=list(numbers)).only(*WHOLE)}

    async def brands(self, numbers: Collection[int]) -> dict[int, str]:
        """Whose these tickets are."""
        some = TicketRow.filter(number__in=list(numbers))
        return {row.number: row.brand for row in await some.only("number", "brand")}

    async def many(self, *, status: Sequence[str] = (), limit: int = 200, newest: bool = True) -> list[Ticket]:
        """Tickets by status (all if none is named), newest or most urgent first."""
        query = self._mine().filter(status__in=list(status)) if status else self._mine()
        order = ("-number",) if newest else ("due_at", "number")
        return [self.ticket_of(row) for row in await query.order_by(*order).limit(limit)]

    async def due_to_look_at(self, now: datetime, limit: int = 500) -> list[int]:
        """Numbers of the tickets that the clock should look at, the longest due first; by index, not by scan."""
        due = self._mine().filter(look_again_at__lte=now).order_by("look_again_at")
        rows = await due.limit(limit).only("number")
        return [row.number for row in rows]

    async def from_or_about(self, hashes: Sequence[str]) -> list[TicketRow]:
        """Tickets whose writer or person has one of these hashes, newest first; where there are very many, the newest
        of each, so that one address can't crowd out the others."""

        async def of(some: Sequence[str], limit: int) -> list[TicketRow]:
            theirs = TicketRow.filter(Q(writer_hash__in=list(some)) | Q(person_hash__in=list(some)))
            return await theirs.order_by("-number").limit(limit).only(*WHOLE, "writer_hash", "person_hash")

        rows = await of(hashes, MANY)
        if len(rows) == MANY:
            each = {row.number: row for one in hashes for row in await of([one], FEW)}
            rows = sorted(each.values(), key=lambda row: -row.number)
        return rows

    async def of_thread(self, channel: str, ts: str) -> list[Ticket]:
        """Tickets of a chat thread, oldest first."""
        rows = await TicketRow.filter(thread_hash=self.thread_hash(channel, ts)).order_by("number")
        return [self.ticket_of(row) for row in rows]
