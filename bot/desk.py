"""The desk: load the ticket, decide, save. Every door turns what it hears into an event and calls this."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import structlog
from tortoise.backends.base.client import BaseDBAsyncClient

from bot.saving import PURPOSE, Change, Saver
from responders.case import events as e
from responders.case.decision import Decision, stay
from responders.case.effects import TellStaff
from responders.case.ticket import Identity, Ticket
from responders.decide import NotNow, decide
from responders.house import House
from responders.law.regime import FurtherRight
from responders.opening import Request, open_tickets
from responders.trust_steps import twin_of
from storage import corrections
from storage.counters import take_numbers
from storage.database import ChangedMeanwhile, DatabaseAway
from storage.store import Store
from storage.tickets import UnknownTicket

Also = Callable[[BaseDBAsyncClient, list[list[int]]], Awaitable[None]]
"""Something to be written in the unit that opens tickets; it is given their numbers, letter by letter."""
Within = Callable[[BaseDBAsyncClient], Awaitable[None]]
"""Something to be written in the unit of an event, before the ticket."""
SHARED = (
    e.IdentityConfirmed | e.AddressGiven | e.FactConfirmed | e.StaffAskedPerson | e.PersonCancelled | e.PersonDisowned
)
"""What happens to all tickets of one letter at once."""
TRIES = 5
"""How often a decision is taken anew because somebody else was quicker, for events that no person waits for."""
TOGETHER = 50
"""Tickets that the clock looks at in one unit."""
_log = structlog.get_logger("desk")


class WrongCode(Exception):
    """The code does not fit; the unit that found it is rolled back."""


@dataclass(frozen=True)
class Desk:
    """The one road of every event. `now` is the clock; `wake` is called after each save, to deliver at once."""

    store: Store
    saver: Saver
    house: House
    now: Callable[[], datetime]
    wake: Callable[[], None] = lambda: None

    async def ticket(self, number: int) -> Ticket:
        """One ticket as it stands. Raises UnknownTicket."""
        return await self.store.database.read(lambda: self.store.tickets.load(number))

    async def happen(
        self, number: int, event: e.Event, *, version: int | None = None, within: Within | None = None
    ) -> Ticket:
        """An event at a ticket. `version` is the one a person saw when they clicked: on another one nothing happens.

        `within` is written in the same unit, before the ticket. Raises UnknownTicket, NotNow and ChangedMeanwhile;
        then nothing has changed.
        """
        for attempt in range(TRIES):
            try:
                return await self._happen_once(number, event, version, within)
            except ChangedMeanwhile:
                if version is not None or attempt == TRIES - 1:
                    raise
        raise AssertionError("unreachable")

    async def _happen_once(self, number: int, event: e.Event, version: int | None, within: Within | None) -> Ticket:
        now = self.now()
        before = await self.ticket(number)
        if version is not None and before.version != version:
            raise ChangedMeanwhile(f"Ticket {number} has changed since this card was shown.")
        event = await self._informed(before, event)
        changes = [await self._change(before, event, now)]
        changes += await self._linked(before, event, now)
        changes += await self._upheld(before, event, now)

        async def work(connection: BaseDBAsyncClient) -> None:
            if within is not None:
                await within(connection)
            all_ = changes
            if isinstance(event, e.StaffForwarded) and event.own_data:
                all_ = await self._with_twin(connection, before, event, now)
            await self.saver.save(connection, all_, now)
            if isinstance(event, e.StaffSorted):
                await corrections.remember(connection, self.store.tickets, before, event, now)

        await self.store.database.unit(work)
        self.wake()
        return replace(changes[0].decision.ticket, version=before.version + 1)

    async def _informed(self, ticket: Ticket, event: e.Event) -> e.Event:
        """The event with what it needs to know of other tickets."""
        if isinstance(event, e.StaffApproved | e.StaffApprovedPart) and ticket.after is not None:
            first = await self.ticket(ticket.after)
            return replace(event, first_open=first.status.open)
        return event

    async def _change(self, before: Ticket, event: e.Event, now: datetime) -> Change:
        decision = decide(before, event, now, self.house)
        return Change(before, decision, type(event).__name__, getattr(event, "by", "person"))

    async def _with_twin(
        self, connection: BaseDBAsyncClient, before: Ticket, event: e.StaffForwarded, now: datetime
    ) -> list[Change]:
        """The ticket that goes on, and the linked one that carries the forwarding to the client."""
        numbered = replace(event, twin=await take_numbers(connection, "ticket", 1))
        twin = twin_of(before, numbered, now, self.house)
        return [await self._change(before, numbered, now), Change(None, twin, "StaffForwarded", event.by)]

    async def _linked(self, ticket: Ticket, event: e.Event, now: datetime) -> list[Change]:
        """What the same event means for the other tickets of the same letter: one address, one code, one fact, one
        cancellation for all."""
        if not isinstance(event, SHARED) or event.quiet:
            return []
        changes = []
        for number in ticket.linked:
            other = await self.ticket(number)
            if (other.person.address, other.person.thread) != (ticket.person.address, ticket.person.thread):
                continue
            try:
                changes.append(await self._change(other, replace(event, quiet=True), now))
            except NotNow:  # it stands where this changes nothing for it
                continue
        return changes

    async def _upheld(self, dispute: Ticket, event: e.Event, now: datetime) -> list[Change]:
        """What was refused is taken up again where an appeal against it is granted, in the same unit."""
        if not isinstance(event, e.StaffDecidedDispute) or event.outcome is e.Outcome.DENIED:
            return []
        if dispute.disputes is None or dispute.dispute is not FurtherRight.APPEAL:
            return []
        try:
            return [await self._change(await self.ticket(dispute.disputes), e.StaffReopened(event.by), now)]
        except (NotNow, UnknownTicket):  # it was taken up already, or is purged
            return []

    async def open(self, requests: Sequence[Request]) -> list[Ticket]:
        """Open the tickets of one letter."""
        return (await self.open_many([requests]))[0]

    async def open_many(
        self,
        letters: Sequence[Sequence[Request]],
        also: Also | None = None,
    ) -> list[list[Ticket]]:
        """Open the tickets of several letters in one unit; `also` is written in the same unit, given their numbers."""
        now = self.now()

        async def work(connection: BaseDBAsyncClient) -> list[list[Decision]]:
            total = sum(len(requests) for requests in letters)
            next_number = await take_numbers(connection, "ticket", total) if total else 0
            opened = []
            for requests in letters:
                numbers = range(next_number, next_number + len(requests))
                next_number += len(requests)
                opened.append(open_tickets(requests, numbers, now, self.house))
            changes = [Change(None, d, "RequestReceived", "person") for decisions in opened for d in decisions]
            await self.saver.save(connection, changes, now)
            if also is not None:
                await also(connection, [[d.ticket.number for d in decisions] for decisions in opened])
            return opened

        opened = await self.store.database.unit(work)
        self.wake()
        return [[decision.ticket for decision in decisions] for decisions in opened]

    async def code_typed(self, number: int, code: str, *, proven: bool = True, within: Within | None = None) -> bool:
        """A code came back: count the try first, for good, then compare in constant time.

        Wrong, expired, used and foreign codes end the same way. True if identity is confirmed now. `proven`: the
        writer showed that they had our mail. `within` is written with whatever follows.
        """
        ticket, now, codes = await self.ticket(number), self.now(), self.store.codes
        address = ticket.person.address
        row = await self.store.database.unit(lambda connection: codes.spend_try(connection, number, now, proven=proven))
        if row is not None and address is not None:

            async def used_up(connection: BaseDBAsyncClient) -> None:
                if not await codes.compare(connection, row, code, ticket=number, address=address, purpose=PURPOSE):
                    raise WrongCode
                if within is not None:
                    await within(connection)

            try:
                await self.happen(number, e.IdentityConfirmed(Identity.MAILBOX), within=used_up)
            except (WrongCode, NotNow):
                pass
            else:
                return True
        exhausted = await self.store.database.read(lambda: codes.exhausted(number))
        try:
            await self.happen(number, e.CodeRejected(exhausted), within=within)
        except NotNow:  # the ticket no longer waits for a code: that somebody wrote is noted, nothing else follows
            await self.happen(number, e.PersonWrote(), within=within)
        return False

    async def note(self, number: int, text: str, *, within: Within | None = None) -> None:
        """Tell staff something about a ticket that changes nothing in it. Raises UnknownTicket."""
        for attempt in range(TRIES):
            try:
                return await self._note_once(number, text, within)
            except ChangedMeanwhile:
                if attempt == TRIES - 1:
                    raise
        raise AssertionError("unreachable")

    async def _note_once(self, number: int, text: str, within: Within | None) -> None:
        ticket, now = await self.ticket(number), self.now()
        told = stay(ticket, TellStaff(text, loud=True))

        async def work(connection: BaseDBAsyncClient) -> None:
            if within is not None:
                await within(connection)
            await self.saver.save(connection, [Change(ticket, told, "Noted", "rightsdesk")], now)

        await self.store.database.unit(work)
        self.wake()

    async def tick(self) -> int:
        """Look at every ticket whose time has come; returns how many were looked at."""
        now = self.now()
        numbers = await self.store.database.read(lambda: self.store.tickets.due_to_look_at(now))
        for at in range(0, len(numbers), TOGETHER):
            some = numbers[at : at + TOGETHER]
            try:
                await self._look_at(some, now)
            except DatabaseAway:
                raise
            except Exception:  # noqa: BLE001 - one of them moved, or can't be looked at: each alone
                for number in some:
                    await self._look_at_one(number)
        return len(numbers)

    async def _look_at(self, numbers: Sequence[int], now: datetime) -> None:
        """Several tickets in one unit. Raises ChangedMeanwhile where any of them moved; then nothing has changed."""
        tickets = self.store.tickets
        changes = []
        for row in (await self.store.database.read(lambda: tickets.rows(numbers))).values():
            try:
                changes.append(await self._change(tickets.ticket_of(row), e.TimePassed(), now))
            except NotNow:
                continue
        if changes:
            await self.store.database.unit(lambda connection: self.saver.save(connection, changes, now))
            self.wake()

    async def _look_at_one(self, number: int) -> None:
        """One ticket; what can't be done for it must not hide those behind it."""
        try:
            await self.happen(number, e.TimePassed())
        except (NotNow, ChangedMeanwhile):  # it moved meanwhile: the next tick sees it as it is then
            return
        except DatabaseAway:
            raise
        except Exception:  # noqa: BLE001 - parked in the log, with its number
            _log.exception("tick", ticket=number)

    async def open_of(self, addresses: Sequence[str]) -> dict[str, list[Ticket]]:
        """The tickets that are from or about several addresses, newest first, by address in lower case."""
        hashed = {self.store.keeper.address_hash(address): address.casefold() for address in addresses}
        tickets = self.store.tickets
        found: dict[str, list[Ticket]] = {}
        for row in await self.store.database.read(lambda: tickets.from_or_about(list(hashed))):
            ticket = tickets.ticket_of(row)
            for address in {hashed[h] for h in (row.writer_hash, row.person_hash) if h in hashed}:
                found.setdefault(address, []).append(ticket)
        return found
