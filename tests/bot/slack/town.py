"""The small town of these tests: a real store on SQLite, a desk, the Slack stand-in and the door connected to it."""

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from bot.config_sections import SlackSection
from bot.deliver import Deliverer, Identity
from bot.demo.servers.slack import APP_TOKEN, BOT_TOKEN, SlackTown
from bot.demo.servers.slack_things import DESK, HELP, Message
from bot.desk import Desk
from bot.limits import Limits
from bot.ports import Sent
from bot.saving import Saver
from bot.slack.door import SlackDoor, open_door
from intents.letter import Channel, Letter
from intents.reader import read_letter
from intents.reading import Reading
from intents.rights import Intent
from responders.case import events as e
from responders.case.ticket import Identity as Proof
from responders.case.ticket import Person, Ticket
from responders.house import House, Processor
from responders.opening import Request
from storage.models import OutboxRow
from storage.store import Store, open_store

Json = dict[str, Any]
START = datetime(2027, 1, 31, 10, tzinfo=UTC)
ANNAS = "anna@kundin.example"
EVERYWHERE = dict.fromkeys(Intent, "Do it there.")


class Hours:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.at = START

    def __call__(self) -> datetime:
        return self.at

    def pass_by(self, **time: float) -> None:
        self.at += timedelta(**time)


class Seconds:
    """Monotonic seconds that pass only when told."""

    def __init__(self) -> None:
        self.at = 0.0

    def __call__(self) -> float:
        return self.at


@dataclass
class PostOffice:
    """Takes every letter."""

    sent: list[tuple[str, str]] = field(default_factory=list)
    """Recipient and text."""

    async def send(
        self, letter: bytes, *, recipient: str, before_body: Callable[[], Awaitable[None]], sender: str | None = None
    ) -> Sent:
        await before_body()
        body = message_from_bytes(letter, policy=policy.default).get_body(("plain",))
        assert body is not None
        self.sent.append((recipient, body.get_content()))
        return Sent("250 taken")

    def codes(self) -> list[str]:
        """The codes that went out, oldest first."""
        found = [re.search(r"[A-Z2-9]{4}-[A-Z2-9]{4}-[A-Z2-9]{4}", text) for _, text in self.sent]
        return [match[0] for match in found if match]

    def code(self) -> str:
        """The code in the newest letter that has one."""
        return self.codes()[-1]


@dataclass
class Office:
    """Everything in one place, with the verbs of the stories."""

    slack: SlackTown
    store: Store
    desk: Desk
    door: SlackDoor
    post: PostOffice
    hours: Hours
    seconds: Seconds
    deliverer: Deliverer
    saved: asyncio.Event

    async def deliver(self, *, healthy: bool = True) -> None:
        """Do everything the outbox holds; one round only where the world is not `healthy`."""
        while await self.deliverer.run_once() and healthy:
            pass

    async def open(self, right: Intent = Intent.ERASE, **more: Any) -> Ticket:
        """A ticket by mail from Anna."""
        person = more.pop(
            "person", Person(address=ANNAS, writer=ANNAS, subject="my data", message_id="<1@kundin.example>")
        )
        values: Json = {"regimes": ("gdpr",), "country": "DE", "language": "en", "channel": Channel.EMAIL}
        request = Request(right=right, person=person, received_at=self.hours(), **(values | more))
        (ticket,) = await self.desk.open([request])
        return ticket

    async def decidable(self, right: Intent = Intent.ERASE, **more: Any) -> Ticket:
        """A ticket that waits for a decision, its card posted."""
        ticket = await self.open(right, **more)
        await self.desk.happen(ticket.number, e.IdentityConfirmed(Proof.MAILBOX))
        await self.deliver()
        return await self.desk.ticket(ticket.number)

    def roots(self, channel: str = DESK) -> list[Message]:
        return [m for m in self.slack.world.channels[channel].messages.values() if m.thread_ts is None and m.is_bot]

    def replies(self, root: str, channel: str = DESK) -> list[Message]:
        return [m for m in self.slack.world.channels[channel].thread(root)[1:] if m.is_bot]

    @property
    def card(self) -> Message:
        """The newest card."""
        return self.roots()[-1]

    def told(self, user: str) -> list[str]:
        """What was said to one person alone."""
        return [message.text for message in self.slack.world.ephemerals if message.only_for == user]

    async def hears(self, user: str, times: int = 1) -> str:
        """Waits until somebody was told so many things; the last of them."""
        await self.slack.changes.until(lambda: len(self.told(user)) >= times)
        return self.told(user)[-1]

    async def form(self, user: str) -> Json:
        """Waits for the form that `user` has open, filled with what belongs there."""

        def filled() -> Json:
            pile = self.slack.world.modals.get(user) or []
            first = pile[-1].content["blocks"][0] if pile else {}
            if not pile or first.get("text", {}).get("text") in ("One moment …", "…"):
                return {}
            return pile[-1].content | {"id": pile[-1].id}

        return await self.slack.changes.until(filled)

    async def when(self, number: int, condition: Callable[[Ticket], bool]) -> Ticket:
        """Waits until a ticket is as it should be; asked anew after every save."""
        async with asyncio.timeout(10):
            while not condition(ticket := await self.desk.ticket(number)):
                await self.saved.wait()
                self.saved.clear()
        return ticket

    async def waiting(self) -> list[str]:
        """The kinds of effects that are still to be done."""
        rows = await self.store.database.read(lambda: OutboxRow.filter(state="waiting").order_by("created_at").all())
        return [row.kind for row in rows]

    async def failed(self) -> list[str]:
        """The kinds of effects that were given up."""
        rows = await self.store.database.read(lambda: OutboxRow.filter(state="failed").all())
        return [row.kind for row in rows]


HOUSE = House(
    company="Opterre",
    postal_address="1 Main Street",
    contact="privacy@opterre.example",
    controller_tz="Europe/Berlin",
    processors=(Processor("Mailer Inc.", "addresses", EVERYWHERE), Processor("Cloud & Sons", "backups", EVERYWHERE)),
    own_addresses=frozenset({"privacy@opterre.example"}),
    facts={
        "purposes": "p", "categories": "c", "retention": "r", "source": "none", "automated": "none",
        "transfer_safeguard": "none", "withheld": "none", "sold_shared": "none", "period": "all", "kept": "none",
        "format": "text", "lists": "l", "how_to_see": "ask", "backup_days": "30", "log_months": "36",
    },
)  # fmt: skip


EMPTY: list[bytes] = []
"""An empty database, migrated once for all tests."""


async def new_store(path: Path) -> Store:
    """A store of its own."""
    if EMPTY:
        path.write_bytes(EMPTY[0])
        return await open_store(f"sqlite://{path}", b"k" * 32)
    store = await open_store(f"sqlite://{path}", b"k" * 32)
    await store.database.close()
    EMPTY.append(path.read_bytes())
    return await open_store(f"sqlite://{path}", b"k" * 32)


@asynccontextmanager
async def office(
    folder: Path,
    *,
    approvers: tuple[str, ...] = (),
    house: House = HOUSE,
    read: Callable[[Letter], Reading] = read_letter,
    answer: Callable[[Reading], str] = lambda _reading: "",
    brand: str | None = None,
    **section: Any,
) -> AsyncIterator[Office]:
    """The town, open, with the door connected."""
    hours, seconds, post = Hours(), Seconds(), PostOffice()
    store = (await new_store(folder / "town.sqlite3")).of(brand)
    saved = asyncio.Event()
    desk = Desk(store, Saver(store, house, Limits(50, 50, 500)), house, hours, saved.set)
    async with SlackTown(clock=hours, seconds=seconds, ack_timeout=5.0, redeliver_after=(0.0,)) as slack:
        config = SlackSection(
            bot_token=SecretStr(BOT_TOKEN),
            app_token=SecretStr(APP_TOKEN),
            staff_channel=DESK,
            customer_channel=HELP,
            approvers=approvers,
            api_url=slack.api_url,
            **section,
        )
        door = open_door(config, desk, now=hours, read=read, answer=answer, seconds=seconds, ping_interval=1.0)
        sender = Identity("Opterre", "privacy@opterre.example")
        deliverer = Deliverer(desk, post, door.staff, door.chat, sender, hours)
        town = Office(slack, store, desk, door, post, hours, seconds, deliverer, saved)
        await door.start()
        await slack.socket.connected()
        try:
            yield town
        finally:
            await door.stop()
            await store.database.close()
