"""The town: mail servers, Slack stand-in, database and the whole app on loopback, with a clock that can be moved."""

import shutil
import tempfile
from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Self

from bot.app import IDLE_SECONDS, App
from bot.config import Config
from bot.demo.cast import SUPPORT, Customer, passwords
from bot.demo.clock import TownClock
from bot.demo.ground import DATABASE, Ground, fresh_key
from bot.demo.post import Mail, PostOffice, authentication, letter, read
from bot.demo.servers.changes import Changes
from bot.demo.servers.mail import MailTown
from bot.demo.servers.slack import SlackTown
from bot.demo.servers.slack_client import forget_proxies
from bot.demo.settings import config
from bot.loops import Loop
from responders.case.ticket import Ticket
from storage.models import TicketRow

INBOX = ("support", "INBOX")
"""Account and folder, as the inbox remembers how far it was read."""
MOST_STEPS = 400
"""Looks of the clock within one move: more would mean that a look changes nothing."""


class Town:
    """Everything. `start` None: the machine's clock, else a clock that stands there. Methods belong to one loop.

    On a prepared `ground` it opens in half the time.
    """

    def __init__(self, start: datetime | None = None, ground: Ground | None = None) -> None:
        self._ground = ground
        self.clock = TownClock(start)
        self.changes = Changes()
        self.mail = MailTown(passwords(), self.clock.now, self.changes)
        self.mail.stamp = authentication
        self.slack = SlackTown(self.clock.now, self.changes)
        self.written: dict[str, list[Mail]] = {}
        """What each customer (by key) sent, oldest first."""
        self._read_up_to = 0

    async def start(self) -> None:
        """Open everything; returns once the mailbox is watched and Slack is connected. What fails leaves nothing."""
        forget_proxies()
        async with AsyncExitStack() as opened:
            self._folder = Path(tempfile.mkdtemp(prefix="rightsdesk-demo-"))
            opened.callback(shutil.rmtree, self._folder, ignore_errors=True)
            await opened.enter_async_context(self.mail)
            await opened.enter_async_context(self.slack)
            self.post = PostOffice(self.mail.smtp_port)
            opened.push_async_callback(self.post.close)
            self.app = await App.build(self._config(), now=self.now)
            self._own_reader = self.app.reader
            opened.push_async_callback(self._stop_app)
            await self._start_app()
            self._opened = opened.pop_all()

    async def stop(self) -> None:
        """Close everything and forget it."""
        await self._opened.aclose()

    async def _start_app(self) -> None:
        if self._ground is not None:
            self.app.reader = replace(self._own_reader, pool=self._ground.readers)
        self.app.reading = Loop("reading", self._read_mails, idle=IDLE_SECONDS, trouble=self.app.announce)
        self.app.open_slack()
        await self.app.start()
        await self.slack.socket.connected()

    async def _stop_app(self) -> None:
        self.app.reader = self._own_reader  # the ground's readers are for the next town
        await self.app.stop()

    def _config(self) -> Config:
        ground = self._ground
        if ground is not None:
            (self._folder / DATABASE).write_bytes(ground.database)
        return config(
            self._folder / DATABASE,
            ground.key if ground else fresh_key(),
            imap_port=self.mail.imap_port,
            smtp_port=self.mail.smtp_port,
            slack_api=self.slack.api_url,
        )

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_exc: object) -> None:
        await self.stop()

    async def _read_mails(self) -> int:
        """The app's own reading, followed by word of how far it has come."""
        count = await self.app.reader.run_once()
        store = self.app.store
        position = await store.database.read(lambda: store.inbox.position(*INBOX))
        self._read_up_to = position[1] if position and not count else self._read_up_to
        self.changes.tell("read")
        return count

    # time

    def now(self) -> datetime:
        """The town's time, in UTC."""
        return self.clock.now()

    async def pass_time(self, time: timedelta) -> None:
        """Move the clock, and stop on the way wherever it has something to do."""
        await self.move_to(self.now() + time)

    async def move_to(self, at: datetime) -> None:
        """Move the clock forward to `at`; every look that falls due on the way is taken at its own time."""
        for _ in range(MOST_STEPS):
            due = await self.next_look()
            if due is None or due > at:
                break
            self.clock.move_to(due)
            await self.app.desk.tick()
            await self.settle()
        self.clock.move_to(at)
        await self.app.desk.tick()
        await self.settle()
        self.changes.tell("clock")

    async def next_look(self) -> datetime | None:
        """When the clock next has something to do: a reminder, the end of a waiting time."""
        row = await self.app.store.database.read(
            lambda: TicketRow.filter(look_again_at__isnull=False).order_by("look_again_at").first()
        )
        return row.look_again_at if row else None

    async def settle(self) -> None:
        """Wait until every mail was read and everything that followed was done."""
        while True:
            before = self.changes.number
            top = max((mail.uid for mail in self.mail.mailbox(SUPPORT)), default=0)
            await self.changes.until(lambda top=top: self._read_up_to >= top)  # type: ignore[misc]
            await self.app.delivering.quiet()
            if self.changes.number == before:
                return

    # customers

    async def send(
        self,
        writer: Customer,
        subject: str,
        text: str,
        *,
        answers: Mail | None = None,
        as_: Customer | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Mail:
        """A customer's letter on its way; see `letter`."""
        at = self.now()
        raw = letter(writer, subject, text, at=at, answers=answers, as_=as_, headers=headers)
        sent = read(raw, at)
        self.written.setdefault(writer.key, []).append(sent)
        await self.post.send(writer, raw)
        return sent

    def mails_of(self, address: str) -> list[Mail]:
        """What lies in a mailbox, oldest first."""
        return [read(mail.raw, mail.at) for mail in self.mail.mailbox(address)]

    # tickets

    async def tickets(self) -> list[Ticket]:
        """Every ticket, oldest first."""
        store = self.app.store
        return (await store.database.read(lambda: store.tickets.many(limit=500)))[::-1]
