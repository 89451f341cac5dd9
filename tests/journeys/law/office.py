"""A whole desk without servers: a real database, real letters in and out as bytes, and a clock that tests move."""

import atexit
import re
import shutil
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path

from bot.deliver import Deliverer, Identity
from bot.desk import Desk
from bot.intake import Read, Reader
from bot.limits import Limits
from bot.mail.parsing import ParserPool
from bot.ports import Sent
from bot.saving import Saver
from intents.message import read_message
from intents.reader import read_letter
from responders.case.events import Event
from responders.case.ticket import Ticket
from responders.house import House
from storage.inbox import Incoming
from storage.models import InboxRow
from storage.store import Store, open_store
from tests.responders.cast import HOUSE

MASTER = bytes(range(32))
SUPPORT = "support@opterre.example"


@dataclass
class Outgoing:
    """The mail server on the other side: takes every letter."""

    letters: list[EmailMessage] = field(default_factory=list)

    async def send(
        self, letter: bytes, *, recipient: str, before_body: Callable[[], Awaitable[None]], sender: str | None = None
    ) -> Sent:
        await before_body()
        parsed = message_from_bytes(letter, policy=policy.default)
        assert parsed["To"] == recipient
        self.letters.append(parsed)
        return Sent("250 taken")


@dataclass
class Room:
    """The staff's channel, as what was said in it."""

    said: list[str] = field(default_factory=list)
    reminded: list[str] = field(default_factory=list)

    async def show(self, ticket: Ticket) -> None:
        """A card says nothing new here."""

    async def tell(self, ticket: Ticket, text: str, *, loud: bool) -> None:
        self.said.append(f"#{ticket.number} {text}")

    async def remind(self, ticket: Ticket, kind: str) -> None:
        self.reminded.append(f"#{ticket.number} {kind}")

    async def give_task(self, ticket: Ticket, processor: str, how: str) -> None:
        self.said.append(f"#{ticket.number} {processor}: {how}")

    async def announce(self, text: str) -> None:
        self.said.append(text)


@dataclass
class Office:
    """Everything a story needs. Times are the story's own."""

    store: Store
    now: datetime
    house: House
    room: Room = field(default_factory=Room)
    out: Outgoing = field(default_factory=Outgoing)
    mails: int = 0

    def __post_init__(self) -> None:
        limits = Limits(1000, 1000, 100_000)
        self.desk = Desk(self.store, Saver(self.store, self.house, limits), self.house, lambda: self.now)
        sender = Identity("Opterre privacy desk", SUPPORT)
        self.deliverer = Deliverer(self.desk, self.out, self.room, None, sender, lambda: self.now)
        self.reader = Reader(self.desk, ParserPool(), read_letter, None, lambda _: None, lambda *_: None)

    async def mail(
        self,
        text: str,
        *,
        by: str = "anna@kundin.example",
        subject: str = "My data",
        answers: EmailMessage | None = None,
    ) -> None:
        """A mail comes in, is read, and everything that follows is delivered."""
        self.mails += 1
        letter = EmailMessage()
        letter["From"], letter["To"], letter["Subject"] = by, SUPPORT, subject
        letter["Message-ID"] = f"<{self.mails}@{by.rpartition('@')[2]}>"
        letter["Date"] = format_datetime(self.now)
        if answers is not None:
            letter["In-Reply-To"] = letter["References"] = answers["Message-ID"]
        letter.set_content(text)
        raw = letter.as_bytes()
        incoming = Incoming("support", "INBOX", 7, self.mails, raw, len(raw), self.now)
        await self.store.database.unit(lambda connection: self.store.inbox.store(connection, [incoming]))
        [taken] = await self.store.database.read(lambda: self.store.inbox.waiting(10))
        parsed = read_message(raw)
        reading = replace(read_letter(parsed), unsure=False)  # how sure a reading is, other stories tell
        await self.reader.settle([Read(taken, parsed, reading)])
        await self.deliver()

    async def deliver(self) -> None:
        while await self.deliverer.run_once():
            pass

    async def happen(self, number: int, event: Event) -> Ticket:
        ticket = await self.desk.happen(number, event)
        await self.deliver()
        return ticket

    async def code_comes_back(self, number: int) -> None:
        """The person replies with the code of the newest letter that carries one."""
        letter = next(each for each in reversed(self.out.letters) if CODE.search(body(each)))
        found = CODE.search(body(letter))
        assert found is not None
        await self.mail(found[0], by=str(letter["To"]), answers=letter, subject=f"Re: {letter['Subject']}")
        assert (await self.ticket(number)).identity.value == "mailbox"

    async def until(self, moment: datetime) -> None:
        """Time passes; the clock looks at what is due twice a day."""
        while self.now < moment:
            self.now = min(moment, self.now + timedelta(hours=12))
            await self.desk.tick()
            await self.deliver()

    async def ticket(self, number: int) -> Ticket:
        return await self.desk.ticket(number)

    async def timeline(self, number: int) -> str:
        return "\n".join(f"{mark.at:%Y-%m-%d} {mark.by}: {mark.what}" for mark in (await self.ticket(number)).marks)

    @property
    def last(self) -> str:
        """The newest letter's text."""
        return body(self.out.letters[-1])

    async def kept_mails(self) -> int:
        return await self.store.database.read(lambda: InboxRow.filter(mail__isnull=False).count())


CODE = re.compile(r"\b[A-HJKMNP-Z2-9]{4}-[A-HJKMNP-Z2-9]{4}-[A-HJKMNP-Z2-9]{4}\b")


def body(letter: EmailMessage) -> str:
    part = letter.get_body(("plain",))
    assert part is not None
    return str(part.get_content())


READY: dict[str, Path] = {}
"""An empty database of this run, to be copied: migrating one takes half a second."""


async def ready_database(target: Path) -> None:
    """A migrated database at `target`, unless one is there."""
    if target.exists():
        return
    if "empty" not in READY:
        READY["empty"] = Path(tempfile.mkdtemp(prefix="law-")) / "empty.sqlite3"
        atexit.register(shutil.rmtree, READY["empty"].parent, ignore_errors=True)
        store = await open_store(f"sqlite://{READY['empty']}", MASTER)
        await store.database.close()
    shutil.copy(READY["empty"], target)


@asynccontextmanager
async def office(folder: Path, now: datetime, **house: object) -> AsyncIterator[Office]:
    await ready_database(folder / "desk.sqlite3")
    store = await open_store(f"sqlite://{folder / 'desk.sqlite3'}", MASTER)
    try:
        yield Office(store, now.astimezone(UTC), replace(HOUSE, **house))  # type: ignore[arg-type]
    finally:
        await store.database.close()
