"""K4: a letter meets every fault of a mail server, through the whole of delivery; copies are counted at the server."""

from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from email import message_from_bytes
from pathlib import Path

import pytest

from bot.deliver import Deliverer, Identity
from bot.demo.servers.smtp import Accepted, Fault, SmtpDoor, SmtpHouse, Verb
from bot.mail.settings import SmtpSettings
from bot.mail.smtp import Outbound
from responders.case.ticket import Ticket
from storage import outbox
from storage.models import OutboxRow
from storage.outbox import DONE, FAILED, HELD, WAITING, Item
from tests.bot.slack.town import HOUSE, Hours, new_store
from tests.responders.cast import ANNA
from tests.storage.places import desk_of, opened

VERBS: tuple[Verb, ...] = ("CONNECT", "EHLO", "MAIL", "RCPT", "DATA", "DOT")
LATER, NEVER = Fault("451 4.3.0 later"), Fault("554 5.7.1 no")
CLOSED, HANGS = Fault(close=True), Fault(hang=True)
TAKEN_AND_CLOSED, TAKEN_AND_HANGS = Fault(close=True, taken=True), Fault(hang=True, taken=True)
PATIENCE = 0.25
"""Seconds that a server may take for an answer here."""


@dataclass
class Staff:
    """Staff who note what they are told."""

    told: list[str] = field(default_factory=list)

    async def show(self, ticket: Ticket) -> None:
        pass

    async def tell(self, ticket: Ticket, text: str, *, loud: bool) -> None:
        self.told.append(text)

    async def remind(self, ticket: Ticket, kind: str) -> None:
        pass

    async def give_task(self, ticket: Ticket, processor: str, how: str) -> None:
        pass

    async def announce(self, text: str) -> None:
        self.told.append(text)


@dataclass
class Post:
    """A mail server with its ledger, and delivery on a fresh database with one ticket."""

    server: SmtpDoor
    taken: list[str]
    deliverer: Deliverer
    staff: Staff
    hours: Hours
    ticket: int

    async def letter(self, *, holds_data: bool) -> str:
        """One more letter in the outbox; returns its id."""
        store = self.deliverer.desk.store
        key = await store.database.read(lambda: store.tickets.key(self.ticket))
        assert key is not None
        payload: Mapping[str, object] = {
            "to": ANNA, "subject": "Re: My data", "text": "Dear Anna", "html": "<p>Dear Anna</p>", "language": "en",
            "in_reply_to": None, "references": [],
        }  # fmt: skip
        item = Item("mail", "a.letter", payload, self.ticket, holds_data)
        now = self.hours()
        return (await store.database.unit(lambda c: outbox.put(c, [item], {self.ticket: key}, store.keeper, now)))[0]

    async def deliver(self) -> None:
        while await self.deliverer.run_once():
            pass

    async def state(self, id_: str) -> str:
        read = self.deliverer.desk.store.database.read
        return (await read(lambda: OutboxRow.get(id=id_))).state

    def copies(self, id_: str) -> int:
        """How many copies the server has taken, all under one Message-ID."""
        return Counter(self.taken)[id_[:16]]


@asynccontextmanager
async def post(folder: Path) -> AsyncIterator[Post]:
    taken: list[str] = []

    async def take(mail: Accepted) -> None:
        taken.append(str(message_from_bytes(mail.raw)["Message-ID"]).split(".")[2])

    hours = Hours()
    server = SmtpDoor(SmtpHouse(lambda user, _p: user, lambda _a: True, take, hours, lambda _k, _w: None))
    await server.open()
    store = await new_store(folder / "post.sqlite3")
    desk, staff = desk_of(store, hours, house=HOUSE), Staff()
    out = Outbound(
        SmtpSettings("127.0.0.1", server.port, "support@opterre.example", "none", connect_timeout=PATIENCE,
                     command_timeout=PATIENCE, body_timeout=PATIENCE)
    )  # fmt: skip
    deliverer = Deliverer(desk, out, staff, None, Identity("Opterre", "support@opterre.example"), hours)
    ticket = await opened(desk)
    found = Post(server, taken, deliverer, staff, hours, ticket.number)
    await found.deliver()
    staff.told.clear()
    try:
        yield found
    finally:
        server.heal()
        await out.close()
        await server.close()
        await store.database.close()


async def meets(post: Post, verb: Verb, fault: Fault, *, holds_data: bool) -> tuple[str, int, int, str, int]:
    """(state at once, copies at once, state when all is well again, copies then, how often staff were told)."""
    await post.deliverer.letters.close()  # type: ignore[attr-defined] # a fresh connection meets CONNECT and EHLO
    post.staff.told.clear()
    id_ = await post.letter(holds_data=holds_data)
    post.server.fail(verb, fault)
    await post.deliver()
    first, copies = await post.state(id_), post.copies(id_)
    post.server.heal()
    post.hours.pass_by(minutes=10)
    await post.deliver()
    return first, copies, post.copies(id_), await post.state(id_), len(post.staff.told)


def expected(verb: Verb, fault: Fault, *, holds_data: bool) -> tuple[str, int, int, str, int]:
    """What must come of it."""
    if fault.reply.startswith("5") and verb not in ("CONNECT", "EHLO"):
        return FAILED, 0, 0, FAILED, 1
    doubtful = verb == "DOT" and not fault.reply
    taken = int(fault.taken)
    if doubtful and holds_data:
        return HELD, taken, taken, HELD, 1
    return WAITING, taken, 1 + taken, DONE, 0


@pytest.mark.parametrize("verb", VERBS)
async def test_whatever_fault_strikes_a_letter_goes_out_once_or_staff_are_told_once(verb: Verb, tmp_path: Path) -> None:
    faults = [LATER, NEVER, CLOSED, HANGS]
    faults += [TAKEN_AND_CLOSED, TAKEN_AND_HANGS] if verb == "DOT" else []
    async with post(tmp_path) as office:
        for fault in faults:
            for holds_data in (False, True):
                found = await meets(office, verb, fault, holds_data=holds_data)
                print(f"{verb:8} {fault} data={holds_data}: {found}")
                assert found == expected(verb, fault, holds_data=holds_data), (verb, fault, holds_data)


async def test_a_server_that_is_away_for_a_week_gets_what_came_late_and_staff_hear_of_the_rest(tmp_path: Path) -> None:
    async with post(tmp_path) as office:
        early = [await office.letter(holds_data=data) for data in (False, True)]
        await office.server.close()
        tries = 0
        for _ in range(7 * 24):
            tries += await office.deliverer.run_once()
            office.hours.pass_by(hours=1)
        late = [await office.letter(holds_data=data) for data in (False, True)]
        await office.server.open()
        office.hours.pass_by(hours=3)
        await office.deliver()
        assert [office.copies(id_) for id_ in early + late] == [0, 0, 1, 1]
        assert [await office.state(id_) for id_ in early] == [FAILED, FAILED]
        assert sum("was refused" in told or "not reached" in told for told in office.staff.told) == 2
        assert tries < 2 * 80  # ever more seldom: two letters, five days


async def test_letters_say_later_for_four_days_and_then_go_out_once(tmp_path: Path) -> None:
    async with post(tmp_path) as office:
        id_ = await office.letter(holds_data=True)
        office.server.fail("RCPT", LATER, None)
        for _ in range(4 * 24):
            await office.deliver()
            office.hours.pass_by(hours=1)
        office.server.heal()
        office.hours.pass_by(hours=3)
        await office.deliver()
        assert (office.copies(id_), await office.state(id_), office.staff.told) == (1, DONE, [])


async def test_a_clock_that_jumps_ahead_and_back_sends_nothing_twice(tmp_path: Path) -> None:
    async with post(tmp_path) as office:
        ids = []
        for jump in (timedelta(days=7), -timedelta(hours=2), timedelta(days=30), -timedelta(days=30), timedelta()):
            office.hours.at += jump
            ids.append(await office.letter(holds_data=False))
            await office.deliverer.desk.tick()
            await office.deliver()
        office.hours.at += timedelta(days=1)
        await office.deliver()
        assert [office.copies(id_) for id_ in ids] == [1] * len(ids)
