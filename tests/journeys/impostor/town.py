"""A company under attack: the real app on a real database and the real reading children; only SMTP is a list.

Eve is the impostor, at `@else.example`. Every story gets a victim of its own, who stands in the directory.
"""

import base64
import email
import email.policy
import itertools
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from bot.app import App
from bot.config import Config
from bot.deliver import MAIL_KINDS, Deliverer, Identity
from bot.intake import Reader
from bot.ports import Sent
from responders.case.ticket import Status, Ticket
from storage.inbox import Incoming

SUPPORT = "support@opterre.example"
MX = "mx.opterre.example"
EVE = "eve@else.example"
KNOWN = [f"person{n}@kundin.example" for n in range(400)]
CODE = re.compile(r"\b[A-HJKMNP-TV-Z2-9]{4}-[A-HJKMNP-TV-Z2-9]{4}-[A-HJKMNP-TV-Z2-9]{4}\b")
UNDER_WAY = (Status.WAITING, Status.DOING, Status.FULFILLED)
ALL_RIGHTS = """Please send me a copy of all the personal data you hold about me.
After that, please delete all my personal data."""


@dataclass(frozen=True)
class Letter:
    """A letter that left the house."""

    to: str
    raw: bytes

    @property
    def message(self) -> EmailMessage:
        return email.message_from_bytes(self.raw, policy=email.policy.default)

    @property
    def subject(self) -> str:
        return str(self.message["Subject"])

    @property
    def text(self) -> str:
        part = self.message.get_body(("plain",))
        assert part is not None
        return str(part.get_content())

    @property
    def code(self) -> str | None:
        found = CODE.search(self.text)
        return found[0] if found else None


class Post:
    """Where the house's letters land."""

    def __init__(self) -> None:
        self.sent: list[Letter] = []

    async def send(
        self, letter: bytes, *, recipient: str, before_body: Callable[[], Awaitable[None]], sender: str | None = None
    ) -> Sent:
        await before_body()
        self.sent.append(Letter(recipient, letter))
        return Sent("250 ok")


class Staff:
    """What staff were told, by kind."""

    def __init__(self) -> None:
        self.told: list[tuple[int, str]] = []
        self.announced: list[str] = []

    async def show(self, ticket: Ticket) -> None: ...

    async def tell(self, ticket: Ticket, text: str, *, loud: bool) -> None:
        self.told.append((ticket.number, text))

    async def remind(self, ticket: Ticket, kind: str) -> None: ...

    async def give_task(self, ticket: Ticket, processor: str, how: str) -> None: ...

    async def announce(self, text: str) -> None:
        self.announced.append(text)


def config(folder: Path, **changes: Any) -> Config:
    """The company's configuration, with everything it knows of people in a CSV file."""
    known = folder / "customers.csv"
    known.write_text("name,email\n" + "".join(f"N.,{address}\n" for address in KNOWN), encoding="utf-8")
    values: dict[str, Any] = {
        "company": {"name": "Opterre", "postal_address": "1 Main Street", "contact": SUPPORT},
        "mailbox": {"host": "127.0.0.1", "user": SUPPORT, "authserv_id": MX},
        "smtp": {"host": "127.0.0.1", "from_name": "Opterre", "from_address": SUPPORT},
        "slack": {"staff_channel": "C"},
        "answers": {
            "purposes": "mail", "categories": "contact", "retention": "5 years", "lists": "News", "how_to_see": "ask",
        },
        "database": {
            "url": f"sqlite://{folder / 'town.sqlite3'}", "master_key": base64.b64encode(bytes(range(32))).decode(),
        },
        "limits": {"answers_per_hour": 100_000, "neutral_delay": 0},
        "directory": {"csv": known},
        "agents": [{"name": "Fairdata", "domains": ["fairdata.example"]}],
        "processors": [{"name": "Mailer Inc.", "holds": "list", "how": {"erase": "delete", "access": "export"}}],
    }  # fmt: skip
    return Config(**{**values, **changes})


@dataclass
class Town:
    """The app, its post and its staff, driven by hand: `mail` returns when everything that follows has happened."""

    app: App
    post: Post
    staff: Staff
    clock: list[datetime]
    out: Deliverer
    _uids: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))
    _people: "itertools.count[int]" = field(default_factory=lambda: itertools.count(0))

    @classmethod
    async def build(cls, folder: Path, **changes: Any) -> "Town":
        clock = [datetime(2026, 3, 2, 12, tzinfo=UTC)]
        app = await App.build(config(folder, **changes), now=lambda: clock[0])
        post, staff = Post(), Staff()
        sender = Identity("Opterre", SUPPORT)
        kinds = (*MAIL_KINDS, "tell")
        out = Deliverer(app.desk, post, staff, None, sender, lambda: clock[0], kinds=kinds)
        return cls(app, post, staff, clock, out)

    async def close(self) -> None:
        await self.app.reader.pool.close()
        await self.app.store.database.close()

    @property
    def reader(self) -> Reader:
        return self.app.reader

    def somebody(self) -> str:
        """The address of a known person whom no other story knows."""
        return KNOWN[next(self._people)]

    async def store(self, *raws: bytes) -> None:
        """Mails arrive, and wait to be read."""
        now = self.clock[0]
        mails = [Incoming("support", "INBOX", 1, next(self._uids), raw, len(raw), now) for raw in raws]
        await self.app.store.database.unit(lambda c: self.app.store.inbox.store(c, mails))

    async def mail(self, *raws: bytes) -> list[Letter]:
        """Mails arrive and are dealt with; returns the letters that leave because of them."""
        await self.store(*raws)
        before = len(self.post.sent)
        while await self.reader.run_once():
            pass
        await self.deliver()
        self.clock[0] += timedelta(seconds=1)
        return self.post.sent[before:]

    async def deliver(self) -> None:
        while await self.out.run_once():
            pass

    async def later(self, **time: float) -> None:
        """Time passes, and the clock looks at what is due."""
        self.clock[0] += timedelta(**time)
        await self.app.desk.tick()
        await self.deliver()

    async def happen(self, number: int, event: Any) -> Ticket:
        """Staff act."""
        ticket = await self.app.desk.happen(number, event)
        await self.deliver()
        return ticket

    async def about(self, *addresses: str) -> list[Ticket]:
        """The tickets from or about these addresses, oldest first."""
        found = await self.app.desk.open_of(addresses)
        return sorted({t.number: t for each in found.values() for t in each}.values(), key=lambda t: t.number)

    async def confirmed(self, address: str, body: str = ALL_RIGHTS) -> list[Ticket]:
        """A person asks from their own address and returns their code."""
        [letter] = [each for each in await self.mail(mail(address, "Request", body)) if each.code]
        await self.mail(mail(address, f"Re: {letter.subject}", f"{letter.code}", reply_to_letter=letter))
        return [t for t in await self.about(address) if t.status.open]

    def letters_to(self, address: str) -> list[Letter]:
        return [each for each in self.post.sent if each.to == address]


_numbers = itertools.count(1)
_strangers = itertools.count(1)


def stranger() -> str:
    """An impostor's address that no other story knows, so that no daily limit and no case is shared."""
    return f"eve{next(_strangers)}@else.example"


def mail(
    sender: str,
    subject: str,
    body: str,
    *,
    head: str = "",
    above: str = "",
    reply_to_letter: Letter | None = None,
    message_id: str | None = None,
    no_from: bool = False,
) -> bytes:
    """A mail as a mailbox holds it. `above` stands over our own server's Received line, `head` below it."""
    own = message_id or f"<m{next(_numbers)}@else.example>"
    lines = [f"Received: from out.example by {MX}; Mon, 2 Mar 2026 12:00:00 +0000"]
    lines += [] if no_from else [f"From: {sender}"]
    lines += [f"To: {SUPPORT}", f"Subject: {subject}", f"Message-ID: {own}"]
    if reply_to_letter is not None:
        ours = str(reply_to_letter.message["Message-ID"])
        lines += [f"In-Reply-To: {ours}", f"References: {ours}"]
    lines += [*head.splitlines(), "Content-Type: text/plain; charset=utf-8"]
    return "\n".join([*above.splitlines(), *lines, "", body, ""]).encode()


async def nothing_done(town: Town, *addresses: str) -> None:
    """Nothing about these addresses was released, erased, or has even begun."""
    for ticket in await town.about(*addresses):
        assert ticket.status not in UNDER_WAY, (ticket.number, ticket.status)


def codes_only_to(letters: list[Letter], *owners: str) -> None:
    """Each code went to an owner's own mailbox, and stood in no subject."""
    for letter in letters:
        assert not CODE.search(letter.subject)
        if letter.code is not None:
            assert letter.to in owners, letter.to
