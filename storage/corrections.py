"""Corrections of readings by staff, one for each ticket, sealed with its key, so that they end with it."""

import json
from dataclasses import asdict, dataclass
from datetime import datetime

from tortoise.backends.base.client import BaseDBAsyncClient

from intents.corrections import Example
from intents.rights import ORDER, Intent
from responders.case.staff_events import StaffSorted
from responders.case.ticket import Ticket
from storage import audit
from storage.models import CorrectionRow
from storage.secrets import seal, unseal
from storage.tickets import Tickets

COMPARED = 300
"""So many corrections are compared with each letter: each costs some microseconds."""


@dataclass(frozen=True, slots=True)
class Words:
    """What a corrected letter said. `body` is what its writer newly typed; `risk` the gravest one read, or None."""

    lang: str
    channel: str
    subject: str
    body: str
    risk: str | None


@dataclass(frozen=True, slots=True)
class Correction:
    """A letter that staff sorted otherwise than it was read; `ticket` is its number as well."""

    ticket: int
    at: datetime
    by: str
    read_as: tuple[Intent, ...]
    said: tuple[Intent, ...]
    words: Words


def place(number: int) -> str:
    """The place that a correction's ciphertext is bound to."""
    return f"correction:{number}"


def read_as(ticket: Ticket) -> tuple[Intent, ...]:
    """What the whole letter was read as before staff sorted the ticket; where that was unsure, the best readings."""
    return in_order({*(ticket.readings or ticket.rights or (ticket.right,))})


def sorted_as(ticket: Ticket, right: Intent) -> tuple[Intent, ...]:
    """What the whole letter asks if this ticket asks for `right`: what its other tickets ask for stays."""
    others = set(ticket.rights) - {ticket.right} if ticket.linked else set()
    return in_order(others or {right}) if right is Intent.OTHER else in_order(others | {right})


def in_order(intents: set[Intent]) -> tuple[Intent, ...]:
    """Intents in the order of the contract."""
    return tuple(intent for intent in ORDER if intent in intents)


async def remember(
    connection: BaseDBAsyncClient, tickets: Tickets, before: Ticket, event: StaffSorted, now: datetime
) -> None:
    """Staff sorted a ticket: remember its letter, inside the caller's unit and after the ticket was saved.

    Staff's last word counts against what was read first; where both agree, there is no correction.
    """
    earlier = await CorrectionRow.filter(id=str(before.number)).using_db(connection).first()
    read, said = earlier.read_as if earlier else text_of(read_as(before)), text_of(sorted_as(before, event.right))
    if earlier:
        await earlier.delete(using_db=connection)
    key = (await tickets.keys([before.number])).get(before.number)
    if read == said or key is None or before.dispute is not None or not before.person.text:
        return
    words = Words(
        lang=before.language,
        channel=before.channel.value,
        subject=before.person.subject,
        body=before.person.text,
        risk=before.risks[0].value if before.risks else None,
    )
    sealed = seal(key, json.dumps(asdict(words)).encode(), place(before.number))
    number = before.number
    row = CorrectionRow(id=str(number), ticket=number, at=now, by=event.by[:80], read_as=read, said=said, sealed=sealed)
    await row.save(using_db=connection, force_create=True)


async def every(tickets: Tickets, *, newest: int | None = None) -> list[Correction]:
    """The corrections of the keeper's brand, oldest first. Raises WrongKey.

    With `newest`, only those among so many of the newest ones of all brands.
    """
    found = CorrectionRow.filter(ticket__isnull=False).order_by("-at", "-ticket")
    rows = list(reversed(await (found if newest is None else found.limit(newest))))
    numbers = [row.ticket for row in rows if row.ticket is not None]
    brands, brand = await tickets.brands(numbers), tickets.keeper.brand
    keys = await tickets.keys([number for number in numbers if brand is None or brands.get(number) == brand])
    return [correction_of(row, keys[row.ticket]) for row in rows if row.ticket in keys]


async def examples(tickets: Tickets) -> list[Example]:
    """The newest corrections as the reader takes them. Raises WrongKey."""
    return [Example(each.words.body, each.said) for each in await every(tickets, newest=COMPARED)]


def correction_of(row: CorrectionRow, key: bytes) -> Correction:
    """A correction as it is read back. Raises WrongKey."""
    number = row.ticket or 0
    words = Words(**json.loads(unseal(key, row.sealed, place(number))))
    return Correction(number, row.at, row.by, intents_of(row.read_as), intents_of(row.said), words)


def text_of(intents: tuple[Intent, ...]) -> str:
    """Intents as their column holds them."""
    return ",".join(intents)


def intents_of(text: str) -> tuple[Intent, ...]:
    """The reverse of `text_of`."""
    return tuple(map(Intent, text.split(",")))


async def forget(connection: BaseDBAsyncClient, number: int, now: datetime) -> bool:
    """Take the correction of a ticket out. Logged; False where there is none."""
    if not await CorrectionRow.filter(ticket=number).using_db(connection).delete():
        return False
    await audit.append(connection, [audit.Line("CorrectionForgotten", "staff", number)], now)
    return True
