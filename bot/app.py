"""The app: builds every part once, starts them, and stops them within ten seconds."""

import asyncio
import time
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import structlog

from bot.breach import BreachDesk
from bot.clock import Clock, Job
from bot.config import BadConfig, Config
from bot.configured import (
    house_of,
    imap_settings,
    keep_of,
    ledger_file,
    limits_of,
    master_key,
    policy_of,
    smtp_settings,
)
from bot.deliver import MAIL_KINDS, STAFF_KINDS, Deliverer, Identity
from bot.desk import Desk
from bot.digest import Digests
from bot.directory import directory_of
from bot.grouped import Grouped
from bot.health import Health, HealthServer, tell_systemd, watchdog
from bot.housekeeping import Housekeeping, LongHeld
from bot.intake import Reader, quoted
from bot.loops import Loop, Loops
from bot.mail.mailbox import Mailbox
from bot.mail.parsing import ParserPool
from bot.mail.raw import MailKey
from bot.mail.smtp import Outbound
from bot.ownership import Ownership
from bot.ports import ChatRoom, LettersOut, Refused, StaffRoom, Unreachable
from bot.roles import roles_of
from bot.saving import Saver
from bot.taking import MailboxIntake
from intents.policy import Policy
from intents.reader import read_letter
from intents.reading import Reading
from storage.counters import first_start
from storage.database import DatabaseAway, engine_of
from storage.ledger import Ledger
from storage.store import Store, open_store
from storage.wake import INBOX, Listener

if TYPE_CHECKING:
    from bot.slack.door import SlackDoor

TICK_SECONDS = 30.0
IDLE_SECONDS = 5.0
_log = structlog.get_logger("app")


def utc_now() -> datetime:
    """The machine's clock, in UTC."""
    return datetime.now(UTC)


@dataclass
class App:
    """Every part, built and wired. `staff` and `chat` are set by whoever knows which they are, before `start`."""

    config: Config
    store: Store
    desk: Desk
    reader: Reader
    letters: LettersOut
    policy: Policy | None
    now: Callable[[], datetime]
    staff: StaffRoom | None = None
    chat: ChatRoom | None = None
    mailbox: Mailbox | None = None
    letting_out: Deliverer | None = None
    telling: Deliverer | None = None
    reading: Loop = field(init=False)
    sending: Loop = field(init=False)
    showing: Loop = field(init=False)
    delivering: Loops = field(init=False)
    clock: Clock = field(init=False)
    ownership: Ownership = field(init=False)
    listener: Listener | None = None
    slack: "SlackDoor | None" = None
    health: HealthServer | None = None
    _marked: Grouped[MailKey] = field(init=False)
    _background: set[asyncio.Task[None]] = field(default_factory=set)

    @classmethod
    async def build(cls, config: Config, *, now: Callable[[], datetime] = utc_now, shadow: bool = False) -> "App":
        """Open the database and wire the parts. Raises BadConfig, DatabaseAway, WrongKey."""
        policy, house = policy_of(config), house_of(config)
        store = await open_store(config.database.url, master_key(config))
        app: App
        saver = Saver(store, house, limits_of(config), shadow, config.limits.neutral_delay)
        desk = Desk(store, saver, house, now, lambda: app.delivering.wake())  # noqa: PLW0108 - app is bound below
        reader = Reader(
            desk,
            ParserPool(authserv_id=config.mailbox.authserv_id, understanding=True),
            read_letter,
            policy,
            lambda places: app.mark(places),  # noqa: PLW0108
            lambda id_, reason: app.announce(f"A mail was parked (`rightsdesk parked`, {id_[:8]}): {reason}"),
            directory_of(config.directory, store.keeper),
        )
        app = cls(config, store, desk, reader, Outbound(smtp_settings(config)), policy, now)
        return app

    def __post_init__(self) -> None:
        self.reading = Loop("reading", self.reader.run_once, idle=IDLE_SECONDS, trouble=self.announce)
        # a loop of its own each: letters must not wait for a slow Slack
        self.sending = Loop("letters", self._letters, idle=IDLE_SECONDS, trouble=self.announce)
        self.showing = Loop("staff", self._tell, idle=IDLE_SECONDS, trouble=self.announce)
        self.delivering = Loops(self.sending, self.showing)
        self.clock = self.new_clock()
        self.ownership = Ownership(self.config.database.url, ())
        self._marked = Grouped(self._write_marks)

    def new_clock(self) -> Clock:
        """The clock's jobs, not yet begun."""
        digests = Digests(self.desk, self.config.times.digest_when_empty)
        ledger = Ledger(ledger_file(self.config))
        housekeeping = Housekeeping(self.store, ledger, keep_of(self.config), self.now)
        jobs: dict[str, tuple[float, Job]] = {
            "look again": (TICK_SECONDS, self.desk.tick),
            "digest": (TICK_SECONDS, digests.tick),
            "breaches": (TICK_SECONDS, BreachDesk(self.desk).tick),
            "housekeeping": (TICK_SECONDS, housekeeping.tick),
            "held": (TICK_SECONDS, LongHeld(self.store, self.now, self.desk.wake).tick),
        }
        return Clock(jobs)

    def open_slack(self, *, seconds: Callable[[], float] = time.monotonic, ping_interval: float = 10.0) -> "SlackDoor":
        """Build Slack's doors as configured; `start` connects them. Imported here: Slack is half of all imports."""
        from bot.slack.door import open_door

        self.slack = open_door(
            self.config.slack,
            self.desk,
            now=self.now,
            read=read_letter,
            answer=self.answer,
            seconds=seconds,
            ping_interval=ping_interval,
        )
        self.staff, self.chat = self.slack.staff, self.slack.chat
        return self.slack

    def answer(self, reading: Reading) -> str:
        """The policy's own words that answer a question; "" where no match is clear."""
        return quoted(self.policy, reading) if self.policy is not None else ""

    async def _letters(self) -> int:
        return await self.letting_out.run_once() if self.letting_out else 0

    async def _tell(self) -> int:
        return await self.telling.run_once() if self.telling else 0

    async def start(self, *, mail: bool = True) -> None:
        """Start everything that no other process does; `mail=False` leaves the mailbox alone."""
        if self.staff is None:
            raise RuntimeError("no staff room")
        sender = Identity(self.config.smtp.from_name, self.config.smtp.from_address)
        doors = (self.desk, self.letters, self.staff, self.chat, sender, self.now)
        self.letting_out, self.telling = Deliverer(*doors, kinds=MAIL_KINDS), Deliverer(*doors, kinds=STAFF_KINDS)
        self.ownership = Ownership(self.config.database.url, roles_of(self, mail=mail))
        await self.ownership.start()
        if engine_of(self.config.database.url) == "postgres":
            self.listener = Listener(self.config.database.url, self.woken)
            await self.listener.start()
        await self._watch()
        _log.info("started", roles=[role.name for role in self.ownership.owned])

    def woken(self, what: str) -> None:
        """Another process, or this one, has written work."""
        (self.reading if what == INBOX else self.delivering).wake()

    async def open_mailbox(self) -> None:
        """Watch the mailbox; what it finds is stored, then read."""
        self._in_background(self.reader.pool.warm())  # ready before the first mail comes
        loop = asyncio.get_running_loop()
        intake = MailboxIntake(self.desk, loop, self.reading.wake, self.reader.parked)
        first_day = await self.store.database.unit(lambda c: first_start(c, self.now().date()))

        def marked(keys: list[MailKey]) -> None:
            loop.call_soon_threadsafe(self._in_background, self._were_marked(keys))

        self.mailbox = Mailbox(imap_settings(self.config, first_day), intake, clock=self.now, marked=marked)
        self.mailbox.start()
        await self.mark_again()

    async def _watch(self) -> None:
        """Health on loopback if asked for, and systemd's watchdog if there is one."""
        health = Health(
            self.store,
            self.now,
            lambda: self.mailbox.state if self.mailbox else None,
            lambda: self.slack.line.down_for if self.slack and self.slack.line.started else None,
        )
        if self.config.health.port is not None:
            self.health = HealthServer(health, self.config.health.port)
            try:
                await self.health.start()
            except OSError as error:
                raise BadConfig(f"health.port: {self.config.health.port} can't be used: {error.strerror}") from None
        tell_systemd("READY=1")
        self._in_background(watchdog(health.problems))

    async def stop(self) -> None:
        """Stop taking mail, finish what is under way, let go of everything."""
        tell_systemd("STOPPING=1")
        if self.health is not None:
            await self.health.stop()
        if self.listener is not None:
            await self.listener.stop()
        await self.ownership.stop()
        await self.reader.pool.close()
        close = getattr(self.letters, "close", None)
        if close is not None:
            await close()
        for task in list(self._background):
            task.cancel()
        await self.store.database.close()
        _log.info("stopped")

    def mark(self, places: Sequence[str]) -> None:
        """Show people in the mailbox that these mails are ours, and remember that it was asked for."""
        if self.mailbox is not None:
            self.mailbox.mark([key_of(place) for place in places])

    async def mark_again(self) -> None:
        """After a start: ask once more for the marks of the newest mails that may not have been set."""
        self.mark(await self.store.database.read(self.store.inbox.unmarked))

    async def _were_marked(self, keys: Sequence[MailKey]) -> None:
        """Remember marks, several at once where they come quickly; one that is not remembered is set again."""
        try:
            await asyncio.gather(*(self._marked.add(key) for key in keys))
        except DatabaseAway as error:
            _log.warning("marks not remembered", reason=str(error))

    async def _write_marks(self, keys: Sequence[MailKey]) -> None:
        places = [place_of(key) for key in keys]
        await self.store.database.unit(lambda connection: self.store.inbox.marked(connection, places))

    def announce(self, text: str) -> None:
        """Tell staff something about the house itself, without waiting for it."""
        self._in_background(self._announce(text))

    def _in_background(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._background.add(task)
        task.add_done_callback(self._background.discard)

    async def _announce(self, text: str) -> None:
        _log.warning("announced", text=text)
        if self.staff is not None:
            try:
                await self.staff.announce(text)
            except (Unreachable, Refused) as error:
                _log.warning("not announced", error=str(error))


def place_of(key: MailKey) -> str:
    """The reverse of `key_of`."""
    return f"{key.account}\x1f{key.mailbox}\x1f{key.uidvalidity}\x1f{key.uid}"


def key_of(place: str) -> MailKey:
    """The mailbox's key of an inbox row's place."""
    account, mailbox, uidvalidity, uid = place.split("\x1f")
    return MailKey(account, mailbox, int(uidvalidity), int(uid))
